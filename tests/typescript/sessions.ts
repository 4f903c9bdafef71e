/** What sessions promise beside the conformance service: options, errors, life, users, both roles. */

import * as beckon from "./beckon/node.js";
import { equal, fails, isTrue, run, until } from "./check.js";
import {
  Bell,
  Closed,
  Colour,
  Office,
  type BellServant,
  type OfficeServant,
} from "./office.js";

class TheBell implements BellServant {
  readonly rung: bigint[] = [];

  ring(number: bigint): void {
    this.rung.push(number);
  }

  async waitFor(count: bigint): Promise<void> {
    await until(() => this.rung.length >= Number(count), "the ringing");
  }
}

class TheOffice {
  readonly theBell = new TheBell();
  readonly ended: string[] = [];
  isHanging = false;
  next: Office | undefined;

  note(call: beckon.Call): string {
    return `${call.user} ${call.metadata["note"] ?? "none"}`;
  }

  async left(
    call: beckon.Call,
  ): Promise<{ milliseconds: number; more: string }> {
    if (this.next !== undefined)
      return this.next.left({ timeout: 100_000, within: call });
    return { milliseconds: call.remaining() ?? Infinity, more: "" };
  }

  closeFor(colour: Colour): void {
    const more = new Map([["a", { kind: "text", value: "b" } as const]]);
    throw new Closed({ colour, others: [Colour.Red], note: null, more });
  }

  async hang(call: beckon.Call): Promise<string> {
    this.isHanging = true;
    try {
      await call.sleep(60_000);
      return "woken";
    } catch (error) {
      this.ended.push((error as Error).name);
      throw error;
    }
  }

  async *leaveMidway(): AsyncGenerator<bigint> {
    yield 1n;
    throw new Error("left");
  }

  async *endless(call: beckon.Call): AsyncGenerator<bigint> {
    yield 1n;
    await new Promise<void>((resolve) => {
      call.signal.addEventListener("abort", () => {
        this.ended.push("stream");
        resolve();
      });
    });
  }

  bell(): TheBell {
    return this.theBell;
  }

  maybeBell(really: boolean): TheBell | null {
    return really ? this.theBell : null;
  }

  same(bell: Bell | null): Bell {
    return bell as Bell;
  }

  pass(what: unknown): unknown {
    return what;
  }

  choose<T>(what: T): T {
    return what;
  }
}

/** Lacks missing(). */
function servantOf(office: TheOffice): OfficeServant {
  return office as unknown as OfficeServant;
}

let served: TheOffice;
let server: beckon.Server;
let session: beckon.Session;
let office: Office;

async function within(
  test: () => Promise<void>,
  options: beckon.ServerOptions = {},
): Promise<void> {
  served = new TheOffice();
  server = new beckon.Server(
    { office: beckon.lend(Office, servantOf(served)) },
    options,
  );
  session = await beckon.connect(await server.listen("tcp://127.0.0.1:0"));
  try {
    office = await session.get(Office, "office");
    await test();
  } finally {
    await session.close();
    await server.close();
  }
}

function all(
  tests: Record<string, () => Promise<void>>,
): Record<string, () => Promise<void>> {
  const entries = Object.entries(tests);
  return Object.fromEntries(
    entries.map(([name, test]) => [name, () => within(test)]),
  );
}

await run({
  ...all({
    async carry_metadata() {
      equal(await office.note({ metadata: { note: "hello" } }), " hello");
      equal(await office.note(), " none");
    },
    async carry_deadlines_which_shrink_through_nested_calls() {
      const left = async (): Promise<number> =>
        (await office.left({ timeout: 5000 })).milliseconds;
      isTrue((await left()) <= 5000);
      const behind = new beckon.Server({
        office: beckon.lend(Office, servantOf(new TheOffice())),
      });
      const second = await beckon.connect(
        await behind.listen("tcp://127.0.0.1:0"),
      );
      served.next = await second.get(Office, "office");
      isTrue((await left()) <= 5000);
      await second.close();
      await behind.close();
    },
    async carry_declared_errors_with_their_types() {
      const error = await fails(office.closeFor(Colour.Green), Closed);
      const more = new Map([["a", { kind: "text", value: "b" }]]);
      equal(error.fields, {
        colour: Colour.Green,
        others: [Colour.Red],
        note: null,
        more,
      });
      isTrue(error instanceof beckon.DeclaredError && error.name === "Closed");
    },
    async say_which_method_is_missing() {
      const words = /TheOffice implements Office without missing/;
      await fails(office.missing(), beckon.UnknownMethodError, words);
    },
    async name_the_argument_that_is_wrong_before_anything_is_sent() {
      for (const wrong of ["red", 7, null]) {
        const words = /in argument colour; while calling Office\.close_for/;
        await fails(
          office.closeFor(wrong as unknown as Colour),
          beckon.TypeMismatchError,
          words,
        );
      }
      const other = beckon.lend(
        Office,
        servantOf(new TheOffice()),
      ) as unknown as Bell;
      await fails(
        office.same(other),
        beckon.TypeMismatchError,
        /found a Office, expected a Bell/,
      );
      await fails(
        office.pass(() => 1),
        beckon.TypeMismatchError,
        /found function/,
      );
      equal(session.tables.exported(), 0);
    },
    async end_a_stream_with_what_its_producer_throws() {
      const found: bigint[] = [];
      const reading = (async () => {
        for await (const number of office.leaveMidway()) found.push(number);
      })();
      await fails(reading, beckon.RemoteError, /left/);
      equal([found, await office.note()], [[1n], " none"]);
    },
    async tell_a_producer_that_waits_that_nobody_reads() {
      for await (const number of office.endless()) if (number === 1n) break;
      await until(() => served.ended.includes("stream"), "the stream's end");
    },
    async cancel_what_a_handler_does() {
      const controller = new AbortController();
      const hanging = office.hang({ signal: controller.signal });
      await until(() => served.isHanging);
      controller.abort();
      await fails(
        hanging,
        beckon.CancelledError,
        /this side cancelled the call/,
      );
      await until(() => served.ended.length === 1);
      equal(served.ended, ["CancelledError"]);
      const already = controller.signal;
      await fails(office.note({ signal: already }), beckon.CancelledError);
    },
    async end_a_handler_at_its_deadline() {
      await fails(
        office.hang({ timeout: 20 }),
        beckon.TimeoutError,
        /while calling Office\.hang/,
      );
      await until(() => served.ended.length === 1);
      isTrue(
        ["TimeoutError", "CancelledError"].includes(served.ended[0] ?? ""),
      );
    },
    async keep_the_identity_of_objects() {
      const first = await office.bell();
      const mine = new TheBell();
      isTrue(first === (await office.bell()));
      equal(beckon.servantOf(await office.same(mine)), mine);
      isTrue((await office.same(mine)) === beckon.lend(Bell, mine));
      isTrue((await office.same(first)) === first);
      equal(await office.maybeBell(false), null);
      isTrue((await office.maybeBell(true)) === first);
      await fails(
        office.same(null),
        beckon.TypeMismatchError,
        /the peer gave no object/,
      );
      const chosen = await office.choose({ kind: "bell", value: first });
      isTrue(chosen.kind === "bell" && chosen.value === first);
      equal(await office.choose({ kind: "number", value: 5n }), {
        kind: "number",
        value: 5n,
      });
      isTrue(beckon.cast(Bell, await office.pass(first)) === first);
      beckon.release(first);
      await until(
        () => server.current()[0]?.tables.exported() === 1,
        "the bell's release",
      );
    },
    async give_back_what_is_collected() {
      const { gc } = globalThis as { gc?: () => void };
      isTrue(gc !== undefined, "run me with --expose-gc");
      const use = async (): Promise<void> => {
        await (await office.bell()).ring(1n);
        for await (const number of office.endless()) if (number === 1n) break;
        void office.leaveMidway();
      };
      await use();
      const collected = (): boolean => {
        gc?.();
        return session.tables.borrowed() === 1 && session.streams.open() === 0;
      };
      await until(collected, "the collection of the bell and the stream");
      await until(
        () => server.current()[0]?.tables.exported() === 1,
        "the bell's release",
      );
    },
    async call_objects_of_this_side_as_those_of_a_peer() {
      const mine = await office.same({
        ring: () => undefined,
        waitFor: () => Promise.resolve(),
      });
      await mine.waitFor(3n);
      const local = beckon.lend(Office, servantOf(new TheOffice()));
      equal(await local.note({ metadata: { note: "here" } }), " here");
      await fails(local.hang({ timeout: 5 }), beckon.TimeoutError);
      for await (const number of local.endless()) if (number === 1n) break;
      equal((await local.same(mine)) === mine, true);
    },
    async keep_the_order_of_calls_without_answer() {
      const bell = await office.bell();
      for (let number = 0n; number < 500n; ++number) void bell.ring(number);
      await bell.waitFor(500n);
      equal(
        served.theBell.rung,
        Array.from({ length: 500 }, (_, at) => BigInt(at)),
      );
    },
    async refuse_the_name_of_another_interface() {
      const mismatch = /'office' is a Office, the peer expects a Bell/;
      await fails(
        session.get(Bell, "office"),
        beckon.SchemaMismatchError,
        mismatch,
      );
      const unknown = /nothing is published as 'shop'; there is office/;
      await fails(
        session.get(Office, "shop"),
        beckon.UnknownObjectError,
        unknown,
      );
      equal(
        (await session.list()).map(({ name }) => name),
        ["office"],
      );
    },
    async fail_what_is_in_flight_when_they_end() {
      const hanging = office.hang();
      hanging.catch(() => undefined);
      const bell = await office.bell();
      await until(() => served.isHanging);
      const before = served.theBell.rung.length;
      await server.close();
      await fails(hanging, beckon.DisconnectedError, /ended the session/);
      await fails(office.note(), beckon.DisconnectedError);
      await fails(bell.ring(1n), beckon.DisconnectedError);
      await until(() => served.ended.length === 1, "the handler's end");
      equal(served.theBell.rung.length, before);
    },
    async take_no_new_calls_once_they_drain() {
      await office.note();
      server.current()[0]?.drain("closing time");
      await fails(
        async () => {
          for (;;) await office.note();
        },
        beckon.OverloadedError,
        /closing time/,
      );
    },
    async refuse_messages_beyond_the_peers_limit_here() {
      const large = new Uint8Array(16 << 20);
      await fails(
        office.pass(large),
        beckon.LimitExceededError,
        /the peer takes 16777216/,
      );
      equal(await office.note(), " none");
    },
    async publish_from_both_sides() {
      const publish = { bell: beckon.lend(Bell, new TheBell()) };
      const endpoint = await server.listen("tcp://127.0.0.1:0");
      const second = await beckon.connect(endpoint, { publish });
      await until(() => server.current().length === 2);
      const bell = await server.current()[1]?.get(Bell, "bell");
      await bell?.ring(1n);
      await bell?.waitFor(1n);
      await second.close();
    },
    async connect_where_somebody_listens_or_say_where_nobody_does() {
      const gone = await server.listen("tcp://127.0.0.1:0");
      await fails(server.listen(gone), beckon.AddressInUseError);
      await server.close();
      await fails(
        beckon.connect(gone),
        beckon.DisconnectedError,
        /cannot connect to tcp:/,
      );
      for (const wrong of ["http://here", "rpyc+tcp://here:1"]) {
        await fails(
          beckon.connect(wrong),
          beckon.InvalidArgumentError,
          /expected one of tcp:/,
        );
      }
      // The protocol's own name may stand before the rest.
      await fails(
        beckon.connect(`native+${gone}`),
        beckon.DisconnectedError,
        /cannot connect to tcp:/,
      );
      await fails(
        beckon.connect("tcp://here"),
        beckon.InvalidArgumentError,
        /tcp:\/\/host:port/,
      );
      await fails(
        beckon.connect("exec:/nonexistent"),
        beckon.DisconnectedError,
        /cannot start/,
      );
      const chatty = await beckon.connect("exec:echo good morning, everybody");
      await fails(
        chatty.list(),
        beckon.DisconnectedError,
        /speaks another protocol/,
      );
      await chatty.close();
    },
  }),
  async know_users_as_the_authenticator_says() {
    const authenticate = async (
      user: string,
      secret: Uint8Array,
    ): Promise<string> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (secret[0] !== 7) throw new Error("wrong secret");
      return user.toUpperCase();
    };
    const office = beckon.lend(Office, servantOf(new TheOffice()));
    const server = new beckon.Server({ office }, { authenticate });
    const endpoint = await server.listen("tcp://127.0.0.1:0");
    const lucy = await beckon.connect(endpoint, {
      user: "lucy",
      secret: Uint8Array.of(7),
    });
    equal(await (await lucy.get(Office, "office")).note(), "LUCY none");
    const liar = await beckon.connect(endpoint, {
      user: "lucy",
      secret: Uint8Array.of(8),
    });
    await fails(
      liar.get(Office, "office"),
      beckon.DisconnectedError,
      /user 'lucy' was refused/,
    );
    await lucy.close();
    await server.close();
  },
  async know_calls_beyond_the_peers_credit_wait() {
    const office = beckon.lend(Office, servantOf(new TheOffice()));
    const server = new beckon.Server(
      { office },
      { hello: { maxCallsInFlight: 2 } },
    );
    const session = await beckon.connect(
      await server.listen("tcp://127.0.0.1:0"),
    );
    const found = await session.get(Office, "office");
    const controller = new AbortController();
    const hanging = [1, 2, 3].map(() =>
      found.hang({ signal: controller.signal }),
    );
    const waiting = found.note({ timeout: 20 });
    await fails(waiting, beckon.TimeoutError);
    controller.abort();
    for (const each of hanging) await fails(each, beckon.CancelledError);
    equal(await found.note(), " none");
    await session.close();
    await server.close();
  },
});
