// The package json-rpc-2.0 as a client of the conformance service, a line for each message: node lines_client.js PORT
"use strict";
const assert = require("assert");
const net = require("net");
const readline = require("readline");
const { JSONRPCClient, JSONRPCServer, JSONRPCServerAndClient } = require("json-rpc-2.0");

async function main() {
    const socket = net.connect(Number(process.argv[2]), "127.0.0.1");
    const peer = new JSONRPCServerAndClient(
        new JSONRPCServer(),
        new JSONRPCClient((message) => socket.write(JSON.stringify(message) + "\n")));
    const events = [];
    peer.addMethod("$ref/1.on_event", ([sequence, text]) => {
        events.push(`${sequence}:${text}`);
        return null;
    });
    readline.createInterface({ input: socket }).on("line", (line) => peer.receiveAndSend(JSON.parse(line)));

    assert.strictEqual(await peer.request("add", [2, 3]), 5);
    assert.strictEqual(await peer.request("concat", { b: "second", a: "first" }), "firstsecond");
    await assert.rejects(peer.request("no_such_method"), { code: -32601 });
    await assert.rejects(peer.request("add", [1]), { code: -32602 });
    await assert.rejects(peer.request("fail", ["boom"]), { message: "boom" });
    peer.notify("add", [1, 2]);
    peer.notify("no_such_method");

    // A batch, with a notification and a mistake in it.
    const answers = await peer.client.requestAdvanced([
        { jsonrpc: "2.0", id: "a", method: "add", params: [1, 2] },
        { jsonrpc: "2.0", method: "whoami" },
        { jsonrpc: "2.0", id: "b", method: "whoami" },
        { jsonrpc: "2.0", id: "c", method: "missing" },
    ]);
    const by_id = Object.fromEntries(answers.map((each) => [each.id, each.result ?? each.error.code]));
    assert.deepStrictEqual(by_id, { a: 3, b: "anonymous", c: -32601 });

    assert.strictEqual(await peer.request("call_back", [{ $ref: 1, interface: "Listener" }, 2]), 2);
    assert.deepStrictEqual(events, ["1:event 1", "2:event 2"]);
    socket.end();
    console.log("all as expected");
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
