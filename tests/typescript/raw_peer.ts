/** A peer that says frames by hand, over a socket of Node's. */

import { Schema } from "./beckon/schema.js";
import { joined, plain } from "./beckon/bytes.js";
import { readError } from "./beckon/error_frames.js";
import {
  Frame,
  helloWith,
  MAGIC,
  packHello,
  readHead,
  type Head,
  type Hello,
} from "./beckon/frames.js";
import { load, type NodeSocket } from "./beckon/node_api.js";
import { isTrue, until } from "./check.js";

export function greeting(hello: Partial<Hello> = {}): Uint8Array {
  return joined([MAGIC, packHello(helloWith({ software: "", ...hello }))]);
}

export class RawPeer {
  isOver = false;
  private content: Uint8Array = new Uint8Array();
  private isBegun = false;

  private constructor(readonly socket: NodeSocket) {
    socket.on(
      "data",
      (content) => (this.content = joined([this.content, plain(content)])),
    );
    socket.on("end", () => (this.isOver = true));
    socket.on("close", () => (this.isOver = true));
    socket.on("error", () => (this.isOver = true));
  }

  static async dial(endpoint: string, first = greeting()): Promise<RawPeer> {
    const net = await load("node:net");
    const port = Number(/:(\d+)\/?$/.exec(endpoint)?.[1]);
    const peer = new RawPeer(net.connect({ host: "127.0.0.1", port }));
    peer.send(first);
    return peer;
  }

  send(...frames: Uint8Array[]): void {
    this.socket.write(joined([new Uint8Array(), ...frames]));
  }

  async bytes(size: number): Promise<Uint8Array> {
    await until(
      () => this.content.length >= size || this.isOver,
      `${size} bytes`,
    );
    isTrue(this.content.length >= size, "the connection has ended");
    const taken = this.content.subarray(0, size);
    this.content = this.content.subarray(size);
    return taken;
  }

  /** The next frame that is no hello. */
  async frame(): Promise<[head: Head, content: Uint8Array]> {
    if (!this.isBegun) await this.bytes(8);
    this.isBegun = true;
    for (;;) {
      const head = readHead(await this.bytes(16));
      const content = await this.bytes(Math.ceil(head.size / 8) * 8 - 16);
      if (head.type !== Frame.Hello)
        return [head, content.slice(0, head.size - 16)];
    }
  }

  async error(): Promise<[head: Head, error: Error]> {
    const [head, content] = await this.frame();
    isTrue(
      head.type === Frame.Error,
      `found a frame of type ${head.type}, expected an error`,
    );
    return [head, readError(content, new Schema())];
  }

  /** Why the session ends: go-away, bye, and nothing more. */
  async end(): Promise<Error> {
    let [head, content] = await this.frame();
    while (head.type !== Frame.GoAway) [head, content] = await this.frame();
    isTrue((await this.frame())[0].type === Frame.Bye);
    await until(() => this.isOver, "the end of the connection");
    return readError(content, new Schema());
  }
}
