"""Programs with Python's msgpack as clients of our server, over each transport; also as rpclib's client speaks."""
# peer: python3-msgpack
# also at one port
import os
import socket
import subprocess
import sys
import tempfile
import unittest

import peer

if sys.executable != peer.DEBIAN_PYTHON and "BECKON_MSGPACK_TEST" not in os.environ:
    peer.python_with("python3-msgpack", "msgpack")
    os.environ["BECKON_MSGPACK_TEST"] = "1"
    os.execv(peer.DEBIAN_PYTHON, [peer.DEBIAN_PYTHON, *sys.argv])
msgpack = peer.module("msgpack")

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above


class Client:
    def __init__(self, send, receive):
        self.send, self.receive = send, receive
        self.unpacker = msgpack.Unpacker(strict_map_key=False, timestamp=1)
        self.id = 0

    def read(self):
        while True:
            for message in self.unpacker:
                return message
            data = self.receive(65536)
            if not data:
                raise EOFError
            self.unpacker.feed(data)

    def call(self, method, *params):
        self.id += 1
        self.send(msgpack.packb([0, self.id, method, params]))
        kind, number, error, result = self.read()
        assert (kind, number) == (1, self.id), (kind, number)
        if error is not None:
            raise RuntimeError(error)
        return result


def over_socket(connection):
    return Client(connection.sendall, connection.recv)


class Checks:
    """What every transport is to do; `self.client` is connected."""

    def test_the_conformance_service(self):
        call = self.client.call
        self.assertEqual(call("add", 2, 3), 5)
        self.assertEqual(call("conformance.concat", "a", "b"), "ab")
        self.assertEqual(call("sum", [0.5, 1, 2]), 3.5)
        self.assertEqual(call("reverse", b"ab"), b"ba")
        self.assertEqual(call("word_count", " a b\n a\t"), {"a": 2, "b": 1})
        item = {"name": "bolt", "count": 2, "tags": ["m4"], "at": {"x": 1.0, "y": 2.0}, "mood": "busy"}
        self.assertEqual(call("restock", item, 3), {**item, "count": 5})
        with self.assertRaises(RuntimeError) as raised:
            call("restock", item, -3)
        code, told = raised.exception.args[0]
        self.assertEqual((code, told["type"]), (1, "OutOfStock"))
        self.assertEqual(told["fields"], {"name": "bolt", "wanted": 3, "available": 2})
        with self.assertRaises(RuntimeError) as raised:
            call("fail", "boom")
        self.assertEqual(raised.exception.args[0], [0, "boom"])
        self.assertEqual(call("sleep", 5), "slept 5 ms")
        self.assertEqual(call("whoami"), "anonymous")

    def test_values_come_back_as_they_were(self):
        for what in (None, True, -1, 2**63, 2**64 - 1, -2**63, 1.5, "caf\u00e9", b"\0\xff", [], {}, {1: "a", "b": [1, [2]]},
                     list(range(100000)), "x" * 100000, {str(i): i for i in range(5000)},
                     msgpack.ExtType(5, b"abc"), msgpack.Timestamp(1700000000, 5), msgpack.Timestamp(-1, 0)):
            got = self.client.call("echo", what)
            expected = what.to_unix() if isinstance(what, msgpack.Timestamp) else what
            self.assertEqual(got, expected)

    def test_references_streams_and_callbacks(self):
        call = self.client.call
        counter = call("make_counter", 5)
        self.assertEqual((counter.code, counter.data), (40, msgpack.packb(1)))
        self.assertEqual(call("$ref/1.increment", 2), 7)
        self.client.send(msgpack.packb([2, "$release", [1, 1]]))
        self.assertEqual(call("live_objects"), 0)
        self.assertEqual(call("count_to", 3), {"$stream": 1})
        self.assertEqual([self.client.read() for _ in range(4)],
                         [[2, "$item", [1, 1]], [2, "$item", [1, 2]], [2, "$item", [1, 3]], [2, "$end", [1]]])
        listener = msgpack.ExtType(40, msgpack.packb(9))
        self.client.send(msgpack.packb([0, 77, "call_back", [listener, 2]]))
        for i in (1, 2):
            kind, number, method, params = self.client.read()
            self.assertEqual((kind, method, params), (0, "$ref/9.on_event", [i, f"event {i}"]))
            self.client.send(msgpack.packb([1, number, None, None]))
        self.assertEqual(self.client.read(), [1, 77, None, 2])

    def test_a_thousand_at_once(self):
        self.client.send(b"".join(msgpack.packb([0, i, "add", [i, 1]]) for i in range(1000)))
        self.assertEqual({message[1]: message[3] for message in (self.client.read() for _ in range(1000))},
                         {i: i + 1 for i in range(1000)})


class OverTcp(Checks, unittest.TestCase):
    def setUp(self):
        self.server = command.Server("msgpack+tcp://127.0.0.1:0")
        self.addCleanup(self.server.end)
        connection = socket.create_connection(("127.0.0.1", int(self.server.endpoints[0].rsplit(":", 1)[1])), command.WITHIN)
        self.addCleanup(connection.close)
        self.client = over_socket(connection)


class OverUnix(Checks, unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "socket")
        self.server = command.Server(f"msgpack+unix:{path}")
        self.addCleanup(self.server.end)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(command.WITHIN)
        connection.connect(path)
        self.addCleanup(connection.close)
        self.client = over_socket(connection)


class OverStdio(Checks, unittest.TestCase):
    def setUp(self):
        process = subprocess.Popen([command.COMMAND, "serve", "--listen", "msgpack+stdio:"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        self.addCleanup(process.wait, command.WITHIN)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)

        def send(data):
            while data:  # without a buffer a write may be partial
                data = data[process.stdin.write(data):]
        self.client = Client(send, process.stdout.read)


class AsRpclibsClient(unittest.TestCase):
    """rpclib's client: ids from 1, errors of any shape, positions only; it wants strings."""

    def setUp(self):
        self.server = command.Server("msgpack+tcp://127.0.0.1:0?errors=text")
        self.addCleanup(self.server.end)
        port = int(self.server.endpoints[0].split("?")[0].rsplit(":", 1)[1])
        connection = socket.create_connection(("127.0.0.1", port), command.WITHIN)
        self.addCleanup(connection.close)
        self.client = over_socket(connection)

    def test_errors_are_strings_and_void_is_nil(self):
        with self.assertRaises(RuntimeError) as raised:
            self.client.call("fail", "boom")
        self.assertEqual(raised.exception.args[0], "boom")
        with self.assertRaises(RuntimeError) as raised:
            self.client.call("nope", 1)
        self.assertIsInstance(raised.exception.args[0], str)
        self.client.send(msgpack.packb([2, "fail", ["unheard"]]))
        self.assertEqual(self.client.call("concat", b"bytes ", "and text"), "bytes and text")


if __name__ == "__main__":
    unittest.main()
