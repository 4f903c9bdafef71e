/** A server and peers that break the rules of docs/wire/native.md: what ends, what is answered, what is ignored. */

import * as beckon from "./beckon/node.js";
import { joined } from "./beckon/bytes.js";
import {
  Frame,
  MAGIC,
  pack,
  packExtras,
  packHello,
  helloWith,
  type Extras,
} from "./beckon/frames.js";
import { load } from "./beckon/node_api.js";
import { Writer } from "./beckon/writer.js";
import { Kind, Schema } from "./beckon/schema.js";
import { equal, isTrue, run, until } from "./check.js";
import { Conformance } from "./conformance.js";
import { greeting, RawPeer } from "./raw_peer.js";
import { Service } from "./service.js";

const hello = { maxCallsInFlight: 4, maxMessageBytes: 100_000 };
const server = new beckon.Server(
  { conformance: beckon.lend(Conformance, new Service()) },
  { hello },
);
const endpoint = await server.listen("tcp://127.0.0.1:0");
const zeroes = (size: number): Uint8Array => new Uint8Array(size);

function written(write: (out: Writer) => void): Uint8Array {
  const out = new Writer(new Schema());
  write(out);
  return out.bytes();
}

const text = (value: string): Uint8Array => written((out) => out.text(value));
const i64 = (value: bigint): Uint8Array =>
  written((out) => out.raw(Kind.Int64, value));
const u32 = (value: number): Uint8Array => written((out) => out.u32(value));

/** A header that may lie about its size. */
function head(size: number, type: number, call = 0): Uint8Array {
  return joined([u32(size), Uint8Array.of(type, 0, 0, 0), u32(call), u32(0)]);
}

function call(
  number: number,
  object: number,
  method: number,
  args: Uint8Array = zeroes(0),
  given: Partial<Extras> = {},
): Uint8Array {
  const [flags, extras] = packExtras({ metadata: new Map(), ...given });
  return pack(
    Frame.Call,
    { flags, method, call: number, object },
    joined([extras, args]),
  );
}

/** The number of the conformance service. */
async function serviceOf(peer: RawPeer): Promise<number> {
  peer.send(call(900, 0, 0, joined([text("conformance"), text(""), text("")])));
  const [found, content] = await peer.frame();
  equal([found.type, found.call, content[0]], [Frame.Reply, 900, 1]);
  return new DataView(content.buffer).getUint32(1, true);
}

async function endsWith(
  name: string,
  words: string,
  first: Uint8Array,
  ...frames: Uint8Array[]
): Promise<void> {
  const peer = await RawPeer.dial(endpoint, first);
  peer.send(...frames);
  const error = await peer.end();
  isTrue(
    error.name === name && error.message.includes(words),
    `found ${String(error)}, expected ${words}`,
  );
}

await run({
  async breaches_that_leave_no_way_to_go_on_end_the_session() {
    const protocol = "ProtocolError";
    const limit = "LimitExceededError";
    const get = new TextEncoder().encode("GET / HT");
    const later = joined([
      MAGIC,
      packHello(helloWith({ oldest: 2, newest: 3 })),
    ]);
    await endsWith(protocol, "another protocol", get);
    await endsWith(protocol, "before the hello", MAGIC, pack(Frame.Ping));
    await endsWith(
      protocol,
      "second hello",
      greeting(),
      packHello(helloWith()),
    );
    await endsWith(protocol, "versions 2 to 3", later);
    await endsWith(
      protocol,
      "below the least",
      greeting({ maxMessageBytes: 1000 }),
    );
    await endsWith(
      protocol,
      "expected 16 at least",
      greeting(),
      head(15, 2, 1),
    );
    await endsWith(
      limit,
      "allowed are 100000",
      greeting(),
      head(100_001, 2, 1),
    );
    await endsWith(limit, "allowed are 65536", MAGIC, head(65_537, 1));
    await endsWith(protocol, "unknown type 77", greeting(), head(16, 77, 1));
    await endsWith(protocol, "unknown type 0", greeting(), head(16, 0, 1));
    await endsWith(
      protocol,
      "4 bytes in a frame",
      greeting(),
      head(20, Frame.Cancel, 1),
      zeroes(8),
    );
    const release = pack(Frame.Release, { object: 2 }, zeroes(8));
    await endsWith(protocol, "a release of 2 objects", greeting(), release);
    await endsWith(
      protocol,
      "found 1 bytes, expected 2",
      MAGIC,
      pack(Frame.Hello, {}, zeroes(3)),
    );
  },
  async those_that_concern_one_call_are_answered_untaken() {
    const peer = await RawPeer.dial(endpoint);
    const number = await serviceOf(peer);
    const cases: [Uint8Array, string][] = [
      [call(1, number, 99), "UnknownMethodError"],
      [call(1, number + 5, 0), "UnknownObjectError"],
      [call(1, number, 1, zeroes(1)), "ProtocolError"],
      [call(1, number, 1, zeroes(17)), "ProtocolError"],
      [
        call(1, number, 12, joined([Uint8Array.of(2, 7, 0, 0, 0), zeroes(8)])),
        "UnknownObjectError",
      ],
      [
        call(1, number, 12, joined([Uint8Array.of(2), u32(number), zeroes(8)])),
        "TypeMismatchError",
      ],
      [
        call(1, number, 12, joined([Uint8Array.of(9), zeroes(8)])),
        "ProtocolError",
      ],
      [
        call(1, number, 12, joined([Uint8Array.of(1), u32(0), zeroes(8)])),
        "ProtocolError",
      ],
      [call(1, number, 16, zeroes(4)), "ProtocolError"],
      [call(1, number, 10, zeroes(8), { promise: 5 }), "ProtocolError"],
      [
        pack(Frame.Call, { flags: 8, call: 1, object: number }, zeroes(1)),
        "ProtocolError",
      ],
      [call(0, number, 17), "ProtocolError"],
    ];
    for (const [frame, name] of cases) {
      peer.send(frame);
      const [found, error] = await peer.error();
      equal([found.flags, error.name], [1, name]);
    }
    peer.send(call(2, number, 1, joined([i64(2n), i64(3n)])));
    equal((await peer.frame())[1], i64(5n));
  },
  async what_can_be_ignored_is() {
    const peer = await RawPeer.dial(endpoint);
    const number = await serviceOf(peer);
    peer.send(
      pack(200 as Frame, {}, zeroes(4)),
      pack(Frame.Cancel, { call: 7 }),
      pack(Frame.Reply, { call: 7 }),
      pack(
        Frame.Release,
        { object: 2 },
        joined([u32(9), u32(1), u32(number), u32(5)]),
      ),
      pack(Frame.StreamItem, { call: 4 }, zeroes(8)),
      pack(Frame.StreamEnd, { call: 4 }),
      pack(Frame.StreamCredit, { call: 4, object: 9 }),
      pack(Frame.StreamStop, { call: 4 }),
      pack(Frame.Ping, { call: 5, object: 6 }),
    );
    const [pong] = await peer.frame();
    equal([pong.type, pong.call, pong.object], [Frame.Pong, 5, 6]);
    peer.send(call(1, number, 17));
    equal((await peer.frame())[1], text("anonymous"));
  },
  async more_calls_than_allowed_are_refused() {
    const peer = await RawPeer.dial(endpoint);
    const number = await serviceOf(peer);
    peer.send(
      ...[1, 2, 3, 4, 5].map((each) => call(each, number, 9, i64(60_000n))),
    );
    const [refused, error] = await peer.error();
    equal(
      [refused.call, refused.flags, error.name],
      [5, 1, "LimitExceededError"],
    );
    peer.send(
      ...[1, 2, 3, 4].map((each) => pack(Frame.Cancel, { call: each })),
    );
    for (let left = 4; left > 0; --left)
      equal((await peer.error())[1].name, "CancelledError");
  },
  async items_without_credit_end_the_stream_alone() {
    const peer = await RawPeer.dial(endpoint);
    const number = await serviceOf(peer);
    peer.send(call(1, number, 16, u32(3)));
    const [credit] = await peer.frame();
    equal([credit.type, credit.call], [Frame.StreamCredit, 3]);
    const item = pack(Frame.StreamItem, { call: 3 }, zeroes(3));
    peer.send(item);
    const seen = [
      (await peer.frame())[0].type,
      (await peer.frame())[0].type,
    ].sort();
    equal(seen, [Frame.StreamStop, Frame.Error].sort());
    peer.send(item, pack(Frame.StreamEnd, { call: 3 }), call(2, number, 17));
    equal((await peer.frame())[0].call, 2);
  },
  async promises_hold_calls_until_the_result_is_there() {
    const peer = await RawPeer.dial(endpoint);
    const number = await serviceOf(peer);
    const promise = 0x8000_0001;
    peer.send(
      call(1, number, 10, i64(5n), { promise }),
      call(2, promise, 0, i64(2n)),
      pack(Frame.Release, { object: 1 }, joined([u32(promise), u32(1)])),
    );
    equal((await peer.frame())[1], Uint8Array.of(3));
    equal((await peer.frame())[1], i64(7n));
    peer.send(call(3, promise, 1));
    equal((await peer.error())[1].name, "UnknownObjectError");
    peer.send(
      call(4, number, 8, text("boom"), { promise }),
      call(5, promise, 1),
    );
    for (let left = 2; left > 0; --left)
      isTrue((await peer.error())[1].message.includes("boom"));
  },
  async a_session_that_breaks_the_rules_harms_no_other() {
    const session = await beckon.connect(endpoint);
    const found = await session.get(Conformance, "conformance");
    await (
      await RawPeer.dial(endpoint, new TextEncoder().encode("nonsense"))
    ).end();
    equal(await found.add(2n, 3n), 5n);
    await session.close();
  },
  async a_peer_that_says_nothing_is_given_up() {
    const impatient = new beckon.Server({}, { within: 20 });
    const where = await impatient.listen("tcp://127.0.0.1:0");
    const peer = await RawPeer.dial(where, MAGIC.subarray(0, 3));
    equal((await peer.end()).name, "TimeoutError");
    await impatient.close();
  },
  async what_comes_while_the_authenticator_is_asked_is_limited() {
    let ask: () => void = () => undefined;
    const authenticate = (user: string): Promise<string> =>
      new Promise((resolve) => (ask = () => resolve(user)));
    const careful = new beckon.Server({}, { authenticate, within: 60_000 });
    const where = await careful.listen("tcp://127.0.0.1:0");
    const patient = await RawPeer.dial(where);
    patient.send(pack(Frame.Ping, { call: 5 }));
    const flood = await RawPeer.dial(where);
    flood.send(zeroes(16 << 20), zeroes(16 << 20), zeroes(17 << 20));
    const error = await flood.end();
    isTrue(
      error.message.includes("may wait for its authentication"),
      String(error),
    );
    await careful.close();
    ask();
  },
  async who_takes_no_answers_is_given_up() {
    const before = new Set(server.current());
    const { connect: dial } = await load("node:net");
    // Nobody reads from this socket.
    const socket = dial({
      host: "127.0.0.1",
      port: Number(endpoint.split(":")[2]),
    });
    socket.on("error", () => undefined);
    socket.write(greeting());
    let session: beckon.Session | undefined;
    await until(() => {
      session = server.current().find((each) => !before.has(each));
      return session !== undefined;
    });
    session?.drain("too late ".repeat(1000)); // so that each answer is large
    const refused = joined(Array.from({ length: 100 }, () => call(1, 77, 0)));
    for (let times = 0; times < 100 && session?.ended === undefined; ++times) {
      socket.write(refused);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await until(() => session?.ended !== undefined, "the end of the session");
    const why = session?.ended?.message ?? "";
    isTrue(why.includes("bytes of answers unread"), why);
    socket.destroy();
  },
  async a_callers_answers_may_be_wrong() {
    // A server that answers every call with what is no answer to it.
    const net = await load("node:net");
    const listener = net.createServer();
    listener.on("connection", (socket) => {
      socket.on("error", () => undefined);
      socket.write(greeting());
      socket.write(pack(Frame.Reply, { call: 1 }, Uint8Array.of(9)));
      socket.write(pack(Frame.Reply, { call: 1 }, Uint8Array.of(9)));
      socket.write(pack(Frame.Error, { call: 2 }, zeroes(3)));
    });
    const port = await new Promise<number>((resolve) =>
      listener.listen({ host: "127.0.0.1", port: 0 }, () =>
        resolve((listener.address() as { port: number }).port),
      ),
    );
    const session = await beckon.connect(`tcp://127.0.0.1:${port}`);
    const names = await Promise.all(
      [session.get(Conformance, "conformance"), session.list()].map(
        (each: Promise<unknown>) => each.catch((error: Error) => error.name),
      ),
    );
    equal(names, ["ProtocolError", "ProtocolError"]);
    listener.close();
    await session.close();
  },
});
await server.close();
