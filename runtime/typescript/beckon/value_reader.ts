/** Bytes to values of each type (docs/wire/native.md, "Values"). `any` is in any_reader.ts. */

import { readAny } from "./any_reader.js";
import { ProtocolError, UnsupportedError } from "./errors.js";
import { numberKind } from "./numbers.js";
import type { Reader } from "./reader.js";
import {
  Kind,
  type InterfaceType,
  type Properties,
  type Type,
} from "./schema.js";
import {
  CalendarDate,
  DateTime,
  Duration,
  NANOSECONDS_OF_DAY,
  TimeOfDay,
} from "./values.js";

/** The fewest bytes that a value of the kind takes; 1 where it is not said. */
const LEAST = new Map<Kind, number>([
  [Kind.String, 4],
  [Kind.Bytes, 4],
  [Kind.Date, 4],
  [Kind.Time, 8],
  [Kind.DateTime, 12],
  [Kind.Duration, 8],
  [Kind.Enum, 4],
  [Kind.Record, 4],
  [Kind.List, 4],
  [Kind.Map, 4],
  [Kind.Stream, 4],
]);

export function readFlag(source: Reader): boolean {
  const found = source.u8();
  if (found > 1) {
    throw new ProtocolError(
      `offset ${source.at - 1}: found ${found}, expected 0 or 1`,
    );
  }
  return found === 1;
}

function readNanoseconds(source: Reader): bigint {
  const found = source.u64();
  if (found >= NANOSECONDS_OF_DAY) {
    throw new ProtocolError(
      `offset ${source.at - 8}: a time of ${found} ns is beyond a day`,
    );
  }
  return found;
}

/** A date, a time, a moment or a duration, by the kind. */
export function readTime(source: Reader, kind: Kind): unknown {
  if (kind === Kind.Date) return new CalendarDate(source.i32());
  if (kind === Kind.Time) return new TimeOfDay(readNanoseconds(source));
  if (kind === Kind.Duration) return new Duration(source.i64());
  const days = source.i32();
  return new DateTime(days, readNanoseconds(source));
}

function least(type: Type): number {
  return numberKind(type.kind)?.size ?? LEAST.get(type.kind) ?? 1;
}

function readList(source: Reader, item: Type): unknown {
  if (numberKind(item.kind) !== undefined) return source.numbers(item.kind);
  source.enter();
  const values: unknown[] = [];
  for (let left = source.count(least(item)); left > 0; --left)
    values.push(source.read(item));
  source.depth -= 1;
  return values;
}

function readMap(source: Reader, key: Type, item: Type): unknown {
  source.enter();
  const values = new Map<unknown, unknown>();
  const seen = new Set<unknown>();
  const count = source.count(least(key) + least(item));
  for (let left = count; left > 0; --left) {
    const start = source.at;
    const found = source.read(key);
    seen.add(typeof found === "object" ? source.key(start, source.at) : found);
    values.set(found, source.read(item));
  }
  if (seen.size !== count) {
    throw new ProtocolError(
      `offset ${source.at}: a map has the same key twice`,
    );
  }
  source.depth -= 1;
  return values;
}

function readTuple(source: Reader, type: Type): unknown {
  source.enter();
  const values = type.args.map((each) => source.read(each));
  source.depth -= 1;
  return values;
}

function readVariant(source: Reader, type: Type): unknown {
  const index = source.u8();
  const kind = type.cases[index];
  if (kind === undefined) {
    throw new ProtocolError(
      `a variant of ${type.cases.length} cases has none of number ${index}`,
    );
  }
  source.enter();
  const value = source.read(type.argument(index));
  source.depth -= 1;
  return { kind, value };
}

function readRecord(source: Reader, name: string): unknown {
  const declared = source.schema.recordOf(name);
  source.enter();
  const size = source.u32();
  if (size > source.end - source.at) {
    throw new ProtocolError(
      `record ${name}: ${source.end - source.at} of ${size} bytes are there`,
    );
  }
  const outer = source.end;
  source.end = source.at + size;
  const values: Properties = {};
  for (const [at, field] of declared.fields.entries()) {
    if (source.at === source.end && field.hasDefault) break;
    values[declared.properties[at] ?? ""] = source.read(field.type);
  }
  source.at = source.end;
  source.end = outer;
  source.depth -= 1;
  const made = declared.complete(values);
  return declared.exception === undefined
    ? made
    : new declared.exception(made as never);
}

function readEnum(source: Reader, name: string): unknown {
  const number = source.i32();
  if (!source.schema.enumOf(name).names.has(number)) {
    throw new ProtocolError(`enum ${name} has no value ${number}`);
  }
  return number;
}

export function readReference(
  source: Reader,
  declared: InterfaceType | undefined,
): unknown {
  const kind = source.u8();
  if (kind === 0) return null;
  if (kind > 3)
    throw new ProtocolError(
      `found a reference of kind ${kind}, expected 0 to 3`,
    );
  if (source.borrower === undefined)
    throw new UnsupportedError("a reference outside of a session");
  return source.borrower.readReference(
    source,
    kind,
    kind < 3 ? source.u32() : 0,
    declared,
  );
}

export function readStream(source: Reader, item: Type): unknown {
  if (source.borrower === undefined)
    throw new UnsupportedError("a stream outside of a session");
  return source.borrower.readStream(source, source.u32(), item);
}

/** A value of a type. */
export function readValue(source: Reader, type: Type): unknown {
  switch (type.kind) {
    case Kind.Void:
      return undefined;
    case Kind.Bool:
      return readFlag(source);
    case Kind.String:
      return source.text();
    case Kind.Bytes:
      return source.block();
    case Kind.Date:
    case Kind.Time:
    case Kind.DateTime:
    case Kind.Duration:
      return readTime(source, type.kind);
    case Kind.Any:
      return readAny(source);
    case Kind.Optional: {
      if (!readFlag(source)) return null;
      source.enter();
      const value = source.read(type.argument(0));
      source.depth -= 1;
      return value;
    }
    case Kind.List:
      return readList(source, type.argument(0));
    case Kind.Map:
      return readMap(source, type.argument(0), type.argument(1));
    case Kind.Tuple:
      return readTuple(source, type);
    case Kind.Variant:
      return readVariant(source, type);
    case Kind.Stream:
      return readStream(source, type.argument(0));
    case Kind.Enum:
      return readEnum(source, type.name);
    case Kind.Record:
      return readRecord(source, type.name);
    case Kind.Interface:
      return readReference(source, source.schema.interfaceOf(type.name));
    default:
      return source.number(type.kind);
  }
}
