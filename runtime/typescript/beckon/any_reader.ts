/** Bytes to values of any type: a tag says what follows (docs/wire/native.md, "Any"). */

import { toHex } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { Kind, Schema, Type } from "./schema.js";
import {
  AnyEnum,
  AnyException,
  AnyRecord,
  AnyVariant,
  Complex,
  Extension,
  Float32,
  FrozenSet,
  Slice,
  Tuple,
} from "./values.js";
import type { Reader } from "./reader.js";
import {
  readFlag,
  readReference,
  readStream,
  readTime,
} from "./value_reader.js";
import { Writer } from "./writer.js";

const ANY = new Type(Kind.Any);
const NO_SCHEMA = new Schema();
const PACKED = [
  Kind.Int8,
  Kind.Int16,
  Kind.Int32,
  Kind.Int64,
  Kind.Float32,
  Kind.Float64,
];
const TIMES = [Kind.Date, Kind.Time, Kind.DateTime, Kind.Duration];

function named(source: Reader): string {
  const found = readAny(source);
  if (typeof found === "string") return found;
  throw new ProtocolError(
    `offset ${source.at}: expected a string in a value of any type`,
  );
}

function integer(source: Reader): bigint {
  const found = readAny(source);
  if (typeof found === "bigint" && BigInt.asIntN(64, found) === found)
    return found;
  throw new ProtocolError(
    `offset ${source.at}: expected an integer in a value of any type`,
  );
}

function bytes(source: Reader): Uint8Array {
  const found = readAny(source);
  if (found instanceof Uint8Array) return found;
  throw new ProtocolError(
    `offset ${source.at}: expected bytes in a value of any type`,
  );
}

function readBig(source: Reader): bigint {
  const isNegative = readFlag(source);
  const magnitude = BigInt(`0x0${toHex(source.block())}`);
  return isNegative ? -magnitude : magnitude;
}

function readPacked(source: Reader, tag: number): unknown[] {
  const values = source.numbers(PACKED[tag - 0x30] ?? Kind.Int8);
  if (tag === 0x34) return values.map((each) => new Float32(Number(each)));
  return tag < 0x33 ? values.map(BigInt) : values;
}

function items(source: Reader): unknown[] {
  const values: unknown[] = [];
  for (let left = source.count(1); left > 0; --left)
    values.push(readAny(source));
  return values;
}

/** By what two values that are objects are told apart: their one shortest form. Objects of a peer are themselves. */
function identity(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  try {
    const out = new Writer(NO_SCHEMA);
    out.write(ANY, value);
    return toHex(out.bytes());
  } catch {
    return value;
  }
}

function checkDistinct(values: readonly unknown[], what: string): void {
  // Strings are kept apart from the forms of objects, which are strings here.
  const seen = new Set(
    values.map((each) =>
      typeof each === "string" ? `=${each}` : identity(each),
    ),
  );
  if (seen.size !== values.length) throw new ProtocolError(`${what} twice`);
}

function readSet(source: Reader): Set<unknown> {
  const found = items(source);
  checkDistinct(found, "a set has an item");
  return new Set(found);
}

function readMap(source: Reader): Map<unknown, unknown> {
  const entries: [unknown, unknown][] = [];
  for (let left = source.count(2); left > 0; --left) {
    const key = readAny(source);
    entries.push([key, readAny(source)]);
  }
  checkDistinct(
    entries.map(([key]) => key),
    "a map has a key",
  );
  return new Map(entries);
}

function readRecord(source: Reader): AnyRecord {
  const count = source.count(2);
  const typeName = named(source);
  const fields: [string, unknown][] = [];
  for (let left = count; left > 0; --left) {
    const name = named(source);
    fields.push([name, readAny(source)]);
  }
  return new AnyRecord(typeName, fields);
}

function readException(source: Reader): AnyException {
  const typeName = named(source);
  const message = named(source);
  const args = readAny(source);
  const fields = readAny(source);
  return new AnyException(typeName, message, args, fields, named(source));
}

function readContainer(source: Reader, tag: number): unknown {
  switch (tag) {
    case 0x20:
      return items(source);
    case 0x21:
      return new Tuple(items(source));
    case 0x22:
      return readSet(source);
    case 0x23:
      return new FrozenSet(readSet(source));
    case 0x24:
      return readMap(source);
    case 0x25: {
      const start = readAny(source);
      const stop = readAny(source);
      return new Slice(start, stop, readAny(source));
    }
    case 0x26: {
      const typeName = named(source);
      const name = named(source);
      return new AnyEnum(typeName, name, integer(source));
    }
    case 0x27:
      return readRecord(source);
    case 0x28: {
      const kind = named(source);
      return new AnyVariant(kind, readAny(source));
    }
    case 0x29:
      return readException(source);
    default: {
      const type = integer(source);
      return new Extension(type, bytes(source));
    }
  }
}

function readSimple(source: Reader, tag: number): unknown {
  switch (tag) {
    case 0x00:
      return null;
    case 0x01:
    case 0x02:
      return tag === 0x02;
    case 0x03:
      return BigInt(source.number(Kind.Int8));
    case 0x04:
      return BigInt(source.number(Kind.Int16));
    case 0x05:
      return BigInt(source.i32());
    case 0x06:
      return source.i64();
    case 0x07:
      return source.u64();
    case 0x08:
      return readBig(source);
    case 0x09:
      return new Float32(source.f32());
    case 0x0a:
      return source.f64();
    case 0x0b: {
      const real = source.f64();
      return new Complex(real, source.f64());
    }
    case 0x0c:
      return source.text();
    case 0x0d:
      return source.block();
    case 0x12:
      return readReference(source, source.schema.interfaces.get(named(source)));
    case 0x13:
      return readStream(source, ANY);
    default:
      throw new ProtocolError(
        `offset ${source.at - 1}: found the tag 0x${tag.toString(16)} of no value`,
      );
  }
}

/** Integers are bigints, floats numbers, lists arrays, maps Maps; records and the like describe themselves. */
export function readAny(source: Reader): unknown {
  const tag = source.u8();
  if (tag >= 0xc0) return BigInt(tag - 0xe0);
  if (tag >= 0x80) return source.textOf(tag - 0x80);
  if (tag >= 0x30 && tag <= 0x35) return readPacked(source, tag);
  if (tag >= 0x0e && tag <= 0x11)
    return readTime(source, TIMES[tag - 0x0e] ?? Kind.Date);
  if (tag < 0x20 || tag > 0x2a) return readSimple(source, tag);
  source.enter();
  const value = readContainer(source, tag);
  source.depth -= 1;
  return value;
}
