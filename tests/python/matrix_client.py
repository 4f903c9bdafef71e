"""Calls every method of the conformance service: matrix_client.py ENDPOINT.

Prints `ok METHOD` for each, or `failed METHOD: why` and ends with 1, as the clients of other languages do, so that one test
can drive them all.
"""
import sys

import service
from client import BOLT, VALUES, Recorder, until

import beckon
from conformance import Conformance, Item, Mood, OutOfStock


def equal(found, expected):
    assert found == expected, f"found {found!r}, expected {expected!r}"


def raises(kind, call, *arguments):
    try:
        call(*arguments)
    except kind as error:
        return error
    raise AssertionError(f"nothing was raised, expected {kind.__name__}")


class Calls:
    """One function for each method."""

    def __init__(self, found):
        self.service = found

    def echo(self):
        equal(self.service.echo(VALUES), VALUES)

    def add(self):
        equal(self.service.add((1 << 63) - 1, -(1 << 63)), -1)
        raises(beckon.RemoteError, self.service.add, (1 << 63) - 1, 1)

    def concat(self):
        equal(self.service.concat("a\u00e9", "b"), "a\u00e9b")

    def sum(self):
        equal(self.service.sum([0.5, 1, 2]), 3.5)

    def reverse(self):
        equal(self.service.reverse(b"\1\2"), b"\2\1")

    def restock(self):
        equal(self.service.restock(BOLT, 3).count, 5)
        error = raises(OutOfStock, self.service.restock, BOLT, -3)
        equal((error.name, error.wanted, error.available), ("bolt", 3, 2))

    def sort_items(self):
        nail = Item("nail", 2, [], None, Mood.CALM)
        equal(self.service.sort_items([nail, BOLT]), [BOLT, nail])

    def word_count(self):
        equal(self.service.word_count(" a b\n a\t"), {"a": 2, "b": 1})

    def fail(self):
        equal(raises(beckon.RemoteError, self.service.fail, "boom").message, "boom")

    def sleep(self):
        equal(self.service.sleep(5), "slept 5 ms")
        raises(beckon.Timeout, beckon.with_options(self.service, timeout=0.02).sleep, 60_000)

    def make_counter(self):
        counter = self.service.make_counter(5)
        equal((counter.increment(2), counter.value()), (7, 7))

    def live_objects(self):
        before = self.service.live_objects()
        counter = self.service.make_counter(5)
        equal(self.service.live_objects(), before + 1)
        del counter
        assert until(lambda: self.service.live_objects() <= before), "the counter was not given back"

    def call_back(self):
        listener = Recorder()
        equal(self.service.call_back(listener, 3), 3)
        equal(listener.events, ["1:event 1", "2:event 2", "3:event 3"])

    def subscribe(self):
        listener = Recorder()
        self.service.subscribe(listener, 3, 1)
        assert listener.wait_for(3), listener.events
        equal(listener.events, ["1:event 1", "2:event 2", "3:event 3"])

    def nest(self):
        equal(self.service.nest(service.Service(), 20), 20)

    def count_to(self):
        equal(list(self.service.count_to(5)), [1, 2, 3, 4, 5])
        equal(sum(self.service.count_to(12_000)), 12_000 * 12_001 // 2)

    def total(self):
        equal(self.service.total([1, 2, 3]), 6)
        equal(self.service.total(iter(range(12_000))), 12_000 * 11_999 // 2)

    def whoami(self):
        equal(self.service.whoami(), "anonymous")


def main():
    status = 0
    with beckon.connect(sys.argv[1], within=30) as session:
        calls = Calls(session.get(Conformance, "conformance"))
        for name in Conformance._beckon_methods_:
            try:
                getattr(calls, name)()
                print("ok", name, flush=True)
            except Exception as error:
                print(f"failed {name}: {error!r}", flush=True)
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
