/** Objects: what generated classes derive from, and how a servant of this side becomes one. */

import { Call, optionsOf, type CallOptions } from "./call.js";
import {
  errorOf,
  InvalidArgumentError,
  TypeMismatchError,
  UnknownMethodError,
} from "./errors.js";
import {
  iteratorOf,
  LaterStream,
  type StreamIterator,
} from "./later_stream.js";
import { Kind, type InterfaceType, type Properties } from "./schema.js";

/** What a servant may give: the value, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>;

/** A generated class: `Counter`. */
export interface RefClass<R extends Ref = Ref> {
  new (target: Target, mode?: Mode): R;
  /** What the schema says; there once the generated module is loaded. */
  $interface?: InterfaceType;
}

/** What implements the interface of a generated class: `CounterServant` for `Counter`. */
export type ServantOf<R> = R extends Ref<infer S> ? S : never;

/** Where an object is: at a peer, or here. */
export interface Target {
  call(
    declared: InterfaceType,
    index: number,
    args: readonly unknown[],
    options: CallOptions | undefined,
  ): Promise<unknown>;
  /** Calls a method that gives an object, which can be called before it is there. */
  pipeline?(
    declared: InterfaceType,
    index: number,
    args: readonly unknown[],
    options: CallOptions | undefined,
  ): Ref;
}

/**
 * A method of that name is called on a servant when a peer that held it has given it back, or its session has ended:
 * `[released](): void`. The garbage collector would tell much later.
 */
export const released: unique symbol = Symbol("beckon.released");

/** Tells a servant. What it throws is nobody's. */
export function tellReleased(servant: object): void {
  try {
    (servant as { [released]?: () => void })[released]?.();
  } catch {
    // There is nobody to tell.
  }
}

/** Whether calls wait for results that are objects. */
export type Mode = "waiting" | "pipelined";

/** The base of all generated classes: an object, a peer's or one's own, by its interface. */
export class Ref<Servant extends object = object> {
  static $interface?: InterfaceType;
  /** Exists for the compiler alone: which servants the class stands for. */
  declare protected readonly $servant: Servant;

  constructor(
    readonly $target: Target,
    private readonly $mode: Mode = "waiting",
  ) {}

  /** "Counter"; empty where it is not known. */
  $interfaceName(): string {
    return (this.constructor as RefClass).$interface?.name ?? "";
  }

  protected $call<T>(
    index: number,
    args: readonly unknown[],
    options: CallOptions | undefined,
  ): Promise<T> {
    const declared = interfaceOf(this.constructor as RefClass);
    const how = optionsOf(options);
    if (this.$mode === "waiting") {
      return this.$target.call(declared, index, args, how) as Promise<T>;
    }
    if (this.$target.pipeline === undefined) {
      throw new InvalidArgumentError(
        "only a peer's object can be called by pipelined()",
      );
    }
    return this.$target.pipeline(
      declared,
      index,
      args,
      how,
    ) as unknown as Promise<T>;
  }

  /** For methods that give a stream. */
  protected $stream<T>(
    index: number,
    args: readonly unknown[],
    options: CallOptions | undefined,
  ): AsyncIterableIterator<T> {
    const declared = interfaceOf(this.constructor as RefClass);
    return new LaterStream<T>(optionsOf(options), (cancellable) =>
      this.$target
        .call(declared, index, args, cancellable)
        .then((found) => found as StreamIterator<T>),
    );
  }
}

/** The interface of a generated class. */
export function interfaceOf(type: RefClass): InterfaceType {
  if (type.$interface !== undefined) return type.$interface;
  throw new TypeMismatchError(
    `${type.name} is no generated class of an interface`,
  );
}

/** A servant of this side, called as a peer's object is. */
export class Local implements Target {
  constructor(readonly servant: object) {}

  async call(
    declared: InterfaceType,
    index: number,
    args: readonly unknown[],
    options: CallOptions | undefined,
  ): Promise<unknown> {
    const method = declared.method(index);
    const given = method.parameters.map(({ type }, at) => {
      if (type.kind === Kind.Stream) return iteratorOf(args[at]);
      if (type.kind !== Kind.Interface || args[at] === null) return args[at];
      return refOf(declared.schema.interfaceOf(type.name), args[at]);
    });
    const call = Call.local(options);
    try {
      await Promise.resolve();
      call.check();
      const result = await call.unlessEnded(
        invoke(this.servant, declared, index, given, call),
      );
      if (method.result.kind === Kind.Stream) return iteratorOf(result);
      if (method.result.kind !== Kind.Interface) return result;
      return refOf(declared.schema.interfaceOf(method.result.name), result);
    } finally {
      call.end();
    }
  }
}

/** Calls a servant's method, or the object of another session that stands in its place. */
export async function invoke(
  servant: object,
  declared: InterfaceType,
  index: number,
  args: readonly unknown[],
  call: Call,
): Promise<unknown> {
  if (servant instanceof Ref)
    return servant.$target.call(declared, index, args, { within: call });
  const method = (servant as Properties)[declared.properties[index] ?? ""];
  if (typeof method !== "function") {
    const name = declared.method(index).name;
    throw new UnknownMethodError(
      `${servant.constructor.name} implements ${declared.name} without ${name}`,
    );
  }
  try {
    return (await (method as (...given: unknown[]) => unknown).call(
      servant,
      ...args,
      call,
    )) as unknown;
  } catch (thrown) {
    throw errorOf(thrown);
  }
}

const lentRefs = new WeakMap<object, Map<RefClass, Ref>>();

/**
 * An object of this side as one that can be published, stored in records and given to peers:
 * `lend(Counter, { increment: ..., value: ... })`. The same servant gives the same object.
 */
export function lend<R extends Ref>(
  type: RefClass<R>,
  servant: ServantOf<R> & object,
): R {
  if (servant instanceof type) return servant;
  let refs = lentRefs.get(servant);
  if (refs === undefined) {
    refs = new Map();
    lentRefs.set(servant, refs);
  }
  const known = refs.get(type) ?? new type(new Local(servant));
  refs.set(type, known);
  return known as R;
}

/** What stands for an interface in an argument or result: a Ref, or a servant that is lent. */
export function refOf(declared: InterfaceType, value: unknown): Ref {
  if (value instanceof Ref) return value;
  if (
    declared.ref === undefined ||
    typeof value !== "object" ||
    value === null
  ) {
    throw new TypeMismatchError(
      `found ${String(value)}, expected an object for ${declared.name}`,
    );
  }
  return lend(declared.ref, value as never);
}

/** The servant behind an object of this side; undefined for a peer's. */
export function servantOf(ref: Ref): object | undefined {
  return ref.$target instanceof Local ? ref.$target.servant : undefined;
}

/** The same object by another interface. */
export function cast<R extends Ref>(type: RefClass<R>, ref: unknown): R {
  if (ref instanceof type) return ref;
  if (!(ref instanceof Ref)) {
    throw new TypeMismatchError(
      `found ${String(ref)}, expected a ${type.name} or a peer's object`,
    );
  }
  const target = ref.$target as Target & { refOf?: (type: RefClass) => Ref };
  if (target.refOf !== undefined) return target.refOf(type) as R;
  throw new TypeMismatchError(
    `found a ${ref.$interfaceName()} of this side, expected a ${type.name} or a peer's object`,
  );
}

/** A class whose methods with an object for result give it at once, before it is there. */
export type Pipelined<R> = {
  [Name in keyof R]: R[Name] extends (
    ...args: infer Args
  ) => Promise<infer Result>
    ? Result extends Ref
      ? (...args: Args) => Result
      : never
    : never;
};

/** `pipelined(shop).makeCounter(5n).increment(2n)` costs one round trip. */
export function pipelined<R extends Ref>(ref: R): Pipelined<R> {
  return new (ref.constructor as RefClass<R>)(
    ref.$target,
    "pipelined",
  ) as Pipelined<R>;
}
