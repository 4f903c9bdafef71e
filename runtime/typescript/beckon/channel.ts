/** What a session stands on: bytes both ways. */

/** What a channel tells its session. */
export interface Listener {
  /** Some bytes, in pieces of any size. */
  onBytes(content: Uint8Array): void;
  /** Nothing more comes; why, where it is known. */
  onEnd(reason?: string): void;
}

export interface Channel {
  /** Begins to read. */
  start(listener: Listener): void;
  write(content: Uint8Array): void;
  /** Bytes written that are on this side still. */
  unsent(): number;
  /** Until there are fewer of them. */
  drained(): Promise<void>;
  /** Ends it behind what was written; resolves once it is over. May be called more than once. */
  close(): Promise<void>;
}
