/** Beckon for programs of Node: all of index.js, and sockets, child processes and servers. */

import { connectBy, type ConnectOptions } from "./connect.js";
import { parseEndpoint } from "./node_endpoint.js";
import { dialSocket } from "./node_sockets.js";
import { dialNodeWebSocket } from "./node_websocket.js";
import type { Session } from "./session.js";

export * from "./index.js";
export { Server, type ServerOptions } from "./server.js";

/**
 * A session with who listens at `tcp://host:port`, `unix:path`, `ws://host:port/path`, `tls:` or `wss:`, or with a child
 * process, `exec:program arguments`, or with who has started this one, `stdio:`.
 *
 * @throws DisconnectedError where nobody listens.
 */
export async function connect(
  endpoint: string,
  options: ConnectOptions = {},
): Promise<Session> {
  const parsed = parseEndpoint(endpoint);
  const isWeb = parsed.scheme === "ws" || parsed.scheme === "wss";
  const dial = isWeb ? dialNodeWebSocket : dialSocket;
  return connectBy((within) => dial(parsed, within), endpoint, options);
}
