"""A server that lets one user in at a time, and users of all protocols in its queue."""
import contextlib
import json
import os
import socket
import subprocess
import tempfile
import unittest

import command

NOT_ADMITTED = "caller is not admitted"


class Peer:
    """A user by JSON-RPC, a line each."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(command.WITHIN)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rb")
        self.last = 0

    def send(self, method, *arguments):
        self.last += 1
        asked = {"jsonrpc": "2.0", "id": self.last, "method": method, "params": list(arguments)}
        self.socket.sendall(json.dumps(asked).encode() + b"\n")

    def answer(self):
        return json.loads(self.lines.readline())

    def call(self, method, *arguments):
        self.send(method, *arguments)
        return self.answer()

    def close(self):
        self.lines.close()
        self.socket.close()


class Admission(command.CommandTest):
    def setUp(self):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            self.path = f"{folder}/jsonrpc"
            self.server = stack.enter_context(command.serving(
                f"jsonrpc+unix:{self.path}", f"unix:{folder}/native", f"rpyc+unix:{folder}/rpyc",
                f"msgpack+unix:{folder}/msgpack", f"quickrpc+unix:{folder}/quickrpc", f"pyrpc+unix:{folder}/pyrpc",
                "jsonrpc+http://127.0.0.1:0", options=["--places", "1"]))
            self.native = f"unix:{folder}/native"
            self.stack = stack.pop_all()
        self.addCleanup(self.stack.close)

    def peer(self):
        made = Peer(self.path)
        self.addCleanup(made.close)
        return made

    def test_a_place_is_taken_and_given_back_by_every_protocol(self):
        for endpoint in self.server.endpoints:
            with self.subTest(endpoint):
                status, output, errors = command.run("call", endpoint, "conformance.add", "2", "3")
                self.assertEqual((status, output), (1, ""))
                self.assertIn(NOT_ADMITTED, errors)
                self.expect(["call", "--admit", "10s", endpoint, "conformance.add", "2", "3"], "5\n")
                # It is free again at once, also where its user has no conversation that could end.
                self.expect(["call", self.native, "admission.users"], "[]\n")

    def test_who_finds_no_place_is_told_where_it_stands(self):
        inside = self.peer()
        self.assertTrue(inside.call("admission.enter", 0)["result"]["inside"])
        for endpoint in self.server.endpoints:
            with self.subTest(endpoint):
                status, output, errors = command.run("call", "--admit", "10ms", endpoint, "conformance.add", "2", "3")
                self.assertEqual((status, output), (1, ""))
                self.assertRegex(errors, r"no place was free: 1 users inside, place \d in the queue")
                self.assertRegex(errors, r"^waiting: place \d\n")

    def test_users_come_in_by_their_order_and_who_vanishes_makes_room(self):
        users = [self.peer() for _ in range(40)]
        self.assertTrue(users[0].call("admission.enter", 0)["result"]["inside"])
        for place, each in enumerate(users[1:], 1):
            each.send("admission.enter", None)
            while users[0].call("admission.state")["result"]["waiting"] != place:
                pass
        for each in users[10:20]:  # vanish while they wait
            each.close()
        users[0].close()
        for each in users[1:10] + users[20:]:
            self.assertTrue(each.answer()["result"]["inside"])
            self.assertEqual(each.call("conformance.add", 1, 1)["result"], 2)
            waiting = [other for other in users[20:] if other is not each and other.last == 1]
            if waiting:
                refused = waiting[-1].call("conformance.add", 1, 1)
                self.assertIn("not admitted yet: place", refused["error"]["message"])
                waiting[-1].last = 1
            each.close()

    def test_the_command_shows_its_place_and_comes_in(self):
        inside = self.peer()
        inside.call("admission.enter", 0)
        waits = subprocess.Popen([command.COMMAND, "call", "--admit", "30s", self.native, "conformance.add", "2", "3"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(waits.communicate)
        self.assertEqual(waits.stderr.readline(), "waiting: place 1\n")
        self.assertTrue(inside.call("admission.leave")["result"])
        self.assertEqual(waits.stdout.readline(), "5\n")

    def test_options_go_together(self):
        for options in (["--lease", "1s"], ["--places", "1", "--process-per-client"]):
            status, _, errors = command.run("serve", "--listen", "memory:x", *options)
            self.assertEqual(status, 2)
            self.assertIn("--places", errors)


class RemcallUsers(command.CommandTest):
    """remcall has no form for the desk: a call asks for a place."""

    def test_the_command_calls_until_it_is_let_in(self):
        idl = os.path.join(command.SOURCE, "tests", "remcall", "conformance.idl")
        with tempfile.TemporaryDirectory() as folder, command.serving(
                f"jsonrpc+unix:{folder}/jsonrpc", "remcall+tcp://127.0.0.1:0", options=["--places", "1"]) as server:
            call = ["call", "--schema", idl]
            add = [server.endpoints[1], "add", "2", "3"]
            self.expect([*call, *add], "5\n")
            inside = Peer(f"{folder}/jsonrpc")
            self.addCleanup(inside.close)
            while not inside.call("admission.enter", None)["result"]["inside"]:
                pass
            refused = "beckon: access_denied: caller is not admitted yet: place 1 in the queue, 1 of 1 places are taken; call again to come in"
            self.expect_error([*call, *add], 1, refused)
            while inside.call("admission.state")["result"]["waiting"] != 0:
                pass
            status, output, errors = command.run(*call, "--admit", "10ms", *add)
            self.assertEqual((status, output), (1, ""))
            self.assertRegex(errors, f"^waiting: place 1\n{refused}")
            while inside.call("admission.state")["result"]["waiting"] != 0:
                pass
            waits = subprocess.Popen([command.COMMAND, *call, "--admit", "30s", *add],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.addCleanup(waits.communicate)
            self.assertEqual(waits.stderr.readline(), "waiting: place 1\n")
            self.assertTrue(inside.call("admission.leave")["result"])
            self.assertEqual(waits.stdout.readline(), "5\n")


class Administrator(command.CommandTest):
    def test_users_are_sent_away_by_who_may(self):
        with tempfile.TemporaryDirectory() as folder, command.serving(
                f"jsonrpc+unix:{folder}/jsonrpc", options=["--places", "1", "--administrator", "ann"]):
            user = Peer(f"{folder}/jsonrpc")
            user.call("admission.enter", 0)
            refused = user.call("admission.kick", "1", "")
            self.assertIn("is no administrator here", refused["error"]["message"])
            user.close()


if __name__ == "__main__":
    unittest.main()
