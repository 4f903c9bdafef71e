"""The real quickrpc in both roles: client of our server, server for our command, and in our chat; over tcp and stdio."""
# peer: quickrpc
# also at one port
import os
import select
import socket
import subprocess
import sys
import threading
import unittest

import peer

if "BECKON_QUICKRPC_TEST" not in os.environ:
    python = peer.python_with("quickrpc", "quickrpc", "quickrpc==0.1.0")
    os.environ["BECKON_QUICKRPC_TEST"] = python
    os.execv(python, [python, *sys.argv])

from quickrpc import RemoteAPI, incoming, outgoing  # noqa: E402: of the virtual environment
from quickrpc.codecs import RemoteError  # noqa: E402
from quickrpc.promise import PromiseTimeoutError  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above

PYTHON = os.environ["BECKON_QUICKRPC_TEST"]
CHAT = os.path.join(command.BUILD, "examples", "example_quickrpc_chat")
WITHIN = 20


class Conformance(RemoteAPI):
    """Our conformance service, as a user of quickrpc would write it down."""

    @incoming(has_reply=True)
    def add(self, sender, a, b): pass

    @incoming(has_reply=True)
    def concat(self, sender, a, b): pass

    @incoming(has_reply=True)
    def reverse(self, sender, data): pass

    @incoming(has_reply=True)
    def echo(self, sender, what): pass

    @incoming(has_reply=True)
    def restock(self, sender, item, by): pass

    @incoming(has_reply=True)
    def word_count(self, sender, text): pass

    @incoming(has_reply=True)
    def fail(self, sender, message): pass

    @incoming(has_reply=True)
    def nothing(self, sender): pass

    @incoming(has_reply=True)
    def live_objects(self, sender): pass


class Desk(RemoteAPI):
    """What a program of quickrpc's may serve."""

    @incoming(has_reply=True)
    def add(self, sender, a, b=5): pass

    @incoming(has_reply=True, allow_positional_args=True)
    def pair(self, sender, x, y=2): pass

    @incoming(has_reply=True)
    def bad(self, sender): pass

    @incoming
    def note(self, sender, text=""): pass

    @incoming(has_reply=True)
    def noted(self, sender): pass


class Echo(RemoteAPI):
    """The demo's API."""

    @incoming
    def say(self, sender="", text=""): pass

    @outgoing
    def echo(self, receivers=None, text=""): pass

    @incoming
    def quit(self, sender=""): pass


def serve_desk(transport):
    """A server of the real quickrpc, in this process."""
    desk = Desk(codec="jrpc", transport=transport)
    notes = []

    def bad(sender):
        raise KeyError("lost")

    desk.add.connect(lambda sender, a, b=5: a + b)
    desk.pair.connect(lambda sender, x, y=2: [x, y])
    desk.bad.connect(bad)
    desk.note.connect(lambda sender, text="": notes.append(text))
    desk.noted.connect(lambda sender: notes)
    desk.transport.start()
    return desk


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def address(endpoint):
    return endpoint.split("//")[1].split("?")[0]


class Client(unittest.TestCase):
    """quickrpc calls `beckon serve`."""

    @classmethod
    def setUpClass(cls):
        cls.server = command.Server("quickrpc+tcp://127.0.0.1:0")
        cls.api = Conformance(codec="jrpc", transport="tcp:" + address(cls.server.endpoints[0]), invert=True)
        cls.api.transport.start()

    @classmethod
    def tearDownClass(cls):
        cls.api.transport.stop()
        status, errors = cls.server.end()
        assert status == 0, errors

    def test_the_conformance_service(self):
        api = self.api
        self.assertEqual(api.add(a=2, b=3).result(WITHIN), 5)
        self.assertEqual(api.concat(a="grü", b="ße").result(WITHIN), "grüße")
        self.assertEqual(api.reverse(data=b"\x00ab").result(WITHIN), b"ba\x00")
        self.assertEqual(api.word_count(text="a b a").result(WITHIN), {"a": 2, "b": 1})
        self.assertEqual(api.live_objects().result(WITHIN), 0)
        item = {"name": "bolt", "count": 2, "tags": ["m4"], "at": {"x": 1.0, "y": 0.5}, "mood": "busy"}
        self.assertEqual(api.restock(item=item, by=3).result(WITHIN), {**item, "count": 5})

    def test_every_kind_of_value_comes_back(self):
        for value in [None, True, 0, -7, 2 ** 70, 0.1, 1e22, -0.0, "", "ü\U0001f600\n\x7f", b"\xff", [1, [None]], {"k": {"": []}}]:
            self.assertEqual(self.api.echo(what=value).result(WITHIN), value)

    def test_errors(self):
        with self.assertRaises(RemoteError) as failed:
            self.api.fail(message="boom").result(WITHIN)
        self.assertEqual(failed.exception.message, "boom")
        with self.assertRaises(RemoteError) as failed:
            self.api.nothing().result(WITHIN)
        self.assertIn("nothing", failed.exception.message)
        bolt = {"name": "bolt", "count": 2, "tags": [], "at": None, "mood": "calm"}
        with self.assertRaises(RemoteError) as failed:
            self.api.restock(item=bolt, by=-5).result(WITHIN)
        self.assertEqual(failed.exception.details,
                         {"type": "OutOfStock", "fields": {"name": "bolt", "wanted": 5, "available": 2}})

    def test_many_calls_at_once(self):
        answers = [self.api.add(a=i, b=1) for i in range(300)]
        self.assertEqual([each.result(WITHIN) for each in answers], list(range(1, 301)))

    def test_large_values(self):
        data = bytes(range(256)) * 400  # it looks through all that came before at each of its 1024 bytes
        self.assertEqual(self.api.reverse(data=data).result(WITHIN), data[::-1])


class Terse(unittest.TestCase):
    def test_only_messages_without_replies_work_there(self):
        with command.serving("quickrpc+tcp://127.0.0.1:0?codec=terse") as server:
            api = Conformance(codec="terse", transport="tcp:" + address(server.endpoints[0]), invert=True)
            api.transport.start()
            answer = api.add(a=2, b=3)
            # Its own side does not know replies in terse.
            self.assertRaises(PromiseTimeoutError, answer.result, 0.3)
            api.transport.stop()
            endpoint = server.endpoints[0]
            self.assertEqual(command.run("call", endpoint, "add", "a=2", "b=3"), (0, "5\n", ""))


class Server(command.CommandTest):
    """`beckon call` calls the real one."""

    def check(self, endpoint):
        self.expect(["call", endpoint, "add", "a=2", "b=3"], "5\n")
        self.expect(["call", endpoint, "add", 'a={"$bytes":"AAE="}', 'b={"$bytes":"/w=="}'], '{"$bytes":"AAH/"}\n')
        self.expect(["call", endpoint, "add", "a=1"], "6\n")
        self.expect(["call", endpoint, "pair", "1", "9"], "[1,9]\n")
        self.expect_error(["call", endpoint, "add", "2", "3"], 1,
                          "beckon: invalid_argument: Please call with named parameters only!")
        self.expect_error(["call", endpoint, "bad"], 1, "beckon: remote_error (KeyError): 'lost'")
        self.expect_error(["call", endpoint, "nosuch"], 1,
                          "beckon: unknown_method: Incoming call of nosuch not defined on the api")
        self.expect(["call", endpoint, "noted"], "[]\n")

    def test_over_tcp(self):
        port = free_port()
        desk = serve_desk(f"tcpserv:127.0.0.1:{port}")
        try:
            self.check(f"quickrpc+tcp://127.0.0.1:{port}")
        finally:
            desk.transport.stop()

    def test_over_stdio(self):
        self.check(f"quickrpc+exec:{PYTHON} {os.path.abspath(__file__)} desk")


class Chat(unittest.TestCase):
    """What one says, all hear."""

    def join(self, transport):
        api = Echo(codec="terse", transport=transport, invert=True)
        heard = []
        came = threading.Condition()

        def on_echo(sender, text=""):
            with came:
                heard.append(text)
                came.notify_all()

        api.echo.connect(on_echo)
        api.transport.start()

        def expect(*texts):
            with came:
                came.wait_for(lambda: len(heard) >= len(texts), WITHIN)
                self.assertEqual(heard, list(texts))
        return api, expect

    def test_at_our_server(self):
        chat = subprocess.Popen([CHAT, "mux:(tcpserv:127.0.0.1:0)(stdio:)"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)
        self.addCleanup(chat.communicate)
        self.addCleanup(chat.kill)
        ready = chat.stderr.readline()
        address = ready.split("tcp")[1].split(":", 1)[1].lstrip("/").split(")")[0]
        ann, ann_hears = self.join("tcp:" + address)
        ann.say(text="first \"of all\"\n\\")
        ann_hears("first \"of all\"\n\\")
        bob, bob_hears = self.join("tcp:" + address)
        bob.say(text="grüße")
        bob_hears("grüße")
        ann_hears("first \"of all\"\n\\", "grüße")
        self.assertEqual(chat.stdout.readline(), 'echo text:"first \\"of all\\"\\n\\\\"\n')
        self.assertEqual(chat.stdout.readline(), 'echo text:"grüße"\n')
        print("quit", file=chat.stdin, flush=True)
        self.assertEqual(chat.wait(WITHIN), 0)
        ann.transport.stop()
        bob.transport.stop()

    def test_with_both_at_stdio(self):
        chat = subprocess.Popen([CHAT, "stdio:", "jrpc"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        other = subprocess.Popen([PYTHON, os.path.abspath(__file__), "talk"], stdin=chat.stdout, stdout=chat.stdin,
                                 stderr=subprocess.PIPE, text=True)
        _, said = other.communicate(timeout=WITHIN)
        self.assertEqual(said, "heard ['hello', 'again']\n")
        chat.stdin.close()
        chat.stdout.close()
        self.assertEqual(chat.wait(WITHIN), 0)


def run_desk():
    """As a child that is called over its standard input and output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where it logs what it answers with errors
    serve_desk("stdio:")
    # Its own transport does not notice the end of its input.
    end = select.poll()
    end.register(0, 0)
    end.poll()
    os._exit(0)


def run_talk():
    """A talker at the other end of our chat's standard input and output."""
    api = Echo(codec="jrpc", transport="stdio:", invert=True)
    heard = []
    done = threading.Event()

    def on_echo(sender, text=""):
        heard.append(text)
        if len(heard) == 2:
            done.set()

    api.echo.connect(on_echo)
    api.transport.start()
    api.say(text="hello")
    api.say(text="again")
    done.wait(WITHIN)
    print("heard", heard, file=sys.stderr, flush=True)
    api.quit()
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1:] == ["desk"]:
        run_desk()
    if sys.argv[1:] == ["talk"]:
        run_talk()
    unittest.main()
