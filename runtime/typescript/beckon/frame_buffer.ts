/** Whole frames out of bytes that come in pieces. No memory is spent on a size that the peer only claims. */

import { equal, joined, plain } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import {
  checkHead,
  HEADER_BYTES,
  MAGIC,
  readHead,
  type Head,
} from "./frames.js";

export class FrameBuffer {
  private parts: Uint8Array[] = [];
  private size = 0;
  /** What must be there before anything can be taken. */
  private wanted = MAGIC.length;
  private isBegun = false;

  constructor(private readonly endpoint: string) {}

  /** Bytes that are not taken. */
  get buffered(): number {
    return this.size;
  }

  add(content: Uint8Array): void {
    this.parts.push(plain(content));
    this.size += content.length;
  }

  /** The next frame, where all of it is there. `most` is its largest size. */
  next(most: number): [head: Head, content: Uint8Array] | undefined {
    if (this.size < this.wanted) return undefined;
    if (!this.isBegun) {
      if (!equal(this.take(MAGIC.length), MAGIC)) {
        throw new ProtocolError(`${this.endpoint} speaks another protocol`);
      }
      this.isBegun = true;
      this.wanted = HEADER_BYTES;
    }
    if (this.size < HEADER_BYTES) return undefined;
    const head = readHead(this.all().subarray(0, HEADER_BYTES));
    checkHead(head, most);
    const end = head.size + ((8 - (head.size % 8)) % 8);
    this.wanted = Math.max(end, HEADER_BYTES);
    if (this.size < end) return undefined;
    this.wanted = HEADER_BYTES;
    return [head, this.take(end).subarray(HEADER_BYTES, head.size)];
  }

  private all(): Uint8Array {
    const whole = joined(this.parts);
    this.parts = [whole];
    return whole;
  }

  private take(size: number): Uint8Array {
    const whole = this.all();
    this.parts = size < whole.length ? [whole.subarray(size)] : [];
    this.size -= size;
    return whole.subarray(0, size);
  }
}
