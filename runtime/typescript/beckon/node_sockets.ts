/** Bytes over sockets and pipes of Node: tcp, tls, unix, a child process, our own standard input and output. */

import { timer } from "./call.js";
import type { Channel, Listener } from "./channel.js";
import { DisconnectedError, TimeoutError } from "./errors.js";
import {
  load,
  nodeProcess,
  type NodeReadable,
  type NodeWritable,
} from "./node_api.js";
import { tlsOfClient, wordsOf, type Endpoint } from "./node_endpoint.js";

/** So long a peer has to close its side. */
const CLOSE_MILLISECONDS = 1000;
const CHILD_MILLISECONDS = 5000;

/** A pair of streams, or a socket, which is both. */
export class StreamChannel implements Channel {
  private listener: Listener | undefined;
  private readonly over: Promise<void>;
  private end: () => void = () => undefined;
  private closing: Promise<void> | undefined;
  private broken: string | undefined;

  constructor(
    private readonly source: NodeReadable,
    private readonly sink: NodeWritable,
    private readonly afterwards: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.over = new Promise((resolve) => (this.end = resolve));
    source.on("error", (error) => this.tell(error.message));
    if ((sink as unknown) === source) return;
    sink.on("error", (error) => {
      // What the peer said before it closed tells more than this.
      this.broken = error.message;
      timer(CLOSE_MILLISECONDS, () => this.tell());
    });
  }

  private tell(reason = this.broken): void {
    const listener = this.listener;
    this.listener = undefined;
    listener?.onEnd(reason);
    this.end();
  }

  start(listener: Listener): void {
    this.listener = listener;
    this.source.on("data", (content) => this.listener?.onBytes(content));
    this.source.on("end", () => this.tell());
    this.source.on("close", () => this.tell());
  }

  write(content: Uint8Array): void {
    if (!this.sink.destroyed && this.closing === undefined)
      this.sink.write(content);
  }

  unsent(): number {
    return this.sink.destroyed ? 0 : this.sink.writableLength;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.sink.once("drain", resolve);
      this.sink.once("close", resolve);
      if (this.sink.destroyed) resolve();
    });
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    // What the peer says still is read, so that the system does not drop our last words.
    this.sink.end();
    const clock = setTimeout(() => this.end(), CLOSE_MILLISECONDS);
    await this.over;
    clearTimeout(clock);
    this.sink.destroy();
    this.source.destroy();
    await this.afterwards();
  }
}

/** Connects to all but WebSockets. */
export function dialSocket(
  endpoint: Endpoint,
  within: number,
): Promise<Channel> {
  if (endpoint.scheme === "exec") return startChild(endpoint);
  if (endpoint.scheme === "stdio") return Promise.resolve(stdio());
  return dialStream(endpoint, within);
}

async function dialStream(
  endpoint: Endpoint,
  within: number,
): Promise<Channel> {
  const { host, port, path } = endpoint;
  const isSecure = endpoint.scheme === "tls";
  const net = await load("node:net");
  const tls = await load("node:tls");
  const socket = isSecure
    ? tls.connect({ host, port, ...(await tlsOfClient(endpoint)) })
    : net.connect(endpoint.scheme === "unix" ? { path } : { host, port });
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.on(isSecure ? "secureConnect" : "connect", resolve);
    socket.on("error", (error) => {
      const reason = `cannot connect to ${endpoint.text}: ${error.message}`;
      fail(new DisconnectedError(reason, { cause: error }));
    });
    socket.setTimeout(within, () => {
      fail(
        new TimeoutError(
          `${endpoint.text}: no connection within ${within / 1000} s`,
        ),
      );
    });
  });
  socket.setTimeout(0);
  if (endpoint.scheme !== "unix") socket.setNoDelay(true);
  return new StreamChannel(socket, socket);
}

async function startChild(endpoint: Endpoint): Promise<Channel> {
  const { spawn } = await load("node:child_process");
  const [program = "", ...words] = wordsOf(endpoint.path);
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.on("error", (error) => {
      reject(
        new DisconnectedError(
          `cannot start ${endpoint.text}: ${error.message}`,
        ),
      );
    });
  });
  return new StreamChannel(child.stdout, child.stdin, async () => {
    // Its input has ended, so it should end as well.
    if (child.exitCode !== null) return;
    await new Promise<void>((resolve) => {
      const clock = setTimeout(() => child.kill(), CHILD_MILLISECONDS);
      child.once("exit", () => {
        clearTimeout(clock);
        resolve();
      });
    });
  });
}

/** Our own standard input and output; what is printed goes to standard error from now on. */
export function stdio(): Channel {
  const { stdin, stdout, stderr } = nodeProcess();
  const write = stdout.write.bind(stdout);
  const sink: NodeWritable = {
    get writableLength() {
      return stdout.writableLength;
    },
    get destroyed() {
      return stdout.destroyed;
    },
    write,
    once: stdout.once.bind(stdout),
    on: stdout.on.bind(stdout),
    // Standard output cannot be ended in Node; the program's end does it.
    end: () => undefined,
    destroy: () => undefined,
  };
  stdout.write = stderr.write.bind(stderr);
  return new StreamChannel(stdin, sink);
}
