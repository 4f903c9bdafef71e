/** The conformance service in TypeScript. */

import { CancelledError, released, type Call } from "./beckon/index.js";
import {
  Conformance,
  OutOfStock,
  type ConformanceServant,
  type CounterServant,
  type Item,
  type Listener,
} from "./conformance.js";

function checked(number: bigint): bigint {
  if (BigInt.asIntN(64, number) === number) return number;
  throw new RangeError(`${number} does not fit int64`);
}

export class Counter implements CounterServant {
  constructor(
    private number: bigint,
    private readonly alive: Set<Counter>,
  ) {
    alive.add(this);
  }

  increment(by: bigint): bigint {
    return (this.number = checked(this.number + by));
  }

  value(): bigint {
    return this.number;
  }

  [released](): void {
    this.alive.delete(this);
  }
}

export class Service implements ConformanceServant {
  private readonly counters = new Set<Counter>();

  echo(what: unknown): unknown {
    return what;
  }

  add(a: bigint, b: bigint): bigint {
    return checked(a + b);
  }

  concat(a: string, b: string): string {
    return a + b;
  }

  sum(numbers: number[]): number {
    return numbers.reduce((sum, number) => sum + number, 0);
  }

  reverse(data: Uint8Array): Uint8Array {
    return data.slice().reverse();
  }

  restock(item: Item, by: bigint): Item {
    const count = checked(item.count + by);
    if (count < 0n)
      throw new OutOfStock({
        name: item.name,
        wanted: -by,
        available: item.count,
      });
    return { ...item, count };
  }

  sortItems(items: Item[]): Item[] {
    return items.sort((a, b) => {
      if (a.name !== b.name) return a.name < b.name ? -1 : 1;
      return a.count < b.count ? -1 : a.count > b.count ? 1 : 0;
    });
  }

  wordCount(text: string): Map<string, bigint> {
    const counts = new Map<string, bigint>();
    for (const word of text.split(/\s+/).filter((each) => each !== "")) {
      counts.set(word, (counts.get(word) ?? 0n) + 1n);
    }
    return counts;
  }

  fail(message: string): void {
    throw new Error(message);
  }

  async sleep(milliseconds: bigint, call: Call): Promise<string> {
    await call.sleep(Number(milliseconds));
    return `slept ${milliseconds} ms`;
  }

  makeCounter(start: bigint): Counter {
    return new Counter(start, this.counters);
  }

  liveObjects(): bigint {
    return BigInt(this.counters.size);
  }

  async callBack(
    listener: Listener | null,
    times: bigint,
    call: Call,
  ): Promise<bigint> {
    for (let number = 1n; number <= times; ++number) {
      await listener?.onEvent(number, `event ${number}`, { within: call });
    }
    return times;
  }

  subscribe(
    listener: Listener | null,
    times: bigint,
    intervalMs: bigint,
  ): void {
    void (async () => {
      for (let number = 1n; number <= times; ++number) {
        await new Promise((resolve) => setTimeout(resolve, Number(intervalMs)));
        await listener?.onEvent(number, `event ${number}`);
      }
    })().catch(() => undefined);
  }

  async nest(
    peer: Conformance | null,
    depth: bigint,
    call: Call,
  ): Promise<bigint> {
    if (depth <= 0n || peer === null) return 0n;
    return 1n + (await peer.nest(this, depth - 1n, call));
  }

  async *countTo(n: bigint, call: Call): AsyncGenerator<bigint> {
    for (let number = 1n; number <= n; ++number) {
      if (call.signal.aborted) throw new CancelledError("nobody wants more");
      yield number;
    }
  }

  async total(numbers: AsyncIterable<bigint>): Promise<bigint> {
    let total = 0n;
    for await (const number of numbers) total = checked(total + number);
    return total;
  }

  whoami(call: Call): string {
    return call.user === "" ? "anonymous" : call.user;
  }
}
