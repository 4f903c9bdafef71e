// The package json-rpc-2.0 as a server, a line for each message, over its standard input and output.
"use strict";
const readline = require("readline");
const { JSONRPCErrorException, JSONRPCServer } = require("json-rpc-2.0");

const server = new JSONRPCServer({ errorListener: () => {} });
server.addMethod("add", ([a, b]) => a + b);
server.addMethod("named", ({ first, second }) => first - second);
server.addMethod("echo", (params) => params);
server.addMethod("fail", () => {
    throw new JSONRPCErrorException("out of paper", 1001, { tray: 2 });
});
readline.createInterface({ input: process.stdin }).on("line", async (line) => {
    const answer = await server.receiveJSON(line);
    if (answer) process.stdout.write(JSON.stringify(answer) + "\n");
}).on("close", () => process.exit(0));
