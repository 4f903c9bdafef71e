/** Schemas in binary form (docs/wire/schema.md), and the generated classes that belong to their names. */

import { fromHex, textOf } from "./bytes.js";
import { ParseError, UnknownMethodError } from "./errors.js";
import type { DeclaredError } from "./errors.js";
import type { RefClass } from "./objects.js";

const MAX_TYPE_DEPTH = 32;

export enum Kind {
  Void = 0,
  Bool,
  Int8,
  Uint8,
  Int16,
  Uint16,
  Int32,
  Uint32,
  Int64,
  Uint64,
  Float32,
  Float64,
  String,
  Date,
  Time,
  DateTime,
  Bytes,
  Duration,
  Any,
  Optional = 20,
  List,
  Map,
  Tuple,
  Variant,
  Stream,
  Enum = 30,
  Record,
  Interface,
}

/** A use of a type. A declared one has a name, a composed one has arguments. */
export class Type {
  constructor(
    readonly kind: Kind,
    readonly name = "",
    readonly args: readonly Type[] = [],
    readonly cases: readonly string[] = [],
  ) {}

  /** An argument that the kind has: the item of a list, the value of a map. */
  argument(index: number): Type {
    const found = this.args[index];
    if (found === undefined)
      throw new ParseError(`a ${Kind[this.kind]} without argument ${index}`);
    return found;
  }
}

export interface EnumType {
  readonly name: string;
  readonly names: ReadonlyMap<number, string>;
}

export interface Field {
  readonly name: string;
  readonly type: Type;
  readonly hasDefault: boolean;
}

/** A plain object, as values of records are. */
export type Properties = Record<string, unknown>;
export type DeclaredErrorClass = new (fields: never) => DeclaredError;

/** A record or an exception. */
export class RecordType {
  /** Names of the fields in TypeScript. */
  properties: readonly string[] = [];
  /** Fills in what is left out and has a default. */
  complete: (given: Properties) => object = (given) => given;
  exception: DeclaredErrorClass | undefined;

  constructor(
    readonly name: string,
    readonly fields: readonly Field[],
  ) {}
}

export interface Method {
  readonly name: string;
  readonly parameters: readonly Field[];
  readonly result: Type;
  readonly oneway: boolean;
  readonly idempotent: boolean;
}

export class InterfaceType {
  digest: Uint8Array = new Uint8Array();
  description: Uint8Array = new Uint8Array();
  /** Names of the methods in TypeScript. */
  properties: readonly string[] = [];
  /** The class that calls objects of the interface. */
  ref: RefClass | undefined;

  constructor(
    readonly name: string,
    readonly methods: readonly Method[],
    readonly schema: Schema,
  ) {}

  method(number: number): Method {
    const found = this.methods[number];
    if (found !== undefined) return found;
    throw new UnknownMethodError(
      `interface ${this.name} has ${this.methods.length} methods; the peer called number ${number}`,
    );
  }
}

/** What the codec needs to know of the names in types. Generated modules have one each. */
export class Schema {
  readonly enums = new Map<string, EnumType>();
  readonly records = new Map<string, RecordType>();
  readonly exceptions = new Map<string, RecordType>();
  readonly interfaces = new Map<string, InterfaceType>();

  enumOf(name: string): EnumType {
    return known(this.enums.get(name), name);
  }

  /** A record or an exception. */
  recordOf(name: string): RecordType {
    return known(this.records.get(name) ?? this.exceptions.get(name), name);
  }

  interfaceOf(name: string): InterfaceType {
    return known(this.interfaces.get(name), name);
  }

  /** Joins a record with its generated properties. */
  bindRecord(name: string, properties: readonly string[]): void {
    this.recordOf(name).properties = properties;
  }

  /** Joins a record or exception with the function that fills in its defaults. */
  bindDefaults(name: string, complete: (given: never) => object): void {
    this.recordOf(name).complete = complete as (given: Properties) => object;
  }

  /** Joins an exception with its generated class. */
  bindException(
    name: string,
    exception: DeclaredErrorClass,
    properties: readonly string[],
  ): void {
    this.bindRecord(name, properties);
    this.recordOf(name).exception = exception;
  }

  /** Joins an interface with its generated class. */
  bindInterface(
    name: string,
    ref: RefClass,
    digestAndDescription: readonly string[] | undefined,
    properties: readonly string[],
  ): void {
    const found = this.interfaceOf(name);
    found.ref = ref;
    found.digest = fromHex(digestAndDescription?.[0] ?? "");
    found.description = fromHex(digestAndDescription?.[1] ?? "");
    found.properties = properties;
    ref.$interface = found;
  }
}

function known<T>(found: T | undefined, name: string): T {
  if (found === undefined)
    throw new ParseError(`schema: nothing is called ${name}`);
  return found;
}

class Cursor {
  private at = 0;

  constructor(private readonly content: Uint8Array) {}

  take(size: number): Uint8Array {
    if (size > this.content.length - this.at) {
      throw new ParseError(`schema: cut off at offset ${this.at}`);
    }
    this.at += size;
    return this.content.subarray(this.at - size, this.at);
  }

  u8(): number {
    return this.take(1)[0] ?? 0;
  }

  i32(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.take(4);
    return a | (b << 8) | (c << 16) | (d << 24);
  }

  text(): string {
    const content = this.take(this.i32() >>> 0);
    try {
      return textOf(content);
    } catch {
      throw new ParseError("schema: a name is no UTF-8");
    }
  }

  several<T>(read: () => T): T[] {
    const out: T[] = [];
    for (let left = this.i32() >>> 0; left > 0; --left) out.push(read());
    return out;
  }
}

function readType(cursor: Cursor, depth = 0): Type {
  if (depth > MAX_TYPE_DEPTH) {
    throw new ParseError(
      `schema: a type is nested deeper than ${MAX_TYPE_DEPTH}`,
    );
  }
  const inner = (): Type => readType(cursor, depth + 1);
  const kind = cursor.u8() as Kind;
  if (Kind[kind] === undefined)
    throw new ParseError(`schema: no type is number ${kind}`);
  switch (kind) {
    case Kind.Optional:
    case Kind.List:
    case Kind.Stream:
      return new Type(kind, "", [inner()]);
    case Kind.Map:
      return new Type(kind, "", [inner(), inner()]);
    case Kind.Tuple:
      return new Type(kind, "", cursor.several(inner));
    case Kind.Variant: {
      const cases = cursor.several(() => ({
        name: cursor.text(),
        type: inner(),
      }));
      return new Type(
        kind,
        "",
        cases.map((each) => each.type),
        cases.map((each) => each.name),
      );
    }
    default:
      return new Type(kind, kind >= Kind.Enum ? cursor.text() : "");
  }
}

function readRecord(cursor: Cursor): RecordType {
  const name = cursor.text();
  const fields = cursor.several(() => ({
    name: cursor.text(),
    type: readType(cursor),
    hasDefault: cursor.text() !== "",
  }));
  return new RecordType(name, fields);
}

function readMethod(cursor: Cursor): Method {
  const name = cursor.text();
  const flags = cursor.u8();
  const parameters = cursor.several(() => ({
    name: cursor.text(),
    type: readType(cursor),
    hasDefault: false,
  }));
  const result = readType(cursor);
  return {
    name,
    parameters,
    result,
    oneway: (flags & 1) !== 0,
    idempotent: (flags & 2) !== 0,
  };
}

/** Reads the binary form of a schema, given in hexadecimal. */
export function readSchema(document: string): Schema {
  return readDescription(fromHex(document));
}

/** The same of bytes. What may stand behind it is left. */
export function readDescription(content: Uint8Array): Schema {
  const cursor = new Cursor(content);
  if (cursor.i32() !== 0x01534b42) {
    throw new ParseError("schema: expected the magic BKS and version 1");
  }
  const schema = new Schema();
  cursor.several(() => {
    const name = cursor.text();
    const values = cursor.several(() => ({
      name: cursor.text(),
      number: cursor.i32(),
    }));
    schema.enums.set(name, {
      name,
      names: new Map(values.map((value) => [value.number, value.name])),
    });
  });
  for (const table of [schema.records, schema.exceptions]) {
    for (const each of cursor.several(() => readRecord(cursor)))
      table.set(each.name, each);
  }
  cursor.several(() => {
    const name = cursor.text();
    const methods = cursor.several(() => readMethod(cursor));
    schema.interfaces.set(name, new InterfaceType(name, methods, schema));
  });
  return schema;
}
