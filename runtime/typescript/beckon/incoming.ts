/** Streams that the peer produces: read by `for await`, by credit. */

import { copyOf } from "./errors.js";
import type { Schema, Type } from "./schema.js";
import type { Streams } from "./streams.js";

/** What the session keeps of a peer's stream, also after its reader has dropped it. */
export class Incoming {
  readonly items: { value: unknown; size: number }[] = [];
  /** What the peer may send still. */
  credit = 0;
  taken = 0;
  isOver = false;
  isDropped = false;
  error: Error | undefined;
  private waiting: (() => void)[] = [];

  constructor(
    readonly item: Type,
    readonly schema: Schema,
    readonly window: number,
  ) {}

  add(value: unknown, size: number): void {
    this.credit -= size;
    if (!this.isDropped) this.items.push({ value, size });
    this.wake();
  }

  end(error?: Error): void {
    if (!this.isOver) {
      this.isOver = true;
      this.error = error;
    }
    this.wake();
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Until something has changed. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

interface Reading {
  readonly streams: Streams;
  readonly number: number;
  readonly state: Incoming;
}

function drop({ streams, number, state }: Reading): void {
  if (!state.isOver && !state.isDropped) {
    state.isDropped = true;
    streams.stopTheirs(number);
  }
  state.items.length = 0;
}

const forgotten = new FinalizationRegistry<Reading>(drop);

/** A peer's stream. It is stopped by leaving its `for await`, or when it is dropped. */
export class Stream<T> implements AsyncIterableIterator<T> {
  private readonly reading: Reading;

  constructor(streams: Streams, number: number, state: Incoming) {
    this.reading = { streams, number, state };
    forgotten.register(this, this.reading);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    const { streams, number, state } = this.reading;
    for (;;) {
      const found = state.items.shift();
      if (found !== undefined) {
        state.taken += found.size;
        if (state.taken * 2 >= state.window && !state.isOver) {
          streams.giveCredit(number, state, state.taken);
          state.taken = 0;
        }
        return { done: false, value: found.value as T };
      }
      if (state.error !== undefined && !state.isDropped)
        throw copyOf(state.error);
      if (state.isOver || state.isDropped)
        return { done: true, value: undefined };
      await state.changed();
    }
  }

  /** Wants no more items. */
  async return(): Promise<IteratorResult<T, undefined>> {
    drop(this.reading);
    this.reading.state.end();
    return { done: true, value: undefined };
  }
}
