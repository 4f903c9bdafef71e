/** WebSocket frames (RFC 6455), as far as a stream of bytes needs them: borders of messages mean nothing. */

import { plain } from "./bytes.js";
import { ProtocolError } from "./errors.js";

const MAX_CONTROL_BYTES = 125;

export enum Opcode {
  Continuation = 0,
  Text = 1,
  Binary = 2,
  Close = 8,
  Ping = 9,
  Pong = 10,
}

/** A whole frame; with a mask where a client sends it. */
export function packWebSocketFrame(
  opcode: Opcode,
  content: Uint8Array,
  mask: Uint8Array | undefined,
): Uint8Array {
  const size = content.length;
  const extended = size <= MAX_CONTROL_BYTES ? 0 : size < 65536 ? 2 : 8;
  const start = 2 + extended + (mask === undefined ? 0 : 4);
  const out = new Uint8Array(start + size);
  const view = new DataView(out.buffer);
  view.setUint8(0, 0x80 | opcode);
  const short = extended === 0 ? size : extended === 2 ? 126 : 127;
  view.setUint8(1, short | (mask === undefined ? 0 : 0x80));
  if (extended === 2) view.setUint16(2, size);
  if (extended === 8) view.setBigUint64(2, BigInt(size));
  out.set(content, start);
  if (mask !== undefined) {
    out.set(mask, start - 4);
    applyMask(out.subarray(start), mask, 0);
  }
  return out;
}

function applyMask(content: Uint8Array, mask: Uint8Array, phase: number): void {
  for (let at = 0; at < content.length; ++at) {
    content[at] = (content[at] ?? 0) ^ (mask[(at + phase) & 3] ?? 0);
  }
}

/** What a reader of frames finds. */
export interface WebSocketEvents {
  /** Some bytes of a binary message. */
  onBytes(content: Uint8Array): void;
  onControl(opcode: Opcode, content: Uint8Array): void;
}

/** Cuts bytes into frames. Content of messages is passed on as it comes, so that no size costs memory. */
export class WebSocketReader {
  private header = new Uint8Array();
  private left = 0;
  private mask = new Uint8Array(4);
  private phase = 0;
  private opcode = Opcode.Binary;
  private isInMessage = false;
  private control: number[] = [];

  /** `isMasked` says whether the peer is a client, who must mask. */
  constructor(
    private readonly isMasked: boolean,
    private readonly events: WebSocketEvents,
  ) {}

  /** @throws ProtocolError where a rule is broken. */
  take(given: Uint8Array): void {
    let content = plain(given);
    while (content.length > 0) {
      if (this.left > 0) {
        const part = content.subarray(0, this.left);
        content = content.subarray(part.length);
        this.takeContent(part.slice());
      } else {
        content = this.takeHeader(content);
      }
    }
  }

  private takeContent(part: Uint8Array): void {
    if (this.isMasked) applyMask(part, this.mask, this.phase);
    this.phase = (this.phase + part.length) & 3;
    this.left -= part.length;
    if (this.opcode < Opcode.Close) {
      this.events.onBytes(part);
      return;
    }
    this.control.push(...part);
    if (this.left === 0) this.endControl();
  }

  private endControl(): void {
    const content = Uint8Array.from(this.control);
    this.control = [];
    this.events.onControl(this.opcode, content);
  }

  /** What is behind the header, where it is whole. */
  private takeHeader(content: Uint8Array): Uint8Array {
    const before = this.header.length;
    const short = (before > 1 ? this.header[1] : content[1 - before]) ?? -1;
    const extended =
      short < 0
        ? 0
        : (short & 0x7f) === 126
          ? 2
          : (short & 0x7f) === 127
            ? 8
            : 0;
    const wanted = short < 0 ? 2 : 2 + extended + (short & 0x80 ? 4 : 0);
    const header = new Uint8Array(Math.min(wanted, before + content.length));
    header.set(this.header);
    header.set(content.subarray(0, header.length - before), before);
    const rest = content.subarray(header.length - before);
    this.header = header;
    if (header.length === wanted && short >= 0) this.begin(extended);
    return rest;
  }

  private begin(extended: number): void {
    const [first = 0, second = 0] = this.header;
    const view = new DataView(this.header.buffer);
    const isLast = (first & 0x80) !== 0;
    const opcode = first & 0x0f;
    const size =
      extended === 8
        ? view.getBigUint64(2)
        : BigInt(extended === 2 ? view.getUint16(2) : second & 0x7f);
    this.check(first, second, opcode, isLast, size);
    this.mask = this.header.slice(2 + extended);
    this.header = new Uint8Array();
    this.phase = 0;
    this.left = Number(size);
    this.opcode = opcode;
    if (opcode < Opcode.Close) this.isInMessage = !isLast;
    else if (this.left === 0) this.endControl();
  }

  private check(
    first: number,
    second: number,
    opcode: number,
    isLast: boolean,
    size: bigint,
  ): void {
    if ((first & 0x70) !== 0)
      throw new ProtocolError("found a WebSocket frame with reserved bits");
    if (((second & 0x80) !== 0) !== this.isMasked) {
      throw new ProtocolError(
        `found a WebSocket frame ${this.isMasked ? "without" : "with"} a mask`,
      );
    }
    if (opcode >= Opcode.Close) {
      if (opcode > Opcode.Pong || !isLast || size > MAX_CONTROL_BYTES) {
        throw new ProtocolError(
          `found a WebSocket control frame that cannot be: ${opcode}, ${size}`,
        );
      }
      return;
    }
    const expected = this.isInMessage ? Opcode.Continuation : Opcode.Binary;
    if (opcode !== expected) {
      throw new ProtocolError(
        `found a WebSocket frame of type ${opcode}, expected ${expected}`,
      );
    }
    if (size > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new ProtocolError(`found a WebSocket frame of ${size} bytes`);
    }
  }
}
