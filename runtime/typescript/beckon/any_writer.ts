/** Values of any type to bytes: a tag says what follows (docs/wire/native.md, "Any"). */

import { utf8Of } from "./bytes.js";
import { fits } from "./numbers.js";
import { Ref } from "./objects.js";
import { Kind } from "./schema.js";
import {
  AnyEnum,
  AnyException,
  AnyRecord,
  AnyVariant,
  CalendarDate,
  Complex,
  DateTime,
  Duration,
  Extension,
  Float32,
  FrozenSet,
  Slice,
  TimeOfDay,
  Tuple,
} from "./values.js";
import { wrong, writeTime } from "./value_writer.js";
import type { Writer } from "./writer.js";

const INTEGERS: readonly (readonly [tag: number, kind: Kind])[] = [
  [3, Kind.Int8],
  [4, Kind.Int16],
  [5, Kind.Int32],
  [6, Kind.Int64],
  [7, Kind.Uint64],
];

function writeInteger(out: Writer, value: bigint): void {
  if (value >= -32n && value <= 31n) {
    out.u8((0xe0 + Number(value)) & 0xff);
    return;
  }
  for (const [tag, kind] of INTEGERS) {
    if (fits(kind, value)) {
      out.u8(tag);
      out.raw(kind, kind < Kind.Int64 ? Number(value) : value);
      return;
    }
  }
  out.u8(8);
  out.u8(value < 0n ? 1 : 0);
  const digits = (value < 0n ? -value : value).toString(16);
  const even = digits.padStart(digits.length + (digits.length % 2), "0");
  out.u32(even.length / 2);
  for (let at = 0; at < even.length; at += 2)
    out.u8(Number.parseInt(even.slice(at, at + 2), 16));
}

function writeText(out: Writer, value: string): void {
  const content = utf8Of(value);
  if (content.length <= 63) {
    out.u8(0x80 + content.length);
    out.append(content);
  } else {
    out.u8(0x0c);
    out.block(content);
  }
}

function writeSequence(
  out: Writer,
  tag: number,
  size: number,
  values: Iterable<unknown>,
): void {
  out.u8(tag);
  out.u32(size);
  for (const each of values) writeAny(out, each);
}

/** Packs what is long enough and all of one kind. */
function writeList(out: Writer, values: readonly unknown[]): void {
  if (values.length >= 4) {
    if (values.every((each) => typeof each === "number")) {
      out.u8(0x35);
      return out.numbers(Kind.Float64, values);
    }
    if (values.every((each) => each instanceof Float32)) {
      out.u8(0x34);
      return out.numbers(
        Kind.Float32,
        values.map((each) => (each as Float32).value),
      );
    }
    if (values.every((each) => typeof each === "bigint")) {
      const kind = [Kind.Int8, Kind.Int16, Kind.Int32, Kind.Int64].findIndex(
        (each) => (values as bigint[]).every((value) => fits(each, value)),
      );
      if (kind >= 0) {
        out.u8(0x30 + kind);
        if (kind === 3) return out.numbers(Kind.Int64, values);
        const narrow = [Kind.Int8, Kind.Int16, Kind.Int32][kind] ?? Kind.Int32;
        return out.numbers(narrow, values.map(Number));
      }
    }
  }
  writeSequence(out, 0x20, values.length, values);
}

function writeMap(
  out: Writer,
  entries: readonly (readonly [unknown, unknown])[],
): void {
  out.u8(0x24);
  out.u32(entries.length);
  for (const [key, value] of entries) {
    writeAny(out, key);
    writeAny(out, value);
  }
}

function writeRecord(out: Writer, value: AnyRecord): void {
  out.u8(0x27);
  out.u32(value.fields.size);
  writeText(out, value.typeName);
  for (const [name, field] of value.fields) {
    writeText(out, name);
    writeAny(out, field);
  }
}

function writeParts(out: Writer, tag: number, ...parts: unknown[]): void {
  out.u8(tag);
  for (const each of parts) writeAny(out, each);
}

/** What counts as a level of depth; false where it is nothing of these. */
function writeContainer(out: Writer, value: object): boolean {
  if (Array.isArray(value)) writeList(out, value as unknown[]);
  else if (value instanceof Map)
    writeMap(out, [...(value as Map<unknown, unknown>)]);
  else if (value instanceof Tuple)
    writeSequence(out, 0x21, value.items.length, value.items);
  else if (value instanceof Set) writeSequence(out, 0x22, value.size, value);
  else if (value instanceof FrozenSet)
    writeSequence(out, 0x23, value.items.size, value.items);
  else if (value instanceof Slice)
    writeParts(out, 0x25, value.start, value.stop, value.step);
  else if (value instanceof AnyEnum)
    writeParts(out, 0x26, value.typeName, value.name, value.number);
  else if (value instanceof AnyRecord) writeRecord(out, value);
  else if (value instanceof AnyVariant)
    writeParts(out, 0x28, value.kind, value.value);
  else if (value instanceof AnyException) {
    writeParts(
      out,
      0x29,
      value.typeName,
      value.message,
      value.args,
      value.fields,
      value.trace,
    );
  } else if (value instanceof Extension)
    writeParts(out, 0x2a, value.type, value.content);
  else if (isPlain(value)) writeMap(out, Object.entries(value));
  else return false;
  return true;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function writeTagged(
  out: Writer,
  tag: number,
  kind: Kind,
  value: unknown,
): void {
  out.u8(tag);
  writeTime(out, kind, value);
}

/** What is no level of depth; false where it is nothing of these. */
function writeSimpleObject(out: Writer, value: object): boolean {
  if (value instanceof Uint8Array) {
    out.u8(0x0d);
    out.block(value);
  } else if (value instanceof Float32) {
    out.u8(0x09);
    out.raw(Kind.Float32, value.value);
  } else if (value instanceof Complex) {
    out.u8(0x0b);
    out.raw(Kind.Float64, value.real);
    out.raw(Kind.Float64, value.imaginary);
  } else if (value instanceof CalendarDate)
    writeTagged(out, 0x0e, Kind.Date, value);
  else if (value instanceof TimeOfDay) writeTagged(out, 0x0f, Kind.Time, value);
  else if (value instanceof DateTime)
    writeTagged(out, 0x10, Kind.DateTime, value);
  else if (value instanceof Duration)
    writeTagged(out, 0x11, Kind.Duration, value);
  else if (value instanceof Ref && out.lender !== undefined) {
    out.u8(0x12);
    writeText(out, value.$interfaceName());
    out.lender.writeReference(out, value, undefined);
  } else return false;
  return true;
}

/** Numbers are float64, bigints are integers, arrays lists, plain objects maps with strings for keys. */
export function writeAny(out: Writer, value: unknown): void {
  if (value === null || value === undefined) return out.u8(0);
  if (typeof value === "boolean") return out.u8(value ? 2 : 1);
  if (typeof value === "string") return writeText(out, value);
  if (typeof value === "bigint") return writeInteger(out, value);
  if (typeof value === "number") {
    out.u8(0x0a);
    return out.raw(Kind.Float64, value);
  }
  if (typeof value !== "object")
    throw wrong("a value that has a form in `any`", value);
  if (writeSimpleObject(out, value)) return;
  out.enter();
  if (!writeContainer(out, value))
    throw wrong("a value that has a form in `any`", value);
  out.depth -= 1;
}
