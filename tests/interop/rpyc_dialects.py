"""A Python program with one RPyC at a Python program with another; rpyc_dialects_test.py runs both.

Usage: `serve`, which prints its port and ends with its input; or the port of what leads there.
"""
import gc
import sys
import threading
import unittest

import rpyc
from rpyc.utils.server import ThreadedServer


class Cell:
    live = 0

    def __init__(self, content):
        self.content = content
        Cell.live += 1

    def __del__(self):
        Cell.live -= 1

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.content = kind.__name__ if kind else "left"

    def __iter__(self):
        return iter(self.content)


class Service(rpyc.SlaveService):
    """All that a classic server gives, and some objects; in this mode attributes have no prefix."""

    def cell(self, content):
        return Cell(content)

    def live(self):
        gc.collect()
        return Cell.live

    def apply(self, function, *arguments):
        return function(*arguments)

    def end(self):
        threading.Thread(target=lambda: self._connection.close()).start()

    def on_connect(self, connection):
        super().on_connect(connection)
        self._connection = connection


def serve():
    server = ThreadedServer(Service, hostname="127.0.0.1", port=0)
    threading.Thread(target=server.start, daemon=True).start()
    print(server.port, flush=True)
    sys.stdin.read()


class Talks(unittest.TestCase):
    def setUp(self):
        self.connection = rpyc.classic.connect("127.0.0.1", PORT)
        self.root = self.connection.root

    def tearDown(self):
        self.connection.close()

    def test_a_server_speaks_the_other_dialect(self):
        theirs = self.connection.modules["rpyc.version"].version
        self.assertNotEqual(theirs[0], rpyc.version.version[0])

    def test_classic_mode(self):
        self.connection.execute("shared = [1, 2]\ndef twice(x): return 2 * x")
        self.assertEqual(self.connection.eval("twice(21)"), 42)
        shared = self.connection.namespace["shared"]
        shared.append("three")
        self.assertEqual(rpyc.classic.obtain(shared), [1, 2, "three"])
        self.assertEqual(self.connection.modules.os.path.join("a", "b"), "a/b")
        self.assertIn("sys", self.connection.modules)
        there = rpyc.classic.deliver(self.connection, {"a": [1]})
        self.assertEqual(there["a"][0], 1)

    def test_large_messages_which_are_compressed(self):
        for size in (2_990, 3_010, 100_000, 3_000_000):
            text = "\u20ac" * size
            self.assertEqual(self.root.apply(len, text), size)
            self.assertEqual(self.connection.eval(f"'x' * {size}"), "x" * size)
        numbers = tuple(range(200_000))
        self.assertEqual(self.connection.builtin.sum(numbers), sum(numbers))

    def test_objects_of_both_sides(self):
        before = self.root.live()
        cells = [self.root.cell((i, "a" * 3_100)) for i in range(50)]
        self.assertEqual(self.root.live(), before + 50)
        self.assertEqual(cells[7].content, (7, "a" * 3_100))
        cells[7].content = b"new"
        self.assertEqual(list(cells[7]), list(b"new"))
        with cells[8]:
            pass
        self.assertEqual(cells[8].content, "left")
        mine = [5]
        self.assertIs(self.root.apply(lambda given: given, mine), mine)
        self.assertIs(self.root.apply(lambda given: given, cells[3]), cells[3])
        del cells
        gc.collect()
        self.assertEqual(self.root.live(), before)

    def test_calls_in_calls(self):
        def down(depth):
            return 0 if depth == 0 else 1 + self.root.apply(down, depth - 1)
        self.assertEqual(down(20), 20)

    def test_exceptions(self):
        with self.assertRaises(ZeroDivisionError) as caught:
            self.connection.eval("1 / 0")
        self.assertIn("division by zero", str(caught.exception))

        def fail():
            raise KeyError("mine")
        with self.assertRaisesRegex(KeyError, "mine"):
            self.root.apply(fail)

    def test_many_calls_at_once_which_come_in_numbers_of_all_sizes(self):
        add = rpyc.async_(self.connection.eval)
        self.assertEqual([each.value for each in [add(f"{i} + 1") for i in range(500)]], list(range(1, 501)))

    def test_calls_of_several_threads(self):
        serving = rpyc.BgServingThread(self.connection)
        wrong = []

        def work(first):
            for i in range(first, first + 50):
                if self.root.apply(lambda x: x + 1, i) != i + 1:
                    wrong.append(i)
        threads = [threading.Thread(target=work, args=(1000 * i,)) for i in range(3)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        serving.stop()
        self.assertEqual(wrong, [])

    def test_goodbyes_of_both_sides(self):
        for _ in range(10):
            rpyc.connect("127.0.0.1", PORT).close()
            used = rpyc.classic.connect("127.0.0.1", PORT)
            self.assertEqual(used.eval("1"), 1)
            used.close()
            self.assertTrue(used.closed)
        ended = rpyc.classic.connect("127.0.0.1", PORT)
        with self.assertRaises(EOFError):
            ended.root.end()
            while True:
                ended.ping()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        PORT = int(sys.argv.pop(1))
        unittest.main()
