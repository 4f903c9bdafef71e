"""What `beckon bridge --record` keeps of each protocol, and that `beckon replay` finds nothing new in it."""
import json
import os
import signal
import subprocess
import tempfile
import time
import unittest

import command

CALLS = (["conformance.add", "2", "3"], ["conformance.concat", '"a"', '"b"'],
         ["conformance.sort_items", '[{"name":"b","count":1,"tags":[],"mood":"calm"},{"name":"a","count":2,"tags":["x"],"mood":"busy"}]'])


class Bridge:
    """`beckon bridge` between a server and whoever comes, recording."""

    def __init__(self, listen, connect, file, *options):
        self.process = subprocess.Popen([command.COMMAND, "bridge", "--listen", listen, "--connect", connect, "--record", file,
                                         *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.endpoint = self.process.stdout.readline().removeprefix("listening ").strip()
        assert self.process.stdout.readline() == "ready\n", self.process.communicate()

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=command.WITHIN)
        return self.process.returncode, errors


class Recorded(command.CommandTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "some.rec")

    def text(self):
        with open(self.file, encoding="utf-8") as file:
            return file.read()

    def messages(self):
        return [json.loads(line) for line in self.text().splitlines()]

    def check(self, protocol, options="", calls=CALLS, bridged=(), schema=()):
        with command.serving(f"{protocol}tcp://127.0.0.1:0{options}") as server:
            there = server.endpoints[0]
            if options and "?" not in there:
                there += options
            bridge = Bridge(f"{protocol}tcp://127.0.0.1:0{options}", there, self.file, *bridged, *schema)
            try:
                here = bridge.endpoint if "?" in bridge.endpoint else bridge.endpoint + options
                for words in calls:
                    status, output, errors = command.run("call", here, *schema, *words)
                    self.assertEqual((status, errors), (0, ""), output)
            finally:
                ended = bridge.end()
            self.assertEqual(ended, (0, ""))
            said = self.messages()
            self.assertFalse([line for line in said if "raw" in line], said)
            self.assertGreaterEqual(len([line for line in said if "server" in line]), len(calls))
            status, output, errors = command.run("replay", self.file, there, *schema)
            self.assertEqual((status, errors), (0, ""), output + json.dumps(said, indent=1))
            # Connections without a call are conversations, too.
            self.assertRegex(output, r"^\d+ conversations, \d+ messages of the server compared: no differences\n$")

    def test_native(self):
        self.check("")

    def test_native_by_objects(self):
        self.check("", bridged=["--by-objects"])

    def test_rpyc(self):
        self.check("rpyc+", calls=CALLS[:2])

    def test_rpyc_5(self):
        self.check("rpyc+", "?dialect=5", calls=CALLS[:2])

    def test_jsonrpc(self):
        self.check("jsonrpc+")

    def test_jsonrpc_with_headers(self):
        self.check("jsonrpc+", "?framing=content-length")

    def test_msgpack(self):
        self.check("msgpack+")

    def test_quickrpc(self):
        self.check("quickrpc+")

    def test_pyrpc(self):
        self.check("pyrpc+")

    def test_remcall_by_its_schema(self):
        schema = os.path.join(command.SOURCE, "tests", "remcall", "conformance.idl")
        self.check("remcall+", calls=[["add", "2", "3"], ["makeCounter", "5", ".increment", "2"], ["mood", '"busy"']],
                   schema=["--schema", schema])
        self.assertIn("Main.add of object 1 (a=2, b=3)", self.text())

    def test_basic(self):
        schema = os.path.join(command.SOURCE, "src", "schema", "testdata", "conformance.bk")
        self.check("basic+", calls=[["add", "2", "3"], ["concat", '"a"', '"b"']], schema=["--schema", schema])

    def test_a_client_of_another_protocol(self):
        with command.serving("jsonrpc+tcp://127.0.0.1:0") as server:
            bridge = Bridge("rpyc+tcp://127.0.0.1:0", server.endpoints[0], self.file)
            try:
                self.expect(["call", bridge.endpoint, "conformance.add", "2", "3"], "5\n")
            finally:
                self.assertEqual(bridge.end(), (0, ""))
            self.assertTrue([line for line in self.messages() if "add(2, 3)" in line.get("client", "")])
            status, output, errors = command.run("replay", self.file, server.endpoints[0])
            self.assertEqual((status, errors), (0, ""), output)

    def test_what_was_said_is_there_when_the_bridge_is_killed(self):
        with command.serving("jsonrpc+tcp://127.0.0.1:0") as server:
            bridge = Bridge("jsonrpc+tcp://127.0.0.1:0", server.endpoints[0], self.file)
            self.expect(["call", bridge.endpoint, "conformance.add", "2", "3"], "5\n")
            # The last moments may be missing: the client's end, here.
            until = time.monotonic() + command.WITHIN
            while '"end"' not in self.text() and time.monotonic() < until:
                time.sleep(0.01)
            bridge.end(signal.SIGKILL)
            self.assertEqual([line["json"]["result"] for line in self.messages() if "server" in line], [5])
            self.expect(["replay", self.file, server.endpoints[0]],
                        "1 conversation, 1 message of the server compared: no differences\n")


if __name__ == "__main__":
    unittest.main()
