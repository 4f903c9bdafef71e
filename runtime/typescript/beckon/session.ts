/** One conversation with one peer: what both sides say, until it ends. */

import { timer, type Timer } from "./call.js";
import { Calling } from "./calling.js";
import type { Channel } from "./channel.js";
import {
  ANY_INTERFACE,
  Directory,
  directoryOf,
  type Published,
  type ServiceInfo,
} from "./directory.js";
import {
  AccessDeniedError,
  BeckonError,
  CancelledError,
  copyOf,
  DisconnectedError,
  errorOf,
  InternalError,
  LimitExceededError,
  OverloadedError,
  ProtocolError,
  SchemaMismatchError,
  TimeoutError,
  UnknownObjectError,
} from "./errors.js";
import { packError, readError } from "./error_frames.js";
import { FrameBuffer } from "./frame_buffer.js";
import {
  Flag,
  Frame,
  helloWith,
  MAGIC,
  NO_SCHEMA,
  pack,
  packHello,
  packRelease,
  readHello,
  unpackRelease,
  type Head,
  type Hello,
} from "./frames.js";
import {
  cast,
  interfaceOf,
  type Awaitable,
  type Ref,
  type RefClass,
} from "./objects.js";
import { MAX_UNSENT_BYTES, Outbox } from "./outbox.js";
import { Reader, type Borrower } from "./reader.js";
import { Remote } from "./remote.js";
import type { InterfaceType, Schema, Type } from "./schema.js";
import { Serving } from "./serving.js";
import { Streams } from "./streams.js";
import { Tables } from "./tables.js";
import { checkVersions } from "./versions.js";
import type { Lender, Writer } from "./writer.js";

const MAX_BEFORE_HELLO = 64 << 10;
/** What may come in one piece behind a message, or while the authenticator is asked. */
const MAX_AHEAD = 32 << 20;
export const HANDSHAKE_MILLISECONDS = 5000;

/** Says who a client is, from what it claims: the name to know it by. Refuses by throwing. */
export type Authenticator = (
  user: string,
  secret: Uint8Array,
) => Awaitable<string>;

/** How a session is made; users have `connect` and `Server`. */
export interface SessionOptions {
  hello?: Hello;
  published?: Published;
  authenticate?: Authenticator | undefined;
  sendTraces?: boolean;
  onEnd?: (session: Session) => void;
  /** Milliseconds to the peer's hello. */
  greetedWithin?: number;
}

/** Gives and takes objects, both ways. Ended by close(). */
export class Session implements Lender, Borrower {
  readonly hello: Hello;
  peerHello = helloWith();
  /** Who the peer is, as the authenticator says; empty without one. */
  user = "";
  /** Why the session has ended. */
  ended: Error | undefined;
  /** Why this side takes no new calls; empty while it does. */
  draining = "";
  readonly sendTraces: boolean;
  /** @internal */
  readonly tables = new Tables(this);
  /** @internal */
  readonly calling = new Calling(this);
  /** @internal */
  readonly streams = new Streams(this);
  /** @internal */
  readonly outbox: Outbox;
  private readonly serving = new Serving(this);
  private readonly directory: Directory | undefined;
  private readonly received: FrameBuffer;
  private readonly watchdog: Timer | undefined;
  private greeted: "no" | "asking" | "yes" = "no";
  private wentAway: Error | undefined;
  private closed: Promise<void> = Promise.resolve();

  constructor(
    channel: Channel,
    /** Where the peer is, for messages. */
    readonly endpoint: string,
    private readonly options: SessionOptions = {},
  ) {
    this.hello = options.hello ?? helloWith();
    this.sendTraces = options.sendTraces ?? false;
    if (options.published !== undefined && options.published.size > 0) {
      this.directory = directoryOf(options.published);
    }
    this.received = new FrameBuffer(endpoint);
    this.outbox = new Outbox(this, channel);
    const within = options.greetedWithin ?? HANDSHAKE_MILLISECONDS;
    this.watchdog = timer(within, () => {
      this.end(
        new TimeoutError(`${endpoint}: no hello within ${within / 1000} s`),
      );
    });
    this.send(MAGIC);
    this.send(packHello(this.hello));
    channel.start({
      onBytes: (content) => this.take(content),
      onEnd: (reason) => {
        const what =
          reason === undefined ? " closed the connection" : `: ${reason}`;
        this.fail(new DisconnectedError(`${endpoint}${what}`));
      },
    });
  }

  // What users call.

  /** The object that the peer publishes under a name. */
  async get<R extends Ref>(type: RefClass<R>, name: string): Promise<R> {
    const wanted = interfaceOf(type);
    const there = this.peerDirectory();
    try {
      return cast(type, await there.get(name, wanted.name, wanted.digest));
    } catch (error) {
      if (!(error instanceof SchemaMismatchError)) throw error;
      // Of another version, whose digest differs, only what can be talked to is asked for.
      if (!checkVersions(await there.describe(name), name, wanted)) throw error;
      return cast(type, await there.get(name, wanted.name, new Uint8Array()));
    }
  }

  /** What the peer publishes. */
  list(): Promise<ServiceInfo[]> {
    return this.peerDirectory().list();
  }

  private peerDirectory(): Directory {
    return new Directory(new Remote(this, 0));
  }

  /** Takes no new calls; those in flight go on. */
  drain(reason = "this side takes no new calls"): void {
    this.draining = reason;
    this.send(
      pack(Frame.GoAway, {}, packError(new CancelledError(reason), NO_SCHEMA)),
    );
  }

  /** Ends the session; what is in flight fails. Harmless when it has ended. */
  close(): Promise<void> {
    this.end(new CancelledError("session closed by this side"));
    return this.closed;
  }

  // What calls and objects need.

  /** @internal */
  checkOpen(): void {
    if (this.ended !== undefined) {
      throw copyOf(
        this.ended instanceof CancelledError ? this.ended : lostBy(this.ended),
      );
    }
    if (this.wentAway !== undefined) {
      throw new OverloadedError(
        `the peer takes no new calls: ${this.wentAway.message}`,
      );
    }
  }

  /** @internal */
  checkSize(size: number): void {
    const most = this.peerHello.maxMessageBytes;
    if (size <= most) return;
    throw new LimitExceededError(
      `a message of ${size} bytes; the peer takes ${most}`,
    );
  }

  /** @internal What a call names. */
  target(number: number): { declared: InterfaceType; servant: Ref } {
    if (number === 0) {
      if (this.directory === undefined)
        throw new UnknownObjectError("this side publishes nothing");
      return { declared: interfaceOf(Directory), servant: this.directory };
    }
    const found = this.tables.find(number);
    if (found?.error !== undefined) throw copyOf(found.error);
    if (found?.ref === undefined || found.declared === undefined) {
      throw new UnknownObjectError(`no object #${number} is lent to the peer`);
    }
    return { declared: found.declared, servant: found.ref };
  }

  /** @internal */
  writeReference(
    out: Writer,
    value: unknown,
    declared: InterfaceType | undefined,
  ): void {
    this.tables.write(
      out,
      value,
      declared?.name === ANY_INTERFACE ? undefined : declared,
    );
  }

  /** @internal */
  readReference(
    source: Reader,
    kind: number,
    number: number,
    declared: InterfaceType | undefined,
  ): unknown {
    const known = declared?.name === ANY_INTERFACE ? undefined : declared;
    return this.tables.read(source, kind, number, known);
  }

  /** @internal */
  writeStream(out: Writer, source: unknown, item: Type, schema: Schema): void {
    this.streams.write(out, source, item, schema);
  }

  /** @internal */
  readStream(source: Reader, number: number, item: Type): unknown {
    return this.streams.read(source, number, item);
  }

  /** @internal A message was right: what it lends is ours to give back, and its streams begin. */
  accept(source: Reader): void {
    for (const remote of source.borrowed) remote.count();
    this.streams.accept(source);
  }

  /** @internal A message goes out: what it lends counts. */
  commit(out: Writer): void {
    this.tables.count(out.lent);
    this.streams.commit(out);
  }

  /** @internal */
  giveBack(number: number, count: number): void {
    this.tables.givenBack(number);
    this.send(packRelease(number, count));
  }

  /** @internal */
  send(frame: Uint8Array): void {
    this.outbox.put(frame);
  }

  /** @internal */
  sendError(number: number, error: Error, schema: Schema, flags = 0): void {
    let content: Uint8Array;
    try {
      content = packError(error, schema, this.sendTraces);
      this.checkSize(content.length + 16);
    } catch (thrown) {
      const reason = `the error cannot be sent: ${errorOf(thrown).message}`;
      content = packError(new LimitExceededError(reason), NO_SCHEMA);
    }
    this.send(pack(Frame.Error, { call: number, flags }, content));
  }

  /** @internal The handler of a call never runs. */
  refuse(number: number, error: Error): void {
    this.checkRoom();
    this.sendError(number, error, NO_SCHEMA, Flag.Untaken);
  }

  /** Before what the peer can ask for without end. */
  private checkRoom(): void {
    if (this.outbox.hasRoom()) return;
    throw new LimitExceededError(
      `the peer leaves ${MAX_UNSENT_BYTES} bytes of answers unread`,
    );
  }

  // What arrives.

  private take(content: Uint8Array): void {
    this.outbox.heard = performance.now();
    if (content.length > 0) this.received.add(content);
    try {
      if (this.received.buffered > this.hello.maxMessageBytes + MAX_AHEAD) {
        throw new LimitExceededError(
          "the peer says more than may wait for its authentication",
        );
      }
      // While the authenticator is asked, what comes behind the hello waits.
      while (this.ended === undefined && this.greeted !== "asking") {
        const most =
          this.greeted === "yes"
            ? this.hello.maxMessageBytes
            : MAX_BEFORE_HELLO;
        const found = this.received.next(most);
        if (found === undefined) return;
        this.takeFrame(...found);
      }
    } catch (thrown) {
      const error = errorOf(thrown);
      const isOurs = error instanceof BeckonError;
      this.end(
        isOurs
          ? error
          : new InternalError(`this side failed: ${error.message}`),
      );
    }
  }

  private takeFrame(head: Head, content: Uint8Array): void {
    if (
      this.greeted !== "yes" &&
      ![Frame.Hello, Frame.GoAway, Frame.Bye].includes(head.type)
    ) {
      throw new ProtocolError(
        `found a frame of type ${head.type} before the hello`,
      );
    }
    switch (head.type as Frame) {
      case Frame.Call:
        return this.serving.take(head, content);
      case Frame.Reply:
      case Frame.Error:
        return this.calling.answer(head, content);
      case Frame.Release:
        return this.serving.release(unpackRelease(content, head.object));
      case Frame.StreamItem:
        return this.streams.takeItem(head, content);
      case Frame.Cancel:
        return this.serving.cancel(head.call);
      case Frame.StreamCredit:
        return this.streams.addCredit(head.call, head.object);
      case Frame.StreamStop:
        return this.streams.stopOurs(head.call);
      case Frame.StreamEnd:
        return this.streams.takeEnd(head, content);
      case Frame.Ping:
        this.checkRoom();
        return this.send(
          pack(Frame.Pong, { call: head.call, object: head.object }),
        );
      case Frame.GoAway:
        this.wentAway = readError(content, NO_SCHEMA);
        return;
      case Frame.Bye: {
        const why =
          this.wentAway === undefined ? "" : `: ${this.wentAway.message}`;
        return this.fail(
          new DisconnectedError(`${this.endpoint} ended the session${why}`),
        );
      }
      case Frame.Hello:
        return this.greet(readHello(content));
      default:
        return;
    }
  }

  private greet(hello: Hello): void {
    if (this.greeted !== "no") throw new ProtocolError("found a second hello");
    const welcome = (user: string): void => {
      this.user = user;
      this.peerHello = hello;
      this.greeted = "yes";
      clearTimeout(this.watchdog);
      this.calling.pump();
    };
    if (this.options.authenticate === undefined) {
      welcome("");
      return;
    }
    this.greeted = "asking";
    const { authenticate } = this.options;
    void (async () => authenticate(hello.user, hello.secret))().then(
      (user) => {
        welcome(user);
        this.take(new Uint8Array());
      },
      (cause: unknown) => {
        this.end(
          new AccessDeniedError(`user '${hello.user}' was refused`, { cause }),
        );
      },
    );
  }

  // The end.

  /** @internal Tells the peer why, and ends. */
  end(error: BeckonError): void {
    this.fail(error, [
      pack(Frame.GoAway, {}, packError(error, NO_SCHEMA)),
      pack(Frame.Bye),
    ]);
  }

  private fail(error: Error, farewell: readonly Uint8Array[] = []): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    clearTimeout(this.watchdog);
    this.closed = this.outbox.finish(farewell);
    const lost = lostBy(error);
    this.calling.failAll(lost);
    this.streams.failAll(lost);
    this.serving.cancelAll();
    this.tables.clear();
    this.options.onEnd?.(this);
  }
}

/** What calls fail with when the session has ended. */
function lostBy(reason: Error): Error {
  return reason instanceof DisconnectedError
    ? reason
    : new DisconnectedError(reason.message);
}
