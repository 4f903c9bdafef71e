// Has some people greeted: client.js ENDPOINT

import { connect } from "./beckon/node.js";
import { Greeter, Unwelcome } from "./hello.js";

// Or: npm install --save-dev @types/node
declare const process: { argv: string[] };

const session = await connect(process.argv[2] ?? "");
const greeter = await session.get(Greeter, "greeter");
console.log(await greeter.greet("Lucy"));

const heard: string[] = [];
await greeter.watch({ onGreeted: (name) => void heard.push(name) });
for await (const greeting of greeter.greetAll(["Ann", "Bob"])) {
  console.log(greeting);
}
console.log("heard of:", ...heard);

try {
  await greeter.greet("Nobody");
} catch (error) {
  if (!(error instanceof Unwelcome)) throw error;
  console.log("not greeted:", error.fields.name);
}

const names = ["Eve", "Tom"];
const greetings = names.map((name) => greeter.greet(name, { timeout: 60_000 }));
console.log(...(await Promise.all(greetings)));
await session.close();
