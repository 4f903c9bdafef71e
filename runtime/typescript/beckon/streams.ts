/** The streams of a session, in both directions. */

import { errorOf, LimitExceededError, ProtocolError } from "./errors.js";
import { readError } from "./error_frames.js";
import { Frame, NO_SCHEMA, pack, type Head } from "./frames.js";
import { Incoming, Stream } from "./incoming.js";
import { Outgoing } from "./outgoing.js";
import { Reader } from "./reader.js";
import type { Schema, Type } from "./schema.js";
import type { Session } from "./session.js";
import type { Writer } from "./writer.js";

const MAX_STREAMS = 1024;

export class Streams {
  private readonly incoming = new Map<number, Incoming>();
  private readonly outgoing = new Map<number, Outgoing>();
  private last = 0;

  constructor(private readonly session: Session) {}

  /** How many are open. */
  open(): number {
    return this.incoming.size + this.outgoing.size;
  }

  // Ours, which the peer reads.

  write(out: Writer, source: unknown, item: Type, schema: Schema): void {
    do this.last = (this.last % 0xffff_ffff) + 1;
    while (this.outgoing.has(this.last));
    out.streams.push(
      new Outgoing(this.session, this.last, source, item, schema),
    );
    out.u32(this.last);
  }

  /** A message goes out. */
  commit(out: Writer): void {
    for (const each of out.streams) this.outgoing.set(each.number, each);
  }

  /** A call was answered: what nobody wants to read by now, nobody will. */
  forgetUnread(out: Writer): void {
    for (const each of out.streams) {
      if (!each.isBegun) this.outgoing.delete(each.number);
    }
  }

  addCredit(number: number, size: number): void {
    this.outgoing.get(number)?.addCredit(size);
  }

  /** The reader wants no more of one of ours. */
  stopOurs(number: number): void {
    this.outgoing.get(number)?.stop();
  }

  /** One of ours is over; false where it was before. */
  forget(number: number): boolean {
    return this.outgoing.delete(number);
  }

  // The peer's, which we read.

  read(source: Reader, number: number, item: Type): unknown {
    const isTaken = source.streams.some(([other]) => other === number);
    if (number === 0 || this.incoming.has(number) || isTaken) {
      throw new ProtocolError(
        `a stream with the number ${number}, which is in use`,
      );
    }
    if (this.open() + source.streams.length >= MAX_STREAMS) {
      throw new LimitExceededError(
        `${MAX_STREAMS} streams are open; more are not allowed`,
      );
    }
    const state = new Incoming(
      item,
      source.schema,
      this.session.hello.streamWindowBytes,
    );
    source.streams.push([number, state]);
    return new Stream(this, number, state);
  }

  /** A message was right: its streams begin. */
  accept(source: Reader): void {
    for (const [number, state] of source.streams) {
      this.incoming.set(number, state);
      this.giveCredit(number, state, state.window);
    }
  }

  giveCredit(number: number, state: Incoming, size: number): void {
    state.credit += size;
    this.session.send(pack(Frame.StreamCredit, { call: number, object: size }));
  }

  /** This side wants no more of one of the peer's. */
  stopTheirs(number: number): void {
    this.session.send(pack(Frame.StreamStop, { call: number }));
  }

  takeItem(head: Head, content: Uint8Array): void {
    const state = this.incoming.get(head.call);
    if (state === undefined) return;
    try {
      if (state.credit <= 0) {
        throw new ProtocolError("the peer sent a stream's item without credit");
      }
      const source = new Reader(content, state.schema, this.session);
      const value = source.read(state.item);
      source.finish();
      this.session.accept(source);
      state.add(value, head.size);
    } catch (thrown) {
      if (state.isOver) return;
      state.end(errorOf(thrown));
      this.stopTheirs(head.call);
    }
  }

  takeEnd(head: Head, content: Uint8Array): void {
    const state = this.incoming.get(head.call);
    this.incoming.delete(head.call);
    const schema = state?.schema ?? NO_SCHEMA;
    const error = content.length > 0 ? readError(content, schema) : undefined;
    state?.end(error);
  }

  /** The session has ended. */
  failAll(error: Error): void {
    for (const each of this.incoming.values()) each.end(error);
    this.incoming.clear();
    const ours = [...this.outgoing.values()];
    this.outgoing.clear();
    for (const each of ours) each.stop();
  }
}
