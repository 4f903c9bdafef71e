/** What goes wrong, as errors: one class for each code of the wire. */

/** What an error says besides its message. */
export interface ErrorDetails {
  /** Name of the exception that the peer's handler threw, where it threw one. */
  typeName?: string;
  /** The peer's stack trace, where it is set to send it. */
  trace?: string;
  /** What was being done, innermost first. */
  notes?: readonly string[];
  cause?: unknown;
}

/** The base of all that this package throws for a call or a session. */
export class BeckonError extends Error {
  /** The code on the wire. */
  readonly code: number = 0;
  /** The message without the notes. */
  readonly reason: string;
  readonly typeName: string;
  readonly trace: string;
  readonly notes: string[];

  constructor(reason = "", details: ErrorDetails = {}) {
    super(reason, { cause: details.cause });
    this.name = new.target.name;
    this.reason = reason;
    this.typeName = details.typeName ?? "";
    this.trace = details.trace ?? "";
    this.notes = [...(details.notes ?? [])];
    this.describe();
  }

  /** Adds what was being done. */
  addNote(note: string): this {
    this.notes.push(note);
    this.describe();
    return this;
  }

  private describe(): void {
    const head = this.typeName === "" ? "" : `${this.typeName}: `;
    this.message = head + [this.reason, ...this.notes].join("; ");
  }
}

/** Something went wrong inside the peer, or it used a code unknown here. */
export class InternalError extends BeckonError {}

export class TimeoutError extends BeckonError {
  override readonly code = 1;
}
export class CancelledError extends BeckonError {
  override readonly code = 2;
}
export class DisconnectedError extends BeckonError {
  override readonly code = 3;
}
export class ProtocolError extends BeckonError {
  override readonly code = 4;
}
export class SchemaMismatchError extends BeckonError {
  override readonly code = 5;
}
export class UnknownMethodError extends BeckonError {
  override readonly code = 6;
}
export class UnknownObjectError extends BeckonError {
  override readonly code = 7;
}
export class AccessDeniedError extends BeckonError {
  override readonly code = 8;
}
export class OverloadedError extends BeckonError {
  override readonly code = 9;
}
export class LimitExceededError extends BeckonError {
  override readonly code = 10;
}
/** An error of the peer's handler that its interface does not declare. */
export class RemoteError extends BeckonError {
  override readonly code = 11;
}
export class InvalidArgumentError extends BeckonError {
  override readonly code = 13;
}
export class TypeMismatchError extends BeckonError {
  override readonly code = 14;
}
export class UnsupportedError extends BeckonError {
  override readonly code = 15;
}
export class WouldDeadlockError extends BeckonError {
  override readonly code = 16;
}
export class IoError extends BeckonError {
  override readonly code = 17;
}
export class ParseError extends BeckonError {
  override readonly code = 18;
}
export class AddressInUseError extends BeckonError {
  override readonly code = 19;
}
export class NotFoundError extends BeckonError {
  override readonly code = 20;
}

/** The base of errors that an interface declares: generated classes, which hold the exception's fields. */
export abstract class DeclaredError<
  Fields extends object = object,
> extends Error {
  readonly fields: Fields;

  constructor(fields: Fields) {
    super();
    this.fields = fields;
    this.name = new.target.name;
    const shown = Object.entries(fields).map(
      ([name, value]) => `${name}: ${String(value)}`,
    );
    this.message = shown.join(", ");
  }
}

/** The code of errors that an interface declares. */
export const DECLARED = 12;

type ErrorClass = new (reason?: string, details?: ErrorDetails) => BeckonError;
const BY_CODE = new Map<number, ErrorClass>([
  [1, TimeoutError],
  [2, CancelledError],
  [3, DisconnectedError],
  [4, ProtocolError],
  [5, SchemaMismatchError],
  [6, UnknownMethodError],
  [7, UnknownObjectError],
  [8, AccessDeniedError],
  [9, OverloadedError],
  [10, LimitExceededError],
  [11, RemoteError],
  [DECLARED, RemoteError],
  [13, InvalidArgumentError],
  [14, TypeMismatchError],
  [15, UnsupportedError],
  [16, WouldDeadlockError],
  [17, IoError],
  [18, ParseError],
  [19, AddressInUseError],
  [20, NotFoundError],
]);

/** The error for a code; an unknown one counts as internal. */
export function errorOfCode(
  code: number,
  reason: string,
  details: ErrorDetails,
): BeckonError {
  return new (BY_CODE.get(code) ?? InternalError)(reason, details);
}

/** An error to throw once more, from another place, with notes of its own. */
export function copyOf(error: Error): Error {
  if (!(error instanceof BeckonError)) return error;
  return errorOfCode(error.code, error.reason, {
    typeName: error.typeName,
    trace: error.trace,
    notes: error.notes,
    cause: error.cause,
  });
}

/** Whatever was thrown, as an error. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new RemoteError(String(thrown));
}
