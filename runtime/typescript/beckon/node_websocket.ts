/** WebSockets in Node, whose older versions have none, and none of which has a server: both sides of the handshake. */

import type { Channel, Listener } from "./channel.js";
import { DisconnectedError, errorOf, TimeoutError } from "./errors.js";
import { load, type NodeRequest, type NodeSocket } from "./node_api.js";
import { tlsOfClient, urlHost, type Endpoint } from "./node_endpoint.js";
import { StreamChannel } from "./node_sockets.js";
import {
  Opcode,
  packWebSocketFrame,
  WebSocketReader,
} from "./websocket_frames.js";

const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const PROTOCOL_ERROR = Uint8Array.of(0x03, 0xea); // 1002
const NORMAL = Uint8Array.of(0x03, 0xe8); // 1000

type RandomBytes = (size: number) => Uint8Array;

class NodeWebSocketChannel implements Channel {
  private readonly stream: StreamChannel;
  private reader: WebSocketReader | undefined;
  private isClosing = false;

  /** A client masks, by `random`. */
  constructor(
    socket: NodeSocket,
    private readonly random: RandomBytes | undefined,
  ) {
    this.stream = new StreamChannel(socket, socket);
  }

  start(listener: Listener): void {
    this.reader = new WebSocketReader(this.random === undefined, {
      onBytes: (content) => listener.onBytes(content),
      onControl: (opcode, content) => {
        if (opcode === Opcode.Ping) this.say(Opcode.Pong, content);
        if (opcode === Opcode.Close) {
          this.sayClose(NORMAL);
          listener.onEnd();
        }
      },
    });
    this.stream.start({
      onBytes: (content) => {
        try {
          if (!this.isClosing) this.reader?.take(content);
        } catch (thrown) {
          this.sayClose(PROTOCOL_ERROR);
          listener.onEnd(errorOf(thrown).message);
        }
      },
      onEnd: (reason) => listener.onEnd(reason),
    });
  }

  private say(opcode: Opcode, content: Uint8Array): void {
    if (this.isClosing) return;
    this.stream.write(packWebSocketFrame(opcode, content, this.random?.(4)));
  }

  private sayClose(code: Uint8Array): void {
    this.say(Opcode.Close, code);
    this.isClosing = true;
  }

  write(content: Uint8Array): void {
    this.say(Opcode.Binary, content);
  }

  unsent(): number {
    return this.stream.unsent();
  }

  drained(): Promise<void> {
    return this.stream.drained();
  }

  close(): Promise<void> {
    this.sayClose(NORMAL);
    return this.stream.close();
  }
}

async function acceptOf(key: string): Promise<string> {
  const { createHash } = await load("node:crypto");
  return createHash("sha1")
    .update(key + KEY_SUFFIX)
    .digest("base64");
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Connects to ws: or wss:. */
export async function dialNodeWebSocket(
  endpoint: Endpoint,
  within: number,
): Promise<Channel> {
  const isSecure = endpoint.scheme === "wss";
  const http = await load(isSecure ? "node:https" : "node:http");
  const { randomBytes } = await load("node:crypto");
  const key = base64(randomBytes(16));
  const accept = await acceptOf(key);
  const host = urlHost(endpoint.host);
  const url = `${isSecure ? "https" : "http"}://${host}:${endpoint.port}${endpoint.path}`;
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Key": key,
    "Sec-WebSocket-Version": "13",
  };
  const tls = isSecure ? await tlsOfClient(endpoint) : {};
  const request = http.request(url, { headers, agent: false, ...tls });
  const socket = await new Promise<NodeSocket>((resolve, reject) => {
    const fail = (what: string): void => {
      reject(
        new DisconnectedError(`cannot connect to ${endpoint.text}: ${what}`),
      );
      request.destroy();
    };
    request.on("error", (error) => fail(error.message));
    request.on("response", (response) =>
      fail(`HTTP status ${response.statusCode ?? 0}`),
    );
    request.on("upgrade", (response, found, head) => {
      if (response.headers["sec-websocket-accept"] !== accept) {
        found.destroy();
        return fail("the answer to the key is wrong");
      }
      if (head.length > 0) found.unshift(head);
      resolve(found);
    });
    request.setTimeout(within, () => {
      reject(
        new TimeoutError(
          `${endpoint.text}: no connection within ${within / 1000} s`,
        ),
      );
      request.destroy();
    });
    request.end();
  });
  socket.setTimeout(0);
  socket.setNoDelay(true);
  return new NodeWebSocketChannel(socket, randomBytes);
}

/** Whether pages of this origin may come in: those that the endpoint names, or of the very host and port called. */
function mayComeIn(request: NodeRequest, endpoint: Endpoint): boolean {
  const origin = request.headers["origin"];
  if (origin === undefined) return true; // no browser
  const allowed = endpoint.options.get("origins");
  if (
    allowed !== undefined &&
    [origin, "*"].some((each) => allowed.split(",").includes(each))
  ) {
    return true;
  }
  const host = request.headers["host"] ?? "";
  const name = host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  // A name that anybody may have made to mean this machine is not believed.
  const isKnown =
    /^[\d.]+$|:/.test(name) || name === "localhost" || name === endpoint.host;
  return isKnown && [`http://${host}`, `https://${host}`].includes(origin);
}

/** Answers a client's wish for a WebSocket: a channel, or an HTTP status. */
export async function upgrade(
  request: NodeRequest,
  socket: NodeSocket,
  head: Uint8Array,
  endpoint: Endpoint,
): Promise<Channel | undefined> {
  const { headers } = request;
  const key = headers["sec-websocket-key"] ?? "";
  let refusal: string | undefined;
  if (request.url?.split("?")[0] !== endpoint.path) refusal = "404 Not Found";
  else if (!mayComeIn(request, endpoint)) refusal = "403 Forbidden";
  else if (headers["sec-websocket-version"] !== "13")
    refusal = "426 Upgrade Required";
  else if (
    headers["upgrade"]?.toLowerCase() !== "websocket" ||
    !/^[\w+/]{22}==$/.test(key)
  ) {
    refusal = "400 Bad Request";
  }
  if (refusal !== undefined) {
    socket.on("error", () => undefined);
    socket.write(
      `HTTP/1.1 ${refusal}\r\nConnection: close\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    socket.end();
    return undefined;
  }
  const channel = new NodeWebSocketChannel(socket, undefined);
  const accept = await acceptOf(key);
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.setTimeout(0);
  socket.setNoDelay(true);
  if (head.length > 0) socket.unshift(head);
  return channel;
}
