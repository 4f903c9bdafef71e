/**
 * Serves the conformance service: server.js ENDPOINT. Says where, and ends when its standard input does.
 */

import { lend, Server } from "./beckon/node.js";
import { Conformance } from "./conformance.js";
import { Service } from "./service.js";

// Clients of other languages look for what is given back, which the collector would do much later.
const [v8, vm] = ["node:v8", "node:vm"];
(
  (await import(v8 ?? "")) as { setFlagsFromString(flag: string): void }
).setFlagsFromString("--expose-gc");
const collect = (
  (await import(vm ?? "")) as { runInNewContext(code: string): () => void }
).runInNewContext("gc");
const collecting = setInterval(collect, 50);

declare const process: {
  argv: string[];
  stdin: { on(event: "end", listener: () => void): { resume(): void } };
};

const endpoint = process.argv[2] ?? "tcp://127.0.0.1:0";
const server = new Server({ conformance: lend(Conformance, new Service()) });
console.log(`listening on ${await server.listen(endpoint)}`);
if (!endpoint.startsWith("stdio:"))
  process.stdin.on("end", () => void server.close()).resume();
await server.closed();
clearInterval(collecting);
