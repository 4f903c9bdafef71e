/** Values for which JavaScript has no type of its own, or none that holds them exactly. */

const DAY_MILLISECONDS = 86_400_000;
const SECOND = 1_000_000_000n;
export const NANOSECONDS_OF_DAY = 86_400n * SECOND;

function padded(number: number | bigint, digits: number): string {
  return String(number).padStart(digits, "0");
}

/** A day of the calendar, as days since 1970-01-01. */
export class CalendarDate {
  constructor(readonly days: number) {}

  /** `month` counts from 1. */
  static of(year: number, month: number, day: number): CalendarDate {
    const moment = new Date(0);
    moment.setUTCFullYear(year, month - 1, day);
    return new CalendarDate(Math.floor(moment.getTime() / DAY_MILLISECONDS));
  }

  /** Midnight of that day in UTC. */
  toDate(): Date {
    return new Date(this.days * DAY_MILLISECONDS);
  }

  /** "2024-02-29"; beyond what a Date holds, the days. */
  toString(): string {
    const moment = this.toDate();
    if (Number.isNaN(moment.getTime())) return `day ${this.days}`;
    return moment.toISOString().split("T")[0] ?? "";
  }
}

/** Nanoseconds since midnight. */
export class TimeOfDay {
  constructor(readonly nanoseconds: bigint) {}

  static of(
    hour: number,
    minute: number,
    second = 0,
    nanosecond = 0,
  ): TimeOfDay {
    const seconds = (hour * 60 + minute) * 60 + second;
    return new TimeOfDay(BigInt(seconds) * SECOND + BigInt(nanosecond));
  }

  /** "12:30:05.000000001" */
  toString(): string {
    const seconds = Number(this.nanoseconds / SECOND);
    const parts = [
      Math.floor(seconds / 3600),
      Math.floor(seconds / 60) % 60,
      seconds % 60,
    ];
    const whole = parts.map((part) => padded(part, 2)).join(":");
    return `${whole}.${padded(this.nanoseconds % SECOND, 9)}`;
  }
}

/** A moment in UTC: days since 1970-01-01 and nanoseconds since midnight. */
export class DateTime {
  constructor(
    readonly days: number,
    readonly nanoseconds: bigint = 0n,
  ) {}

  static of(moment: Date): DateTime {
    const days = Math.floor(moment.getTime() / DAY_MILLISECONDS);
    const rest = moment.getTime() - days * DAY_MILLISECONDS;
    return new DateTime(days, BigInt(rest) * 1_000_000n);
  }

  /** Without what is below a millisecond. */
  toDate(): Date {
    return new Date(
      this.days * DAY_MILLISECONDS + Number(this.nanoseconds / 1_000_000n),
    );
  }

  /** "2024-02-29T12:30:05.000000001Z" */
  toString(): string {
    const day = new CalendarDate(this.days).toString();
    return `${day}T${new TimeOfDay(this.nanoseconds).toString()}Z`;
  }
}

/** A length of time in nanoseconds. */
export class Duration {
  constructor(readonly nanoseconds: bigint) {}

  static ofMilliseconds(milliseconds: number): Duration {
    return new Duration(BigInt(Math.round(milliseconds * 1_000_000)));
  }

  toMilliseconds(): number {
    return Number(this.nanoseconds) / 1_000_000;
  }

  toString(): string {
    return `${this.nanoseconds} ns`;
  }
}

/** A number that travels with 32 bits in an `any`. */
export class Float32 {
  constructor(readonly value: number) {}
}

/** A complex number in an `any`. */
export class Complex {
  constructor(
    readonly real: number,
    readonly imaginary: number,
  ) {}
}

/** A list of a fixed length in an `any`; an array there is a list. */
export class Tuple {
  constructor(readonly items: readonly unknown[]) {}
}

/** A set that cannot be changed, in an `any`. */
export class FrozenSet {
  constructor(readonly items: ReadonlySet<unknown>) {}
}

/** Start, end and step of a run of indices, in an `any`. */
export class Slice {
  constructor(
    readonly start: unknown,
    readonly stop: unknown,
    readonly step: unknown,
  ) {}
}

/** An enum's value in an `any`. */
export class AnyEnum {
  constructor(
    readonly typeName: string,
    readonly name: string,
    readonly number: bigint,
  ) {}
}

/** A record in an `any`: it describes itself. */
export class AnyRecord {
  readonly fields: ReadonlyMap<string, unknown>;

  constructor(
    readonly typeName: string,
    fields: Iterable<readonly [string, unknown]>,
  ) {
    this.fields = new Map(fields);
  }
}

/** A variant in an `any`. */
export class AnyVariant {
  constructor(
    readonly kind: string,
    readonly value: unknown,
  ) {}
}

/** An exception that is a value in an `any`. */
export class AnyException {
  constructor(
    readonly typeName: string,
    readonly message: string,
    readonly args: unknown = new Tuple([]),
    readonly fields: unknown = new Map(),
    readonly trace = "",
  ) {}
}

/** An application's own type in an `any`. */
export class Extension {
  constructor(
    readonly type: bigint,
    readonly content: Uint8Array,
  ) {}
}
