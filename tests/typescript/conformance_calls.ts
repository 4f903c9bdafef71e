/** Every method of the conformance service, called through generated code. */

import * as beckon from "./beckon/index.js";
import { equal, fails, isTrue, until } from "./check.js";
import { Conformance, Mood, OutOfStock, type Item } from "./conformance.js";
import { Service } from "./service.js";

const MOST = (1n << 63n) - 1n;
const BOLT: Item = {
  name: "bolt",
  count: 2n,
  tags: ["m4"],
  at: { x: 1, y: 2 },
  mood: Mood.Busy,
};
const VALUES: unknown[] = [
  ...[
    null,
    true,
    5n,
    -33n,
    1n << 70n,
    -(1n << 70n),
    2.5,
    "text",
    Uint8Array.of(1, 2),
  ],
  ...[
    [1n, 2.5, null, true],
    [1n, 2n, 3n, -4n],
    [0.5, 1.5, 2.5, 3.5],
    new Map<unknown, unknown>(),
  ],
  new Map<unknown, unknown>([
    ["a", 1n],
    [2n, new Map()],
  ]),
  new beckon.Tuple([1n, "x"]),
  new Set([1n, 2n]),
  new beckon.FrozenSet(new Set(["a"])),
  new beckon.Float32(0.5),
  new beckon.Complex(1, -2),
  new beckon.Slice(1n, null, -1n),
  beckon.CalendarDate.of(2024, 2, 29),
  new beckon.DateTime(19000, 1n),
  new beckon.TimeOfDay(1n),
  new beckon.Duration(-1n),
  new beckon.AnyEnum("Mood", "broken", 2n),
  new beckon.AnyRecord("Point", [
    ["x", 1.5],
    ["y", 2.5],
  ]),
  new beckon.AnyVariant("a", 5n),
  new beckon.Extension(-1n, Uint8Array.of(122)),
];

export class Recorder {
  readonly events: string[] = [];
  onEvent(sequence: bigint, text: string): void {
    this.events.push(`${sequence}:${text}`);
  }
}

async function collected<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of stream) found.push(item);
  return found;
}

/** One test a method, by the method's name in the IDL. */
export function conformanceCalls(
  session: beckon.Session,
  service: Conformance,
): Record<string, () => Promise<void>> {
  return {
    async echo() {
      for (const value of VALUES) equal(await service.echo(value), value);
      equal(await service.echo({ a: [1n] }), new Map([["a", [1n]]]));
      equal(await service.echo(service), service);
    },
    async add() {
      equal(await service.add(2n, 3n), 5n);
      await fails(service.add(MOST, 1n), beckon.RemoteError);
      await fails(
        service.add(MOST + 1n, 1n),
        beckon.TypeMismatchError,
        /in argument a; while/,
      );
      const all = Array.from({ length: 300 }, (_, at) =>
        service.add(BigInt(at), 1n),
      );
      equal(
        await Promise.all(all),
        Array.from({ length: 300 }, (_, at) => BigInt(at + 1)),
      );
    },
    async concat() {
      equal(await service.concat("a", "\u00e9\u{1f600}"), "a\u00e9\u{1f600}");
    },
    async sum() {
      equal(await service.sum([0.5, 1, 2]), 3.5);
      equal(await service.sum([]), 0);
    },
    async reverse() {
      equal(
        await service.reverse(Uint8Array.of(1, 2, 3)),
        Uint8Array.of(3, 2, 1),
      );
      const large = new Uint8Array(1_000_000).fill(7);
      equal((await service.reverse(large)).length, large.length);
    },
    async restock() {
      equal(await service.restock(BOLT, 3n), { ...BOLT, count: 5n });
      const error = await fails(service.restock(BOLT, -3n), OutOfStock);
      equal(error.fields, { name: "bolt", wanted: 3n, available: 2n });
    },
    async sort_items() {
      const item = (name: string, count: bigint): Item => ({
        ...BOLT,
        name,
        count,
        at: null,
      });
      const items = [item("b", 1n), item("a", 2n), item("a", 1n)];
      equal(await service.sortItems(items), [items[2], items[1], items[0]]);
    },
    async word_count() {
      const found = await service.wordCount(" a b\n a\t");
      equal([found.size, found.get("a"), found.get("b")], [2, 2n, 1n]);
    },
    async fail() {
      const error = await fails(service.fail("boom"), beckon.RemoteError);
      equal(error.reason, "boom");
    },
    async sleep() {
      equal(await service.sleep(5n), "slept 5 ms");
      await fails(service.sleep(60_000n, { timeout: 20 }), beckon.TimeoutError);
      const deadline = new Date(Date.now() + 20);
      await fails(service.sleep(60_000n, { deadline }), beckon.TimeoutError);
      const controller = new AbortController();
      const sleeping = service.sleep(60_000n, { signal: controller.signal });
      controller.abort("enough");
      const error = await fails(sleeping, beckon.CancelledError);
      equal(error.cause, "enough");
      equal(await service.add(1n, 1n), 2n);
    },
    async make_counter() {
      const counter = await service.makeCounter(5n);
      equal([await counter.increment(2n), await counter.value()], [7n, 7n]);
      equal(await service.echo(counter), counter);
      const early = beckon.pipelined(service).makeCounter(5n);
      equal(await Promise.all([early.increment(1n), early.increment(1n)]), [
        6n,
        7n,
      ]);
      beckon.release(counter);
      await fails(counter.value(), beckon.UnknownObjectError, /was given back/);
    },
    async live_objects() {
      const before = await service.liveObjects();
      const made = await Promise.all([
        service.makeCounter(5n),
        service.makeCounter(7n),
      ]);
      isTrue(made[0] !== made[1]);
      equal(await service.liveObjects(), before + 2n);
      made.forEach(beckon.release);
      await until(
        async () => (await service.liveObjects()) <= before,
        "the counters' end",
      );
    },
    async call_back() {
      const listener = new Recorder();
      equal(await service.callBack(listener, 3n), 3n);
      equal(listener.events, ["1:event 1", "2:event 2", "3:event 3"]);
    },
    async subscribe() {
      const listener = new Recorder();
      await service.subscribe(listener, 3n, 1n);
      await until(() => listener.events.length === 3, "the third event");
      equal(listener.events, ["1:event 1", "2:event 2", "3:event 3"]);
    },
    async nest() {
      equal(await service.nest(null, 0n), 0n);
      equal(await service.nest(new Service(), 20n), 20n);
    },
    async count_to() {
      equal(await collected(service.countTo(5n)), [1n, 2n, 3n, 4n, 5n]);
      equal((await collected(service.countTo(12_000n))).length, 12_000);
      for await (const number of service.countTo(1n << 60n))
        if (number === 2n) break;
      await until(
        () => session.streams.open() === 0,
        "the end of what is not read",
      );
    },
    async total() {
      equal(await service.total([1n, 2n, 3n]), 6n);
      const many = Array.from({ length: 12_000 }, (_, at) => BigInt(at));
      equal(await service.total(many), (12_000n * 11_999n) / 2n);
      equal(await service.total(service.countTo(100n)), 5050n);
      async function* failing(): AsyncGenerator<bigint> {
        yield 1n;
        throw new Error("out of numbers");
      }
      await fails(
        service.total(failing()),
        beckon.BeckonError,
        /out of numbers/,
      );
    },
    async whoami() {
      equal(await service.whoami(), "anonymous");
    },
  };
}
