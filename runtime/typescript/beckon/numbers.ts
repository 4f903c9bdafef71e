/** Numbers of the wire: sizes, ranges, and how a DataView reads and writes them. */

import { Kind } from "./schema.js";

/** What is known of a kind of numbers. 64-bit integers are bigints, all others numbers. */
export interface NumberKind {
  readonly size: number;
  readonly isInteger: boolean;
  readonly least: number | bigint;
  readonly most: number | bigint;
  readonly get: (view: DataView, at: number) => number | bigint;
  readonly set: (view: DataView, at: number, value: never) => void;
}

type Get = NumberKind["get"];
type Set = (view: DataView, at: number, value: never) => void;

function small(
  size: number,
  isSigned: boolean,
  get: Get,
  set: Set,
): NumberKind {
  const most = 2 ** (8 * size - (isSigned ? 1 : 0)) - 1;
  return {
    size,
    isInteger: true,
    least: isSigned ? -most - 1 : 0,
    most,
    get,
    set,
  };
}

function big(least: bigint, most: bigint, get: Get, set: Set): NumberKind {
  return { size: 8, isInteger: true, least, most, get, set };
}

function float(size: number, get: Get, set: Set): NumberKind {
  return { size, isInteger: false, least: -Infinity, most: Infinity, get, set };
}

const NUMBERS = new Map<Kind, NumberKind>([
  [
    Kind.Int8,
    small(
      1,
      true,
      (view, at) => view.getInt8(at),
      (view, at, value) => view.setInt8(at, value),
    ),
  ],
  [
    Kind.Uint8,
    small(
      1,
      false,
      (view, at) => view.getUint8(at),
      (view, at, value) => view.setUint8(at, value),
    ),
  ],
  [
    Kind.Int16,
    small(
      2,
      true,
      (view, at) => view.getInt16(at, true),
      (view, at, value) => view.setInt16(at, value, true),
    ),
  ],
  [
    Kind.Uint16,
    small(
      2,
      false,
      (view, at) => view.getUint16(at, true),
      (view, at, value) => view.setUint16(at, value, true),
    ),
  ],
  [
    Kind.Int32,
    small(
      4,
      true,
      (view, at) => view.getInt32(at, true),
      (view, at, value) => view.setInt32(at, value, true),
    ),
  ],
  [
    Kind.Uint32,
    small(
      4,
      false,
      (view, at) => view.getUint32(at, true),
      (view, at, value) => view.setUint32(at, value, true),
    ),
  ],
  [
    Kind.Int64,
    big(
      -(1n << 63n),
      (1n << 63n) - 1n,
      (view, at) => view.getBigInt64(at, true),
      (view, at, value) => view.setBigInt64(at, value, true),
    ),
  ],
  [
    Kind.Uint64,
    big(
      0n,
      (1n << 64n) - 1n,
      (view, at) => view.getBigUint64(at, true),
      (view, at, value) => view.setBigUint64(at, value, true),
    ),
  ],
  [
    Kind.Float32,
    float(
      4,
      (view, at) => view.getFloat32(at, true),
      (view, at, value) => view.setFloat32(at, value, true),
    ),
  ],
  [
    Kind.Float64,
    float(
      8,
      (view, at) => view.getFloat64(at, true),
      (view, at, value) => view.setFloat64(at, value, true),
    ),
  ],
]);

/** What is known of a kind, where it is one of numbers. */
export function numberKind(kind: Kind): NumberKind | undefined {
  return NUMBERS.get(kind);
}

/** Whether an integer fits a kind. */
export function fits(kind: Kind, value: number | bigint): boolean {
  const known = NUMBERS.get(kind);
  return known !== undefined && known.least <= value && value <= known.most;
}
