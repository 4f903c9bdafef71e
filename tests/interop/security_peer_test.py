"""A program with PyNaCl that was written from docs/wire/security.md, at our server: signed and sealed calls, and lies."""
# peer: python3-nacl
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import peer

if sys.executable != peer.DEBIAN_PYTHON and "BECKON_NACL_TEST" not in os.environ:
    peer.python_with("python3-nacl", "nacl")
    os.environ["BECKON_NACL_TEST"] = "1"
    os.execv(peer.DEBIAN_PYTHON, [peer.DEBIAN_PYTHON, *sys.argv])
peer.module("nacl")
import message_security  # noqa: E402: it needs what was found above

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above


class Client:
    def __init__(self, endpoint, provider, kind, keys, user):
        host, port = endpoint.split("//")[1].rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=30)
        self.lines = self.socket.makefile("rb")
        self.end = message_security.End(provider, kind, keys, "connecting", user, "server",
                                        lambda: time.time_ns() // 1_000_000, os.urandom)
        self.id = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.socket.close()

    def write(self, method, *params):
        self.id += 1
        header, payload = self.end.protect(json.dumps(
            {"jsonrpc": "2.0", "method": method, "params": params, "id": self.id}).encode())
        return json.dumps({"jsonrpc": "2.0", "method": "rpc.secinfo", "params": header}).encode(), payload

    def send(self, header, payload):
        self.socket.sendall(header + b"\n" + payload + b"\n")

    def read(self):
        """The next message, and whether it was proven."""
        first = json.loads(self.lines.readline())
        if first.get("method") != "rpc.secinfo":
            return first, False
        return json.loads(self.end.check(first["params"], self.lines.readline().rstrip(b"\n"))), True

    def call(self, method, *params):
        self.send(*self.write(method, *params))
        answer, proven = self.read()
        assert proven and answer["id"] == self.id, answer
        return answer["result"]


class Served(unittest.TestCase):
    def meet(self, provider, kind, folder):
        def run(*words):
            done = command.run("keys", *words)
            self.assertEqual((done[0], done[2]), (0, ""))
        server, alice = os.path.join(folder, "server"), os.path.join(folder, "alice")
        if kind == "shared":
            run("make", "alice", server, alice, "--kind", "shared")
        else:
            run("make", "alice", alice)
            run("make", "server", server)
            run("public", alice, "--user", "alice", "--into", server)
            run("public", server, "--user", "server", "--into", alice)
        with open(alice, encoding="ascii") as file:
            keys = message_security.Keys(file.read().splitlines())
        serving = command.serving(f"jsonrpc+{provider}+tcp://127.0.0.1:0?keys={server}")
        return serving, lambda endpoint: Client(endpoint, provider, kind, keys, "alice")

    def test_is_who_it_proves_to_be_and_no_lie_counts(self):
        for provider in ("signed", "sealed"):
            for kind in ("shared", "pair"):
                with self.subTest(provider=provider, kind=kind), tempfile.TemporaryDirectory() as folder:
                    serving, client = self.meet(provider, kind, folder)
                    with serving as server, client(server.endpoints[0]) as alice, client(server.endpoints[0]) as other:
                        self.try_out(alice, other)

    def try_out(self, alice, other):
        self.assertEqual(alice.call("whoami"), "alice")
        self.assertEqual(alice.call("conformance.concat", "\u00e4", "\n"), "\u00e4\n")
        header, payload = alice.write("whoami")
        alice.send(header, payload[:-3] + bytes([payload[-3] ^ 1]) + payload[-2:])
        refused, _ = alice.read()
        self.assertEqual(refused["error"]["data"], {"error": "access_denied"})
        alice.send(header, payload)
        self.assertEqual(alice.read()[0]["result"], "alice")
        alice.send(header, payload)
        self.assertIn("replayed", alice.read()[0]["error"]["message"])
        other.send(header, payload)
        self.assertIn("does not belong to this conversation", other.read()[0]["error"]["message"])
        self.assertEqual(other.call("whoami"), "alice")
        self.assertEqual(alice.call("whoami"), "alice")


if __name__ == "__main__":
    unittest.main()
