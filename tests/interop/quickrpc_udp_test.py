"""The real quickrpc over udp, in both roles and in our chat."""
# peer: quickrpc
import os
import queue
import subprocess
import sys
import unittest

import peer

if "BECKON_QUICKRPC_TEST" not in os.environ:
    python = peer.python_with("quickrpc", "quickrpc", "quickrpc==0.1.0")
    os.environ["BECKON_QUICKRPC_TEST"] = python
    os.execv(python, [python, *sys.argv])

from quickrpc import RemoteAPI, incoming, outgoing  # noqa: E402: of the virtual environment
from quickrpc.codecs import RemoteError  # noqa: E402
from quickrpc.network_transports import UdpTransport  # noqa: E402
from quickrpc.terse_codec import TerseCodec  # noqa: E402,F401: so that "terse" is known

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above
from quickrpc_udp import EVERYBODY, LocalSocket, SecondSocket, free_port, started  # noqa: E402

CHAT = os.path.join(command.BUILD, "examples", "example_quickrpc_chat")
WITHIN = 20


class Desk(RemoteAPI):
    @incoming(has_reply=True)
    def add(self, sender, a, b=5): pass

    @incoming(has_reply=True)
    def fail(self, sender, message): pass


class Echo(RemoteAPI):
    """The demo's API."""

    @incoming
    def say(self, sender="", text=""): pass

    @outgoing
    def echo(self, receivers=None, text=""): pass

    @incoming
    def quit(self, sender=""): pass


class Datagrams(command.CommandTest):

    def test_it_calls_our_server(self):
        port = free_port()
        with command.serving(f"quickrpc+udp:{port}?broadcast={EVERYBODY}") as server:
            api = Desk(codec="jrpc", transport=UdpTransport(port), invert=True)
            started(api.transport, SecondSocket)
            try:
                self.assertEqual(api.add(["127.0.0.1"], a=2, b=3).result(WITHIN), 5)
                with self.assertRaises(RemoteError) as failed:
                    api.fail(["127.0.0.1"], message="boom").result(WITHIN)
                self.assertEqual(failed.exception.message, "boom")
                # To everybody: our server is one of them.
                self.assertEqual(api.add(a=20, b=3).result(WITHIN), 23)
            finally:
                api.transport.stop()
            status, errors = server.end()
        self.assertEqual(status, 0, errors)

    def test_our_command_calls_it(self):
        port = free_port()
        desk = Desk(codec="jrpc", transport=UdpTransport(port))
        desk.add.connect(lambda sender, a, b=5: a + b)
        started(desk.transport, SecondSocket)
        try:
            # It answers to its own port, whatever port it was asked from.
            endpoint = f"quickrpc+udp://127.0.0.2:{port}?local_port={port}"
            self.expect(["call", endpoint, "add", "a=2", "b=3"], "5\n")
            self.expect(["call", endpoint, "add", "a=2"], "7\n")
            self.expect_error(["call", endpoint, "nosuch"], 1, "beckon: unknown_method: Incoming call of nosuch not defined")
        finally:
            desk.transport.stop()

    def test_both_in_one_chat(self):
        port = free_port()
        chat = subprocess.Popen([CHAT, f"udp:{port}?broadcast={EVERYBODY}", "terse"], stdin=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)
        self.addCleanup(chat.wait)
        self.addCleanup(chat.kill)
        self.assertIn("BKN-LISTEN-OPEN", chat.stderr.readline())
        self.assertTrue(chat.stderr.readline().startswith("ready "))
        heard = queue.Queue()
        api = Echo(codec="terse", transport=UdpTransport(port), invert=True)
        api.echo.connect(lambda sender, text="": heard.put((sender, text)))
        started(api.transport, LocalSocket)
        try:
            for text in ("hello", "grüße \"again\"\n"):
                api.say(text=text)
                self.assertEqual(heard.get(timeout=WITHIN), ("127.0.0.1", text))
        finally:
            api.transport.stop()
        chat.kill()
        self.assertEqual(chat.communicate()[1], "", "what it hears of itself is nothing to tell")


if __name__ == "__main__":
    unittest.main()
