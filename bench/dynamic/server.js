// Echo by vscode-jsonrpc, over TCP: node server.js prints its port.
"use strict";
const net = require("net");
const rpc = require("vscode-jsonrpc/node");
const server = net.createServer((socket) => {
    socket.setNoDelay(true);
    const connection = rpc.createMessageConnection(
        new rpc.SocketMessageReader(socket), new rpc.SocketMessageWriter(socket));
    connection.onRequest("echo", (what) => what);
    connection.listen();
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
