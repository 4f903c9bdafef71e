/** WebSockets of Node, both roles: frames in pieces, breaches of RFC 6455, origins. */

import * as beckon from "./beckon/node.js";
import { joined } from "./beckon/bytes.js";
import {
  Opcode,
  packWebSocketFrame,
  WebSocketReader,
} from "./beckon/websocket_frames.js";
import { equal, fails, isTrue, run, until } from "./check.js";
import { Conformance } from "./conformance.js";
import { RawPeer } from "./raw_peer.js";
import { Service } from "./service.js";

const MASK = Uint8Array.of(1, 2, 3, 4);
const server = new beckon.Server({
  conformance: beckon.lend(Conformance, new Service()),
});
const listening = await server.listen(
  "ws://127.0.0.1:0/shop?origins=https://app.example",
);
const endpoint = listening.replace("/shop", "");

function readAll(
  isMasked: boolean,
  ...parts: Uint8Array[]
): [bytes: number[], controls: string[]] {
  const bytes: number[] = [];
  const controls: string[] = [];
  const reader = new WebSocketReader(isMasked, {
    onBytes: (content) => bytes.push(...content),
    onControl: (opcode, content) =>
      controls.push(`${opcode}:${content.length}`),
  });
  for (const part of parts) reader.take(part);
  return [bytes, controls];
}

/** The status line with which a request is answered. */
async function statusOf(path: string, ...headers: string[]): Promise<string> {
  const lines = [
    `GET ${path} HTTP/1.1`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    ...headers,
  ];
  const request = lines.join("\r\n") + "\r\n\r\n";
  const peer = await RawPeer.dial(endpoint, new TextEncoder().encode(request));
  const found = new TextDecoder().decode(await peer.bytes(12));
  peer.socket.destroy();
  return found.slice(9);
}

const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
const VERSION = "Sec-WebSocket-Version: 13";
const HOST = `Host: ${endpoint.slice(5)}`;

await run({
  frames_are_read_in_pieces_of_any_size() {
    for (const size of [0, 1, 125, 126, 65_535, 65_536]) {
      const content = Uint8Array.from({ length: size }, (_, at) => at % 251);
      const frames = joined([
        packWebSocketFrame(Opcode.Ping, Uint8Array.of(7), MASK),
        packWebSocketFrame(Opcode.Binary, content, MASK),
        packWebSocketFrame(Opcode.Close, new Uint8Array(), MASK),
      ]);
      const step = size > 1000 ? 777 : 1;
      const parts = Array.from(
        { length: Math.ceil(frames.length / step) },
        (_, at) => frames.subarray(at * step, (at + 1) * step),
      );
      for (const each of [[frames], parts]) {
        const [bytes, controls] = readAll(true, ...each);
        equal([Uint8Array.from(bytes), controls], [content, ["9:1", "8:0"]]);
      }
    }
  },
  async breaches_are_errors_before_anything_is_spent_on_them() {
    const refused = (...bytes: number[]) =>
      fails(() => readAll(false, Uint8Array.from(bytes)), beckon.ProtocolError);
    await refused(0xc2, 0); // a reserved bit
    await refused(0x82, 0x80, 0, 0, 0, 0); // a mask, from a server
    await refused(0x81, 0); // text
    await refused(0x80, 0); // nothing to continue
    await refused(0x83, 0); // an unknown type
    await refused(0x8b, 0); // and one of control
    await refused(0x09, 0); // control in pieces
    await refused(0x89, 126, 0, 126); // control that is too long
    await refused(0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255);
    await fails(
      () => readAll(true, Uint8Array.of(0x82, 0)),
      beckon.ProtocolError,
      /without a mask/,
    );
    equal(readAll(false, Uint8Array.of(0x02, 1, 5, 0x80, 1, 6)), [[5, 6], []]);
    // A size that is only claimed costs nothing.
    equal(
      readAll(
        false,
        Uint8Array.of(0x82, 127, 0, 0x0f, 255, 255, 255, 255, 255, 255),
      ),
      [[], []],
    );
  },
  async who_may_not_come_in_is_told_so() {
    equal(await statusOf("/shop", HOST, KEY, VERSION), "101");
    equal(await statusOf("/other", HOST, KEY, VERSION), "404");
    equal(await statusOf("/shop", HOST, KEY), "426");
    equal(await statusOf("/shop", HOST, VERSION), "400");
    const from = (origin: string, host = HOST): Promise<string> =>
      statusOf("/shop", host, KEY, VERSION, `Origin: ${origin}`);
    equal(await from("https://app.example"), "101");
    equal(await from(`http://${endpoint.slice(5)}`), "101");
    equal(await from("https://evil.example"), "403");
    equal(await from("null"), "403");
    // A page whose name has been made to mean this machine.
    equal(await from("http://evil.example:80", "Host: evil.example:80"), "403");
  },
  async a_broken_frame_ends_the_connection_with_its_code() {
    const lines = [
      "GET /shop HTTP/1.1",
      HOST,
      "Connection: Upgrade",
      "Upgrade: websocket",
      KEY,
      VERSION,
    ];
    const request = new TextEncoder().encode(lines.join("\r\n") + "\r\n\r\n");
    const peer = await RawPeer.dial(endpoint, request);
    peer.send(Uint8Array.of(0x82, 1, 5)); // without a mask
    let last = new Uint8Array(4);
    await fails(
      async () => {
        for (;;) last = joined([last, await peer.bytes(1)]).slice(-4);
      },
      Error,
      /the connection has ended/,
    );
    equal(last, Uint8Array.of(0x88, 2, 0x03, 0xea));
  },
  async a_server_that_is_none_is_a_reason() {
    await fails(
      beckon.connect(listening.replace("/shop", "/no")),
      beckon.DisconnectedError,
      /HTTP status 404/,
    );
    const plain = await server.listen("tcp://127.0.0.1:0");
    await fails(
      beckon.connect(plain.replace("tcp:", "ws:"), { within: 300 }),
      beckon.BeckonError,
    );
  },
  async large_messages_go_both_ways() {
    const session = await beckon.connect(listening);
    const found = await session.get(Conformance, "conformance");
    const large = new Uint8Array(3_000_000).fill(9);
    equal((await found.reverse(large)).length, large.length);
    await session.close();
    await until(() => server.current().length === 0, "the end of all sessions");
    isTrue(session.ended !== undefined);
  },
});
await server.close();
