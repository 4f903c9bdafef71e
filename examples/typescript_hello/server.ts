// Greets, until it is stopped: server.js ENDPOINT

import { lend, Server } from "./beckon/node.js";
import {
  Greeter,
  Unwelcome,
  type GreeterServant,
  type Listener,
} from "./hello.js";

// Or: npm install --save-dev @types/node
declare const process: { argv: string[] };

class PoliteGreeter implements GreeterServant {
  private readonly listeners = new Set<Listener>();

  async greet(name: string): Promise<string> {
    if (name === "Nobody") throw new Unwelcome({ name });
    for (const listener of this.listeners) {
      // One whose session has ended is told of no more.
      await listener
        .onGreeted(name)
        .catch(() => this.listeners.delete(listener));
    }
    return `Good day, ${name}!`;
  }

  watch(listener: Listener | null): void {
    if (listener !== null) this.listeners.add(listener);
  }

  async *greetAll(names: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const name of names) yield await this.greet(name);
  }
}

const server = new Server({ greeter: lend(Greeter, new PoliteGreeter()) });
console.log("listening", await server.listen(process.argv[2] ?? ""));
await server.closed();
