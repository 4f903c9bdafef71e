/** Whether two versions of an interface can talk: docs/guide/evolution.md. */

import { ParseError, SchemaMismatchError } from "./errors.js";
import {
  Kind,
  readDescription,
  Schema,
  Type,
  type EnumType,
  type InterfaceType,
  type Method,
  type RecordType,
} from "./schema.js";

function wordsOf(type: Type): string {
  if (type.name !== "") return type.name;
  const word = (Kind[type.kind] ?? "").toLowerCase();
  if (type.args.length === 0) return word;
  const parts = type.args.map((each, at) =>
    type.cases.length > 0
      ? `${type.cases[at]}: ${wordsOf(each)}`
      : wordsOf(each),
  );
  return `${word}<${parts.join(", ")}>`;
}

function isSame(one: Type, other: Type): boolean {
  return (
    one.kind === other.kind &&
    one.name === other.name &&
    one.args.length === other.args.length &&
    one.cases.every((each, at) => each === other.cases[at]) &&
    one.args.every((each, at) => isSame(each, other.argument(at)))
  );
}

/** Both, where both are there. */
function both<T>(
  one: ReadonlyMap<string, T>,
  other: ReadonlyMap<string, T>,
  name: string,
): [T, T] | undefined {
  const first = one.get(name);
  const second = other.get(name);
  return first && second && [first, second];
}

/** Members are known by their position, so the shorter of two lists must be how the longer begins. */
class Comparison {
  readonly breaks: string[] = [];
  private readonly seen = new Set<string>();
  private readonly wanted: Type[] = [];

  constructor(
    private readonly theirs: Schema,
    private readonly ours: Schema,
  ) {}

  run(name: string): void {
    this.want(new Type(Kind.Interface, name));
    for (const each of this.theirs.exceptions.keys()) {
      const found = both(this.theirs.exceptions, this.ours.exceptions, each);
      if (found) this.records(`exception ${each}`, ...found);
    }
    for (let next = this.wanted.pop(); next; next = this.wanted.pop())
      this.declared(next);
  }

  private want(type: Type): void {
    const key = `${type.kind} ${type.name}`;
    if (type.name !== "" && !this.seen.has(key)) {
      this.seen.add(key);
      this.wanted.push(type);
    }
    for (const each of type.args) this.want(each);
  }

  /** What only one of them knows by this name the other calls a type of another kind, which has been told of. */
  private declared({ kind, name }: Type): void {
    const { theirs, ours } = this;
    if (kind === Kind.Enum) {
      const found = both(theirs.enums, ours.enums, name);
      if (found) this.enums(`enum ${name}`, ...found);
    } else if (kind === Kind.Record) {
      const found = both(theirs.records, ours.records, name);
      if (found) this.records(`record ${name}`, ...found);
    } else {
      const found = both(theirs.interfaces, ours.interfaces, name);
      if (found) this.interfaces(`interface ${name}`, ...found);
    }
  }

  private types(path: string, theirs: Type, ours: Type): void {
    if (isSame(theirs, ours)) {
      this.want(ours);
    } else {
      this.breaks.push(
        `${path}: is ${wordsOf(theirs)} there and ${wordsOf(ours)} here`,
      );
    }
  }

  /** How many members both have, as long as the names are the same. */
  private common(
    path: string,
    word: string,
    theirs: readonly { readonly name: string }[],
    ours: readonly { readonly name: string }[],
  ): number {
    const most = Math.min(theirs.length, ours.length);
    for (let at = 0; at < most; ++at) {
      const [there, here] = [theirs[at]?.name, ours[at]?.name];
      if (there === here) continue;
      this.breaks.push(
        `${path}, ${word} ${at + 1}: is ${there} there, ${here} here`,
      );
      return at;
    }
    return most;
  }

  private enums(path: string, theirs: EnumType, ours: EnumType): void {
    const numbers = new Map([...ours.names].map(([at, name]) => [name, at]));
    for (const [number, name] of theirs.names) {
      const here = numbers.get(name) ?? number;
      const named = ours.names.get(number) ?? name;
      if (here !== number) {
        this.breaks.push(
          `${path}, value ${name}: is ${number} there and ${here} here`,
        );
      } else if (named !== name) {
        this.breaks.push(
          `${path}, value ${number}: is ${name} there, ${named} here`,
        );
      }
    }
  }

  private records(path: string, theirs: RecordType, ours: RecordType): void {
    const count = this.common(path, "field", theirs.fields, ours.fields);
    for (const [at, field] of ours.fields.slice(0, count).entries()) {
      const there = theirs.fields[at]?.type ?? field.type;
      this.types(`${path}, field ${field.name}`, there, field.type);
    }
    if (count < Math.min(theirs.fields.length, ours.fields.length)) return;
    const more = [...theirs.fields.slice(count), ...ours.fields.slice(count)];
    for (const { name } of more.filter((each) => !each.hasDefault)) {
      this.breaks.push(
        `${path}, field ${name}: is at one side alone, without a default value`,
      );
    }
  }

  private interfaces(
    path: string,
    theirs: InterfaceType,
    ours: InterfaceType,
  ): void {
    const count = this.common(path, "method", theirs.methods, ours.methods);
    for (const [at, method] of ours.methods.slice(0, count).entries()) {
      const there = theirs.methods[at] ?? method;
      this.methods(`${path}, method ${method.name}`, there, method);
    }
  }

  private methods(path: string, theirs: Method, ours: Method): void {
    this.types(`${path}, result`, theirs.result, ours.result);
    if (theirs.oneway !== ours.oneway) {
      this.breaks.push(
        `${path}: one side waits for a reply, the other does not`,
      );
    }
    if (theirs.idempotent && !ours.idempotent)
      this.breaks.push(`${path}: may be repeated there, but not here`);
    const counts = [theirs.parameters.length, ours.parameters.length];
    if (counts[0] !== counts[1]) {
      this.breaks.push(
        `${path}: has ${counts[0]} parameters there and ${counts[1]} here`,
      );
      return;
    }
    const known = new Set(theirs.parameters.map((each) => each.name));
    for (const [at, { name, type }] of ours.parameters.entries()) {
      const there = theirs.parameters[at];
      if (there === undefined) continue;
      const where = `${path}, parameter ${at + 1}`;
      this.types(where, there.type, type);
      if (there.name !== name && known.has(name))
        this.breaks.push(`${where}: is ${there.name} there, ${name} here`);
    }
  }
}

/**
 * Whether what a peer publishes under a name is an interface called like ours.
 *
 * @throws SchemaMismatchError where it is, but the two cannot talk.
 */
export function checkVersions(
  description: Uint8Array,
  name: string,
  ours: InterfaceType,
): boolean {
  let theirs: Schema;
  try {
    theirs = readDescription(description);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new SchemaMismatchError(
      `'${name}' has a schema that cannot be read: ${error.message}`,
    );
  }
  if (!theirs.interfaces.has(ours.name)) return false;
  const comparison = new Comparison(theirs, ours.schema);
  comparison.run(ours.name);
  if (comparison.breaks.length === 0) return true;
  throw new SchemaMismatchError(
    `'${name}' has another version of ${ours.name}: ${comparison.breaks.join("; ")}`,
  );
}
