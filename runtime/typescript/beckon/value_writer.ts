/** Values of each type to bytes, checked (docs/wire/native.md, "Values"). `any` is in any_writer.ts. */

import { writeAny } from "./any_writer.js";
import { TypeMismatchError, UnsupportedError } from "./errors.js";
import { fits, numberKind } from "./numbers.js";
import { Kind, type Properties, type Type } from "./schema.js";
import {
  CalendarDate,
  DateTime,
  Duration,
  NANOSECONDS_OF_DAY,
  TimeOfDay,
} from "./values.js";
import type { Writer } from "./writer.js";

/** What a value is, for messages. */
export function nameOf(value: unknown): string {
  if (value === null || typeof value !== "object")
    return value === null ? "null" : typeof value;
  const made: unknown = value.constructor;
  return typeof made === "function" ? made.name : "object";
}

export function wrong(expected: string, found: unknown): TypeMismatchError {
  return new TypeMismatchError(`found ${nameOf(found)}, expected ${expected}`);
}

/** Writes each; of one that does not fit, the error says which it is. */
export function inItems(
  values: readonly unknown[],
  write: (item: unknown) => void,
): void {
  let at = 0;
  try {
    for (const each of values) {
      write(each);
      at += 1;
    }
  } catch (error) {
    if (error instanceof TypeMismatchError) error.addNote(`in item ${at}`);
    throw error;
  }
}

/** A number of a kind, checked. */
export function writeNumber(out: Writer, kind: Kind, value: unknown): void {
  const name = (Kind[kind] ?? String(kind)).toLowerCase();
  const known = numberKind(kind);
  if (known === undefined) throw new TypeMismatchError(`${name} is no number`);
  const expected = typeof known.most;
  if (typeof value !== expected)
    throw wrong(`a ${expected} for ${name}`, value);
  const number = value as number | bigint;
  if (
    known.isInteger &&
    (!fits(kind, number) ||
      (expected === "number" && !Number.isInteger(number)))
  ) {
    throw new TypeMismatchError(
      `found ${number}, expected ${name}: a whole number from ${known.least} to ${known.most}`,
    );
  }
  if (
    kind === Kind.Float32 &&
    Number.isFinite(number) &&
    !Number.isFinite(Math.fround(Number(number)))
  ) {
    throw new TypeMismatchError(`found ${number}, which does not fit float32`);
  }
  out.raw(kind, number);
}

function writeNanoseconds(out: Writer, nanoseconds: bigint): void {
  if (nanoseconds < 0n || nanoseconds >= NANOSECONDS_OF_DAY) {
    throw new TypeMismatchError(
      `found ${nanoseconds} ns as a time, expected those of one day`,
    );
  }
  out.raw(Kind.Uint64, nanoseconds);
}

/** A date, a time, a moment or a duration, by the kind. */
export function writeTime(out: Writer, kind: Kind, value: unknown): void {
  if (kind === Kind.Date) {
    if (!(value instanceof CalendarDate)) throw wrong("a CalendarDate", value);
    writeNumber(out, Kind.Int32, value.days);
  } else if (kind === Kind.Time) {
    if (!(value instanceof TimeOfDay)) throw wrong("a TimeOfDay", value);
    writeNanoseconds(out, value.nanoseconds);
  } else if (kind === Kind.DateTime) {
    if (!(value instanceof DateTime)) throw wrong("a DateTime", value);
    writeNumber(out, Kind.Int32, value.days);
    writeNanoseconds(out, value.nanoseconds);
  } else {
    if (!(value instanceof Duration)) throw wrong("a Duration", value);
    writeNumber(out, Kind.Int64, value.nanoseconds);
  }
}

function writeList(out: Writer, item: Type, value: unknown): void {
  if (!Array.isArray(value)) throw wrong("an array", value);
  const values = value as unknown[];
  if (numberKind(item.kind) !== undefined) {
    out.numbers(item.kind, values);
    return;
  }
  out.enter();
  out.u32(values.length);
  inItems(values, (each) => out.write(item, each));
  out.depth -= 1;
}

function writeMap(out: Writer, type: Type, value: unknown): void {
  if (!(value instanceof Map)) throw wrong("a Map", value);
  out.enter();
  out.u32(value.size);
  for (const [key, each] of value as Map<unknown, unknown>) {
    out.write(type.argument(0), key);
    out.write(type.argument(1), each);
  }
  out.depth -= 1;
}

function writeTuple(out: Writer, type: Type, value: unknown): void {
  if (!Array.isArray(value) || value.length !== type.args.length) {
    throw wrong(`an array of ${type.args.length}`, value);
  }
  out.enter();
  type.args.forEach((item, at) => out.write(item, (value as unknown[])[at]));
  out.depth -= 1;
}

function writeVariant(out: Writer, type: Type, value: unknown): void {
  const found = (
    typeof value === "object" && value !== null ? value : {}
  ) as Properties;
  const index = type.cases.indexOf(String(found["kind"]));
  if (index < 0)
    throw wrong(
      `{ kind, value } with a kind of ${type.cases.join(", ")}`,
      value,
    );
  out.u8(index);
  out.enter();
  out.write(type.argument(index), found["value"]);
  out.depth -= 1;
}

function writeRecord(out: Writer, type: Type, value: unknown): void {
  const declared = out.schema.recordOf(type.name);
  if (typeof value !== "object" || value === null)
    throw wrong(`a ${type.name}`, value);
  out.enter();
  const start = out.size;
  out.u32(0);
  declared.fields.forEach((field, at) => {
    try {
      out.write(
        field.type,
        (value as Properties)[declared.properties[at] ?? ""],
      );
    } catch (error) {
      if (error instanceof TypeMismatchError)
        error.addNote(`in field ${type.name}.${field.name}`);
      throw error;
    }
  });
  out.patch(start, out.size - start - 4);
  out.depth -= 1;
}

function writeEnum(out: Writer, type: Type, value: unknown): void {
  if (typeof value !== "number")
    throw wrong(`a value of enum ${type.name}`, value);
  if (!out.schema.enumOf(type.name).names.has(value))
    throw new TypeMismatchError(`enum ${type.name} has no value ${value}`);
  out.i32(value);
}

/** A value of a type. */
export function writeValue(out: Writer, type: Type, value: unknown): void {
  switch (type.kind) {
    case Kind.Void:
      return;
    case Kind.Bool:
      if (typeof value !== "boolean") throw wrong("a boolean", value);
      return out.u8(value ? 1 : 0);
    case Kind.String:
      if (typeof value !== "string") throw wrong("a string", value);
      return out.text(value);
    case Kind.Bytes:
      if (!(value instanceof Uint8Array)) throw wrong("a Uint8Array", value);
      return out.block(value);
    case Kind.Date:
    case Kind.Time:
    case Kind.DateTime:
    case Kind.Duration:
      return writeTime(out, type.kind, value);
    case Kind.Any:
      return writeAny(out, value);
    case Kind.Optional:
      if (value === null || value === undefined) return out.u8(0);
      out.u8(1);
      out.enter();
      out.write(type.argument(0), value);
      out.depth -= 1;
      return;
    case Kind.List:
      return writeList(out, type.argument(0), value);
    case Kind.Map:
      return writeMap(out, type, value);
    case Kind.Tuple:
      return writeTuple(out, type, value);
    case Kind.Variant:
      return writeVariant(out, type, value);
    case Kind.Stream:
      if (out.lender === undefined)
        throw new UnsupportedError("a stream outside of a session");
      return out.lender.writeStream(out, value, type.argument(0), out.schema);
    case Kind.Enum:
      return writeEnum(out, type, value);
    case Kind.Record:
      return writeRecord(out, type, value);
    case Kind.Interface:
      if (value === null || value === undefined) return out.u8(0);
      if (out.lender === undefined)
        throw new UnsupportedError("a reference outside of a session");
      return out.lender.writeReference(
        out,
        value,
        out.schema.interfaceOf(type.name),
      );
    default:
      return writeNumber(out, type.kind, value);
  }
}
