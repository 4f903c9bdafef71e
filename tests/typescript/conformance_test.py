# peer: typescript
"""The conformance service through generated TypeScript: Beckon's own over every transport, Python's, and TypeScript's own."""
import os
import subprocess
import sys
import tempfile
import unittest

import generated
from command import serving

METHODS = ("echo", "add", "concat", "sum", "reverse", "restock", "sort_items", "word_count", "fail", "sleep",
           "make_counter", "live_objects", "call_back", "subscribe", "nest", "count_to", "total", "whoami")
PYTHON = os.path.join(generated.SOURCE, "tests", "python")


class Calls(unittest.TestCase):
    def assert_all_go_well(self, endpoint):
        status, output = generated.node("client.js", endpoint)
        self.assertEqual([line for line in output.splitlines() if line.startswith(("ok", "failed"))],
                         [f"ok {method}" for method in METHODS], output)
        self.assertEqual(status, 0, output)


class OfCpp(Calls):
    def test_over_tcp_unix_and_websocket(self):
        with tempfile.TemporaryDirectory() as folder:
            with serving("tcp://127.0.0.1:0", f"unix:{folder}/socket", "ws://127.0.0.1:0/shop") as server:
                for endpoint in server.endpoints:
                    with self.subTest(endpoint):
                        self.assert_all_go_well(endpoint)
                self.assertEqual(server.end(), (0, ""))

    def test_at_one_port_with_every_protocol(self):
        with serving("any+tcp://127.0.0.1:0") as server:
            port = server.endpoints[0].split("127.0.0.1:")[1].split("?")[0].split("/")[0]
            for transport in ("tcp", "ws"):
                with self.subTest(transport):
                    self.assert_all_go_well(f"{transport}://127.0.0.1:{port}")
            self.assertEqual(server.end(), (0, ""))

    def test_in_a_child_process(self):
        self.assert_all_go_well(f"exec:'{generated.COMMAND}' serve --listen stdio:")


class OfPython(Calls):
    def test_in_a_child_process(self):
        self.assert_all_go_well(f"exec:{sys.executable} {PYTHON}/service.py stdio: async")


class Serving:
    """TypeScript's server, until its standard input ends."""

    def __init__(self, endpoint):
        self.process = subprocess.Popen([generated.NODE, os.path.join(generated.FOLDER, "server.js"), endpoint],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), line
        self.endpoint = line.removeprefix("listening on ").rstrip("\n")

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0, self.process.returncode


class OfTypeScript(Calls):
    def test_over_tcp_unix_and_websocket(self):
        with tempfile.TemporaryDirectory() as folder:
            for endpoint in ("tcp://127.0.0.1:0", f"unix:{folder}/socket", "ws://127.0.0.1:0/shop"):
                with self.subTest(endpoint), Serving(endpoint) as server:
                    if endpoint.startswith("unix:"):
                        self.assertEqual(os.stat(f"{folder}/socket").st_mode & 0o777, 0o600)
                    self.assert_all_go_well(server.endpoint)
            self.assertEqual(os.listdir(folder), [])

    def test_in_a_child_process(self):
        self.assert_all_go_well(f"exec:{generated.NODE} {generated.FOLDER}/server.js stdio:")

    def test_by_the_command(self):
        """C++ calls TypeScript."""
        def call(*words):
            done = subprocess.run([generated.COMMAND, "call", endpoint, *words], capture_output=True, text=True)
            return done.returncode, done.stdout, done.stderr
        for listen in ("tcp://127.0.0.1:0", "ws://127.0.0.1:0/"):
            with self.subTest(listen), Serving(listen) as server:
                endpoint = server.endpoint
                self.assertEqual(call("conformance.add", "2", "3"), (0, "5\n", ""))
                self.assertEqual(call("conformance.count_to", "3"), (0, "1\n2\n3\n", ""))
                item = '{"name": "bolt", "count": 2, "tags": [], "at": null, "mood": "busy"}'
                status, _, errors = call("conformance.restock", item, "-3")
                self.assertEqual(status, 1)
                self.assertIn("OutOfStock", errors)
                self.assertIn("event 2", call("conformance.call_back", "@events", "2")[1])
                described = subprocess.run([generated.COMMAND, "describe", endpoint, "conformance"],
                                           capture_output=True, text=True)
                self.assertIn("int64 add(int64 a, int64 b);", described.stdout)

    def test_by_python(self):
        """Python's own tests of clients, by functions and by coroutines."""
        with Serving("tcp://127.0.0.1:0") as server:
            program = (f"import sys; sys.path.insert(0, {PYTHON!r})\nimport generated, client, unittest\n"
                       "class By(client.Client): pass\nclass ByCoroutines(client.AsyncClient): pass\n"
                       f"By.endpoint = ByCoroutines.endpoint = {server.endpoint!r}\nunittest.main()")
            done = subprocess.run([sys.executable, "-c", program, "By", "ByCoroutines"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
