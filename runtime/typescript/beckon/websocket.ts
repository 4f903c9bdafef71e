/** Bytes over a browser's WebSocket. Borders of messages mean nothing. */

import type { Channel, Listener } from "./channel.js";
import { DisconnectedError, TimeoutError, UnsupportedError } from "./errors.js";

/** So often what is left is looked at: a WebSocket does not tell. */
const LOOK_MILLISECONDS = 10;
const CLOSE_MILLISECONDS = 1000;

/** What is used of a WebSocket, so that programs without the DOM's types compile. */
interface WebSocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: (() => void) | null;
  onclose:
    | ((event: { readonly code: number; readonly reason: string }) => void)
    | null;
  send(content: Uint8Array): void;
  close(): void;
}
type WebSocketClass = new (url: string) => WebSocketLike;

class WebSocketChannel implements Channel {
  private readonly ended: Promise<void>;
  private end: () => void = () => undefined;
  private isOver = false;

  constructor(private readonly socket: WebSocketLike) {
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  start(listener: Listener): void {
    this.socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) listener.onBytes(new Uint8Array(data));
      else listener.onEnd("found a text message, expected bytes");
    };
    this.socket.onclose = ({ code, reason }) => {
      this.isOver = true;
      this.end();
      listener.onEnd(
        reason === "" ? `the connection was closed (${code})` : reason,
      );
    };
  }

  write(content: Uint8Array): void {
    if (!this.isOver) this.socket.send(content);
  }

  unsent(): number {
    return this.isOver ? 0 : this.socket.bufferedAmount;
  }

  async drained(): Promise<void> {
    const before = this.unsent();
    while (!this.isOver && this.unsent() >= before && before > 0)
      await pause(LOOK_MILLISECONDS);
  }

  async close(): Promise<void> {
    this.socket.close();
    await Promise.race([this.ended, pause(CLOSE_MILLISECONDS)]);
    this.isOver = true;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Connects to ws: or wss: with the WebSocket of the browser, or of whatever else runs this. */
export async function dialWebSocket(
  endpoint: string,
  within: number,
): Promise<Channel> {
  const found = (globalThis as { WebSocket?: unknown }).WebSocket as
    WebSocketClass | undefined;
  if (found === undefined)
    throw new UnsupportedError("there is no WebSocket here");
  const socket = new found(endpoint);
  socket.binaryType = "arraybuffer";
  await new Promise<void>((resolve, reject) => {
    const clock = setTimeout(() => {
      socket.close();
      reject(
        new TimeoutError(
          `${endpoint}: no connection within ${within / 1000} s`,
        ),
      );
    }, within);
    const settle = (error?: Error): void => {
      clearTimeout(clock);
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.onopen = () => settle();
    socket.onclose = ({ code }) => {
      settle(
        new DisconnectedError(
          `cannot connect to ${endpoint}: closed (${code})`,
        ),
      );
    };
  });
  return new WebSocketChannel(socket);
}
