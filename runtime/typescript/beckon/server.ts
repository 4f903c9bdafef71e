/** A program of Node that serves many clients. */

import type { Channel } from "./channel.js";
import { publishedOf } from "./connect.js";
import type { Published } from "./directory.js";
import { AddressInUseError, InvalidArgumentError, IoError } from "./errors.js";
import { helloWith, type Hello } from "./frames.js";
import {
  load,
  nodeProcess,
  type NodeError,
  type NodeServer,
} from "./node_api.js";
import {
  parseEndpoint,
  tlsOfServer,
  urlHost,
  type Endpoint,
} from "./node_endpoint.js";
import { stdio, StreamChannel } from "./node_sockets.js";
import { upgrade } from "./node_websocket.js";
import type { Ref } from "./objects.js";
import {
  HANDSHAKE_MILLISECONDS,
  Session,
  type Authenticator,
} from "./session.js";

const MAX_CONNECTIONS = 1000;
const MAX_HEADER_BYTES = 8192;

export interface ServerOptions {
  /** Is told each client's name and secret. Gives the name to know it by, or throws. */
  readonly authenticate?: Authenticator;
  /** Whether clients are told where in this program an error was thrown. */
  readonly sendTraces?: boolean;
  /** At each endpoint; 1,000. */
  readonly maxConnections?: number;
  /** Milliseconds to a client's hello; 5,000. */
  readonly within?: number;
  /** Limits of this side. */
  readonly hello?: Partial<Hello>;
}

/** Serves published objects to whoever connects. */
export class Server {
  private readonly published: Published;
  private readonly sessions = new Set<Session>();
  private readonly listeners: NodeServer[] = [];
  private readonly ends: (() => void)[] = [];
  private isClosed = false;

  constructor(
    published: Readonly<Record<string, Ref>> = {},
    private readonly options: ServerOptions = {},
  ) {
    this.published = publishedOf(published);
  }

  /** For sessions that begin from now on. */
  publish(name: string, ref: Ref): void {
    for (const each of publishedOf({ [name]: ref }))
      this.published.set(...each);
  }

  /** Accepts connections there. The endpoint with the port that was taken. */
  async listen(endpoint: string): Promise<string> {
    const parsed = parseEndpoint(endpoint);
    if (parsed.scheme === "exec") {
      throw new InvalidArgumentError(
        `cannot listen on ${endpoint}: that is for those who connect`,
      );
    }
    if (parsed.scheme === "stdio") {
      this.begin(stdio(), endpoint, () => void this.close());
      return endpoint;
    }
    const listener = await this.listenerOf(parsed);
    listener.maxConnections = this.options.maxConnections ?? MAX_CONNECTIONS;
    await this.bind(listener, parsed);
    this.listeners.push(listener);
    if (parsed.scheme === "unix") return endpoint;
    const address = listener.address();
    const port =
      typeof address === "object"
        ? (address?.port ?? parsed.port)
        : parsed.port;
    const isWeb = parsed.scheme === "ws" || parsed.scheme === "wss";
    return `${parsed.scheme}://${urlHost(parsed.host)}:${port}${isWeb ? parsed.path : ""}`;
  }

  private async listenerOf(endpoint: Endpoint): Promise<NodeServer> {
    const isSecure = endpoint.scheme === "tls" || endpoint.scheme === "wss";
    const tls = isSecure ? await tlsOfServer(endpoint) : {};
    const name = `a client of ${endpoint.text}`;
    if (endpoint.scheme === "ws" || endpoint.scheme === "wss") {
      const http = await load(isSecure ? "node:https" : "node:http");
      const limits = {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: HANDSHAKE_MILLISECONDS,
        connectionsCheckingInterval: HANDSHAKE_MILLISECONDS,
      };
      const server = http.createServer(
        { ...tls, ...limits },
        (_request, response) => response.writeHead(426).end(),
      );
      server.on("upgrade", (request, socket, head) => {
        void upgrade(request, socket, head, endpoint).then((channel) => {
          if (channel !== undefined) this.begin(channel, name);
        });
      });
      return server;
    }
    const server = isSecure
      ? (await load("node:tls")).createServer({
          ...tls,
          handshakeTimeout: HANDSHAKE_MILLISECONDS,
        })
      : (await load("node:net")).createServer();
    server.on(isSecure ? "secureConnection" : "connection", (socket) => {
      if (endpoint.scheme !== "unix") socket.setNoDelay(true);
      this.begin(new StreamChannel(socket, socket), name);
    });
    return server;
  }

  private async bind(listener: NodeServer, endpoint: Endpoint): Promise<void> {
    const { host, port, path } = endpoint;
    const isUnix = endpoint.scheme === "unix";
    // A socket in the file system is for this user alone. Node binds before listen() returns.
    const before = isUnix ? nodeProcess().umask(0o177) : 0;
    const bound = new Promise<void>((resolve, reject) => {
      listener.on("error", (error: NodeError) => {
        const Kind = error.code === "EADDRINUSE" ? AddressInUseError : IoError;
        reject(
          new Kind(`cannot listen on ${endpoint.text}: ${error.message}`, {
            cause: error,
          }),
        );
      });
      listener.listen(isUnix ? { path } : { host, port }, resolve);
    });
    if (isUnix) nodeProcess().umask(before);
    await bound;
  }

  private begin(channel: Channel, endpoint: string, then?: () => void): void {
    if (this.isClosed) {
      void channel.close();
      return;
    }
    const { authenticate, sendTraces = false } = this.options;
    const session = new Session(channel, endpoint, {
      ...{ hello: helloWith(this.options.hello), published: this.published },
      ...{ authenticate, sendTraces },
      greetedWithin: this.options.within ?? HANDSHAKE_MILLISECONDS,
      onEnd: (ended) => {
        this.sessions.delete(ended);
        then?.();
      },
    });
    this.sessions.add(session);
  }

  /** Those that go on now. */
  current(): Session[] {
    return [...this.sessions];
  }

  /** Until close() is called. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.isClosed) resolve();
      else this.ends.push(resolve);
    });
  }

  /** Ends all sessions and listens no more. */
  async close(): Promise<void> {
    this.isClosed = true;
    const listeners = this.listeners.splice(0);
    const listening = listeners.map(
      (each) => new Promise<void>((resolve) => each.close(() => resolve())),
    );
    await Promise.all([
      ...this.current().map((each) => each.close()),
      ...listening,
    ]);
    for (const end of this.ends.splice(0)) end();
  }
}
