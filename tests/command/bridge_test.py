"""beckon bridge, as a user runs it: what passes, who is told what, how it ends."""
import json
import os
import signal
import socket
import subprocess
import tempfile
import unittest
import urllib.request

import command
from command import COMMAND, SOURCE, WITHIN, run, serving

IDL = os.path.join(SOURCE, "tests", "remcall", "conformance.idl")


class Bridge:
    """`beckon bridge`, from its `ready` on."""

    def __init__(self, connect, *listen, options=()):
        words = [word for each in listen for word in ("--listen", each)]
        self.process = subprocess.Popen([COMMAND, "bridge", "--connect", connect, *words, *options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.endpoints = []
        while True:
            line = self.process.stdout.readline().rstrip("\n")
            if line == "ready":
                return
            if not line:
                raise AssertionError(f"bridge ended before it was ready: {self.process.communicate()[1]}")
            self.endpoints.append(line.removeprefix("listening "))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=WITHIN)
        return self.process.returncode, errors


class BridgeTest(command.CommandTest):
    def ask(self, endpoint, method, params):
        """One request of JSON-RPC over HTTP."""
        url = endpoint.removeprefix("jsonrpc+")
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=WITHIN) as answer:
            return json.load(answer)

    def test_every_protocol_reaches_a_native_server(self):
        with serving("tcp://127.0.0.1:0") as server:
            with Bridge(server.endpoints[0], "any+tcp://127.0.0.1:0?label=conformance") as bridge:
                port = bridge.endpoints[0].split("127.0.0.1:")[1].split("?")[0].split("/")[0]
                for protocol in ("", "rpyc+", "jsonrpc+", "msgpack+", "quickrpc+", "pyrpc+"):
                    self.expect(["call", f"{protocol}tcp://127.0.0.1:{port}", "conformance.add", "2", "3"], "5\n")
                for method in ("make_counter", "conformance.make_counter"):
                    self.expect(["call", f"msgpack+tcp://127.0.0.1:{port}", method, "5", ".increment", "2"], "7\n")

    def test_a_page_calls_an_rpyc_server(self):
        with serving("rpyc+tcp://127.0.0.1:0") as server:
            with Bridge(server.endpoints[0], "jsonrpc+http://127.0.0.1:0") as bridge:
                page = bridge.endpoints[0]
                self.assertEqual(self.ask(page, "add", [2, 3])["result"], 5)
                self.assertEqual(self.ask(page, "conformance.word_count", ["a b a"])["result"], {"a": 2, "b": 1})
                self.assertEqual(self.ask(page, "echo", [[1, {"two": [2]}]])["result"], [1, {"two": [2]}])
                self.assertIn("no attribute 'nothing'", self.ask(page, "nothing", [])["error"]["message"])
                self.assertEqual(self.ask(page, "fail", ["worn out"])["error"]["message"], "worn out")

    def test_remcall_by_the_schema_of_the_other_side(self):
        with serving("remcall+tcp://127.0.0.1:0") as server:
            options = ("--schema", IDL)
            with Bridge(server.endpoints[0], "jsonrpc+tcp://127.0.0.1:0", "tcp://127.0.0.1:0", options=options) as bridge:
                web, native = bridge.endpoints
                self.expect(["call", web, "add", "2", "3"], "5\n")
                self.expect(["call", web, "Main.concat", '"a"', '"b"'], '"ab"\n')
                self.expect(["call", native, "Main.makeCounter", "5", ".increment", "2"], "7\n")
                self.expect(["call", native, "Main.callBack", "@events", "1"],
                            '{"method":"onEvent","arguments":{"sequence":1,"text":"event 1"}}\n1\n')

    def test_streams_pass_in_both_directions(self):
        with serving("tcp://127.0.0.1:0") as server:
            with Bridge(server.endpoints[0], "jsonrpc+tcp://127.0.0.1:0") as bridge:
                self.expect(["call", bridge.endpoints[0], "count_to", "100"],
                            "".join(f"{i}\n" for i in range(1, 101)))
                self.expect(["call", bridge.endpoints[0], "total", "@-"], "5050\n",
                            text="".join(f"{i}\n" for i in range(1, 101)))

    def test_objects_pass_where_messages_could(self):
        with serving("tcp://127.0.0.1:0") as server:
            with Bridge(server.endpoints[0], "tcp://127.0.0.1:0", options=("--by-objects",)) as bridge:
                self.expect(["call", bridge.endpoints[0], "conformance.add", "2", "3"], "5\n")
                self.expect(["call", bridge.endpoints[0], "conformance.call_back", "@events", "1"],
                            '{"method":"on_event","arguments":{"sequence":1,"text":"event 1"}}\n1\n')

    def test_each_client_has_a_process_of_its_own(self):
        with Bridge(f"exec:{COMMAND} serve --listen stdio:", "jsonrpc+tcp://127.0.0.1:0") as bridge:
            for _ in range(3):
                self.expect(["call", bridge.endpoints[0], "live_objects"], "0\n")
                self.expect(["call", bridge.endpoints[0], "make_counter", "5", ".value"], "5\n")

    def test_a_server_that_is_not_there_is_told_of_and_may_come(self):
        with serving("tcp://127.0.0.1:0") as server:
            there = server.endpoints[0]
            with Bridge(there, "jsonrpc+http://127.0.0.1:0") as bridge:
                self.assertEqual(self.ask(bridge.endpoints[0], "add", [2, 3])["result"], 5)
                server.end()
                told = self.ask(bridge.endpoints[0], "add", [2, 3])["error"]
                self.assertIn("connection refused", told["message"])
                self.assertEqual(told["data"], {"error": "disconnected"})
                with serving(there):
                    self.assertEqual(self.ask(bridge.endpoints[0], "add", [2, 3])["result"], 5)
                status, errors = bridge.end()
                self.assertEqual(status, 0)
                self.assertIn("BKN-BRIDGE-UNREACHED", errors)

    def test_what_cannot_be_is_wrong_usage(self):
        bridge = ["bridge", "--listen", "tcp://127.0.0.1:0", "--connect"]
        unread = "beckon: not_found: cannot open /nowhere.bk: No such file or directory"
        self.expect_error([*bridge, "tcp://127.0.0.1:1", "--schema", "/nowhere.bk"], 2, unread)
        for words in (["call"], ["describe"], ["ls"]):
            self.expect_error([*words, "tcp://127.0.0.1:1", "--schema", "/nowhere.bk", *(["add"] * (words == ["call"]))],
                              2, unread)
        self.expect_error([*bridge, "tcp://127.0.0.1:1?x=1"], 2, 'beckon: invalid_argument: option "x" is unknown')
        self.expect_error([*bridge, "tcp://127.0.0.1:99999"], 2, "beckon: parse_error: endpoint")
        self.expect_error([*bridge, "tcp://127.0.0.1"], 2, "beckon: parse_error: endpoint")

    def test_it_ends_at_once_while_it_waits_for_a_server(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            there = f"rpyc+tcp://127.0.0.1:{silent.getsockname()[1]}"
            with Bridge(there, "jsonrpc+tcp://127.0.0.1:0", options=("--timeout", "1h")) as bridge:
                host, port = bridge.endpoints[0].rsplit("/", 1)[1].split(":")
                with socket.create_connection((host, int(port)), timeout=WITHIN):
                    with silent.accept()[0]:
                        self.assertEqual(bridge.end(signal.SIGTERM)[0], 0)

    def test_it_ends_by_a_signal_with_clients_there(self):
        with serving("tcp://127.0.0.1:0") as server:
            with Bridge(server.endpoints[0], "tcp://127.0.0.1:0") as bridge:
                with subprocess.Popen([COMMAND, "call", bridge.endpoints[0], "conformance.count_to", "1000000000"],
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reading:
                    self.assertEqual(reading.stdout.readline(), b"1\n")
                    self.assertEqual(bridge.end(signal.SIGTERM), (0, ""))
                    reading.communicate(timeout=WITHIN)
                    self.assertEqual(reading.returncode, 1)
            with Bridge(server.endpoints[0], "jsonrpc+tcp://127.0.0.1:0") as bridge:
                host, port = bridge.endpoints[0].rsplit("/", 1)[1].split(":")
                with socket.create_connection((host, int(port)), timeout=WITHIN) as idle:
                    idle.sendall(b'{"jsonrpc":"2.0","id":1,"method":"add","params":[2,3]}\n')
                    self.assertIn(b'"result":5', idle.recv(1000))
                    self.assertEqual(bridge.end(signal.SIGINT), (0, ""))
                    self.assertEqual(idle.recv(1000), b"")

    def test_what_cannot_be_compared_is_no_success(self):
        with tempfile.TemporaryDirectory() as folder, serving("jsonrpc+tcp://127.0.0.1:0") as server:
            file = os.path.join(folder, "shop.rec")
            with Bridge(server.endpoints[0], "jsonrpc+tcp://127.0.0.1:0", options=("--record", file)) as bridge:
                self.expect(["call", bridge.endpoints[0], "add", "2", "3"], "5\n")
                bridge.end()
            with open(file, encoding="utf-8") as whole:
                lines = whole.readlines()
            with open(file, "w", encoding="utf-8") as cut:
                cut.write("".join(lines[:2]) + lines[2][:40])
            self.expect_error(["replay", file, server.endpoints[0]], 2, "beckon: parse_error: recording ")

    def test_wrong_usage(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = os.path.join(folder, "bad.bk")
            with open(bad, "w", encoding="utf-8") as file:
                file.write("interface A { void x(); }\n")
            for words, told in (
                    (["--connect", "tcp://127.0.0.1:1"], "beckon: invalid_argument: --listen is required"),
                    (["--listen", "tcp://127.0.0.1:0"], "beckon: invalid_argument: --connect is required"),
                    (["--listen", "tcp://127.0.0.1:0", "--connect", "restart:5:tcp://127.0.0.1:1"],
                     "beckon: unsupported: a bridge leads to an endpoint"),
                    (["--listen", "tcp://127.0.0.1:0", "--connect", "nix+tcp://127.0.0.1:1"],
                     'beckon: unsupported: no protocol is called "nix"'),
                    (["--listen", "tcp://127.0.0.1:0", "--connect", "rpyc+tcp://127.0.0.1:1"],
                     "beckon: unsupported: peers of native need to know the types"),
                    (["--listen", "tcp://127.0.0.1:0", "--connect", "rpyc+tcp://127.0.0.1:1", "--schema", bad,
                      "--object", "b=B"], "beckon: not_found: "),
                    (["--listen", "tcp://127.0.0.1:0", "--connect", "tcp://127.0.0.1:1", "--object", "b"],
                     "beckon: invalid_argument: --object takes [NAME]=INTERFACE")):
                self.expect_error(["bridge", *words], 2, told)

    def test_an_address_in_use_is_no_connection(self):
        with serving("tcp://127.0.0.1:0") as server:
            self.expect_error(["bridge", "--listen", server.endpoints[0], "--connect", "tcp://127.0.0.1:1"], 3,
                              "beckon: address_in_use: ")


if __name__ == "__main__":
    unittest.main()
