/** Calls every method of the conformance service: client.js ENDPOINT. */

import { connect } from "./beckon/node.js";
import { run } from "./check.js";
import { conformanceCalls } from "./conformance_calls.js";
import { Conformance } from "./conformance.js";

declare const process: { argv: string[] };

const session = await connect(process.argv[2] ?? "", { within: 60_000 });
await run(
  conformanceCalls(session, await session.get(Conformance, "conformance")),
);
await session.close();
