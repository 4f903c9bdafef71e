"""The conformance service, called through generated Python: Beckon's own, and Python's by functions and by coroutines."""
# also at one port
import os
import subprocess
import sys
import tempfile
import unittest

import client
import generated
import service  # noqa: F401
import beckon
import conformance
from command import Server as Command


class OfCpp(client.Client):
    @classmethod
    def setUpClass(cls):
        cls.server = Command("tcp://127.0.0.1:0")
        cls.endpoint = cls.server.endpoints[0]

    @classmethod
    def tearDownClass(cls):
        status, errors = cls.server.end()
        assert (status, errors) == (0, ""), (status, errors)


class AsyncOfCpp(client.AsyncClient):
    setUpClass = OfCpp.__dict__["setUpClass"]
    tearDownClass = OfCpp.__dict__["tearDownClass"]


class OfPython(client.Client):
    published = service.Service

    @classmethod
    def setUpClass(cls):
        cls.server = beckon.Server({"conformance": cls.published()})
        cls.endpoint = cls.server.listen("tcp://127.0.0.1:0")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()


class AsyncOfPython(client.AsyncClient):
    published = service.Service
    setUpClass = OfPython.__dict__["setUpClass"]
    tearDownClass = OfPython.__dict__["tearDownClass"]


class OfPythonsCoroutines(OfPython):
    published = service.AsyncService


class AsyncOfPythonsCoroutines(AsyncOfPython):
    published = service.AsyncService


class OverStdio(unittest.TestCase):
    """In a child process."""

    def test_carries_calls_both_ways_and_streams(self):
        endpoint = f"exec:{sys.executable} {service.__file__} stdio:"
        with beckon.connect(endpoint, within=60) as session:
            found = session.get(conformance.Conformance, "conformance")
            listener = client.Recorder()
            self.assertEqual(found.call_back(listener, 2), 2)
            self.assertEqual(listener.events, ["1:event 1", "2:event 2"])
            self.assertEqual(found.total(found.count_to(1000)), 500_500)

    def test_tells_what_the_child_is_if_it_speaks_otherwise(self):
        with self.assertRaisesRegex(beckon.Disconnected, "exec:echo .* speaks another protocol"):
            with beckon.connect("exec:echo good morning") as session:
                session.list()


class OverUnixSockets(unittest.TestCase):
    def test_carries_calls_and_leaves_nothing_behind(self):
        with tempfile.TemporaryDirectory() as folder:
            with beckon.Server({"conformance": service.Service()}) as server:
                endpoint = server.listen(f"unix:{folder}/socket")
                self.assertEqual(os.stat(f"{folder}/socket").st_mode & 0o777, 0o600)
                with beckon.connect(endpoint) as session:
                    found = session.get(conformance.Conformance, "conformance")
                    self.assertEqual(found.total(range(10)), 45)
            self.assertEqual(os.listdir(folder), [])


class ByTheCommand(unittest.TestCase):
    """`beckon call` of Python's service."""
    setUpClass = OfPython.__dict__["setUpClass"]
    tearDownClass = OfPython.__dict__["tearDownClass"]
    published = service.Service

    def test_calls_methods_and_listens(self):
        def call(*words):
            done = subprocess.run([generated.COMMAND, "call", self.endpoint, *words], capture_output=True, text=True)
            return done.returncode, done.stdout, done.stderr
        self.assertEqual(call("conformance.add", "2", "3"), (0, "5\n", ""))
        self.assertEqual(call("conformance.count_to", "3"), (0, "1\n2\n3\n", ""))
        item = '{"name": "bolt", "count": 2, "tags": [], "at": null, "mood": "busy"}'
        self.assertEqual(call("conformance.restock", item, "-3")[0], 1)
        self.assertIn("OutOfStock", call("conformance.restock", item, "-3")[2])
        self.assertIn("event 2", call("conformance.call_back", "@events", "2")[1])
        self.assertIn("conformance", subprocess.run([generated.COMMAND, "ls", self.endpoint], capture_output=True,
                                                    text=True).stdout)
        described = subprocess.run([generated.COMMAND, "describe", self.endpoint, "conformance"], capture_output=True,
                                   text=True)
        self.assertIn("int64 add(int64 a, int64 b);", described.stdout)


if __name__ == "__main__":
    unittest.main()
