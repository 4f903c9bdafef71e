"""A Python side of remcall and peers that break the rules: what ends, what fails one call, what costs nothing."""
import logging
import random
import socket
import struct
import unittest

import generated

generated.compile_text("deep", """
record Tree { Tree[] below; }
record Nothing { }
interface Thing { void touch(); }
interface Main {
  int64 depth(Tree tree);
  int64 count(list<int64> all);
  int64 nothings(Nothing[] all);
  int64 size(string text);
  int64 bytes_of(bytes content);
  bool flip(bool flag);
  Thing thing();
  void keep(Thing thing);
  void hang();
}
""")

import beckon  # noqa: E402
import deep  # noqa: E402
from beckon.remcall.contract import contract_of  # noqa: E402
from beckon.remcall.messages import HELLO, KNOCK, Feature  # noqa: E402
from client import until  # noqa: E402

CONTRACT = contract_of(deep.Main._beckon_interface_)
NUMBERS = {each.method.name: each.number for each in CONTRACT.methods}
GREETING = KNOCK + HELLO.pack(0x10, 1, Feature.ALL, CONTRACT.digest)


class Thing(deep.Thing):
    def touch(self):
        pass


class Main(deep.Main):
    def __init__(self):
        self.kept = []

    def depth(self, tree):
        return 1 + max((self.depth(each) for each in tree.below), default=0)

    def count(self, all):
        return len(all)

    def nothings(self, all):
        return len(all)

    def size(self, text):
        return len(text)

    def bytes_of(self, content):
        return len(content)

    def flip(self, flag):
        return not flag

    def thing(self):
        return Thing()

    def keep(self, thing):
        self.kept.append(thing)

    def hang(self):
        beckon.current_call().sleep(3600)


def call(method, values=b"", request=1, target=1):
    return struct.pack(">BIHi", 5, request, NUMBERS[method], target) + values


def u32(number):
    return struct.pack(">I", number)


class Hostile(unittest.TestCase):
    def setUp(self):
        self.server = beckon.Server({"main": Main()})
        self.addCleanup(self.server.close)
        self.port = int(self.server.listen("remcall+tcp://127.0.0.1:0").rpartition(":")[2])

    def connect(self, greeting=GREETING):
        connection = socket.create_connection(("127.0.0.1", self.port), 20)
        self.addCleanup(connection.close)
        connection.sendall(greeting)
        expected = len(GREETING) if greeting else len(KNOCK)
        self.take(connection, expected)
        return connection

    def take(self, connection, size):
        found = b""
        while len(found) < size:
            more = connection.recv(size - len(found))
            if not more:
                raise EOFError(found)
            found += more
        return found

    def failure(self, connection):
        """Kind, type and message of a FAIL_METHOD."""
        command, _, kind = struct.unpack(">BIB", self.take(connection, 6))
        self.assertEqual(command, 0x11)
        name, message, _ = (self.take(connection, struct.unpack(">I", self.take(connection, 4))[0]).decode()
                            for _ in range(3))
        return kind, name, message

    def expect_end(self, said, reason, greeting=GREETING):
        with self.assertLogs("beckon") as told:
            connection = self.connect(greeting)
            connection.sendall(said)
            self.assertEqual(connection.recv(64), b"\x08")
            self.assertEqual(connection.recv(1), b"")
            self.assertTrue(until(lambda: not self.server.sessions()))
        self.assertRegex("\n".join(told.output), reason)

    def test_sizes_that_are_only_claimed_end_it_and_cost_nothing(self):
        self.expect_end(call("size", u32(0xFFFFFFFF)), "more than 16777216 bytes")
        self.expect_end(call("bytes_of", u32(0xFFFFFFF0)), "more than 16777216 bytes")
        self.expect_end(call("count", u32(0xFFFFFFFF)), "an array of 4294967295 elements")
        self.expect_end(call("nothings", u32(2_000_000)), "max_nodes")
        self.expect_end(b"\x12" + u32(0xFFFFFFFF), "released 4294967295 objects")
        self.expect_end(b"\x01REMCALLSCHEMA" + u32(1 << 30), "a schema of more than")
        connection = self.connect()
        connection.sendall(call("size", u32(16_000_000)) + b"x" * 1000)  # the rest never comes
        with open("/proc/self/status", encoding="utf-8") as file:
            used = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
        self.assertLess(used, 1 << 20)

    def test_depth_ends_it(self):
        self.expect_end(call("depth", u32(1) * 100_000), "max_depth")
        connection = self.connect()
        connection.sendall(call("depth", u32(1) * 20 + u32(0)))
        self.assertEqual(self.take(connection, 13), struct.pack(">BIq", 6, 1, 21))

    def test_what_loses_the_step_ends_it(self):
        self.expect_end(b"\x0a", "command 0x0a")
        self.expect_end(b"\x06" + u32(42), "answered request 42")
        self.expect_end(struct.pack(">BIHi", 5, 1, 999, 1), "method number 999")
        self.expect_end(b"\x01" + b"x" * 13, "no schema")
        self.expect_end(HELLO.pack(0x10, 0, 0, CONTRACT.digest), "version 0", KNOCK)
        for command in (b"\x10", b"\x11", b"\x12", b"\x13", b"\x14"):
            self.expect_end(b"\x07" + command, "did not begin as a Beckon does", b"")

    def test_what_keeps_the_step_fails_one_call(self):
        connection = self.connect()
        for said, kind, message in (
                (call("flip", b"\x02"), 3, "0 or 1, found 2; in argument flag of Main.flip"),
                (call("size", u32(2) + b"\xff\xfe"), 3, "UTF-8"),
                (call("hang", target=0), 2, "null"),
                (call("hang", target=-1), 2, "one of its own"),
                (call("hang", target=77), 2, "not lent"),
                (call("keep", struct.pack(">i", 55)), 2, "55, which is not lent")):
            connection.sendall(said)
            found = self.failure(connection)
            self.assertEqual(found[0], kind, found)
            self.assertIn(message, found[2])
        connection.sendall(call("thing"))
        self.assertEqual(self.take(connection, 9), struct.pack(">BIi", 6, 1, 2))
        connection.sendall(call("hang", target=2))
        self.assertEqual(self.failure(connection)[:2], (1, "unknown_method"))
        connection.sendall(call("flip", b"\x01"))
        self.assertEqual(self.take(connection, 6), struct.pack(">BIB", 6, 1, 0))

    def test_releases_beyond_what_was_lent_are_ignored(self):
        connection = self.connect()
        connection.sendall(call("thing"))
        self.take(connection, 9)
        session = self.server.sessions()[0]
        release = b"\x12" + u32(3)
        connection.sendall(release + struct.pack(">iIiIiI", 1, 9, 2, 7, 99, 1) + call("thing", request=2))
        self.assertEqual(self.take(connection, 9), struct.pack(">BIi", 6, 2, 3))
        self.assertEqual(session.tables.exported(), 2)
        connection.sendall(b"\x12" + u32(2) + struct.pack(">iIiI", 2, 1, 3, 1))
        self.assertTrue(until(lambda: session.tables.exported() == 0))

    def test_deadlines_and_cancels_end_handlers(self):
        connection = self.connect()
        connection.sendall(b"\x14" + u32(0) + call("hang")[1:])
        self.assertEqual(self.failure(connection)[:2], (5, "timeout"))
        connection.sendall(call("hang") + b"\x13" + u32(1) + b"\x13" + u32(99))
        self.assertEqual(self.failure(connection)[:2], (4, "cancelled"))

    def test_calls_beyond_the_limit_are_refused(self):
        connection = self.connect()
        for request in range(1024):
            connection.sendall(call("hang", request=request))
        connection.sendall(call("hang", request=5000))
        self.assertEqual(self.failure(connection)[:2], (6, "limit_exceeded"))

    def test_chance_ends_in_words(self):
        """Bytes by chance behind a good beginning: nothing but an end or answers, and the server lives on."""
        chance = random.Random(7)
        commands = [5, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14]
        logging.getLogger("beckon").setLevel(logging.CRITICAL)
        self.addCleanup(logging.getLogger("beckon").setLevel, logging.NOTSET)
        for _ in range(150):
            connection = self.connect()
            said = b"".join(
                bytes([chance.choice(commands)]) + bytes(chance.choice((0, 0, 0, 1, 2, 255, chance.randrange(256)))
                                                         for _ in range(chance.randrange(24))) for _ in range(8))
            connection.sendall(said)
            connection.close()
        self.assertTrue(until(lambda: not self.server.sessions()))
        connection = self.connect()
        connection.sendall(call("size", u32(1) + b"x"))
        self.assertEqual(self.take(connection, 13), struct.pack(">BIq", 6, 1, 1))


class HostileServers(unittest.TestCase):
    def test_answers_that_fit_no_type_fail_their_calls_alone(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            endpoint = f"remcall+tcp://127.0.0.1:{listener.getsockname()[1]}?peer=beckon"
            session = beckon.connect(endpoint)
            main = session.get(deep.Main)
            there, _ = listener.accept()
            pending = [beckon.submit(main.flip, True), beckon.submit(main.thing), beckon.submit(main.flip, True)]
            there.sendall(b"\x06" + u32(1) + b"\x07" + b"\x06" + u32(2) + b"\0\0\0\0" + b"\x06" + u32(3) + b"\1")
            with self.assertRaisesRegex(beckon.SchemaMismatch, "0 or 1, found 7; in the result of flip"):
                pending[0].result()
            with self.assertRaisesRegex(beckon.TypeMismatch, "gave no object"):
                pending[1].result()
            self.assertIs(pending[2].result(), True)
            there.close()
            self.assertTrue(until(lambda: session.ended is not None))
            with self.assertRaises(beckon.Disconnected):
                main.flip(True)

    def test_answers_before_the_schema_count_once_that_is_right(self):
        other = contract_of(deep.Thing._beckon_interface_)
        for said, told in ((b"\1" + CONTRACT.encoded, 7), (b"\1" + other.encoded, "is not ours"), (b"\10", "on both sides")):
            with self.subTest(told=told), socket.create_server(("127.0.0.1", 0)) as listener:
                endpoint = f"remcall+tcp://127.0.0.1:{listener.getsockname()[1]}?check=structure"
                with beckon.connect(endpoint) as session:
                    size = beckon.submit(session.get(deep.Main).size, "abc")
                    there, _ = listener.accept()
                    with there, there.makefile("rb") as sent:
                        sent.read(len(KNOCK) + len(call("size", u32(3) + b"abc")))
                        there.sendall(KNOCK + HELLO.pack(0x10, 1, Feature.ALL, bytes(32)))
                        sent.read(HELLO.size + 1)  # and REQUEST_SCHEMA
                        there.sendall(b"\6" + u32(1) + struct.pack(">q", 7) + said)
                        if told == 7:
                            self.assertEqual(size.result(), 7)
                            continue
                        with self.assertRaisesRegex(beckon.SchemaMismatch, told):
                            size.result()

    def test_a_wait_for_a_silent_peers_hello_says_that_it_was_that(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            endpoint = f"remcall+tcp://127.0.0.1:{listener.getsockname()[1]}"
            with beckon.connect(endpoint) as session:
                soon = beckon.with_options(session.get(deep.Main), timeout=0.02)
                there, _ = listener.accept()
                with there:
                    with self.assertRaisesRegex(beckon.Timeout, "while waiting for the peer to say HELLO, as a Beckon does: the "
                                                                "call was not sent, since remcall itself cannot carry .*flip; "):
                        soon.flip(True)
                    with self.assertRaises(beckon.Timeout) as raised:  # remcall itself can carry it
                        soon.size("abc")
                    self.assertNotIn("was not sent", str(raised.exception))

    def test_the_main_object_is_not_given_back(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            endpoint = f"remcall+tcp://127.0.0.1:{listener.getsockname()[1]}?peer=beckon"
            with beckon.connect(endpoint) as session:
                main = session.get(deep.Main)
                there, _ = listener.accept()
                with there:
                    pending = [beckon.submit(main.thing), beckon.submit(main.thing)]
                    there.sendall(struct.pack(">BIiBIi", 6, 1, 1, 6, 2, 2))
                    same, other = [each.result() for each in pending]
                    self.assertEqual((same, other._beckon_remote_.number), (main, 2))
                    del pending, same, main
                    del other
                    said, release = b"", struct.pack(">BIiI", 0x12, 1, 2, 1)
                    while release not in said:
                        said += there.recv(64)
                    self.assertNotIn(struct.pack(">BIiI", 0x12, 1, 1, 1), said)


if __name__ == "__main__":
    unittest.main()
