"""remcall by generated Python, in both roles: against C++, against Python, against remcall as it is without Beckon."""
import contextlib
import io
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

import remcall_client
import remcall_service as service
import generated
import beckon
from beckon.remcall.messages import LOG
from client import until
from command import Server as Command
from remcall_service import Listener, wire

sys.path.insert(0, os.path.join(generated.SOURCE, "tests", "remcall"))
import peer  # noqa: E402

Mood = wire.Mood


@contextlib.contextmanager
def logged():
    """What the runtime logs meanwhile, as text."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    LOG.addHandler(handler)
    LOG.propagate = False
    try:
        yield told
    finally:
        LOG.removeHandler(handler)
        LOG.propagate = True


class OfCpp(remcall_client.Client):
    failure = "std::runtime_error"

    @classmethod
    def setUpClass(cls):
        cls.server = Command("remcall+tcp://127.0.0.1:0")
        cls.endpoint = cls.server.endpoints[0].partition("?")[0]

    @classmethod
    def tearDownClass(cls):
        status, errors = cls.server.end()
        assert (status, errors) == (0, ""), (status, errors)


class OfPython(remcall_client.Client):
    made = service.Main

    @classmethod
    def setUpClass(cls):
        cls.server = beckon.Server({"other": cls.made(), "Main": cls.made()})
        cls.endpoint = cls.server.listen("remcall+tcp://127.0.0.1:0")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()


class ByTheCommand(unittest.TestCase):
    """C++ calls Python's functions and coroutines."""

    def test_calls_and_is_called(self):
        for made in (service.Main, service.AsyncMain):
            with beckon.Server({"board": made()}) as server:
                endpoint = server.listen("remcall+tcp://127.0.0.1:0")

                def call(*words, at=endpoint):
                    done = subprocess.run([generated.COMMAND, "call", "--schema", service.IDL, at, *words],
                                          capture_output=True, text=True)
                    return done.returncode, done.stdout, done.stderr
                self.assertEqual(call("add", "2", "3"), (0, "5\n", ""))
                self.assertEqual(call("mood", '"broken"'), (0, '"broken"\n', ""))
                self.assertEqual(call("half", "3"), (0, "1.5\n", ""))
                self.assertEqual(call("makeCounter", "5", ".increment", "2"), (0, "7\n", ""))
                self.assertIn("event 2", call("callBack", "@events", "2")[1])
                self.assertEqual(call("fail", '"boom"')[::2], (1, "beckon: remote_error (RuntimeError): boom\n"))
                listed = subprocess.run([generated.COMMAND, "ls", endpoint], capture_output=True, text=True)
                self.assertIn("makeCounter\n", listed.stdout)

    def test_over_other_transports(self):
        def call(endpoint):
            done = subprocess.run([generated.COMMAND, "call", "--schema", service.IDL, endpoint, "add", "2", "3"],
                                  capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (0, "5\n"), done.stderr)
        with tempfile.TemporaryDirectory() as folder, beckon.Server({"board": service.Main()}) as server:
            endpoint = server.listen(f"remcall+unix:{folder}/socket")
            call(endpoint)
            with beckon.connect(endpoint) as session:
                self.assertEqual(session.get(wire.Main).add(2, 3), 5)
        child = "import remcall_service, beckon; s = beckon.Server({'m': remcall_service.Main()}); " \
                "s.listen('remcall+stdio:'); s.run()"
        path = os.path.join(generated.FOLDER, "child.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"import sys; sys.path.insert(0, {os.path.dirname(service.__file__)!r}); {child}\n")
        call(f"remcall+exec:{sys.executable} {path}")
        with beckon.connect(f"remcall+exec:{sys.executable} {path}") as session:
            self.assertEqual(session.get(wire.Main).add(2, 3), 5)
        with beckon.connect(f"remcall+exec:{generated.COMMAND} serve --listen remcall+stdio:") as session:
            self.assertEqual(session.get(wire.Main).add(2, 3), 5)


class PlainListener:
    def __init__(self):
        self.events = []

    def onEvent(self, sequence, text):
        self.events.append((sequence, text))


class PlainCounter:
    def __init__(self, start):
        self.now = start

    def increment(self, by):
        self.now += by
        return self.now


class PlainMain:
    """For the plain peer, with the names of the schema."""

    def add(self, a, b):
        return a + b

    def mood(self, mood):
        return mood

    def fail(self, message):
        raise RuntimeError(message)

    def makeCounter(self, start):
        return PlainCounter(start)

    def callBack(self, listener, times):
        for number in range(times):
            listener.onEvent(number, "plain")
        return times

    def nest(self, other, depth):
        return 0 if depth == 0 else 1 + other.nest(self, depth - 1)


class AgainstPlainPeers(unittest.TestCase):
    def test_a_plain_client_calls_python(self):
        for made in (service.Main, service.AsyncMain):
            with beckon.Server({"Main": made()}) as server, logged() as told:
                port = int(server.listen("remcall+tcp://127.0.0.1:0").rpartition(":")[2])
                connection = socket.create_connection(("127.0.0.1", port))
                streams = connection.makefile("rb"), connection.makefile("wb")
                for each in (connection, *streams):
                    self.addCleanup(each.close)
                bridge = peer.Bridge(*streams)
                main = bridge.server
                self.assertEqual((main.add(2, 3), main.mood("busy"), main.half(3.0)), (5, "busy", 1.5))
                counter, listener = main.makeCounter(40), PlainListener()
                self.assertEqual((counter.increment(2), counter.value()), (42, 42))
                self.assertEqual(main.callBack(listener, 2), 2)
                self.assertEqual(listener.events, [(1, "event 1"), (2, "event 2")])
                self.assertEqual(main.nest(PlainMain(), 16), 16)
                bridge.within = 0.3
                with self.assertRaises(TimeoutError):
                    main.fail("nobody hears this")
                self.assertTrue(until(lambda: "BKN-FAILURE-UNTOLD" in told.getvalue()))
                bridge.within = 20
                self.assertEqual(main.add(1, 1), 2)
                self.assertEqual(set(bridge.heard) - {peer.CALL, peer.RETURN, peer.NOOP}, set())
                bridge.disconnect()
                self.assertIsNone(bridge.failure)

    def serve(self, schema=peer.CONFORMANCE, main=None):
        """A plain server; gives its endpoint, and its side of the one conversation."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        bridges = []

        def accept():
            connection, _ = listener.accept()
            streams = connection.makefile("rb"), connection.makefile("wb")
            bridges.append(peer.Bridge(*streams, schema=schema, main=main or PlainMain()))
        threading.Thread(target=accept, daemon=True).start()
        return f"remcall+tcp://127.0.0.1:{listener.getsockname()[1]}", bridges

    def test_python_calls_a_plain_server(self):
        for options in ("", "?peer=plain"):
            endpoint, bridges = self.serve()
            with beckon.connect(endpoint + options) as session:
                main = session.get(wire.Main)
                self.assertEqual((main.add(2, 3), main.mood(Mood.CALM)), (5, Mood.CALM))
                self.assertEqual(main.make_counter(5).increment(2), 7)
                listener = Listener()
                self.assertEqual(main.call_back(listener, 2), 2)
                self.assertEqual(listener.events, [(0, "plain"), (1, "plain")])
                self.assertEqual(main.nest(service.Main(), 16), 16)
                with self.assertRaises(beckon.Timeout):
                    beckon.with_options(main, timeout=0.1).fail("is never told")
                self.assertEqual(main.add(1, 1), 2)
            heard = {peer.CALL, peer.RETURN, peer.DISCONNECT} | (set() if options else {peer.NOOP})
            self.assertTrue(bridges[0].ended.wait(10))
            self.assertEqual(str(bridges[0].failure), "is never told")
            self.assertEqual(set(bridges[0].heard), heard)


if __name__ == "__main__":
    unittest.main()
