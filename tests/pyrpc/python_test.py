"""Python programs that speak pyrpc, by its specification and with Python's own pickle: as clients of our server and as servers
of our command, in all protocols of pickle."""
# also at one port
import datetime
import json
import os
import pickle
import sys
import tempfile
import threading
import unittest
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "command")]
import command  # noqa: E402: found by the line above
import plain_pyrpc  # noqa: E402

PROTOCOLS = range(0, pickle.HIGHEST_PROTOCOL + 1)


def address_of(endpoint):
    if "unix:" in endpoint:
        return endpoint.split("unix:")[1].split("?")[0]
    host, port = endpoint.split("//")[1].split("?")[0].rsplit(":", 1)
    return host, int(port)


class PythonCallsUs:
    """`listen` says where."""

    def setUp(self):
        self.server = command.Server(self.listen())
        self.client = plain_pyrpc.Client(address_of(self.server.endpoints[0]))

    def tearDown(self):
        self.assertEqual(self.server.end(), (0, self.errors))

    errors = ""

    def test_values_come_back_as_they_were(self):
        values = [None, True, -1, 2**70, -2**63, 1.5, "grüße", b"\0\xff", [1, [2]], (), (1,), (1, 2, 3, 4), {"a": {"b": []}},
                  {1: "one"}, {1, 2}, frozenset([3]), 1 + 2j, uuid.UUID(int=7)]
        for protocol in PROTOCOLS:
            client = plain_pyrpc.Client(self.client.address, protocol)
            for value in values:
                came = client.call("echo", value)
                self.assertEqual((type(came), came), (type(value), value), protocol)

    def test_methods_by_position_and_by_name_of_the_root_and_of_others(self):
        self.assertEqual(self.client.call("add", 2, 3), 5)
        self.assertEqual(self.client.call("add", b=2, a=3), 5)
        self.assertEqual(self.client.call("conformance.concat", "a", b="b"), "ab")
        self.assertEqual(self.client.call("bench.say", "x"), "x")
        self.assertEqual(self.client.call("word_count", "a b a"), {"a": 2, "b": 1})
        self.assertEqual(self.client.call("count_to", 3), [1, 2, 3])
        self.assertEqual(self.client.call("total", (4, 5)), 9)
        self.assertIs(self.client.call("connected"), True)
        self.assertIn("restock", self.client.call("__dir__"))

    def test_records_and_exceptions(self):
        bolt = {"name": "bolt", "count": 2, "tags": ["m4"], "at": None, "mood": "busy"}
        self.assertEqual(self.client.call("restock", bolt, 3), {**bolt, "count": 5})
        with self.assertRaises(Exception) as raised:
            self.client.call("restock", bolt, -5)
        self.assertEqual((type(raised.exception), raised.exception.className), (Exception, "OutOfStock"))
        self.assertEqual((raised.exception.wanted, raised.exception.available), (5, 2))
        for error, method, arguments in ((AttributeError, "nope", ()), (TypeError, "add", (1,)), (TypeError, "add", (1, "x")),
                                         (RuntimeError, "fail", ("boom",)), (AttributeError, "__class__", ()),
                                         (AttributeError, "shutdown", ())):
            with self.assertRaises(error):
                self.client.call(method, *arguments)
        with self.assertRaises(ValueError):
            self.client.call("echo", datetime.date(2024, 2, 29))

    def test_many_threads_call_at_once(self):
        wrong = []

        def work(number):
            for each in range(20):
                if self.client.call("add", number, each) != number + each:
                    wrong.append((number, each))
        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_large_results(self):
        content = os.urandom(5 << 20)
        self.assertEqual(self.client.call("reverse", content), content[::-1])

    def test_calls_that_are_asked_for_by_and_by(self):
        self.assertEqual(self.client.nb_call("add", 2, b=3), 5)
        self.assertEqual(self.client.nb_call("sleep", 50), "slept 50 ms")
        with self.assertRaises(AttributeError):
            self.client.nb_call("nope")

    def test_a_pickle_that_would_run_something_is_refused(self):
        class Runs:
            def __reduce__(self):
                return os.system, ("echo run",)
        with self.assertRaises(ValueError) as raised:
            self.client.call("echo", Runs())
        self.assertIn("system", str(raised.exception))


class OverTcp(PythonCallsUs, unittest.TestCase):
    def listen(self):
        return "pyrpc+tcp://127.0.0.1:0?nonblocking=true"


class OverUnix(PythonCallsUs, unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        super().setUp()

    def tearDown(self):
        super().tearDown()
        self.folder.cleanup()

    def listen(self):
        return f"pyrpc+unix:{self.folder.name}/x.sock?nonblocking=true"


class CustomError(Exception):
    pass


class Callee:
    def echo(self, *args, **kwargs):
        return args, kwargs

    def add(self, a, b):
        return a + b

    def boom(self, *args):
        raise ValueError(*args)

    def custom(self):
        raise CustomError(42, "custom failure")

    def openfile(self):
        return open("/nowhere/at/all", encoding="utf-8")

    def slow(self, seconds):
        threading.Event().wait(seconds)
        return "slept"


class WeCallPython(command.CommandTest):
    def serve(self, **options):
        server = plain_pyrpc.Server(Callee(), **options)
        self.addCleanup(server.stop)
        if isinstance(server.address, str):
            return f"pyrpc+unix:{server.address}"
        return "pyrpc+tcp://%s:%d" % server.address

    def call(self, endpoint, *words):
        status, output, errors = command.run("call", endpoint, *words)
        self.assertEqual((status, errors), (0, ""), words)
        return json.loads(output)

    def test_methods_and_values(self):
        with tempfile.TemporaryDirectory() as folder:
            endpoints = [self.serve(protocol=protocol) for protocol in PROTOCOLS]
            for endpoint in [*endpoints, self.serve(address=folder + "/x.sock")]:
                self.assertEqual(self.call(endpoint, "add", "2", "b=3"), 5)
                self.assertEqual(self.call(endpoint, "echo", '[1,"grüße",null,2.5]', 'x={"a":true}'),
                                 [[[1, "grüße", None, 2.5]], {"x": {"a": True}}])

    def test_what_there_is(self):
        status, output, errors = command.run("ls", self.serve())
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("openfile", output)

    def test_exceptions(self):
        for options, method, text in (({}, ["boom", '"bad"', "3"], "beckon: remote_error (builtins.ValueError): "),
                                      ({}, ["openfile"], "beckon: remote_error (builtins.FileNotFoundError): "),
                                      ({}, ["nope"], "beckon: remote_error (builtins.AttributeError): "),
                                      ({}, ["custom"], "beckon: remote_error (__main__.CustomError): "),
                                      ({"retype_exceptions": True}, ["custom"], "beckon: remote_error (CustomError): ")):
            self.expect_error(["call", self.serve(**options), *method], 1, text)

    def test_times_are_kept(self):
        endpoint = self.serve()
        self.expect_error(["call", endpoint, "slow", "20", "call_timeout=0.2"], 1,
                          "beckon: timeout (pyrpc.ut.Timeout): peer did not answer within 200 ms (call_timeout)")
        self.expect_error(["call", endpoint + "?call_timeout=0.2", "slow", "20"], 1, "beckon: timeout (pyrpc.ut.Timeout): ")

    def test_calls_that_are_asked_for_by_and_by(self):
        endpoint = self.serve(nonblocking=True)
        self.assertEqual(self.call(endpoint, "nb_add", "2", "3", "nb_fetch_tick=0.02"), 5)
        self.assertEqual(self.call(endpoint, "nb_slow", "0.1", "nb_fetch_tick=0.02"), "slept")
        self.expect_error(["call", endpoint, "nb_boom", '"bad"', "nb_fetch_tick=0.02"], 1,
                          "beckon: remote_error (builtins.ValueError): bad")


if __name__ == "__main__":
    unittest.main()
