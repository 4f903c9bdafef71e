/** A session with one peer, over whatever channel there is. */

import type { Channel } from "./channel.js";
import type { Published } from "./directory.js";
import { InvalidArgumentError } from "./errors.js";
import { helloWith, type Hello } from "./frames.js";
import { interfaceOf, type Ref, type RefClass } from "./objects.js";
import { HANDSHAKE_MILLISECONDS, Session } from "./session.js";
import { dialWebSocket } from "./websocket.js";

/** How to connect. */
export interface ConnectOptions {
  /** Objects that the peer may get, by name. */
  readonly publish?: Readonly<Record<string, Ref>>;
  /** What the peer's authenticator is told. */
  readonly user?: string;
  readonly secret?: Uint8Array;
  /** Milliseconds that there are to connect, and as many to the peer's hello; 5,000. */
  readonly within?: number;
  /** Limits of this side. */
  readonly hello?: Partial<Hello>;
}

/** Checks that each can be published. */
export function publishedOf(
  objects: Readonly<Record<string, Ref>> = {},
): Published {
  for (const ref of Object.values(objects))
    interfaceOf(ref.constructor as RefClass);
  return new Map(Object.entries(objects));
}

/** A session on what `dial` connects to. */
export async function connectBy(
  dial: (within: number) => Promise<Channel>,
  endpoint: string,
  options: ConnectOptions = {},
): Promise<Session> {
  const published = publishedOf(options.publish);
  const hello = helloWith(options.hello);
  hello.user = options.user ?? hello.user;
  hello.secret = options.secret ?? hello.secret;
  const greetedWithin = options.within ?? HANDSHAKE_MILLISECONDS;
  const channel = await dial(greetedWithin);
  return new Session(channel, endpoint, { hello, published, greetedWithin });
}

/**
 * A session with who listens at `ws://host:port/path` or `wss://`. Programs of Node have a `connect` for other
 * endpoints, too, in node.js.
 *
 * @throws DisconnectedError where nobody listens.
 */
export async function connect(
  endpoint: string,
  options: ConnectOptions = {},
): Promise<Session> {
  endpoint = endpoint.replace(/^native\+/, "");
  if (!/^wss?:\/\//.test(endpoint)) {
    throw new InvalidArgumentError(
      `endpoint "${endpoint}": expected ws:// or wss://`,
    );
  }
  return connectBy(
    (within) => dialWebSocket(endpoint, within),
    endpoint,
    options,
  );
}
