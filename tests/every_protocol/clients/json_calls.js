// JSON-RPC by a package of npm, told by name: node json_calls.js vscode-jsonrpc|json-rpc-2.0 HOST:PORT [AUTHORITY]. Prints as
// conversation.py does.
"use strict";
const assert = require("assert");
const fs = require("fs");
const net = require("net");
const readline = require("readline");
const tls = require("tls");

const bolt = { name: "bolt", count: 2, tags: ["m4", "steel"], at: { x: 1, y: -2.5 }, mood: "busy" };
const nail = { name: "nail", count: 2, tags: [], at: null, mood: "calm" };
const listener = { $ref: 1, interface: "Listener" };
const nesting = { $ref: 2, interface: "Conformance" };
const namesAlone = "BECKON_NAMES_ALONE" in process.env;
const stream = { $stream: 1 };
const numbers = Array.from({ length: 40 }, (_, i) => i + 1);

// Each gives {call(method, ...arguments), tell(method, ...arguments), on(method, function)}.
const packages = {
    "vscode-jsonrpc": (socket) => {
        const rpc = require("vscode-jsonrpc/node");
        const connection = rpc.createMessageConnection(
            new rpc.SocketMessageReader(socket), new rpc.SocketMessageWriter(socket));
        connection.listen();
        return {
            call: (method, ...given) => connection.sendRequest(method, rpc.ParameterStructures.byPosition, ...given),
            tell: (method, ...given) => connection.sendNotification(method, rpc.ParameterStructures.byPosition, ...given),
            on: (method, made) => {
                connection.onRequest(method, async (...given) => (await made(...given)) ?? null);
                connection.onNotification(method, made);
            },
        };
    },
    "json-rpc-2.0": (socket) => {
        const { JSONRPCClient, JSONRPCServer, JSONRPCServerAndClient } = require("json-rpc-2.0");
        const peer = new JSONRPCServerAndClient(
            new JSONRPCServer(), new JSONRPCClient((message) => socket.write(JSON.stringify(message) + "\n")));
        readline.createInterface({ input: socket }).on("line", (line) => peer.receiveAndSend(JSON.parse(line)));
        return {
            call: (method, ...given) => peer.request(method, given),
            tell: (method, ...given) => peer.notify(method, given),
            on: (method, made) => peer.addMethod(method, async (given) => (await made(...given)) ?? null),
        };
    },
};

function checks({ call, tell, on }) {
    const events = [];
    let heard = () => {};
    on("$ref/1.on_event", (sequence, text) => {
        events.push(`${sequence}:${text}`);
        heard();
    });
    on("$ref/2.nest", async (peer, depth) =>
        depth === 0 ? 0 : 1 + await call(`$ref/${peer.$ref}.nest`, nesting, depth - 1));
    const items = [];
    on("$item", (number, item) => {
        items.push(item);
        tell("$credit", number, 1);
    });
    const ended = new Promise((over) => on("$end", over));
    let credit = 16;
    let more = () => {};
    on("$credit", (_, added) => {
        credit += added;
        more();
    });
    const three = ["1:event 1", "2:event 2", "3:event 3"];
    return {
        echo: async () => {
            const value = { list: [1, -2.5, null, true, "grüße"], map: {} };
            assert.deepStrictEqual(await call("echo", value), value);
        },
        add: async () => {
            assert.strictEqual(await call("add", 40, 2), 42);
            await assert.rejects(call("add", 2 ** 62, 2 ** 62));
        },
        concat: async () => assert.strictEqual(await call("concat", "a\u00e9", "b"), "a\u00e9b"),
        sum: async () => assert.strictEqual(await call("sum", [0.5, 1, 2]), 3.5),
        reverse: async () => assert.deepStrictEqual(await call("reverse", { $bytes: "AQL/" }), { $bytes: "/wIB" }),
        restock: async () => {
            assert.deepStrictEqual(await call("restock", bolt, 3), { ...bolt, count: 5 });
            await assert.rejects(call("restock", bolt, -3), namesAlone ? /OutOfStock/ : {
                code: 1, data: { type: "OutOfStock", fields: { name: "bolt", wanted: 3, available: 2 } } });
        },
        sort_items: async () => assert.deepStrictEqual(await call("sort_items", [nail, bolt]), [bolt, nail]),
        word_count: async () => assert.deepStrictEqual(await call("word_count", " a b\n a\t"), { a: 2, b: 1 }),
        fail: async () => assert.rejects(call("fail", "boom"), { message: "boom" }),
        sleep: async () => assert.strictEqual(await call("sleep", 5), "slept 5 ms"),
        make_counter: async () => {
            const counter = await call("make_counter", 5);
            assert.strictEqual(await call(`$ref/${counter.$ref}.increment`, 2), 7);
            await tell("$release", counter.$ref, 1);
        },
        live_objects: async () => {
            while (await call("live_objects") > 0);
        },
        call_back: async () => {
            assert.strictEqual(await call("call_back", listener, 3), 3);
            assert.deepStrictEqual(events.splice(0), three);
        },
        subscribe: async () => {
            const all = new Promise((done) => heard = () => events.length === 3 && done());
            await call("subscribe", listener, 3, 1);
            await all;
            assert.deepStrictEqual(events, three);
        },
        nest: async () => assert.strictEqual(await call("nest", nesting, 4), 4),
        count_to: async () => {
            await call("count_to", 40);
            await ended;
            assert.deepStrictEqual(items, numbers);
        },
        total: async () => {
            const sum = call("total", stream);
            for (const each of numbers) {
                while (credit === 0) await Promise.race([sum, new Promise((done) => more = done)]); // it may be refused
                tell("$item", 1, each);
                --credit;
            }
            tell("$end", 1);
            assert.strictEqual(await sum, 820);
        },
        whoami: async () => assert.strictEqual(await call("whoami"), "anonymous"),
    };
}

async function main() {
    const [name, where, authority] = process.argv.slice(2);
    const [host, port] = where.split(":");
    const socket = authority === undefined ? net.connect(Number(port), host)
        : tls.connect({ host, port: Number(port), ca: fs.readFileSync(authority), servername: "localhost" });
    let status = 0;
    for (const [method, check] of Object.entries(checks(packages[name](socket)))) {
        try {
            await check();
            console.log(`ok ${method}`);
        } catch (error) {
            const refused = error.message.includes("cannot carry"); // by the other side's protocol, behind a bridge
            console.log(`${refused ? "refused" : "failed"} ${method}: ${error.message.replaceAll("\n", " ")}`);
            if (!refused) status = 1;
        }
    }
    process.exit(status);
}

main();
