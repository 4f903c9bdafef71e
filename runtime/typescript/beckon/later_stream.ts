/** Streams that are read by `for await` before the call that gives them is answered. */

import type { CallOptions } from "./call.js";
import { CancelledError, TypeMismatchError } from "./errors.js";

/** What a stream's reader holds; `return` stops the stream. */
export type StreamIterator<T> = AsyncIterableIterator<T>;

/** What `for await` takes. */
export type StreamSource<T> = AsyncIterable<T> | Iterable<T>;

export function isIterable(value: unknown): value is StreamSource<unknown> {
  if (typeof value !== "object" || value === null) return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

/** Anything iterable as a stream. */
export async function* iteratorOf(source: unknown): StreamIterator<unknown> {
  if (!isIterable(source)) {
    throw new TypeMismatchError(
      `found ${typeof source}, expected something iterable`,
    );
  }
  yield* source;
}

/** The result of a method that gives a stream. The call is made at once; what it fails with, the first item tells. */
export class LaterStream<T> implements AsyncIterableIterator<T> {
  private readonly controller = new AbortController();
  private readonly found: Promise<StreamIterator<T>>;
  private isOver = false;

  constructor(
    options: CallOptions | undefined,
    start: (options: CallOptions) => Promise<StreamIterator<T>>,
  ) {
    const outer = options?.signal;
    const abort = (): void => this.controller.abort(outer?.reason);
    outer?.addEventListener("abort", abort);
    if (outer?.aborted === true) abort();
    this.found = start({ ...options, signal: this.controller.signal });
    this.found
      .catch(() => undefined)
      .finally(() => outer?.removeEventListener("abort", abort));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.isOver) return { done: true, value: undefined };
    return (await this.found).next() as Promise<IteratorResult<T, undefined>>;
  }

  /** Wants no more items. */
  async return(): Promise<IteratorResult<T, undefined>> {
    this.isOver = true;
    this.controller.abort(new CancelledError("the stream is wanted no more"));
    const found = await this.found.catch(() => undefined);
    await found?.return?.();
    return { done: true, value: undefined };
  }
}
