/** Calls of ours that the peer serves: numbers, credit, answers. */

import { millisecondsOf, timer, type CallOptions, type Timer } from "./call.js";
import {
  BeckonError,
  CancelledError,
  copyOf,
  errorOf,
  InvalidArgumentError,
  TimeoutError,
  TypeMismatchError,
  UnknownObjectError,
} from "./errors.js";
import { readError } from "./error_frames.js";
import {
  Flag,
  Frame,
  pack,
  packExtras,
  PROMISED,
  type Extras,
  type Head,
} from "./frames.js";
import { Ref } from "./objects.js";
import { Reader } from "./reader.js";
import type { Remote } from "./remote.js";
import { Kind, type InterfaceType, type Method } from "./schema.js";
import type { Session } from "./session.js";
import { Writer } from "./writer.js";

/** What is kept of a call until it is answered. */
interface Sent {
  number: number;
  readonly what: string;
  readonly method: Method;
  readonly index: number;
  readonly declared: InterfaceType;
  readonly target: Remote;
  readonly content: Uint8Array;
  readonly flags: number;
  readonly written: Writer;
  /** The objects in it stay lent until the answer. */
  readonly args: readonly unknown[];
  readonly promised: Remote | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  isSettled: boolean;
  stop: () => void;
}

export class Calling {
  private readonly sent = new Map<number, Sent>();
  private readonly waiting: Sent[] = [];
  private bytes = 0;
  private last = 0;
  private lastPromise = 0;

  constructor(private readonly session: Session) {}

  /** Calls a method of a peer's object. */
  start(
    target: Remote,
    declared: InterfaceType,
    index: number,
    args: readonly unknown[],
    options: CallOptions | undefined,
    promised?: Remote,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const method = declared.method(index);
      const what = `calling ${declared.name}.${method.name} of ${this.session.endpoint}`;
      const out = new Writer(declared.schema, this.session);
      try {
        if (target.isReleased)
          throw new UnknownObjectError("the object was given back");
        this.session.checkOpen();
        this.writeArguments(out, method, args);
        const milliseconds = millisecondsOf(options);
        const extras = this.extrasOf(method, milliseconds, options, promised);
        const [flags, head] = packExtras(extras);
        const body = out.bytes();
        const content = new Uint8Array(head.length + body.length);
        content.set(head);
        content.set(body, head.length);
        this.session.checkSize(content.length + 16);
        const sent: Sent = {
          ...{
            number: 0,
            what,
            method,
            index,
            declared,
            target,
            content,
            written: out,
            args,
          },
          ...{
            promised,
            resolve,
            reject,
            isSettled: false,
            stop: () => undefined,
          },
          flags: flags | (method.oneway ? Flag.Oneway : 0),
        };
        this.watch(sent, milliseconds, options);
        if (sent.isSettled) this.session.tables.forget(out.lent);
        else {
          this.waiting.push(sent);
          this.pump();
        }
      } catch (thrown) {
        this.session.tables.forget(out.lent);
        reject(this.noted(errorOf(thrown), what));
      }
    });
  }

  /** Calls a method that gives an object, which can be called at once. */
  pipeline(
    target: Remote,
    declared: InterfaceType,
    index: number,
    args: readonly unknown[],
    options: CallOptions | undefined,
  ): Ref {
    const result = declared.method(index).result;
    if (result.kind !== Kind.Interface) {
      throw new InvalidArgumentError(
        `${declared.name}: a method without an object as result`,
      );
    }
    this.lastPromise = (this.lastPromise + 1) % PROMISED;
    const promised = this.session.tables.remote(PROMISED + this.lastPromise);
    promised.isPromise = true;
    // What the call fails with, calls on its result tell.
    this.start(target, declared, index, args, options, promised).catch(
      () => undefined,
    );
    return promised.refOf(declared.schema.interfaceOf(result.name).ref ?? Ref);
  }

  private writeArguments(
    out: Writer,
    method: Method,
    args: readonly unknown[],
  ): void {
    method.parameters.forEach((parameter, at) => {
      try {
        out.write(parameter.type, args[at]);
      } catch (thrown) {
        throw thrown instanceof TypeMismatchError
          ? thrown.addNote(`in argument ${parameter.name}`)
          : thrown;
      }
    });
  }

  private extrasOf(
    method: Method,
    milliseconds: number,
    options: CallOptions | undefined,
    promised: Remote | undefined,
  ): Extras {
    const extras: Extras = {
      metadata: new Map(Object.entries(options?.metadata ?? {})),
    };
    if (promised !== undefined) extras.promise = promised.number;
    if (method.oneway) return extras;
    extras.milliseconds = Math.max(1, Math.floor(milliseconds));
    const outer = options?.within;
    if (outer?.session === this.session && !outer.oneway)
      extras.parent = outer.number;
    return extras;
  }

  /** Ends the waiting at the deadline, and when the caller wants no more. */
  private watch(
    sent: Sent,
    milliseconds: number,
    options: CallOptions | undefined,
  ): void {
    const signals = [options?.signal, options?.within?.signal];
    const cancel = (event?: Event): void => {
      const from =
        event?.target ?? signals.find((each) => each?.aborted === true);
      const cause: unknown = (from as AbortSignal | undefined)?.reason;
      this.giveUp(
        sent,
        new CancelledError("this side cancelled the call", { cause }),
      );
    };
    const clock: Timer | undefined = timer(milliseconds, () => {
      this.giveUp(
        sent,
        new TimeoutError(`no answer within ${milliseconds / 1000} s`),
      );
    });
    sent.stop = () => {
      clearTimeout(clock);
      for (const signal of signals)
        signal?.removeEventListener("abort", cancel);
    };
    for (const signal of signals) {
      signal?.addEventListener("abort", cancel);
      if (signal?.aborted === true) cancel();
    }
  }

  private giveUp(sent: Sent, error: BeckonError): void {
    if (sent.isSettled) return;
    this.settle(sent, error);
    const at = this.waiting.indexOf(sent);
    if (at >= 0) {
      this.waiting.splice(at, 1);
      this.session.tables.forget(sent.written.lent);
    } else if (sent.number !== 0) {
      this.session.send(pack(Frame.Cancel, { call: sent.number }));
    }
  }

  private settle(sent: Sent, error: Error | undefined, value?: unknown): void {
    if (sent.isSettled) return;
    sent.isSettled = true;
    sent.stop();
    if (error === undefined) sent.resolve(value);
    else sent.reject(this.noted(error, sent.what));
  }

  private noted(error: Error, what: string): Error {
    return error instanceof BeckonError
      ? error.addNote(`while ${what}`)
      : error;
  }

  private hasCredit(): boolean {
    const hello = this.session.peerHello;
    if (this.sent.size === 0) return true;
    return (
      this.sent.size < hello.maxCallsInFlight && this.bytes < hello.maxCallBytes
    );
  }

  /** Sends what the peer takes now, in the order in which it was called. */
  pump(): void {
    for (
      let next = this.waiting[0];
      next !== undefined;
      next = this.waiting[0]
    ) {
      if (!this.session.outbox.hasRoom()) {
        void this.session.outbox.room().then(() => this.pump());
        return;
      }
      if (!next.method.oneway && !this.hasCredit()) return;
      this.waiting.shift();
      try {
        // The peer's hello may have come in between.
        this.session.checkSize(next.content.length + 16);
        this.session.checkOpen();
      } catch (thrown) {
        this.session.tables.forget(next.written.lent);
        this.settle(next, errorOf(thrown));
        continue;
      }
      this.send(next);
    }
  }

  private send(sent: Sent): void {
    if (!sent.method.oneway) {
      do this.last = (this.last % 0xffff_ffff) + 1;
      while (this.sent.has(this.last));
      sent.number = this.last;
      this.sent.set(sent.number, sent);
      this.bytes += sent.content.length + 16;
      sent.promised?.count();
    }
    this.session.commit(sent.written);
    const { flags, index, number, target } = sent;
    const head = { flags, method: index, call: number, object: target.number };
    this.session.send(pack(Frame.Call, head, sent.content));
    if (sent.method.oneway) this.settle(sent, undefined);
  }

  /** A reply or an error; one to no call is ignored. */
  answer(head: Head, content: Uint8Array): void {
    const sent = this.sent.get(head.call);
    if (sent === undefined) return;
    this.sent.delete(head.call);
    this.bytes -= sent.content.length + 16;
    if (sent.promised !== undefined) sent.promised.isPromise = false;
    try {
      if (head.type === Frame.Error) {
        if (head.flags & Flag.Untaken)
          this.session.tables.forget(sent.written.lent, 1);
        this.settle(sent, readError(content, sent.declared.schema));
      } else {
        this.settle(sent, undefined, this.readResult(sent, content));
      }
    } catch (thrown) {
      this.settle(sent, errorOf(thrown));
    }
    this.session.streams.forgetUnread(sent.written);
    this.pump();
  }

  private readResult(sent: Sent, content: Uint8Array): unknown {
    const source = new Reader(content, sent.declared.schema, this.session);
    source.promised = sent.promised;
    const value = source.read(sent.method.result);
    source.finish();
    const streams = source.streams.map(([number]) => number);
    this.session.accept(source);
    if (sent.isSettled) {
      for (const number of streams) this.session.streams.stopTheirs(number);
    } else if (value === null && sent.method.result.kind === Kind.Interface) {
      throw new TypeMismatchError(
        "the peer gave no object; a method that may do so says optional<...> in the IDL",
      );
    }
    return value;
  }

  /** The session has ended. */
  failAll(error: Error): void {
    const failed = [...this.sent.values(), ...this.waiting];
    this.sent.clear();
    this.waiting.length = 0;
    for (const sent of failed) this.settle(sent, copyOf(error));
  }
}
