/** Streams that this side produces, from anything that can be iterated over. */

import { errorOf } from "./errors.js";
import { packError } from "./error_frames.js";
import { Frame, HEADER_BYTES, pack } from "./frames.js";
import { isIterable } from "./later_stream.js";
import type { Schema, Type } from "./schema.js";
import type { Session } from "./session.js";
import { wrong } from "./value_writer.js";
import { Writer } from "./writer.js";

/** So many items are sent before others have a turn. */
const TURN = 64;

export class Outgoing {
  isBegun = false;
  /** Called once, when nothing more is produced. */
  onEnd: () => void = () => undefined;
  private readonly source: AsyncIterator<unknown> | Iterator<unknown>;
  private credit = 0;
  private isStopped = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly session: Session,
    readonly number: number,
    source: unknown,
    private readonly item: Type,
    private readonly schema: Schema,
  ) {
    if (!isIterable(source)) throw wrong("something iterable", source);
    const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } =
      source as Partial<AsyncIterable<unknown> & Iterable<unknown>>;
    const made = later?.call(source) ?? now?.call(source);
    if (made === undefined) throw wrong("something iterable", source);
    this.source = made;
  }

  addCredit(size: number): void {
    this.credit += size;
    if (!this.isBegun) {
      this.isBegun = true;
      void this.produce();
    }
    this.wake();
  }

  /** The reader wants no more, or there is none. */
  stop(): void {
    this.isStopped = true;
    if (!this.isBegun) {
      this.isBegun = true;
      void this.produce();
    }
    this.wake();
    this.onEnd();
  }

  private async produce(): Promise<void> {
    let error: Error | undefined;
    try {
      for (let sent = 0; await this.mayGoOn();) {
        const found = await this.source.next();
        if (found.done === true || this.isStopped) break;
        this.sendItem(found.value);
        sent += 1;
        if (sent % TURN === 0)
          await new Promise((resolve) => setTimeout(resolve, 0));
      }
    } catch (thrown) {
      error = errorOf(thrown);
    }
    // Not awaited: a generator may be waiting for what never comes.
    Promise.resolve()
      .then(() => this.source.return?.())
      .catch(() => undefined);
    this.end(error);
  }

  /** Waits for credit; false once nothing more is wanted. */
  private async mayGoOn(): Promise<boolean> {
    while (this.credit <= 0 && !this.isStopped) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    if (!this.isStopped) await this.session.outbox.room();
    return !this.isStopped;
  }

  private sendItem(value: unknown): void {
    const out = new Writer(this.schema, this.session);
    try {
      out.write(this.item, value);
      this.session.checkSize(out.size + HEADER_BYTES);
    } catch (thrown) {
      this.session.tables.forget(out.lent);
      throw thrown;
    }
    this.credit -= out.size + HEADER_BYTES;
    this.session.commit(out);
    this.session.send(
      pack(Frame.StreamItem, { call: this.number }, out.bytes()),
    );
  }

  private end(error: Error | undefined): void {
    this.onEnd();
    if (!this.session.streams.forget(this.number)) return;
    const sendTraces = this.session.sendTraces;
    const content =
      error === undefined
        ? undefined
        : packError(error, this.schema, sendTraces);
    this.session.send(pack(Frame.StreamEnd, { call: this.number }, content));
  }
}
