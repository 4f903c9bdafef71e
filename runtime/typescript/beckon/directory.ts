/** Object 0: what a side publishes by name. */

import { equal, toHex } from "./bytes.js";
import { SchemaMismatchError, UnknownObjectError } from "./errors.js";
import { interfaceOf, lend, Ref, type RefClass } from "./objects.js";
import {
  InterfaceType,
  Kind,
  RecordType,
  Schema,
  Type,
  type Field,
  type Method,
} from "./schema.js";

/** A published object. */
export interface ServiceInfo {
  readonly name: string;
  readonly interface: string;
  readonly digest: Uint8Array;
}

/** Objects by the names under which peers get them. */
export type Published = Map<string, Ref>;

const STRING = new Type(Kind.String);
const BYTES = new Type(Kind.Bytes);
/** A reference to an object of any interface: the codec takes the one that it has. */
export const ANY_INTERFACE = "reference";

function field(name: string, type: Type): Field {
  return { name, type, hasDefault: false };
}

function method(
  name: string,
  parameters: readonly Field[],
  result: Type,
): Method {
  return { name, parameters, result, oneway: false, idempotent: true };
}

const schema = new Schema();
schema.records.set(
  "service_info",
  new RecordType("service_info", [
    field("name", STRING),
    field("interface", STRING),
    field("digest", BYTES),
  ]),
);
schema.bindRecord("service_info", ["name", "interface", "digest"]);
schema.interfaces.set(
  ANY_INTERFACE,
  new InterfaceType(ANY_INTERFACE, [], schema),
);
const directory = new InterfaceType(
  "directory",
  [
    method(
      "get",
      [
        field("name", STRING),
        field("interface", STRING),
        field("digest", BYTES),
      ],
      new Type(Kind.Interface, ANY_INTERFACE),
    ),
    method(
      "list",
      [],
      new Type(Kind.List, "", [new Type(Kind.Record, "service_info")]),
    ),
    method("describe", [field("name", STRING)], BYTES),
  ],
  schema,
);
schema.interfaces.set("directory", directory);

interface DirectoryServant {
  get(name: string, declared: string, digest: Uint8Array): Ref;
  list(): ServiceInfo[];
  describe(name: string): Uint8Array;
}

/** A peer's directory, for those who call it. */
export class Directory extends Ref<DirectoryServant> {
  get(name: string, declared: string, digest: Uint8Array): Promise<Ref> {
    return this.$call(0, [name, declared, digest], undefined);
  }
  list(): Promise<ServiceInfo[]> {
    return this.$call(1, [], undefined);
  }
  describe(name: string): Promise<Uint8Array> {
    return this.$call(2, [name], undefined);
  }
}
schema.bindInterface("directory", Directory, undefined, [
  "get",
  "list",
  "describe",
]);

/** This side's directory. */
export function directoryOf(published: Published): Directory {
  const find = (name: string): Ref => {
    const found = published.get(name);
    if (found !== undefined) return found;
    const there = [...published.keys()].sort().join(", ") || "nothing";
    throw new UnknownObjectError(
      `nothing is published as '${name}'; there is ${there}`,
    );
  };
  const typeOf = (ref: Ref): InterfaceType =>
    interfaceOf(ref.constructor as RefClass);
  const servant: DirectoryServant = {
    get(name, declared, digest) {
      const found = find(name);
      const actual = typeOf(found);
      if (declared !== "" && declared !== actual.name) {
        throw new SchemaMismatchError(
          `'${name}' is a ${actual.name}, the peer expects a ${declared}`,
        );
      }
      if (digest.length > 0 && !equal(digest, actual.digest)) {
        const ours = toHex(actual.digest).slice(0, 16);
        throw new SchemaMismatchError(
          `'${name}': interface ${actual.name} has the digest ${ours}..., ` +
            `the peer's has ${toHex(digest).slice(0, 16)}...`,
        );
      }
      return found;
    },
    list: () =>
      [...published].sort(byName).map(([name, ref]) => {
        const declared = typeOf(ref);
        return { name, interface: declared.name, digest: declared.digest };
      }),
    describe: (name) => typeOf(find(name)).description,
  };
  return lend(Directory, servant);
}

function byName(
  [a]: readonly [string, Ref],
  [b]: readonly [string, Ref],
): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
