/**
 * Bytes to values: the native codec (docs/wire/native.md, "Values"): what all types stand on.
 *
 * Nothing is made for a count before the bytes for it are seen to be there.
 */

import { textOf, toHex } from "./bytes.js";
import { LimitExceededError, ProtocolError } from "./errors.js";
import type { Incoming } from "./incoming.js";
import { numberKind } from "./numbers.js";
import type { Remote } from "./remote.js";
import type { InterfaceType, Kind, Schema, Type } from "./schema.js";
import { readValue } from "./value_reader.js";
import { MAX_DEPTH } from "./writer.js";

const MAX_NODES = 1_000_000;

/** Who turns numbers into objects and streams: a session. */
export interface Borrower {
  readReference(
    source: Reader,
    kind: number,
    number: number,
    declared: InterfaceType | undefined,
  ): unknown;
  readStream(source: Reader, number: number, item: Type): unknown;
}

/** One message, or a part of one. What is borrowed in it counts once all of it was right. */
export class Reader {
  readonly borrowed: Remote[] = [];
  readonly streams: [number: number, state: Incoming][] = [];
  /** The object that was asked for under a number of this side. */
  promised: Remote | undefined;
  at = 0;
  end: number;
  depth = 0;
  private nodes = 0;
  private readonly view: DataView;

  constructor(
    private readonly content: Uint8Array,
    readonly schema: Schema,
    readonly borrower?: Borrower,
  ) {
    this.end = content.length;
    this.view = new DataView(
      content.buffer,
      content.byteOffset,
      content.length,
    );
  }

  /** Steps over so many bytes, which must be there; where they begin. */
  private skip(size: number): number {
    if (size > this.end - this.at) {
      throw new ProtocolError(
        `offset ${this.at}: found ${this.end - this.at} bytes, expected ${size}`,
      );
    }
    this.at += size;
    return this.at - size;
  }

  /** A view of the message. */
  take(size: number): Uint8Array {
    const at = this.skip(size);
    return this.content.subarray(at, at + size);
  }

  u8(): number {
    return this.view.getUint8(this.skip(1));
  }

  u16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.skip(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.skip(8), true);
  }

  i64(): bigint {
    return this.view.getBigInt64(this.skip(8), true);
  }

  f64(): number {
    return this.view.getFloat64(this.skip(8), true);
  }

  f32(): number {
    return this.view.getFloat32(this.skip(4), true);
  }

  /** A copy, so that it does not keep the message. */
  block(): Uint8Array {
    return this.take(this.u32()).slice();
  }

  textOf(size: number): string {
    const content = this.take(size);
    try {
      return textOf(content);
    } catch {
      throw new ProtocolError(`offset ${this.at - size}: a string is no UTF-8`);
    }
  }

  text(): string {
    return this.textOf(this.u32());
  }

  /** A count of elements of at least so many bytes, which must be there. */
  count(least: number): number {
    const count = this.u32();
    if (count * least > this.end - this.at) {
      const left = this.end - this.at;
      throw new ProtocolError(
        `offset ${this.at}: found ${left} bytes, expected ${count} elements of ${least} at least`,
      );
    }
    this.nodes += count;
    if (this.nodes > MAX_NODES) {
      throw new LimitExceededError(
        `a message has more values than max_nodes, ${MAX_NODES}`,
      );
    }
    return count;
  }

  align(size: number): void {
    this.skip((size - (this.at % size)) % size);
  }

  enter(): void {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) {
      throw new LimitExceededError(
        `a value nests deeper than max_depth, ${MAX_DEPTH}`,
      );
    }
  }

  /** One number of a kind of numbers. */
  number(kind: Kind): number | bigint {
    const known = numberKind(kind);
    if (known === undefined)
      throw new ProtocolError(`found the unknown kind ${kind}`);
    return known.get(this.view, this.skip(known.size));
  }

  /** A list of numbers side by side. */
  numbers(kind: Kind): (number | bigint)[] {
    const known = numberKind(kind);
    if (known === undefined)
      throw new ProtocolError(`found the unknown kind ${kind}`);
    const count = this.count(1);
    this.align(known.size);
    let at = this.skip(count * known.size);
    const out: (number | bigint)[] = [];
    for (let left = count; left > 0; --left, at += known.size)
      out.push(known.get(this.view, at));
    return out;
  }

  /** A value of a type. */
  read(type: Type): unknown {
    return readValue(this, type);
  }

  /** The bytes between two offsets, to compare by. */
  key(from: number, to: number): string {
    return toHex(this.content.subarray(from, to));
  }

  finish(): void {
    if (this.at !== this.end) {
      throw new ProtocolError(
        `offset ${this.at}: ${this.end - this.at} bytes too many`,
      );
    }
  }
}
