# peer: mono
"""The conformance service through generated C#: C#, C++ and Python call each other, every method."""
import os
import subprocess
import sys
import unittest

import csharp
from command import Server as Command

GENERATED = csharp.generate(csharp.CONFORMANCE, "conformance")
SERVER = csharp.build("Server.exe", GENERATED, *csharp.here("Server.cs", "Service.cs"))
CLIENT = csharp.build("Client.exe", GENERATED, *csharp.here("Client.cs", "Service.cs", "Check.cs"))
METHODS = ["echo", "add", "concat", "sum", "reverse", "restock", "sort_items", "word_count", "fail", "sleep",
           "make_counter", "live_objects", "call_back", "subscribe", "nest", "count_to", "total", "whoami"]
PYTHON = os.path.join(csharp.SOURCE, "tests", "python")


class Conformance(unittest.TestCase):
    maxDiff = None

    def assert_all(self, lines):
        self.assertEqual(lines, [f"ok {name}" for name in METHODS])

    def test_csharp_calls_cpp(self):
        server = Command("tcp://127.0.0.1:0")
        self.assert_all(csharp.run(CLIENT, server.endpoints[0]))
        self.assertEqual(server.end(), (0, ""))

    def test_csharp_calls_csharp(self):
        for words in ([], ["async"]):
            with self.subTest(words), csharp.Server(csharp.MONO, SERVER, "tcp://127.0.0.1:0", *words) as server:
                self.assert_all(csharp.run(CLIENT, server.endpoint))

    def test_python_calls_csharp(self):
        for words in ([], ["async"]):
            with self.subTest(words), csharp.Server(csharp.MONO, SERVER, "tcp://127.0.0.1:0", *words) as server:
                client = os.path.join(PYTHON, "matrix_client.py")
                done = subprocess.run([sys.executable, client, server.endpoint], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
                self.assert_all(done.stdout.splitlines())

    def test_csharp_calls_python(self):
        with csharp.Server(sys.executable, os.path.join(PYTHON, "matrix_server.py"), "tcp://127.0.0.1:0") as server:
            self.assert_all(csharp.run(CLIENT, server.endpoint))

    def test_over_unix_sockets_which_leave_nothing_behind(self):
        path = os.path.join(csharp.FOLDER, "socket")
        with csharp.Server(csharp.MONO, SERVER, f"unix:{path}") as server:
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            self.assert_all(csharp.run(CLIENT, server.endpoint))
        self.assertFalse(os.path.exists(path))

    def test_of_a_child_process(self):
        self.assert_all(csharp.run(CLIENT, f"exec:{csharp.MONO} '{SERVER}' stdio:"))

    def test_by_the_command(self):
        with csharp.Server(csharp.MONO, SERVER, "tcp://127.0.0.1:0") as server:
            def call(*words):
                done = subprocess.run([csharp.COMMAND, *words], capture_output=True, text=True)
                return done.returncode, done.stdout, done.stderr
            self.assertEqual(call("call", server.endpoint, "conformance.add", "2", "3"), (0, "5\n", ""))
            self.assertEqual(call("call", server.endpoint, "conformance.count_to", "3"), (0, "1\n2\n3\n", ""))
            self.assertIn("int64 add(int64 a, int64 b);", call("describe", server.endpoint, "conformance")[1])


if __name__ == "__main__":
    unittest.main()
