/** What a session has to say, in order; pings where the peer is silent. */

import type { Channel } from "./channel.js";
import { joined } from "./bytes.js";
import { DisconnectedError } from "./errors.js";
import { Frame, pack } from "./frames.js";
import type { Session } from "./session.js";

export const MAX_UNSENT_BYTES = 16 << 20;
const PING_MILLISECONDS = 15_000;
const MAX_PINGS = 3;

export class Outbox {
  /** When the peer last said something. */
  heard = performance.now();
  private frames: Uint8Array[] = [];
  private queued = 0;
  private isScheduled = false;
  private isFinished = false;
  private pings = 0;
  private pinged = 0;
  private readonly clock: ReturnType<typeof setInterval>;

  constructor(
    private readonly session: Session,
    private readonly channel: Channel,
  ) {
    this.clock = setInterval(() => this.ping(), PING_MILLISECONDS / 3);
    (this.clock as unknown as { unref?: () => void }).unref?.();
  }

  /** Goes out at the end of what runs now, with all else that is said until then. */
  put(frame: Uint8Array): void {
    if (this.isFinished) return;
    this.frames.push(frame);
    this.queued += frame.length;
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => this.flush());
  }

  private flush(): void {
    this.isScheduled = false;
    if (this.frames.length === 0) return;
    const content = joined(this.frames);
    this.frames = [];
    this.queued = 0;
    this.channel.write(content);
  }

  /** Nothing is said behind this; resolves once the channel has ended. */
  finish(farewell: readonly Uint8Array[]): Promise<void> {
    for (const frame of farewell) this.put(frame);
    this.isFinished = true;
    clearInterval(this.clock);
    this.flush();
    return this.channel.close();
  }

  hasRoom(): boolean {
    if (this.isFinished) return true;
    return this.queued + this.channel.unsent() < MAX_UNSENT_BYTES;
  }

  /** Until the peer has taken some of what waits for it. */
  async room(): Promise<void> {
    while (!this.hasRoom()) {
      this.flush();
      await this.channel.drained();
    }
  }

  private ping(): void {
    const now = performance.now();
    if (this.heard > this.pinged) this.pings = 0;
    if (now - Math.max(this.heard, this.pinged) < PING_MILLISECONDS) return;
    if (this.pings === MAX_PINGS) {
      this.session.end(
        new DisconnectedError(`${MAX_PINGS} pings were not answered`),
      );
      return;
    }
    this.pings += 1;
    this.pinged = now;
    this.put(pack(Frame.Ping, { call: this.pings }));
  }
}
