"""Node's vscode-jsonrpc and json-rpc-2.0, each as client of our server and as server of our command."""
# peer: vscode-jsonrpc
# peer: json-rpc-2.0
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above
import peer  # noqa: E402

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "jsonrpc_node")
NODE = peer.program("node")
MODULES = peer.node_modules("jsonrpc", "vscode-jsonrpc@8.2.1", "json-rpc-2.0@1.7.0")
print("peer: vscode-jsonrpc\npeer: json-rpc-2.0", flush=True)
os.environ["NODE_PATH"] = MODULES


def script(name):
    return os.path.join(HERE, name)


class Clients(unittest.TestCase):
    def run_against(self, options, client, complaint=""):
        with command.serving(f"jsonrpc+tcp://127.0.0.1:0{options}") as server:
            port = server.endpoints[0].split("?")[0].rsplit(":", 1)[1]
            done = subprocess.run([NODE, script(client), port], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (0, "all as expected\n"), done.stderr)
            status, errors = server.end()
            self.assertEqual(status, 0)
            self.assertIn(complaint, errors)
            self.assertEqual(errors.count("\n"), 1 if complaint else 0, errors)

    def test_vscode_jsonrpc(self):
        self.run_against("?framing=content-length", "vscode_client.js")

    def test_json_rpc_2(self):
        # What goes wrong with a notification the peer is not told, but the log is.
        self.run_against("", "lines_client.js", "unknown_method: 'Conformance' object has no attribute 'no_such_method'")


class VscodeServer(command.CommandTest):
    server = "vscode_server.js"
    options = "?framing=content-length"

    def setUp(self):
        self.endpoint = f"jsonrpc+exec:{NODE} {script(self.server)}{self.options}"

    def call(self, *words, output, text=None):
        self.expect(["call", self.endpoint, *words], output, text=text)

    def test_arguments_and_results(self):
        self.call("add", "2", "3", output="5\n")
        self.call("named", "second=3", "first=5", output="2\n")

    def test_errors_with_their_numbers(self):
        self.expect_error(["call", self.endpoint, "fail"], 1, "beckon: remote_error: out of paper")
        self.expect_error(["call", self.endpoint, "missing"], 1, "beckon: unknown_method: ")


class VscodeServerAlone(VscodeServer):
    """What the other package has none of."""

    def test_echo_gives_back_any_json(self):
        for given in ['{"a":[1,2.5,null,true,"grüße"],"b":{}}', '[1]', '"x"']:
            self.call("echo", given, output=(given if given != "[1]" else "[1]") + "\n")

    def test_an_unexpected_failure(self):
        self.expect_error(["call", self.endpoint, "crash"], 1, "beckon: remote_error: ")

    def test_it_calls_back_while_its_caller_waits(self):
        events = "".join('{"method":"on_event","arguments":[%d,"event %d"]}\n' % (i, i) for i in (1, 2))
        self.call("call_back", "@events", "2", output=events + "2\n")

    def test_a_stream_of_its(self):
        self.call("count", "3", output="1\n2\n3\n")

    def test_a_timeout_cancels(self):
        self.expect_error(["call", "--timeout", "200ms", self.endpoint, "wait"], 1, "beckon: timeout: ")


class LinesServer(VscodeServer):
    server = "lines_server.js"
    options = ""


if __name__ == "__main__":
    unittest.main()
