"""Peers that break RPyC's rules at our server, byte by byte: each gets a clear answer or a clean end, nobody else notices."""
# also at one port
import os
import socket
import struct
import sys
import unittest
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above

REQUEST, REPLY, EXCEPTION = 1, 2, 3
PING, CLOSE, GETROOT, GETATTR, CALL, CALLATTR, DEL, INSPECT, BUFFITER = 1, 2, 3, 4, 7, 8, 15, 16, 17


def brine(value):
    if value is None:
        return b"\x00"
    if isinstance(value, bool):
        return b"\x03" if value else b"\x04"
    if isinstance(value, int):
        if -48 <= value < 160:
            return bytes([value + 0x50])
        digits = str(value).encode()
        return b"\x16" + bytes([len(digits)]) + digits
    if isinstance(value, bytes):
        return b"\x0f" + struct.pack(">I", len(value)) + value
    if isinstance(value, str):
        return b"\x08" + brine(value.encode())
    return b"\x15" + struct.pack(">I", len(value)) + b"".join(map(brine, value))


def load(data, at=0):
    """Reads what our server writes: the value and where it ends."""
    tag = data[at]
    at += 1
    simple = {0x00: None, 0x01: b"", 0x02: (), 0x03: True, 0x04: False, 0x05: NotImplemented}
    if tag in simple:
        return simple[tag], at
    if 0x20 <= tag < 0xf0:
        return tag - 0x50, at
    if tag == 0x08:
        text, at = load(data, at)
        return text.decode(), at
    if 0x0a <= tag <= 0x0f:
        size = tag - 0x09
        if tag == 0x0e:
            size, at = data[at], at + 1
        elif tag == 0x0f:
            size, at = struct.unpack_from(">I", data, at)[0], at + 4
        return data[at:at + size], at + size
    if 0x10 <= tag <= 0x15:
        count = tag - 0x0f
        if tag == 0x14:
            count, at = data[at], at + 1
        elif tag == 0x15:
            count, at = struct.unpack_from(">I", data, at)[0], at + 4
        items = []
        for _ in range(count):
            item, at = load(data, at)
            items.append(item)
        return tuple(items), at
    if tag == 0x16:
        return int(data[at + 1:at + 1 + data[at]]), at + 1 + data[at]
    raise AssertionError(f"tag {tag:#x}")


class Peer:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=command.WITHIN)
        self.sequence = 0

    def send(self, body, flag=0, length=None):
        self.socket.sendall(struct.pack(">IB", len(body) if length is None else length, flag) + body + b"\n")

    def request(self, handler, arguments, boxed=False):
        """Sends a request; its answer is awaited."""
        self.sequence += 1
        label = 2 if boxed else 1
        self.send(b"\x01" + brine((self.sequence, (handler, (label, arguments)))))
        return self.answer()

    def read(self, size):
        data = b""
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def answer(self):
        """(kind, sequence, content) of the next message."""
        length, flag = struct.unpack(">IB", self.read(5))
        body = self.read(length + 1)[:-1]
        body = zlib.decompress(body) if flag else body
        (sequence, content), _ = load(body, 1)
        return body[0], sequence, content

    def root(self):
        kind, _, (label, identity) = self.request(GETROOT, ())
        assert (kind, label) == (REPLY, 4)
        return identity

    def ends(self):
        """What was still answered, until the server closes."""
        answers = []
        try:
            while True:
                answers.append(self.answer())
        except (EOFError, ConnectionError):
            return answers


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = command.Server("rpyc+tcp://127.0.0.1:0")
        cls.port = int(cls.server.endpoints[0].rsplit(":", 1)[1])
        cls.bystander = Peer(cls.port)
        cls.bystander_root = cls.bystander.root()

    @classmethod
    def tearDownClass(cls):
        cls.bystander.socket.close()
        cls.server.end()

    def setUp(self):
        self.peer = self.another()

    def tearDown(self):
        self.alive(self.bystander, self.bystander_root)

    def another(self):
        peer = Peer(self.port)
        self.addCleanup(peer.socket.close)
        return peer

    def alive(self, peer, root):
        """In step, and served."""
        kind, sequence, content = peer.request(CALLATTR, ((3, root), (1, "add"), (1, (2, 3)), (1, ())), boxed=True)
        self.assertEqual((kind, sequence, content), (REPLY, peer.sequence, (1, 5)))

    def refused(self, answer, name, text=""):
        kind, sequence, content = answer
        self.assertEqual((kind, sequence), (EXCEPTION, self.peer.sequence))
        self.assertEqual(content[0], ("builtins", name))
        self.assertIn(text, str(content[1]))
        self.assertEqual(content[3], "<traceback denied>")

    def test_requests_that_make_no_sense_are_answered(self):
        root = self.peer.root()
        mine = (3, root)
        self.refused(self.peer.request(99, ()), "KeyError", "99")
        self.refused(self.peer.request(0, ()), "KeyError", "0")
        self.refused(self.peer.request(GETATTR, ()), "TypeError", "too few arguments")
        self.refused(self.peer.request(GETATTR, (mine, (1, "add"), (1, 1)), boxed=True), "TypeError", "too many")
        self.refused(self.peer.request(GETATTR, (mine, (1, 5)), boxed=True), "TypeError", "name must be a string")
        self.refused(self.peer.request(GETATTR, (mine, (1, "nothing")), boxed=True), "AttributeError", "nothing")
        for name in ("__class__", "__dict__", "__init__", "__globals__", "_secret"):
            self.refused(self.peer.request(GETATTR, (mine, (1, name)), boxed=True), "AttributeError")
        self.refused(self.peer.request(CALLATTR, ("{0}", "format", (), ())), "TypeError", "no object of ours")
        self.refused(self.peer.request(CALLATTR, (mine, (1, "add"), (1, 5), (1, ())), boxed=True), "TypeError", "must be a tuple")
        self.refused(self.peer.request(CALLATTR, (mine, (1, "add"), (1, ()), (1, (("a",),))), boxed=True), "TypeError", "pairs")
        self.refused(self.peer.request(CALLATTR, (mine, (1, "add"), (1, (1,)), (1, ())), boxed=True), "TypeError",
                     "missing 1 required positional argument: 'b'")
        self.refused(self.peer.request(CALLATTR, (mine, (1, "add"), (1, ("x", 2)), (1, ())), boxed=True), "TypeError", "int64")
        self.refused(self.peer.request(BUFFITER, (mine, (1, -1)), boxed=True), "TypeError")
        self.refused(self.peer.request(14, (mine, (1, 2)), boxed=True), "ValueError", "pickling is disabled")
        self.refused(self.peer.request(GETROOT, (1, 2)), "TypeError", "too many")
        self.alive(self.peer, root)

    def test_identities_that_are_forged_or_gone(self):
        root = self.peer.root()
        name, kind, number = root
        for forged in ((name, kind, number + 1), (name, kind + 1, number), ("builtins.list", kind, number), (name, kind, 0),
                       (name, kind, -5), (name, kind, 2**70)):
            self.refused(self.peer.request(GETATTR, ((3, forged), (1, "add")), boxed=True), "KeyError")
            self.refused(self.peer.request(INSPECT, (forged,)), "KeyError")
            answer = self.peer.request(DEL, ((3, forged), (1, 1)), boxed=True)
            self.assertEqual(answer, (REPLY, self.peer.sequence, (1, None)), "strays happen")
        self.refused(self.peer.request(INSPECT, (5,)), "TypeError", "identity")
        # Released more often than it was sent: gone for good, and no more than that.
        answer = self.peer.request(DEL, ((3, root), (1, 1000)), boxed=True)
        self.assertEqual(answer, (REPLY, self.peer.sequence, (1, None)))
        self.refused(self.peer.request(GETATTR, ((3, root), (1, "add")), boxed=True), "KeyError")
        self.alive(self.peer, self.peer.root())

    def test_a_sequence_may_be_anything(self):
        for sequence in (-7, 2**80, "text", (1, "x")):
            self.peer.send(b"\x01" + brine((sequence, (PING, (1, ("hello",))))))
            self.assertEqual(self.peer.answer(), (REPLY, sequence, (1, "hello")))
        self.alive(self.peer, self.peer.root())

    def test_answers_to_nothing_are_passed_over(self):
        root = self.peer.root()
        self.peer.send(b"\x02" + brine((5, (1, "stray"))))
        self.peer.send(b"\x03" + brine((5, (("builtins", "ValueError"), (), (), ""))))
        self.peer.send(b"")
        self.alive(self.peer, root)

    def test_what_is_out_of_step_ends_the_connection(self):
        deep = b"\x01\x11\x50" + b"\x10" * 1000
        for body in (b"\x01\x07", b"\x01" + b"\x11\x51\x11\x57\x11\x52", b"\x09" + brine((1, (PING, (1, (1,))))), b"\x01\x0e\x05ab",
                     b"\x01" + brine((1, (PING, (7, (1,))))) [:-1] + b"\x1d", deep, b"\x01\x15\xff\xff\xff\xff",
                     b"\x02" + brine((1, (9, 5)))):
            peer = self.another()
            peer.send(body)
            for kind, _, content in peer.ends():
                self.assertEqual((kind, content[0]), (REQUEST, CLOSE), body)

    def peak(self):
        """The most memory that the server has had at once, in KiB."""
        with open(f"/proc/{self.server.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

    def test_lengths_and_bombs(self):
        before = self.peak()
        for flag in (0, 1):
            peer = self.another()
            peer.send(b"x", flag, 0xffff_ffff)
            peer.ends()
        bomb = zlib.compress(b"\0" * (200 << 20), 9)
        self.peer.send(bomb, 1)
        self.peer.ends()
        self.assertLess(self.peak() - before, 200 * 1024, "KiB more than before, at its highest: the bomb was unpacked whole")

    def test_half_a_frame_and_an_end(self):
        for size in (1, 4, 5, 20):
            peer = self.another()
            peer.socket.sendall((struct.pack(">IB", 100, 0) + b"x" * 100)[:size])
            peer.socket.shutdown(socket.SHUT_WR)
            peer.ends()

    def test_close_is_answered_by_closing(self):
        self.peer.root()
        self.peer.send(b"\x01" + brine((9, (CLOSE, (1, ())))))
        self.assertEqual(self.peer.ends(), [])


if __name__ == "__main__":
    unittest.main()
