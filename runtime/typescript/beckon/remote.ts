/** Objects that a peer lent us. When the last reference to one is gone it is given back. */

import type { CallOptions } from "./call.js";
import { Ref, type RefClass, type Target } from "./objects.js";
import type { InterfaceType } from "./schema.js";
import type { Session } from "./session.js";

/** How often a number was received; outlives the object that counts. */
interface Loan {
  readonly session: Session;
  readonly number: number;
  count: number;
}

const forgotten = new FinalizationRegistry<Loan>(giveBack);

function giveBack(loan: Loan): void {
  const count = loan.count;
  loan.count = 0;
  if (count > 0) loan.session.giveBack(loan.number, count);
}

/** A peer's object, under its number. */
export class Remote implements Target {
  /** The call that will give it is not answered. */
  isPromise = false;
  isReleased = false;
  private readonly loan: Loan;
  private readonly refs = new Map<RefClass, WeakRef<Ref>>();

  constructor(
    readonly session: Session,
    readonly number: number,
  ) {
    this.loan = { session, number, count: 0 };
    forgotten.register(this, this.loan);
  }

  /** It was received once more. */
  count(): void {
    this.loan.count += 1;
  }

  /** Gives it back at once; calls fail from then on. */
  release(): void {
    this.isReleased = true;
    giveBack(this.loan);
    this.session.tables.forgetRemote(this);
  }

  /** The one reference of a class. */
  refOf(type: RefClass): Ref {
    const known = this.refs.get(type)?.deref();
    if (known !== undefined) return known;
    const made = new type(this);
    this.refs.set(type, new WeakRef(made));
    return made;
  }

  call(
    declared: InterfaceType,
    index: number,
    args: readonly unknown[],
    options: CallOptions | undefined,
  ): Promise<unknown> {
    return this.session.calling.start(this, declared, index, args, options);
  }

  pipeline(
    declared: InterfaceType,
    index: number,
    args: readonly unknown[],
    options: CallOptions | undefined,
  ): Ref {
    return this.session.calling.pipeline(this, declared, index, args, options);
  }
}

/**
 * Gives a peer's object back, without waiting for the garbage collector. It cannot be used any more, by none of its
 * references. Without effect on objects of this side.
 */
export function release(ref: Ref): void {
  if (ref.$target instanceof Remote) ref.$target.release();
}
