/**
 * What is used of Node, described here, so that this folder compiles where Node's types are not installed; browsers never
 * load it. The modules are imported by names that bundlers do not follow.
 */

export interface NodeReadable {
  on(event: "data", listener: (content: Uint8Array) => void): unknown;
  on(event: "end" | "close", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  destroy(): unknown;
}

export interface NodeWritable {
  readonly writableLength: number;
  readonly destroyed: boolean;
  write(content: Uint8Array | string): boolean;
  end(): unknown;
  destroy(): unknown;
  once(event: "drain" | "close" | "finish", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

export interface NodeSocket extends NodeReadable, NodeWritable {
  readonly remoteAddress?: string;
  on(event: "data", listener: (content: Uint8Array) => void): unknown;
  on(
    event: "end" | "close" | "connect" | "secureConnect",
    listener: () => void,
  ): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  setNoDelay(isOn: boolean): unknown;
  setTimeout(milliseconds: number, listener?: () => void): unknown;
  unshift(content: Uint8Array): unknown;
}

export interface NodeServer {
  maxConnections: number;
  listen(
    where: { path?: string; host?: string; port?: number },
    then: () => void,
  ): unknown;
  address(): { readonly port: number } | string | null;
  close(then?: () => void): unknown;
  on(
    event: "connection" | "secureConnection",
    listener: (socket: NodeSocket) => void,
  ): unknown;
  on(
    event: "upgrade",
    listener: (
      request: NodeRequest,
      socket: NodeSocket,
      head: Uint8Array,
    ) => void,
  ): unknown;
  on(event: "error", listener: (error: NodeError) => void): unknown;
  on(event: "close", listener: () => void): unknown;
}

export interface NodeError extends Error {
  readonly code?: string;
}

export interface NodeRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface NodeResponse {
  readonly statusCode?: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  resume(): unknown;
}

export interface NodeClientRequest {
  on(
    event: "upgrade",
    listener: (
      response: NodeResponse,
      socket: NodeSocket,
      head: Uint8Array,
    ) => void,
  ): unknown;
  on(event: "response", listener: (response: NodeResponse) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  setTimeout(milliseconds: number, listener: () => void): unknown;
  destroy(error?: Error): unknown;
  end(): unknown;
}

interface NetModule {
  connect(where: { path?: string; host?: string; port?: number }): NodeSocket;
  createServer(): NodeServer;
}

interface TlsModule {
  connect(options: object): NodeSocket;
  createServer(options: object): NodeServer;
}

interface HttpModule {
  createServer(
    options: object,
    listener: (
      request: NodeRequest,
      response: { writeHead(status: number): { end(): void } },
    ) => void,
  ): NodeServer;
  request(url: string, options: object): NodeClientRequest;
}

export interface NodeHash {
  update(content: string): NodeHash;
  digest(encoding: "base64"): string;
}

interface CryptoModule {
  createHash(name: "sha1"): NodeHash;
  randomBytes(size: number): Uint8Array;
}

export interface NodeChild {
  readonly stdin: NodeWritable;
  readonly stdout: NodeReadable;
  readonly exitCode: number | null;
  on(event: "error", listener: (error: Error) => void): unknown;
  once(event: "spawn" | "exit", listener: () => void): unknown;
  kill(): unknown;
}

interface ChildModule {
  spawn(program: string, words: readonly string[], options: object): NodeChild;
}

interface FileModule {
  readFileSync(path: string): Uint8Array;
  unlinkSync(path: string): void;
}

interface Modules {
  "node:net": NetModule;
  "node:tls": TlsModule;
  "node:http": HttpModule;
  "node:https": HttpModule;
  "node:crypto": CryptoModule;
  "node:child_process": ChildModule;
  "node:fs": FileModule;
}

/** A module of Node's. */
export async function load<Name extends keyof Modules>(
  name: Name,
): Promise<Modules[Name]> {
  const specifier: string = name;
  return (await import(specifier)) as Modules[Name];
}

export interface NodeProcess {
  readonly stdin: NodeReadable;
  readonly stdout: NodeWritable;
  readonly stderr: NodeWritable;
  umask(mask: number): number;
}

export function nodeProcess(): NodeProcess {
  return (globalThis as unknown as { process: NodeProcess }).process;
}
