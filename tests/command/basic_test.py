"""The command over basic-socket-rpc: at our own server, and at one written here from the page that describes the protocol."""
# also at one port
import os
import socket
import struct
import tempfile
import threading
import unittest

import command

IDL = """
enum Mood { calm, busy, broken }
record Point { float64 x; float64 y; }
record Item { string name; int64 count; list<string> tags; optional<Point> at; Mood mood; }
exception OutOfStock { string name; int64 wanted; int64 available; }
interface Counter { int64 increment(int64 by); int64 value(); }
interface Conformance {
  any echo(any what);
  int64 add(int64 a, int64 b);
  string concat(string a, string b);
  float64 sum(list<float64> numbers);
  bytes reverse(bytes data);
  Item restock(Item item, int64 by);
  list<Item> sort_items(list<Item> items);
  map<string,int64> word_count(string text);
  void fail(string message);
  string sleep(int64 milliseconds);
  Counter make_counter(int64 start);
}
"""


def message(kind, payload=b""):
    return struct.pack("<IB", len(payload) + 5, kind) + payload


def text(content):
    return struct.pack("<I", len(content.encode())) + content.encode()


class PlainServer:
    """Answers by the page: INIT by the booleans that it was given, commands by a function."""

    def __init__(self, lets_in, answer):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lets_in = list(lets_in)
        self.answer = answer
        self.heard = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            with connection, connection.makefile("rb") as stream:
                while len(size := stream.read(4)) == 4:
                    body = stream.read(struct.unpack("<I", size)[0] - 4)
                    self.heard.append(body)
                    if body[0] == 0:
                        connection.sendall(message(0, bytes([self.lets_in.pop(0) if self.lets_in else 1])))
                    else:
                        connection.sendall(self.answer(struct.unpack("<H", body[1:3])[0], body[3:]))


class Basic(command.CommandTest):
    @classmethod
    def setUpClass(cls):
        handle, cls.schema = tempfile.mkstemp(suffix=".idl")
        with os.fdopen(handle, "w") as file:
            file.write(IDL)

    @classmethod
    def tearDownClass(cls):
        os.unlink(cls.schema)

    def call(self, endpoint, *words, output):
        self.expect(["call", "--schema", self.schema, endpoint, *words], output)

    def test_our_own_server_by_a_schema(self):
        with command.serving("basic+tcp://127.0.0.1:0") as server:
            at = server.endpoints[0]
            self.call(at, "add", "2", "3", output="5\n")
            self.call(at, "Conformance.add", "2", "-3", output="-1\n")
            self.call(at, "concat", 'b="second"', 'a="first"', output='"firstsecond"\n')
            self.call(at, "sum", "[1, 2.5]", output="3.5\n")
            self.call(at, "reverse", '{"$bytes":"AAH/"}', output='{"$bytes":"/wEA"}\n')
            self.call(at, "word_count", '"a b a"', output='{"a":2,"b":1}\n')
            item = '{"name":"bolt","count":2,"tags":["m4"],"at":{"x":1.0,"y":2.0},"mood":"busy"}'
            self.call(at, "restock", item, "3", output=item.replace("2,", "5,", 1) + "\n")
            self.call(at, "sleep", "5", output='"slept 5 ms"\n')
            told = ["call", "--schema", self.schema, at]
            self.expect_error([*told, "fail", '"boom"'], 1, "beckon: remote_error (builtins.RuntimeError): boom")
            self.expect_error([*told, "make_counter", "5"], 1,
                              "beckon: unsupported: basic-socket-rpc cannot carry command 10 (make_counter): the result is Counter")
            self.expect_error([*told, "nothing_such"], 2, "beckon: ")
            self.expect_error([*told, "add", "2", '"x"'], 1, "beckon: ")

    def test_without_a_schema_commands_have_numbers_and_bytes(self):
        with command.serving("basic+tcp://127.0.0.1:0") as server:
            at = server.endpoints[0]
            self.expect(["call", at, "#1", '{"$bytes":"AgAAAAAAAAADAAAAAAAAAA=="}'], '{"$bytes":"BQAAAAAAAAA="}\n')
            self.expect_error(["call", at, "add", "2", "3"], 1, "beckon: unsupported: basic-socket-rpc has numbers for commands")
            self.expect_error(["ls", at], 1, "beckon: unsupported: peer ")
            self.expect_error(["describe", at], 1, "beckon: unsupported: peer ")

    def test_a_server_that_lets_nobody_in(self):
        server = PlainServer([0] * 100, None)
        at = f"basic+tcp://127.0.0.1:{server.port}?wait=60&retry=20"
        self.expect_error(["call", "--schema", self.schema, at, "add", "1", "2"], 3,
                          "beckon: timeout: server has let nobody in for 60 ms (wait)")
        self.assertEqual(server.heard, [b"\0\0\0\1"] * 3)

    def test_a_server_that_lets_wait(self):
        server = PlainServer([0, 0, 1], lambda number, given: message(1, struct.pack("<q", sum(struct.unpack("<qq", given)))))
        at = f"basic+tcp://127.0.0.1:{server.port}?retry=10"
        self.call(at, "add", "20", "22", output="42\n")
        self.assertEqual(server.heard, [b"\0\0\0\1"] * 3 + [b"\1\1\0" + struct.pack("<qq", 20, 22)])

    def test_answers_that_do_not_fit_and_exceptions(self):
        answers = {1: message(1, b"1234"), 2: message(4, text("KeyError") + text("Traceback (most recent call last):\n"
                                                                                   "  somewhere\nKeyError: 'k'\n")),
                   3: message(9), 4: b"\1\0\0\0"}
        server = PlainServer([], lambda number, given: answers[number])
        told = ["call", "--schema", self.schema, f"basic+tcp://127.0.0.1:{server.port}"]
        self.expect_error([*told, "add", "1", "2"], 1,
                          "beckon: schema_mismatch: result of command 1 (add) at byte 0: expected i64 of 8 bytes, found 4 bytes")
        self.expect_error([*told, "concat", '"a"', '"b"'], 1, "beckon: remote_error (builtins.KeyError): 'k'")
        self.expect_error([*told, "sum", "[]"], 1, "beckon: protocol_error: server answered with a message of type 9")
        self.expect_error([*told, "reverse", '{"$bytes":""}'], 1, "beckon: protocol_error: Reported message size too small: 1")

    def test_a_place_is_asked_for_by_the_handshake(self):
        server = PlainServer([0, 0, 1], lambda number, given: message(1, struct.pack("<q", sum(struct.unpack("<qq", given)))))
        at = f"basic+tcp://127.0.0.1:{server.port}?retry=10"
        self.expect(["call", "--admit", "10s", "--schema", self.schema, at, "add", "20", "22"], "42\n")
        self.assertEqual(server.heard, [b"\0\0\0\1"] * 3 + [b"\1\1\0" + struct.pack("<qq", 20, 22)])
        full = PlainServer([0] * 100, None)
        self.expect_error(["call", "--admit", "60ms", "--schema", self.schema, f"basic+tcp://127.0.0.1:{full.port}?retry=20", "add", "1", "2"],
                          3, "beckon: timeout: server has let nobody in for 60 ms (wait)")

    def test_jobs_are_refused_and_no_command_is_taken_for_theirs(self):
        server = PlainServer([1], None)
        at = f"basic+tcp://127.0.0.1:{server.port}"
        for words in (["jobs", at], ["jobs", at, "1", "--cancel"], ["call", "--job", at, "#1"], ["call", "--detach", at, "#1"]):
            self.expect_error(words, 2, "beckon: ")
        self.assertEqual(server.heard, [])

    def test_nobody_there_and_what_is_no_option(self):
        self.expect_error(["call", "basic+tcp://127.0.0.1:1", "#1"], 3, "beckon: io_error: ")
        self.expect_error(["call", "basic+tcp://127.0.0.1:1?retry=0", "#1"], 2, "beckon: invalid_argument: ")


if __name__ == "__main__":
    unittest.main()
