"""remcall without extensions: a peer in plain Python, in both roles, against the command. (The original is in no registry.)"""
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "command"))
import command
import peer

IDL = os.path.join(command.SOURCE, "tests", "remcall", "conformance.idl")


class Listener:
    def __init__(self):
        self.events = []

    def onEvent(self, sequence, text):
        self.events.append((sequence, text))


class Counter:
    def __init__(self, start):
        self.now = start

    def increment(self, by):
        self.now += by
        return self.now

    def value(self):
        return self.now


class Main:
    """The service, in Python."""

    def __init__(self):
        self.made = 0

    def add(self, a, b):
        return a + b

    def concat(self, a, b):
        return a + b

    def fail(self, message):
        raise RuntimeError(message)

    def sleep(self, milliseconds):
        time.sleep(milliseconds / 1000)
        return f"slept {milliseconds} ms"

    def makeCounter(self, start):
        self.made += 1
        return Counter(start)

    def liveObjects(self):
        return self.made

    def callBack(self, listener, times):
        for i in range(1, times + 1):
            listener.onEvent(i, f"event {i}")
        return times

    def nest(self, other, depth):
        return 0 if depth == 0 else 1 + other.nest(self, depth - 1)

    def mood(self, mood):
        return mood

    def half(self, number):
        return number / 2

    def whoami(self):
        return "anonymous"


def wait_until(holds):
    for _ in range(2000):
        if holds():
            return
        time.sleep(0.005)
    raise AssertionError("it never came to that")


class PlainClient(unittest.TestCase):
    """The Python peer calls our server."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.at = command.Server("remcall+tcp://127.0.0.1:0", f"remcall+unix:{cls.folder.name}/socket")

    @classmethod
    def tearDownClass(cls):
        status, cls.errors = cls.at.end()
        cls.folder.cleanup()
        assert status == 0, cls.errors
        assert "BKN-FAILURE-UNTOLD" in cls.errors, cls.errors

    def connect(self, **options):
        port = int(self.at.endpoints[0].split("?")[0].rpartition(":")[2])
        connection = socket.create_connection(("127.0.0.1", port))
        streams = connection.makefile("rb"), connection.makefile("wb")
        for each in (connection, *streams):
            self.addCleanup(each.close)
        return peer.Bridge(*streams, **options)

    def converse(self, bridge):
        main = bridge.server
        self.assertEqual(main.add(2, 3), 5)
        self.assertEqual(main.concat("Grü", "ße"), "Grüße")
        self.assertEqual(main.half(-5.0), -2.5)
        self.assertEqual(main.mood("broken"), "broken")
        self.assertEqual(main.whoami(), "anonymous")
        self.assertEqual(main.sleep(3), "slept 3 ms")
        counter = main.makeCounter(40)
        self.assertEqual(counter.increment(2), 42)
        self.assertEqual(counter.value(), 42)
        listener = Listener()
        self.assertEqual(main.callBack(listener, 3), 3)
        self.assertEqual(listener.events, [(i, f"event {i}") for i in (1, 2, 3)])
        main.subscribe(listener, 2, 1)
        wait_until(lambda: len(listener.events) == 5)
        self.assertEqual(main.nest(Main(), 32), 32)
        self.assertEqual(main.nest(main, 3), 3)
        self.assertEqual(set(bridge.heard) - {peer.CALL, peer.RETURN, peer.NOOP}, set())
        bridge.disconnect()
        self.assertIsNone(bridge.failure)

    def test_everything_over_tcp(self):
        self.converse(self.connect())

    def test_everything_over_a_unix_socket(self):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.folder.name + "/socket")
            self.converse(peer.Bridge(connection.makefile("rb"), connection.makefile("wb")))

    def test_everything_over_the_streams_of_a_child(self):
        with subprocess.Popen([command.COMMAND, "serve", "--listen", "remcall+stdio:"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            self.converse(peer.Bridge(child.stdout, child.stdin))
            child.stdin.close()
            self.assertEqual(child.wait(20), 0)

    def test_a_failure_is_not_told_and_the_conversation_lives_on(self):
        bridge = self.connect(within=0.3)
        with self.assertRaises(TimeoutError):
            bridge.server.fail("nobody hears this")
        self.assertEqual(bridge.server.add(1, 1), 2)
        bridge.disconnect()

    def test_calls_run_side_by_side(self):
        bridge = self.connect()
        endless = threading.Thread(target=bridge.server.sleep, args=(3_600_000,), daemon=True)
        endless.start()
        wait_until(lambda: bridge.waiting)
        for i in range(20):
            self.assertEqual(bridge.server.add(i, 1), i + 1)
        self.assertTrue(endless.is_alive())
        bridge.disconnect()


class PlainServer(command.CommandTest):
    """The command calls the Python peer."""

    def setUp(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.listener.close)
        self.endpoint = f"remcall+tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.bridges = []
        self.main = Main()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.bridges.append(peer.Bridge(connection.makefile("rb"), connection.makefile("wb"), main=self.main))

    def call(self, *words, output, options=()):
        self.expect(["call", "--schema", IDL, *options, self.endpoint, *words], output)

    def test_calls_by_a_schema(self):
        self.call("add", "2", "3", output="5\n")
        self.call("concat", 'b="second"', 'a="first"', output='"firstsecond"\n')
        self.call("half", "3", output="1.5\n")
        self.call("mood", '"busy"', output='"busy"\n')
        self.call("sleep", "5", output='"slept 5 ms"\n')
        self.call("makeCounter", "5", ".increment", "2", output="7\n")
        event = '{"method":"onEvent","arguments":{"sequence":%d,"text":"event %d"}}\n'
        self.call("callBack", "@events", "2", options=("--for", "10ms"),
                  output=event % (1, 1) + event % (2, 2) + "2\n")
        for bridge in self.bridges:
            self.assertTrue(bridge.ended.wait(10))
            self.assertIsNone(bridge.failure)
            self.assertEqual(set(bridge.heard) - {peer.CALL, peer.RETURN, peer.NOOP, peer.DISCONNECT}, set())

    def test_it_cannot_be_asked_what_it_has(self):
        for subcommand in ("describe", "ls"):
            status, output, errors = command.run(subcommand, "--timeout", "300ms", self.endpoint)
            self.assertEqual((status, output), (1, ""))
            self.assertIn("has not said in time that it is a Beckon", errors)
            self.assertIn("; --schema FILE says it", errors)

    def test_a_failure_there_is_a_call_without_an_answer(self):
        self.expect_error(["call", "--schema", IDL, "--timeout", "300ms", self.endpoint, "fail", '"x"'], 1,
                          "beckon: timeout: deadline passed")


if __name__ == "__main__":
    unittest.main()
