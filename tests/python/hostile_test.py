"""A Python server and peers that break the rules of docs/wire/native.md: what ends, what is answered, what is ignored."""
import re
import socket
import struct
import unittest
from os import path

import generated
import service

import beckon
from beckon.frames import HEADER, MAGIC, Extras, Frame, Head, Hello, pack, read_error

GREETING = MAGIC + Hello(software="").pack()


class RawPeer:
    """Frames by hand."""

    def __init__(self, endpoint, greeting=GREETING):
        self.socket = socket.create_connection(("127.0.0.1", int(endpoint.rpartition(":")[2])), 20)
        self.socket.sendall(greeting)
        self.content = b""
        self.is_begun = False

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self.socket.close()

    def send(self, *frames):
        self.socket.sendall(b"".join(frames))

    def bytes(self, size):
        while len(self.content) < size:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError
            self.content += more
        taken, self.content = self.content[:size], self.content[size:]
        return taken

    def frame(self):
        """The next one that is no hello."""
        while True:
            if not self.is_begun:
                assert self.bytes(8) == MAGIC
                self.is_begun = True
            head = Head(*HEADER.unpack(self.bytes(16)))
            content = self.bytes(head.size + -head.size % 8 - 16)[:head.size - 16]
            if head.type != Frame.HELLO:
                return head, content

    def error(self):
        head, content = self.frame()
        assert head.type == Frame.ERROR, head
        return head, read_error(content, beckon.Schema())

    def end(self):
        """Why the session ends: go-away, bye, and nothing more."""
        head, content = self.frame()
        while head.type != Frame.GO_AWAY:
            head, content = self.frame()
        assert self.frame()[0].type == Frame.BYE
        try:
            self.bytes(1)
        except (EOFError, ConnectionResetError):
            return read_error(content, beckon.Schema())
        raise AssertionError("the connection is still open")


def call(number, obj, method, arguments=b"", **extras):
    flags, head = Extras(**extras).pack()
    return pack(Frame.CALL, head + arguments, flags=flags, method=method, call=number, object=obj)


def text(value):
    return struct.pack("<I", len(value)) + value.encode()


class Breaches(unittest.TestCase):
    def setUp(self):
        hello = Hello(max_calls_in_flight=4, max_message_bytes=100_000)
        self.server = beckon.Server({"conformance": service.Service()}, hello=hello)
        self.addCleanup(self.server.close)
        self.endpoint = self.server.listen("tcp://127.0.0.1:0")

    def peer(self, greeting=GREETING):
        made = RawPeer(self.endpoint, greeting)
        self.addCleanup(made.socket.close)
        return made

    def service_of(self, peer):
        """The number of the conformance service."""
        peer.send(call(900, 0, 0, text("conformance") + text("") + text("")))
        head, content = peer.frame()
        self.assertEqual((head.type, head.call, content[0]), (Frame.REPLY, 900, 1))
        return struct.unpack("<I", content[1:5])[0]

    def assert_ends(self, kind, words, *frames, greeting=GREETING):
        with self.subTest(words):
            peer = self.peer(greeting)
            peer.send(*frames)
            error = peer.end()
            self.assertIsInstance(error, kind)
            self.assertIn(words, str(error))

    def test_that_leave_no_way_to_go_on_end_the_session(self):
        protocol, limit = beckon.ProtocolError, beckon.LimitExceeded
        self.assert_ends(protocol, "another protocol", b"GET / HT", greeting=b"")
        self.assert_ends(protocol, "before the hello", pack(Frame.PING), greeting=MAGIC)
        self.assert_ends(protocol, "second hello", Hello().pack())
        self.assert_ends(protocol, "versions 2 to 3", greeting=MAGIC + Hello(oldest=2, newest=3).pack())
        self.assert_ends(protocol, "below the least", greeting=MAGIC + Hello(max_message_bytes=1000).pack())
        self.assert_ends(protocol, "expected 16 at least", HEADER.pack(15, 2, 0, 0, 1, 0))
        self.assert_ends(limit, "allowed are 100000", HEADER.pack(100_001, 2, 0, 0, 1, 0))
        self.assert_ends(limit, "allowed are 65536", HEADER.pack(65_537, 1, 0, 0, 0, 0), greeting=MAGIC)
        self.assert_ends(protocol, "unknown type 77", HEADER.pack(16, 77, 0, 0, 1, 0))
        self.assert_ends(protocol, "unknown type 0", HEADER.pack(16, 0, 0, 0, 1, 0))
        self.assert_ends(protocol, "4 bytes in a frame", HEADER.pack(20, Frame.CANCEL, 0, 0, 1, 0), bytes(8))
        self.assert_ends(protocol, "a release of 2 objects", pack(Frame.RELEASE, bytes(8), object=2))
        self.assert_ends(protocol, "found 3 bytes", pack(Frame.HELLO, b"abc"), greeting=MAGIC)

    def test_that_concern_one_call_are_answered_untaken(self):
        peer = self.peer()
        number = self.service_of(peer)
        for frame, kind in (
                (call(1, number, 99), beckon.UnknownMethod),
                (call(1, number + 5, 0), beckon.UnknownObject),
                (call(1, number, 1, b"\1"), beckon.ProtocolError),
                (call(1, number, 1, bytes(17)), beckon.ProtocolError),
                (call(1, number, 12, b"\2\7\0\0\0" + bytes(8)), beckon.UnknownObject),
                (call(1, number, 12, b"\x09" + bytes(8)), beckon.ProtocolError),
                (call(1, number, 10, bytes(8), promise=5), beckon.ProtocolError),
                (pack(Frame.CALL, b"\1", flags=8, call=1, object=number), beckon.ProtocolError)):
            peer.send(frame)
            head, error = peer.error()
            self.assertEqual((head.call, head.flags, type(error)), (1, 1, kind))
        peer.send(call(2, number, 1, struct.pack("<qq", 2, 3)))
        self.assertEqual(peer.frame()[1], struct.pack("<q", 5))

    def test_that_can_be_ignored_are(self):
        peer = self.peer()
        number = self.service_of(peer)
        peer.send(pack(200, b"abcd"), pack(Frame.CANCEL, call=7), pack(Frame.REPLY, b"", call=7),
                  pack(Frame.RELEASE, struct.pack("<IIII", 9, 1, number, 5), object=2),
                  pack(Frame.STREAM_ITEM, bytes(8), call=4), pack(Frame.STREAM_END, call=4),
                  pack(Frame.STREAM_CREDIT, call=4, object=9), pack(Frame.STREAM_STOP, call=4),
                  pack(Frame.PING, call=5, object=6))
        head, _ = peer.frame()
        self.assertEqual((head.type, head.call, head.object), (Frame.PONG, 5, 6))
        peer.send(call(1, number, 17))
        self.assertEqual(peer.frame()[1], text("anonymous"))

    def test_more_calls_than_allowed_are_refused(self):
        peer = self.peer()
        number = self.service_of(peer)
        peer.send(*(call(each, number, 9, struct.pack("<q", 60_000)) for each in range(1, 6)))
        head, error = peer.error()
        self.assertEqual((head.call, type(error)), (5, beckon.LimitExceeded))
        peer.send(*(pack(Frame.CANCEL, call=each) for each in range(1, 5)))
        self.assertEqual({type(peer.error()[1]) for _ in range(4)}, {beckon.Cancelled})

    def test_items_without_credit_end_the_stream_alone(self):
        peer = self.peer()
        number = self.service_of(peer)
        peer.send(call(1, number, 16, struct.pack("<I", 3)))
        head, _ = peer.frame()
        self.assertEqual((head.type, head.call), (Frame.STREAM_CREDIT, 3))
        item = pack(Frame.STREAM_ITEM, b"abc", call=3)
        peer.send(item)
        seen = {peer.frame()[0].type, peer.frame()[0].type}
        self.assertEqual(seen, {Frame.STREAM_STOP, Frame.ERROR})
        peer.send(item, pack(Frame.STREAM_END, call=3), call(2, number, 17))
        self.assertEqual(peer.frame()[0].call, 2)

    def test_promises_hold_calls_until_the_result_is_there(self):
        peer = self.peer()
        number, promised = self.service_of(peer), 1 << 31 | 1
        peer.send(call(1, number, 10, struct.pack("<q", 5), promise=promised),
                  call(2, promised, 0, struct.pack("<q", 2)),
                  pack(Frame.RELEASE, struct.pack("<II", promised, 1), object=1))
        self.assertEqual(peer.frame()[1], b"\3")
        self.assertEqual(peer.frame()[1], struct.pack("<q", 7))
        peer.send(call(3, promised, 1))
        self.assertIsInstance(peer.error()[1], beckon.UnknownObject)
        peer.send(call(4, number, 8, text("boom"), promise=promised), call(5, promised, 1))
        for _ in range(2):
            self.assertIn("boom", str(peer.error()[1]))

    def test_a_session_that_breaks_the_rules_harms_no_other(self):
        with beckon.connect(self.endpoint) as session:
            found = session.get(service.conformance.Conformance, "conformance")
            self.peer(b"nonsense").end()
            self.assertEqual(found.add(2, 3), 5)


class Page(unittest.TestCase):
    """The page's own bytes."""

    def serve(self):
        """The endpoint of a server that publishes one object."""
        server = beckon.Server({"shop": service.Service()})
        self.addCleanup(server.close)
        return server.listen("tcp://127.0.0.1:0")

    def test_the_single_frames_are_answered_as_the_page_says(self):
        with open(path.join(generated.SOURCE, "docs", "wire", "native.md"), encoding="utf-8") as file:
            section = file.read().split("### Single frames")[1].split("```")[1]
        said, side = {"C": b"", "S": b""}, "C"
        for line in section.splitlines():
            if line[:1] in said:
                side, line = line[0], line[1:]
            digits = re.match(r"(?: *[0-9a-f]{2}(?= |$))*", line).group(0)
            said[side] += bytes.fromhex(digits)
        peer = RawPeer(self.serve(), said["C"])
        self.addCleanup(peer.socket.close)
        head, _ = peer.frame()
        self.assertEqual((head.type, head.call), (Frame.PONG, 5))
        answers = {head.call: (head, content) for head, content in (peer.frame(), peer.frame())}  # in any order
        head, content = answers[1]
        self.assertEqual((head.type, content[:4]), (Frame.REPLY, b"\1\0\0\0"))
        head, content = answers[2]
        self.assertEqual((head.type, head.flags), (Frame.ERROR, 1))
        error = read_error(content, beckon.Schema())
        self.assertEqual(str(error), "interface directory has 3 methods; the peer called number 9")


if __name__ == "__main__":
    unittest.main()
