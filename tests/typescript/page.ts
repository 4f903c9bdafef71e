/** The conformance service called by a page of a browser, which tells its own server how it went: page.html?ENDPOINT. */

import { connect } from "./beckon/index.js";
import { results } from "./check.js";
import { Conformance } from "./conformance.js";
import { conformanceCalls } from "./conformance_calls.js";

const said: string[] = [];
try {
  const session = await connect(decodeURIComponent(location.search.slice(1)));
  const service = await session.get(Conformance, "conformance");
  await results(conformanceCalls(session, service), (line) => said.push(line));
  await session.close();
} catch (error) {
  said.push(String(error));
}
await fetch("/said", { method: "POST", body: said.join("\n") });
