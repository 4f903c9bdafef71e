/** Values to bytes: the native codec (docs/wire/native.md, "Values"): what all types stand on. */

import { utf8Of } from "./bytes.js";
import { LimitExceededError, TypeMismatchError } from "./errors.js";
import { numberKind } from "./numbers.js";
import type { Outgoing } from "./outgoing.js";
import { Kind, type InterfaceType, type Schema, type Type } from "./schema.js";
import type { Export } from "./tables.js";
import { inItems, writeNumber, writeValue } from "./value_writer.js";

export const MAX_DEPTH = 64;

/** Who turns objects and streams into numbers: a session. */
export interface Lender {
  writeReference(
    out: Writer,
    value: unknown,
    declared: InterfaceType | undefined,
  ): void;
  writeStream(out: Writer, source: unknown, item: Type, schema: Schema): void;
}

/** One message. What is lent in it counts once the session has sent it. */
export class Writer {
  readonly lent: Export[] = [];
  readonly streams: Outgoing[] = [];
  depth = 0;
  private buffer = new Uint8Array(64);
  private view = new DataView(this.buffer.buffer);
  private at = 0;

  constructor(
    readonly schema: Schema,
    readonly lender?: Lender,
  ) {}

  get size(): number {
    return this.at;
  }

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return this.buffer.slice(0, this.at);
  }

  /** Forgets what was written. */
  clear(): void {
    this.at = 0;
    this.lent.length = 0;
  }

  /** Makes room, and says where it begins. */
  private room(size: number): number {
    const at = this.at;
    this.at += size;
    if (this.at > this.buffer.length) {
      const larger = new Uint8Array(Math.max(this.at, 2 * this.buffer.length));
      larger.set(this.buffer.subarray(0, at));
      this.buffer = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }

  u8(value: number): void {
    const at = this.room(1);
    this.buffer[at] = value;
  }

  u16(value: number): void {
    const at = this.room(2);
    this.view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.room(4);
    this.view.setUint32(at, value, true);
  }

  i32(value: number): void {
    this.u32(value >>> 0);
  }

  /** A number that is known to fit. */
  raw(kind: Kind, value: number | bigint): void {
    const known = numberKind(kind);
    if (known === undefined)
      throw new TypeMismatchError(`${Kind[kind]} is no number`);
    const at = this.room(known.size);
    known.set(this.view, at, value as never);
  }

  append(content: Uint8Array): void {
    const at = this.room(content.length);
    this.buffer.set(content, at);
  }

  block(content: Uint8Array): void {
    this.u32(content.length);
    this.append(content);
  }

  text(value: string): void {
    this.block(utf8Of(value));
  }

  /** Zeroes up to a multiple; the buffer may hold what was cleared. */
  align(size: number): void {
    while (this.at % size !== 0) this.u8(0);
  }

  /** Writes an earlier u32. */
  patch(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  enter(): void {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) {
      throw new LimitExceededError(
        `a value nests deeper than max_depth, ${MAX_DEPTH}`,
      );
    }
  }

  /** A value of a type, checked. */
  write(type: Type, value: unknown): void {
    writeValue(this, type, value);
  }

  /** A list of numbers side by side. */
  numbers(kind: Kind, values: readonly unknown[]): void {
    this.u32(values.length);
    this.align(numberKind(kind)?.size ?? 1);
    inItems(values, (value) => writeNumber(this, kind, value));
  }
}
