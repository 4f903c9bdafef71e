/** Endpoints of Node: what their texts say. */

import { InvalidArgumentError } from "./errors.js";
import { load } from "./node_api.js";

const SCHEMES = ["tcp", "tls", "unix", "exec", "stdio", "ws", "wss"] as const;
export type Scheme = (typeof SCHEMES)[number];

/** `tcp://host:port`, `unix:path`, `exec:program arguments`, `stdio:`, `ws://host:port/path`, `tls:` and `wss:`; `native+` may stand before each. */
export interface Endpoint {
  readonly text: string;
  readonly scheme: Scheme;
  readonly host: string;
  readonly port: number;
  /** Of a unix socket or a URL; for exec: the command. */
  readonly path: string;
  readonly options: ReadonlyMap<string, string>;
}

export function parseEndpoint(given: string): Endpoint {
  const text = given.replace(/^native\+/, "");
  const scheme = SCHEMES.find((each) => text.startsWith(`${each}:`));
  if (scheme === undefined) {
    const known = SCHEMES.map((each) => `${each}:`).join(", ");
    throw new InvalidArgumentError(
      `endpoint "${text}": expected one of ${known}`,
    );
  }
  const rest = text.slice(scheme.length + 1);
  const none = {
    text,
    scheme,
    host: "",
    port: 0,
    options: new Map<string, string>(),
  };
  if (scheme === "exec") return { ...none, path: rest };
  const [where = "", query = ""] = rest.split(/\?(.*)/s);
  const options = new Map<string, string>();
  for (const each of query.split("&").filter((part) => part !== "")) {
    const [name = "", value = ""] = each.split(/=(.*)/s);
    options.set(name, decodeURIComponent(value));
  }
  if (scheme === "unix" || scheme === "stdio")
    return { ...none, path: where, options };
  const found = /^\/\/(\[[^\]]*\]|[^:/]*)(?::(\d+))?(\/.*)?$/s.exec(where);
  const isWeb = scheme === "ws" || scheme === "wss";
  const port = Number(
    found?.[2] ?? (isWeb ? (scheme === "ws" ? 80 : 443) : NaN),
  );
  if (
    found === null ||
    !(port <= 65535) ||
    (!isWeb && found[3] !== undefined)
  ) {
    throw new InvalidArgumentError(
      `endpoint "${text}": expected ${scheme}://host:port`,
    );
  }
  const host = (found[1] ?? "").replace(/^\[|\]$/g, "") || "127.0.0.1";
  return { text, scheme, host, port, path: found[3] ?? "/", options };
}

/** The host as it stands in a URL. */
export function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Words of a command: at blanks, quotes keep them together. */
export function wordsOf(command: string): string[] {
  const words = command.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}

/** What `?ca=`, `cert=`, `key=` and `name=` mean to a client. */
export async function tlsOfClient(endpoint: Endpoint): Promise<object> {
  const { readFileSync } = await load("node:fs");
  const read = (name: string): Uint8Array | undefined => {
    const path = endpoint.options.get(name);
    return path === undefined ? undefined : readFileSync(path);
  };
  const name = endpoint.options.get("name") ?? endpoint.host;
  const cert = read("cert");
  return {
    ...{
      ca: read("ca"),
      cert,
      key: read("key") ?? cert,
      minVersion: "TLSv1.2",
    },
    // A server's name is sent where it is one, and no address.
    ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
  };
}

/** What `?cert=`, `key=` and `client_ca=` mean to a server. */
export async function tlsOfServer(endpoint: Endpoint): Promise<object> {
  const { readFileSync } = await load("node:fs");
  const path = endpoint.options.get("cert");
  if (path === undefined) {
    throw new InvalidArgumentError(
      `endpoint "${endpoint.text}": expected ?cert=FILE`,
    );
  }
  const authority = endpoint.options.get("client_ca");
  const client =
    authority === undefined
      ? {}
      : {
          ca: readFileSync(authority),
          requestCert: true,
          rejectUnauthorized: true,
        };
  const key = readFileSync(endpoint.options.get("key") ?? path);
  return { cert: readFileSync(path), key, minVersion: "TLSv1.2", ...client };
}
