/** Errors on the wire (docs/wire/native.md, "Errors"). */

import { wellFormed } from "./bytes.js";
import {
  BeckonError,
  DECLARED,
  DeclaredError,
  errorOfCode,
  RemoteError,
} from "./errors.js";
import { NO_SCHEMA } from "./frames.js";
import { Reader } from "./reader.js";
import {
  Kind,
  Type,
  type Properties,
  type RecordType,
  type Schema,
} from "./schema.js";
import { AnyRecord, AnyVariant, Tuple, AnyEnum, Float32 } from "./values.js";
import { Writer } from "./writer.js";

const ANY = new Type(Kind.Any);

/** Content of an error frame, a go-away or the end of a stream. */
export function packError(
  error: Error,
  schema: Schema,
  sendTrace = false,
): Uint8Array {
  const out = new Writer(schema);
  const declared = declaredOf(error, schema);
  if (declared !== undefined) {
    out.u32(DECLARED);
    out.text(declared.name);
    out.text(declared.name);
  } else if (error instanceof BeckonError) {
    out.u32(error.code);
    out.text(wellFormed(error.typeName));
    out.text(wellFormed(error.reason));
  } else {
    out.u32(new RemoteError().code);
    out.text(wellFormed(error.name));
    out.text(wellFormed(error.message));
  }
  out.text(sendTrace ? wellFormed(error.stack ?? "") : "");
  const notes = error instanceof BeckonError ? error.notes : [];
  out.u32(notes.length);
  for (const note of notes) out.text(wellFormed(note));
  const fields = (error as DeclaredError).fields as Properties;
  out.write(
    ANY,
    declared === undefined ? null : anyOfRecord(declared, fields, schema),
  );
  return out.bytes();
}

function declaredOf(error: Error, schema: Schema): RecordType | undefined {
  if (!(error instanceof DeclaredError)) return undefined;
  return [...schema.exceptions.values()].find(
    (each) => each.exception === error.constructor,
  );
}

function anyOfRecord(
  declared: RecordType,
  fields: Properties,
  schema: Schema,
): AnyRecord {
  return new AnyRecord(
    declared.name,
    declared.fields.map((field, at) => {
      const value = fields[declared.properties[at] ?? ""];
      return [field.name, toAny(field.type, value, schema)] as const;
    }),
  );
}

/** A value of a type as one that describes itself. */
function toAny(type: Type, value: unknown, schema: Schema): unknown {
  const inner = (at: number, each: unknown): unknown =>
    toAny(type.argument(at), each, schema);
  switch (type.kind) {
    case Kind.Record:
      return anyOfRecord(
        schema.recordOf(type.name),
        value as Properties,
        schema,
      );
    case Kind.Enum: {
      const name = schema.enumOf(type.name).names.get(value as number) ?? "";
      return new AnyEnum(type.name, name, BigInt(value as number));
    }
    case Kind.Optional:
      return value === null || value === undefined ? null : inner(0, value);
    case Kind.List:
      return (value as unknown[]).map((each) => inner(0, each));
    case Kind.Map:
      return new Map(
        [...(value as Map<unknown, unknown>)].map(([key, each]) => [
          inner(0, key),
          inner(1, each),
        ]),
      );
    case Kind.Tuple:
      return new Tuple((value as unknown[]).map((each, at) => inner(at, each)));
    case Kind.Variant: {
      const { kind, value: held } = value as { kind: string; value: unknown };
      return new AnyVariant(kind, inner(type.cases.indexOf(kind), held));
    }
    case Kind.Float32:
      return new Float32(value as number);
    default:
      return type.kind >= Kind.Int8 && type.kind <= Kind.Uint32
        ? BigInt(value as number)
        : value;
  }
}

/** The error that the bytes stand for: a declared one as itself where its type is known. */
export function readError(content: Uint8Array, schema: Schema): Error {
  const source = new Reader(content, NO_SCHEMA);
  const code = source.u32();
  const typeName = source.text();
  const reason = source.text();
  const trace = source.text();
  const notes: string[] = [];
  for (let left = source.count(4); left > 0; --left) notes.push(source.text());
  const fields = source.read(ANY);
  source.finish();
  const declared =
    code === DECLARED ? schema.exceptions.get(typeName) : undefined;
  if (declared?.exception !== undefined && fields instanceof AnyRecord) {
    try {
      return new declared.exception(
        recordOfAny(declared, fields, schema) as never,
      );
    } catch {
      notes.push(
        `its fields are not those of ${typeName} as this side knows it`,
      );
    }
  }
  return errorOfCode(code, reason, { typeName, trace, notes });
}

function recordOfAny(
  declared: RecordType,
  value: AnyRecord,
  schema: Schema,
): object {
  const made: Properties = {};
  for (const [at, field] of declared.fields.entries()) {
    if (!value.fields.has(field.name) && field.hasDefault) continue;
    made[declared.properties[at] ?? ""] = ofAny(
      field.type,
      value.fields.get(field.name),
      schema,
    );
  }
  return declared.complete(made);
}

/** A value that described itself as one of a type, checked. */
function ofAny(type: Type, value: unknown, schema: Schema): unknown {
  const made = converted(type, value, schema);
  new Writer(schema).write(type, made);
  return made;
}

function converted(type: Type, value: unknown, schema: Schema): unknown {
  const inner = (at: number, each: unknown): unknown =>
    converted(type.argument(at), each, schema);
  switch (type.kind) {
    case Kind.Record:
      return recordOfAny(
        schema.recordOf(type.name),
        value as AnyRecord,
        schema,
      );
    case Kind.Enum:
      return Number((value as AnyEnum).number);
    case Kind.Optional:
      return value === null ? null : inner(0, value);
    case Kind.List:
      return (value as unknown[]).map((each) => inner(0, each));
    case Kind.Map:
      return new Map(
        [...(value as Map<unknown, unknown>)].map(([key, each]) => [
          inner(0, key),
          inner(1, each),
        ]),
      );
    case Kind.Tuple:
      return (value as Tuple).items.map((each, at) => inner(at, each));
    case Kind.Variant: {
      const found = value as AnyVariant;
      return {
        kind: found.kind,
        value: inner(type.cases.indexOf(found.kind), found.value),
      };
    }
    default:
      if (value instanceof Float32) return value.value;
      // Numbers of up to 32 bits, which are bigints in an `any`.
      return typeof value === "bigint" && type.kind < Kind.Int64
        ? Number(value)
        : value;
  }
}
