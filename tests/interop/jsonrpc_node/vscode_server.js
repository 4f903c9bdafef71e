// vscode-jsonrpc as a server, over its standard input and output.
"use strict";
const rpc = require("vscode-jsonrpc/node");
const connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(process.stdin), new rpc.StreamMessageWriter(process.stdout));

connection.onRequest("add", (a, b) => a + b);
connection.onRequest("named", (params) => params.first - params.second);
connection.onRequest("echo", (params) => params);
connection.onRequest("fail", () => {
    throw new rpc.ResponseError(1001, "out of paper", { tray: 2 });
});
connection.onRequest("crash", () => {
    throw new Error("the floor is lava");
});
connection.onRequest("wait", (token) => new Promise((resolve, reject) => {
    token.onCancellationRequested(() => reject(new rpc.ResponseError(-32800, "cancelled")));
}));
// Asks its caller while that waits: $ref/1 is the first object that it passed.
connection.onRequest("call_back", async (listener, times) => {
    for (let i = 1; i <= times; ++i)
        await connection.sendRequest(`$ref/${listener.$ref}.on_event`, i, `event ${i}`);
    connection.sendNotification("$release", listener.$ref, 1);
    return times;
});
connection.onRequest("count", (n) => {
    setImmediate(() => {
        for (let i = 1; i <= n; ++i) connection.sendNotification("$item", 1, i);
        connection.sendNotification("$end", rpc.ParameterStructures.byPosition, 1);
    });
    return { $stream: 1 };
});
connection.onNotification("exit", () => process.exit(0));
connection.onClose(() => process.exit(0));
connection.listen();
