/** Calls of the peer that this side serves: order, promises, deadlines, answers. */

import { Call, metadataOf } from "./call.js";
import {
  BeckonError,
  errorOf,
  InternalError,
  LimitExceededError,
  OverloadedError,
  ProtocolError,
  UnknownObjectError,
} from "./errors.js";
import {
  Flag,
  Frame,
  pack,
  PROMISED,
  readExtras,
  type Extras,
  type Head,
} from "./frames.js";
import { invoke, refOf, type Ref } from "./objects.js";
import { Reader } from "./reader.js";
import { Kind, type InterfaceType, type Method } from "./schema.js";
import type { Session } from "./session.js";
import { Writer } from "./writer.js";

const MAX_HELD = 4096;
const MAX_CHAIN = 64;
/** Handlers whose calls were cancelled may go on; so many more than calls may be in flight. */
const MAX_LATE = 4;

/** A result that the peer has given a number to, and the calls that wait for it. */
interface Promised {
  readonly depth: number;
  readonly waiting: [head: Head, content: Uint8Array][];
  isReleased: boolean;
}

/** A call between its arrival and its answer. */
interface Served {
  readonly size: number;
  call: Call | undefined;
  isCancelled: boolean;
}

export class Serving {
  private readonly served = new Map<number, Served>();
  private bytes = 0;
  private onewayBytes = 0;
  private running = 0;
  private readonly promises = new Map<number, Promised>();
  private held = 0;
  private postponed: [number: number, times: number][] = [];
  private readonly calls = new Set<Call>();

  constructor(private readonly session: Session) {}

  // What arrives.

  /** A call frame. */
  take(head: Head, content: Uint8Array): void {
    if (head.flags & Flag.Oneway) {
      if (this.onewayBytes + head.size > this.session.hello.maxCallBytes)
        return;
      this.onewayBytes += head.size;
    } else {
      const refusal = this.refusal(head);
      if (refusal !== undefined) {
        this.session.refuse(head.call, refusal);
        return;
      }
      this.served.set(head.call, {
        size: head.size,
        call: undefined,
        isCancelled: false,
      });
      this.bytes += head.size;
    }
    const promised = this.promises.get(head.object);
    if (promised === undefined) this.begin(head, content, 0, false);
    else if (this.held >= MAX_HELD) {
      this.refuse(
        head,
        new LimitExceededError(`${MAX_HELD} calls wait for results already`),
      );
    } else {
      promised.waiting.push([head, content]);
      this.held += 1;
      if (head.flags & Flag.Promise)
        this.openPromiseOfHeld(head, content, promised.depth + 1);
    }
  }

  private refusal(head: Head): BeckonError | undefined {
    const hello = this.session.hello;
    if (this.session.draining !== "")
      return new OverloadedError(this.session.draining);
    if (head.call === 0 || this.served.has(head.call)) {
      return new ProtocolError(
        `a call with the number ${head.call}, which is in use`,
      );
    }
    if (this.served.size >= hello.maxCallsInFlight) {
      const most = hello.maxCallsInFlight;
      return new LimitExceededError(
        `${most} calls are in flight; more are not allowed`,
      );
    }
    if (this.served.size > 0 && this.bytes >= hello.maxCallBytes) {
      const most = hello.maxCallBytes;
      return new LimitExceededError(
        `calls of ${most} bytes are in flight; more are not allowed`,
      );
    }
    if (this.running >= MAX_LATE * hello.maxCallsInFlight) {
      return new OverloadedError(
        `${this.running} handlers of cancelled calls go on`,
      );
    }
    return undefined;
  }

  /** A held call's own promise exists from now on. */
  private openPromiseOfHeld(
    head: Head,
    content: Uint8Array,
    depth: number,
  ): void {
    try {
      this.openPromise(readExtras(head.flags, content)[0].promise ?? 0, depth);
    } catch {
      // The call will be refused for it when its turn comes.
    }
  }

  private openPromise(number: number, depth: number): void {
    const shown = `0x${number.toString(16)}`;
    if (number < PROMISED)
      throw new ProtocolError(`a promise with the number ${shown}`);
    if (
      this.promises.has(number) ||
      this.session.tables.find(number) !== undefined
    ) {
      throw new ProtocolError(
        `a promise with the number ${shown}, which is in use`,
      );
    }
    if (depth > MAX_CHAIN) {
      throw new LimitExceededError(
        `a chain of promises longer than ${MAX_CHAIN}`,
      );
    }
    this.promises.set(number, { depth, waiting: [], isReleased: false });
  }

  /** Reads the call, and starts it. */
  private begin(
    head: Head,
    content: Uint8Array,
    depth: number,
    isHeld: boolean,
  ): void {
    const session = this.session;
    let extras: Extras = { metadata: new Map() };
    let target: { declared: InterfaceType; servant: Ref };
    const args: unknown[] = [];
    try {
      let at: number;
      [extras, at] = readExtras(head.flags, content);
      target = session.target(head.object);
      const method = target.declared.method(head.method);
      // A part of the message is read as a whole one: it begins at a multiple of 8.
      const source = new Reader(
        content.subarray(at),
        target.declared.schema,
        session,
      );
      for (const parameter of method.parameters)
        args.push(source.read(parameter.type));
      source.finish();
      const promise = extras.promise;
      if (promise !== undefined && !(isHeld && this.promises.has(promise))) {
        this.openPromise(promise, depth);
      }
      session.accept(source);
    } catch (thrown) {
      const error = errorOf(thrown);
      if (isHeld) this.failPromise(extras.promise, error);
      const isOurs = error instanceof BeckonError;
      this.refuse(head, isOurs ? error : new InternalError(error.message));
      return;
    }
    void this.run(head, extras, target.declared, target.servant, args);
  }

  private failPromise(number: number | undefined, error: Error): void {
    if (number !== undefined && this.promises.has(number)) {
      this.settlePromise(number, undefined, error);
    }
  }

  private refuse(head: Head, error: Error): void {
    if (head.flags & Flag.Oneway) {
      this.onewayBytes -= head.size;
      return;
    }
    this.forget(head.call);
    this.session.refuse(head.call, error);
  }

  private forget(number: number): void {
    this.bytes -= this.served.get(number)?.size ?? 0;
    this.served.delete(number);
  }

  cancel(number: number): void {
    const served = this.served.get(number);
    if (served === undefined) return;
    served.isCancelled = true;
    served.call?.cancel();
  }

  /** The session has ended. */
  cancelAll(): void {
    for (const call of [...this.calls]) call.cancel();
  }

  /** Objects given back; later, where calls that came before are not read yet. */
  release(released: readonly [number: number, times: number][]): void {
    if (this.held > 0) {
      this.postponed.push(...released);
      return;
    }
    for (const [number, times] of released) {
      const promised = this.promises.get(number);
      if (promised !== undefined) promised.isReleased = true;
      else this.session.tables.release(number, times);
    }
  }

  // What is run.

  private async run(
    head: Head,
    extras: Extras,
    declared: InterfaceType,
    servant: Ref,
    args: readonly unknown[],
  ): Promise<void> {
    const oneway = (head.flags & Flag.Oneway) !== 0;
    const call = new Call(
      this.session,
      head.call,
      metadataOf(extras.metadata),
      extras.milliseconds,
      oneway,
    );
    const served = oneway ? undefined : this.served.get(head.call);
    if (served !== undefined) served.call = call;
    if (served?.isCancelled === true) call.cancel();
    this.calls.add(call);
    let value: unknown;
    let error: Error | undefined;
    try {
      call.check();
      this.running += 1;
      const ours = servant.$target as { servant?: object };
      const result = invoke(
        ours.servant ?? servant,
        declared,
        head.method,
        args,
        call,
      );
      void result.catch(() => undefined).then(() => (this.running -= 1));
      value = await call.unlessEnded(result);
      await this.session.outbox.room();
    } catch (thrown) {
      error = errorOf(thrown);
    }
    call.end();
    const isStream = this.answer(
      head,
      extras.promise,
      declared,
      value,
      error,
      call,
    );
    if (!isStream) this.calls.delete(call);
  }

  /** Whether a stream goes on for the call. */
  private answer(
    head: Head,
    promise: number | undefined,
    declared: InterfaceType,
    value: unknown,
    thrown: Error | undefined,
    call: Call,
  ): boolean {
    const session = this.session;
    const method = declared.method(head.method);
    const out = new Writer(declared.schema, session);
    if (session.ended !== undefined) return false;
    let error = thrown;
    if (error === undefined && !call.oneway) {
      try {
        if (promise === undefined) out.write(method.result, value);
        else this.writePromised(promise, declared, method, value, out);
        session.checkSize(out.size + 16);
      } catch (raised) {
        session.tables.forget(out.lent);
        error = errorOf(raised);
        if (error instanceof BeckonError)
          error.addNote(`in the result of ${method.name}`);
      }
    }
    if (call.oneway) {
      this.onewayBytes -= head.size;
      return false;
    }
    this.forget(head.call);
    if (error === undefined) {
      session.commit(out);
      session.send(pack(Frame.Reply, { call: head.call }, out.bytes()));
      for (const stream of out.streams) {
        stream.onEnd = () => {
          this.calls.delete(call);
          call.cancel();
        };
      }
    } else {
      session.sendError(head.call, error, declared.schema);
    }
    if (promise !== undefined)
      this.settlePromise(promise, resultRef(declared, method, value), error);
    return error === undefined && out.streams.length > 0;
  }

  private writePromised(
    promise: number,
    declared: InterfaceType,
    method: Method,
    value: unknown,
    out: Writer,
  ): void {
    const ref = resultRef(declared, method, value);
    const isKnown = ref === undefined || this.session.tables.isLent(ref);
    out.write(method.result, value); // refuses what is no such object
    if (isKnown) return;
    this.session.tables.forget(out.lent);
    out.clear();
    out.u8(3);
    if (this.promises.get(promise)?.isReleased === false) {
      this.session.tables.keepPromise(promise, ref);
    }
  }

  private settlePromise(
    number: number,
    ref: Ref | undefined,
    error: Error | undefined,
  ): void {
    const tables = this.session.tables;
    const promised = this.promises.get(number);
    if (promised === undefined) return;
    this.promises.delete(number);
    if (!promised.isReleased && tables.find(number) === undefined) {
      if (error === undefined && ref !== undefined)
        tables.keepPromise(number, ref);
      else {
        const none = new UnknownObjectError(
          "the result of the call is no object",
        );
        tables.breakPromise(number, error ?? none);
      }
    }
    for (const [head, content] of promised.waiting)
      this.begin(head, content, promised.depth, true);
    this.held -= promised.waiting.length;
    if (this.held === 0) {
      const postponed = this.postponed;
      this.postponed = [];
      this.release(postponed);
    }
  }
}

/** The object that a method gave, where its result is one. */
function resultRef(
  declared: InterfaceType,
  method: Method,
  value: unknown,
): Ref | undefined {
  if (method.result.kind !== Kind.Interface) return undefined;
  if (typeof value !== "object" || value === null) return undefined;
  return refOf(declared.schema.interfaceOf(method.result.name), value);
}
