"""Peers of a WebSocket listener that break its rules: each gets a clear answer or a clean end, and nobody else notices."""
import base64
import json
import os
import socket
import struct
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above

KEY = base64.b64encode(bytes(16)).decode()
UPGRADE = (f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n").encode()


def frame(first, content, mask=b"\x01\x02\x03\x04", declared=None):
    size = len(content) if declared is None else declared
    bit = 0x80 if mask else 0
    head = bytes([first, bit | size]) if size < 126 else (
        struct.pack(">BBH", first, bit | 126, size) if size < 65536 else struct.pack(">BBQ", first, bit | 127, size))
    masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(content)) if mask else content
    return head + (mask or b"") + masked


class Peer:
    def __init__(self, port, opens=True):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.buffered = b""
        if opens:
            self.send(UPGRADE)
            while b"\r\n\r\n" not in self.buffered:
                self.more()
            head, self.buffered = self.buffered.split(b"\r\n\r\n", 1)
            assert head.startswith(b"HTTP/1.1 101 "), head

    def __del__(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def more(self):
        part = self.socket.recv(1 << 16)
        if not part:
            raise EOFError(self.buffered)
        self.buffered += part

    def take(self, size):
        while len(self.buffered) < size:
            self.more()
        taken, self.buffered = self.buffered[:size], self.buffered[size:]
        return taken

    def frame(self):
        first, size = self.take(2)
        size = struct.unpack(">H", self.take(2))[0] if size == 126 else (
            struct.unpack(">Q", self.take(8))[0] if size == 127 else size)
        return first, self.take(size)

    def ask(self, text):
        self.send(frame(0x81, text if isinstance(text, bytes) else json.dumps(text).encode()))
        return json.loads(self.frame()[1])

    def rest(self):
        """All that comes until the end."""
        try:
            while True:
                self.more()
        except (EOFError, ConnectionError):
            return self.buffered


def call(method, params, number=1):
    return {"jsonrpc": "2.0", "method": method, "params": params, "id": number}


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = command.Server("jsonrpc+ws://127.0.0.1:0/ws")
        cls.port = int(cls.server.endpoints[0].rsplit(":", 1)[1].split("/")[0])
        cls.honest = Peer(cls.port)

    @classmethod
    def tearDownClass(cls):
        assert cls.honest.ask(call("add", [1, 2]))["result"] == 3
        cls.honest.socket.close()
        status, _ = cls.server.end()
        assert status == 0

    def tearDown(self):
        self.assertEqual(self.honest.ask(call("add", [2, 3]))["result"], 5)

    def test_broken_frames_end_with_the_right_code(self):
        for sent, code in [(frame(0x81, b"{}", mask=None), 1002), (frame(0x83, b""), 1002), (frame(0xc1, b"{}"), 1002),
                           (frame(0x80, b"x"), 1002), (frame(0x09, b""), 1002), (frame(0x89, b"x" * 126), 1002),
                           (frame(0x82, b"{}"), 1003), (frame(0x81, b"\xff\xfe\xfd\xfc"), 1007),
                           (frame(0x81, b"", declared=1 << 40), 1009), (frame(0x88, b"\x03"), 1002)]:
            with self.subTest(sent=sent[:10]):
                peer = Peer(self.port)
                peer.send(sent)
                first, content = peer.frame()
                self.assertEqual(first, 0x88)
                self.assertEqual(struct.unpack(">H", content[:2])[0], code)
                self.assertGreater(len(content), 20, "says why")
                self.assertEqual(peer.rest(), b"")

    def test_texts_that_are_no_requests_are_answered(self):
        peer = Peer(self.port)
        self.assertEqual(peer.ask(b"")["error"]["code"], -32700)
        self.assertEqual(peer.ask(b"{")["error"]["code"], -32700)
        self.assertEqual(peer.ask(b"[]")["error"]["code"], -32600)
        self.assertEqual(peer.ask(call("nothing", []))["error"]["code"], -32601)
        self.assertEqual(peer.ask([call("add", [1, 2], "a")]), [{"jsonrpc": "2.0", "id": "a", "result": 3}])

    def test_a_message_in_single_bytes_with_pings_between(self):
        peer = Peer(self.port)
        text = json.dumps(call("concat", ["grüße ", "ß"]), ensure_ascii=False).encode()
        peer.send(frame(0x01, b""))
        for i in range(len(text)):
            peer.send(frame(0x89, bytes([i % 256])))
            peer.send(frame(0x00 if i + 1 < len(text) else 0x80, text[i:i + 1]))
        for i in range(len(text)):
            self.assertEqual(peer.frame(), (0x8a, bytes([i % 256])))
        self.assertEqual(json.loads(peer.frame()[1])["result"], "grüße ß")

    def test_a_close_is_answered(self):
        peer = Peer(self.port)
        peer.send(frame(0x88, struct.pack(">H", 3000) + b"bye"))
        self.assertEqual(peer.rest(), b"\x88\x02" + struct.pack(">H", 3000))
        silent = Peer(self.port)
        silent.send(frame(0x88, b""))
        self.assertEqual(silent.rest(), b"\x88\x00")

    def test_requests_that_open_nothing(self):
        for sent, status in [(UPGRADE.replace(b"/ws", b"/"), 404), (UPGRADE.replace(b"13", b"12"), 426),
                             (UPGRADE.replace(b"\r\n", b"\n"), 400), (UPGRADE.replace(b"Host", b"Host "), 400),
                             (UPGRADE.replace(b"Upgrade: websocket", b"Upgrade: websocket\r\n folded"), 400),
                             (UPGRADE.replace(b"127.0.0.1", b"a\r\nHost: b"), 400), (b"\r\n\r\n", 400),
                             (UPGRADE.replace(b"GET", b"POST"), 405), (UPGRADE.replace(b"HTTP/1.1", b"HTTP/3.0"), 505),
                             (UPGRADE[:-2] + b"Origin: http://evil.example\r\n\r\n", 403),
                             (UPGRADE[:-2] + b"X: " + b"x" * 9000, 431)]:
            with self.subTest(sent=sent[:60]):
                peer = Peer(self.port, opens=False)
                peer.send(sent)
                self.assertTrue(peer.rest().startswith(f"HTTP/1.1 {status} ".encode()), (status, peer.buffered))

    def test_peers_that_go_away_in_the_middle(self):
        text = frame(0x81, json.dumps(call("add", [1, 2])).encode())
        for size in range(0, len(text), 5):
            Peer(self.port).send(text[:size])
        for size in range(0, len(UPGRADE), 40):
            Peer(self.port, opens=False).send(UPGRADE[:size])


if __name__ == "__main__":
    unittest.main()
