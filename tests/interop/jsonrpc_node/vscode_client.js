// vscode-jsonrpc as a client of the conformance service: node vscode_client.js PORT
"use strict";
const assert = require("assert");
const net = require("net");
const rpc = require("vscode-jsonrpc/node");

async function refused(promise) {
    try {
        await promise;
    } catch (error) {
        return error;
    }
    throw new Error("the request was not refused");
}

async function main() {
    const socket = net.connect(Number(process.argv[2]), "127.0.0.1");
    const connection = rpc.createMessageConnection(
        new rpc.SocketMessageReader(socket), new rpc.SocketMessageWriter(socket));
    const events = [];
    connection.onRequest("$ref/1.on_event", (sequence, text) => {
        events.push(`${sequence}:${text}`);
        return null;
    });
    connection.listen();

    assert.strictEqual(await connection.sendRequest("add", 2, 3), 5);
    assert.strictEqual(await connection.sendRequest("conformance.add", { a: 40, b: 2 }), 42);
    assert.strictEqual(await connection.sendRequest("bench.say", "hello"), "hello");
    const mixed = { a: [1, 2.5, null, true, "grüße 😀"], b: {} };
    assert.deepStrictEqual(await connection.sendRequest("echo", rpc.ParameterStructures.byPosition, mixed), mixed);
    const bolt = { name: "bolt", count: 2, tags: ["m4"], at: { x: 1, y: 2 }, mood: "busy" };
    assert.deepStrictEqual(await connection.sendRequest("restock", bolt, 3), { ...bolt, count: 5 });

    const missing = await refused(connection.sendRequest("no_such_method"));
    assert.strictEqual(missing.code, rpc.ErrorCodes.MethodNotFound);
    const wrong = await refused(connection.sendRequest("add", "x", 3));
    assert.strictEqual(wrong.code, rpc.ErrorCodes.InvalidParams);
    const boom = await refused(connection.sendRequest("fail", "boom"));
    assert.strictEqual(boom.code, rpc.ErrorCodes.InternalError);
    assert.strictEqual(boom.message, "boom");
    const sold = await refused(connection.sendRequest("restock", bolt, -5));
    assert.strictEqual(sold.code, 1);
    assert.deepStrictEqual(sold.data, { type: "OutOfStock", fields: { name: "bolt", wanted: 5, available: 2 } });

    const source = new rpc.CancellationTokenSource();
    const sleeping = refused(connection.sendRequest("sleep", 3600000, source.token));
    source.cancel();
    assert.strictEqual((await sleeping).code, -32800);

    const counter = await connection.sendRequest("make_counter", 5);
    assert.strictEqual(counter.interface, "Counter");
    assert.strictEqual(await connection.sendRequest(`$ref/${counter.$ref}.increment`, 2), 7);
    assert.strictEqual(await connection.sendRequest("live_objects"), 1);
    await connection.sendNotification("$release", counter.$ref, 1);
    assert.strictEqual(await connection.sendRequest("live_objects"), 0);

    const listener = { $ref: 1, interface: "Listener" };
    assert.strictEqual(await connection.sendRequest("call_back", listener, 2), 2);
    assert.deepStrictEqual(events, ["1:event 1", "2:event 2"]);

    const all = await Promise.all(Array.from({ length: 500 }, (_, i) => connection.sendRequest("add", i, 1)));
    assert.deepStrictEqual(all, Array.from({ length: 500 }, (_, i) => i + 1));
    const long = "x".repeat(1 << 20);
    assert.strictEqual((await connection.sendRequest("concat", long, long)).length, 2 << 20);

    connection.end();
    socket.end();
    console.log("all as expected");
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
