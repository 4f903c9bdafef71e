/** What the two sides have lent each other: numbers, counts, identity. */

import {
  LimitExceededError,
  ProtocolError,
  TypeMismatchError,
  UnknownObjectError,
  UnsupportedError,
} from "./errors.js";
import { PROMISED } from "./frames.js";
import {
  interfaceOf,
  Local,
  Ref,
  refOf,
  tellReleased,
  type RefClass,
} from "./objects.js";
import type { Reader } from "./reader.js";
import { Remote } from "./remote.js";
import type { InterfaceType } from "./schema.js";
import type { Session } from "./session.js";
import { nameOf } from "./value_writer.js";
import type { Writer } from "./writer.js";

const MAX_EXPORTS = 65_536;

/** An object of ours that the peer holds. A failed promise has an error in its place. */
export interface Export {
  readonly number: number;
  /** By which it is told apart: a servant, or a Remote of another session. */
  readonly identity: object;
  readonly ref: Ref | undefined;
  readonly declared: InterfaceType | undefined;
  readonly error: Error | undefined;
  count: number;
}

/** What an object is told apart by. */
function identityOf(ref: Ref): object {
  return ref.$target instanceof Local ? ref.$target.servant : ref.$target;
}

export class Tables {
  private readonly exports = new Map<number, Export>();
  private readonly numbers = new Map<object, Map<InterfaceType, number>>();
  private readonly imports = new Map<number, WeakRef<Remote>>();
  private last = 0;

  constructor(private readonly session: Session) {}

  /** How many objects the peer holds. */
  exported(): number {
    return this.exports.size;
  }

  /** How many objects of the peer this side holds. */
  borrowed(): number {
    return [...this.imports.values()].filter(
      (each) => each.deref() !== undefined,
    ).length;
  }

  find(number: number): Export | undefined {
    return this.exports.get(number);
  }

  clear(): void {
    const lent = [...this.numbers.keys()];
    this.exports.clear();
    this.numbers.clear();
    for (const each of lent) tellReleased(each);
  }

  // Ours, which the peer borrows.

  write(
    out: Writer,
    value: unknown,
    declared: InterfaceType | undefined,
  ): void {
    if (declared === undefined && !(value instanceof Ref)) {
      throw new TypeMismatchError(
        `found ${nameOf(value)}, expected an object by lend()`,
      );
    }
    const ref =
      declared === undefined ? (value as Ref) : refOf(declared, value);
    const actual = interfaceOf(ref.constructor as RefClass);
    if (declared !== undefined && actual.name !== declared.name) {
      throw new TypeMismatchError(
        `found a ${actual.name}, expected a ${declared.name}`,
      );
    }
    const target = ref.$target;
    if (target instanceof Remote && target.session === this.session) {
      if (target.isPromise) {
        throw new UnsupportedError(
          "a promised object cannot be passed before it is there",
        );
      }
      out.u8(2);
      out.u32(target.number);
      return;
    }
    const found = this.exportOf(ref, actual);
    out.lent.push(found);
    out.u8(1);
    out.u32(found.number);
  }

  private exportOf(ref: Ref, declared: InterfaceType): Export {
    const identity = identityOf(ref);
    const known = this.exports.get(
      this.numbers.get(identity)?.get(declared) ?? 0,
    );
    if (known !== undefined) return known;
    if (this.exports.size >= MAX_EXPORTS) {
      throw new LimitExceededError(
        `this side lends ${MAX_EXPORTS} objects already`,
      );
    }
    do this.last = (this.last % (PROMISED - 1)) + 1;
    while (this.exports.has(this.last));
    const made = {
      number: this.last,
      identity,
      ref,
      declared,
      error: undefined,
      count: 0,
    };
    this.add(made);
    return made;
  }

  private add(made: Export): void {
    this.exports.set(made.number, made);
    if (made.declared === undefined) return;
    const numbers =
      this.numbers.get(made.identity) ?? new Map<InterfaceType, number>();
    if (!numbers.has(made.declared)) numbers.set(made.declared, made.number);
    this.numbers.set(made.identity, numbers);
  }

  /** Whether the peer has a number for it, of ours or its own. */
  isLent(ref: Ref): boolean {
    const target = ref.$target;
    if (target instanceof Remote && target.session === this.session)
      return true;
    const declared = interfaceOf(ref.constructor as RefClass);
    return this.numbers.get(identityOf(ref))?.has(declared) === true;
  }

  /** An object that the peer may call by the number it has asked for. */
  keepPromise(number: number, ref: Ref): void {
    const declared = interfaceOf(ref.constructor as RefClass);
    const made = {
      number,
      identity: identityOf(ref),
      ref,
      declared,
      error: undefined,
      count: 1,
    };
    this.add(made);
  }

  breakPromise(number: number, error: Error): void {
    const made = {
      number,
      identity: {},
      ref: undefined,
      declared: undefined,
      error,
      count: 1,
    };
    this.add(made);
  }

  /** A message that lends these goes out. */
  count(lent: readonly Export[]): void {
    for (const each of lent) {
      each.count += 1;
      this.add(each);
    }
  }

  /** A message that would have lent these did not go out, or was refused. */
  forget(lent: readonly Export[], times = 0): void {
    for (const each of lent) this.release(each.number, times);
  }

  release(number: number, times: number): void {
    const found = this.exports.get(number);
    if (found === undefined || times > found.count) return;
    found.count -= times;
    if (found.count > 0) return;
    this.exports.delete(number);
    const numbers = this.numbers.get(found.identity);
    if (found.declared === undefined || numbers?.get(found.declared) !== number)
      return;
    numbers.delete(found.declared);
    if (numbers.size > 0) return;
    this.numbers.delete(found.identity);
    tellReleased(found.identity);
  }

  // The peer's, which we borrow.

  read(
    source: Reader,
    kind: number,
    number: number,
    declared: InterfaceType | undefined,
  ): Ref {
    if (kind === 2) return this.ours(number, declared);
    let remote = source.promised;
    if (kind === 3) {
      if (remote === undefined) {
        throw new ProtocolError(
          "the peer kept a promise that was not asked for",
        );
      }
    } else {
      if (number === 0 || number >= PROMISED) {
        throw new ProtocolError(`the peer lent an object as #${number}`);
      }
      remote = this.remote(number);
      source.borrowed.push(remote);
    }
    return remote.refOf(declared?.ref ?? Ref);
  }

  private ours(number: number, declared: InterfaceType | undefined): Ref {
    const found = this.exports.get(number)?.ref;
    if (found === undefined) {
      throw new UnknownObjectError(
        `the peer passed back #${number}, which is not lent to it`,
      );
    }
    if (declared !== undefined && found.$interfaceName() !== declared.name) {
      throw new TypeMismatchError(
        `the peer passed back #${number}, a ${found.$interfaceName()}, expected a ${declared.name}`,
      );
    }
    return found;
  }

  /** The peer's object of a number. */
  remote(number: number): Remote {
    const known = this.imports.get(number)?.deref();
    if (known !== undefined) return known;
    const made = new Remote(this.session, number);
    this.imports.set(number, new WeakRef(made));
    return made;
  }

  /** A number was given back: unless it has been received anew, it is free. */
  givenBack(number: number): void {
    if (this.imports.get(number)?.deref() === undefined)
      this.imports.delete(number);
  }

  /** A peer's object was given back while it is still referred to. */
  forgetRemote(remote: Remote): void {
    if (this.imports.get(remote.number)?.deref() === remote)
      this.imports.delete(remote.number);
  }
}
