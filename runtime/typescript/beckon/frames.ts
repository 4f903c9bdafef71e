/** Frames: what goes over the wire between two sessions (docs/wire/native.md, "Frames"). */

import { LimitExceededError, ProtocolError } from "./errors.js";
import { Reader } from "./reader.js";
import { Schema } from "./schema.js";
import { Writer } from "./writer.js";

export const MAGIC = Uint8Array.of(
  0x89,
  0x42,
  0x4b,
  0x4e,
  0x0d,
  0x0a,
  0x1a,
  0x0a,
);
export const HEADER_BYTES = 16;
export const NO_SCHEMA = new Schema();
/** Numbers with this bit are of objects that were asked for by a call without answer. */
export const PROMISED = 0x8000_0000;
const LARGEST_U32 = 0xffff_ffff;

export enum Frame {
  Hello = 1,
  Call,
  Reply,
  Error,
  Cancel,
  Release,
  StreamItem,
  StreamEnd,
  StreamCredit,
  StreamStop,
  Ping,
  Pong,
  GoAway,
  Bye,
}

/** Those that have nothing behind their header. */
const EMPTY = new Set<number>([
  Frame.Cancel,
  Frame.StreamCredit,
  Frame.StreamStop,
  Frame.Ping,
  Frame.Pong,
  Frame.Bye,
]);

export enum Flag {
  Untaken = 1,
  Deadline = 1,
  Parent = 2,
  Promise = 4,
  Metadata = 8,
  Oneway = 16,
}

export interface Head {
  readonly size: number;
  readonly type: number;
  readonly flags: number;
  readonly method: number;
  readonly call: number;
  readonly object: number;
}

/** A frame, with its padding. */
export function pack(
  type: Frame,
  fields: Partial<Omit<Head, "size" | "type">> = {},
  content: Uint8Array = new Uint8Array(),
): Uint8Array {
  const size = HEADER_BYTES + content.length;
  const out = new Uint8Array(size + ((8 - (size % 8)) % 8));
  const view = new DataView(out.buffer);
  view.setUint32(0, size, true);
  view.setUint8(4, type);
  view.setUint8(5, fields.flags ?? 0);
  view.setUint16(6, fields.method ?? 0, true);
  view.setUint32(8, fields.call ?? 0, true);
  view.setUint32(12, fields.object ?? 0, true);
  out.set(content, HEADER_BYTES);
  return out;
}

/** A release of one object. */
export function packRelease(number: number, count: number): Uint8Array {
  const out = new Writer(NO_SCHEMA);
  out.u32(number);
  out.u32(count);
  return pack(Frame.Release, { object: 1 }, out.bytes());
}

export function unpackRelease(
  content: Uint8Array,
  count: number,
): [number: number, times: number][] {
  if (content.length !== count * 8) {
    throw new ProtocolError(
      `a release of ${count} objects has ${content.length} bytes`,
    );
  }
  const source = new Reader(content, NO_SCHEMA);
  return Array.from({ length: count }, () => {
    const number = source.u32();
    return [number, source.u32()];
  });
}

export function readHead(content: Uint8Array): Head {
  const source = new Reader(content, NO_SCHEMA);
  return {
    size: source.u32(),
    type: source.u8(),
    flags: source.u8(),
    method: source.u16(),
    call: source.u32(),
    object: source.u32(),
  };
}

/** What can be said of a frame before its content is there. */
export function checkHead(head: Head, most: number): void {
  if (head.size < HEADER_BYTES) {
    throw new ProtocolError(
      `found a frame of ${head.size} bytes, expected ${HEADER_BYTES} at least`,
    );
  }
  if (head.size > most) {
    throw new LimitExceededError(
      `found a frame of ${head.size} bytes, allowed are ${most}`,
    );
  }
  if (head.type < 128 && (head.type < Frame.Hello || head.type > Frame.Bye)) {
    throw new ProtocolError(`found a frame of the unknown type ${head.type}`);
  }
  if (EMPTY.has(head.type) && head.size !== HEADER_BYTES) {
    const found = head.size - HEADER_BYTES;
    throw new ProtocolError(
      `found ${found} bytes in a frame of type ${head.type}`,
    );
  }
}

/** What each side says first: who it is, and what it takes. */
export interface Hello {
  oldest: number;
  newest: number;
  /** Largest frame; 16 MiB. */
  maxMessageBytes: number;
  /** Calls served at a time; 1024. */
  maxCallsInFlight: number;
  /** Bytes of those calls; 32 MiB. */
  maxCallBytes: number;
  /** What a stream's producer may send before the reader has taken anything; 256 KiB. */
  streamWindowBytes: number;
  /** For the peer's logs. */
  software: string;
  /** Who this side claims to be. */
  user: string;
  /** Proof of it. */
  secret: Uint8Array;
}

export function helloWith(given: Partial<Hello> = {}): Hello {
  return {
    oldest: 1,
    newest: 1,
    maxMessageBytes: 16 << 20,
    maxCallsInFlight: 1024,
    maxCallBytes: 32 << 20,
    streamWindowBytes: 256 << 10,
    software: "beckon typescript",
    user: "",
    secret: new Uint8Array(),
    ...given,
  };
}

export function packHello(hello: Hello): Uint8Array {
  const out = new Writer(NO_SCHEMA);
  out.u16(hello.oldest);
  out.u16(hello.newest);
  for (let zeroes = 0; zeroes < 3; ++zeroes) out.u32(0);
  out.u32(hello.maxMessageBytes);
  out.u32(hello.maxCallsInFlight);
  out.u32(hello.maxCallBytes);
  out.u32(hello.streamWindowBytes);
  out.text(hello.software);
  out.text(hello.user);
  out.block(hello.secret);
  return pack(Frame.Hello, {}, out.bytes());
}

export function readHello(content: Uint8Array): Hello {
  const source = new Reader(content, NO_SCHEMA);
  const oldest = source.u16();
  const newest = source.u16();
  source.take(12);
  const hello: Hello = {
    oldest,
    newest,
    maxMessageBytes: source.u32(),
    maxCallsInFlight: source.u32(),
    maxCallBytes: source.u32(),
    streamWindowBytes: source.u32(),
    software: source.text(),
    user: source.text(),
    secret: source.block(),
  };
  if (oldest > 1 || newest < 1) {
    throw new ProtocolError(
      `peer speaks versions ${oldest} to ${newest}, this side 1`,
    );
  }
  if (hello.maxMessageBytes < 1024 || hello.maxCallsInFlight < 1) {
    throw new ProtocolError("peer's hello gives limits below the least");
  }
  return hello;
}

/** What may stand before a call's arguments. */
export interface Extras {
  milliseconds?: number;
  parent?: number;
  promise?: number;
  metadata: Map<string, string>;
}

export function packExtras(
  extras: Extras,
): [flags: number, content: Uint8Array] {
  const out = new Writer(NO_SCHEMA);
  let flags = 0;
  for (const [flag, number] of [
    [Flag.Deadline, extras.milliseconds],
    [Flag.Parent, extras.parent],
    [Flag.Promise, extras.promise],
  ] as const) {
    if (number === undefined) continue;
    flags |= flag;
    out.u32(Math.min(number, LARGEST_U32));
  }
  if (extras.metadata.size > 0) {
    flags |= Flag.Metadata;
    out.u32(extras.metadata.size);
    for (const [key, value] of extras.metadata) {
      out.text(key);
      out.text(value);
    }
  }
  out.align(8);
  return [flags, out.bytes()];
}

/** The extras, and where the arguments begin. */
export function readExtras(
  flags: number,
  content: Uint8Array,
): [extras: Extras, at: number] {
  const source = new Reader(content, NO_SCHEMA);
  const extras: Extras = { metadata: new Map() };
  if (flags & Flag.Deadline) extras.milliseconds = source.u32();
  if (flags & Flag.Parent) extras.parent = source.u32();
  if (flags & Flag.Promise) extras.promise = source.u32();
  if (flags & Flag.Metadata) {
    for (let left = source.count(8); left > 0; --left) {
      const key = source.text();
      extras.metadata.set(key, source.text());
    }
  }
  source.align(8);
  return [extras, source.at];
}
