/** One call: what its caller may ask for, and what its handler is told. */

import {
  CancelledError,
  InvalidArgumentError,
  TimeoutError,
  type BeckonError,
} from "./errors.js";
import type { Session } from "./session.js";

/** How long a caller waits that says nothing of it. */
export const DEFAULT_MILLISECONDS = 10_000;
/** setTimeout takes no more. */
const LONGEST_MILLISECONDS = 0x7fff_ffff;

/** How a method is called. */
export interface CallOptions {
  /** Milliseconds until the caller waits no more; 10,000 where nothing is said. */
  readonly timeout?: number | undefined;
  /** The same as a moment. */
  readonly deadline?: Date | undefined;
  /** Cancels the call. */
  readonly signal?: AbortSignal | undefined;
  /** What the handler finds in `call.metadata`. */
  readonly metadata?: Metadata | undefined;
  /**
   * The call in whose handler this one is made: its deadline and its end count here, too. Where nothing else is to be said,
   * the handler's `call` itself can stand in place of options.
   */
  readonly within?: Call | undefined;
}

/** A handler's call that stands for options means the call that it serves; its metadata are not passed on. */
export function optionsOf(
  given: CallOptions | undefined,
): CallOptions | undefined {
  return given instanceof Call ? { within: given } : given;
}

/** Metadata by key; whatever keys a peer chooses, nothing but those is in it. */
export type Metadata = Readonly<Record<string, string>>;

export function metadataOf(
  entries: Iterable<readonly [string, string]>,
): Metadata {
  const out = Object.create(null) as Record<string, string>;
  for (const [key, value] of entries) out[key] = value;
  return out;
}

/** Milliseconds that a call with these options has. */
export function millisecondsOf(options: CallOptions | undefined): number {
  let left = options?.timeout ?? Infinity;
  if (options?.deadline !== undefined) {
    left = Math.min(left, options.deadline.getTime() - Date.now());
  }
  if (left === Infinity) left = DEFAULT_MILLISECONDS;
  if (Number.isNaN(left))
    throw new InvalidArgumentError("found NaN for a timeout or a deadline");
  const outer = options?.within?.remaining();
  return Math.max(0, Math.min(left, outer ?? left));
}

/** A timer that does not keep a program of Node alive; undefined where the time is beyond what timers take. */
export function timer(
  milliseconds: number,
  run: () => void,
): Timer | undefined {
  if (milliseconds > LONGEST_MILLISECONDS) return undefined;
  const made = setTimeout(run, milliseconds);
  (made as unknown as { unref?: () => void }).unref?.();
  return made;
}
export type Timer = ReturnType<typeof setTimeout>;

/** A call that this side serves. */
export class Call {
  private readonly controller = new AbortController();
  private readonly endsAt: number | undefined;
  private readonly clock: Timer | undefined;
  private readonly detach: () => void = () => undefined;
  private ended: BeckonError | undefined;

  constructor(
    /** Undefined where an object of this side was called without a peer. */
    readonly session: Session | undefined,
    readonly number: number,
    readonly metadata: Metadata,
    milliseconds: number | undefined,
    readonly oneway = false,
    outer?: AbortSignal,
  ) {
    if (milliseconds !== undefined) {
      this.endsAt = performance.now() + milliseconds;
      this.clock = timer(milliseconds, () => this.expire());
    }
    if (outer !== undefined) {
      const cancel = (): void => this.cancel();
      outer.addEventListener("abort", cancel);
      this.detach = () => outer.removeEventListener("abort", cancel);
      if (outer.aborted) this.cancel();
    }
  }

  /** For a call that stays on this side. */
  static local(options: CallOptions | undefined): Call {
    const metadata = metadataOf(Object.entries(options?.metadata ?? {}));
    const outer = options?.signal ?? options?.within?.signal;
    return new Call(
      undefined,
      0,
      metadata,
      millisecondsOf(options),
      false,
      outer,
    );
  }

  /** Aborted when the caller cancels, the deadline passes, the session ends, or a stream is wanted no more. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Who the caller is, as the authenticator says; empty without one. */
  get user(): string {
    return this.session?.user ?? "";
  }

  /** When nobody waits any more, where there is such a moment. */
  get deadline(): Date | undefined {
    const left = this.remaining();
    return left === undefined ? undefined : new Date(Date.now() + left);
  }

  /** Milliseconds until then. */
  remaining(): number | undefined {
    return this.endsAt === undefined
      ? undefined
      : this.endsAt - performance.now();
  }

  /** Throws what ends the call, where something does: for long work that looks at no signal. */
  check(): void {
    const left = this.remaining();
    if (this.ended === undefined && left !== undefined && left <= 0)
      this.expire();
    if (this.ended !== undefined) throw this.ended;
  }

  /** Waits, unless the call ends before. */
  async sleep(milliseconds: number): Promise<void> {
    let clock: Timer | undefined;
    const over = new Promise<void>((resolve) => {
      clock = setTimeout(resolve, Math.min(milliseconds, LONGEST_MILLISECONDS));
    });
    try {
      await this.unlessEnded(over);
    } finally {
      clearTimeout(clock);
    }
  }

  /** What comes first: the result, or the end of the call. */
  unlessEnded<T>(result: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const end = (): void =>
        reject(this.ended ?? new CancelledError("the call has ended"));
      if (this.signal.aborted) end();
      this.signal.addEventListener("abort", end);
      result
        .then(resolve, reject)
        .finally(() => this.signal.removeEventListener("abort", end));
    });
  }

  /** @internal */
  cancel(): void {
    this.abort(new CancelledError("the caller cancelled the call"));
  }

  private expire(): void {
    this.abort(new TimeoutError("the deadline of the call has passed"));
  }

  private abort(reason: BeckonError): void {
    this.ended ??= reason;
    this.controller.abort(reason);
  }

  /** @internal It is answered: the deadline counts no more. */
  end(): void {
    clearTimeout(this.clock);
    this.detach();
  }
}
