"""What a client of the conformance service has to see, whatever it speaks: one function for each method.

A client is a `Peer`. What it cannot say at all, its protocol refuses or its library has no words for, is `Refused`. Under
BECKON_NAMES_ALONE there is a protocol behind a bridge that tells no more of a declared exception.
"""
import gc
import os
import sys
import threading
import time

METHODS = ["echo", "add", "concat", "sum", "reverse", "restock", "sort_items", "word_count", "fail", "sleep", "make_counter",
           "live_objects", "call_back", "subscribe", "nest", "count_to", "total", "whoami"]
BOLT = {"name": "bolt", "count": 2, "tags": ["m4", "steel"], "at": {"x": 1.0, "y": -2.5}, "mood": "busy"}
NAIL = {"name": "nail", "count": 2, "tags": [], "at": None, "mood": "calm"}
EVENTS = [(1, "event 1"), (2, "event 2"), (3, "event 3")]
WITHIN = 30


class Refused(Exception):
    """There is no way to say it."""


class Listener:
    """Keeps what it is told."""

    def __init__(self):
        self.events, self.changed = [], threading.Condition()

    def on_event(self, sequence, text):
        with self.changed:
            self.events.append((sequence, text))
            self.changed.notify_all()

    def expect_events(self):
        with self.changed:
            self.changed.wait_for(lambda: len(self.events) >= 3, WITHIN)
            equal(self.events, EVENTS)


class Peer:
    """A way to call. Who has more words than these overrides what it has."""
    failure = Exception  # what a failed call raises
    hears_failures = True
    kept = 0  # counters that the server has after make_counter's check

    def call(self, method, *arguments):
        raise NotImplementedError

    def message_of(self, error):
        return str(error)

    def expect_out_of_stock(self, error):
        assert "OutOfStock" in repr(error) or "OutOfStock" in self.message_of(error), repr(error)

    def record(self, item):
        """As the client has it, as BOLT is."""
        return item

    def content(self, value):
        return value

    def counter(self, start):
        raise Refused("it has no references")

    def drop(self, counter):
        raise Refused("it has no references")

    def settle(self):
        """Lets go of what is not held any more."""
        gc.collect()

    def listener(self, heard):
        raise Refused("it cannot be called back")

    def nest(self, depth):
        raise Refused("it cannot be called back")

    def counted(self, n):
        """What count_to gives, as it comes."""
        raise Refused("it has no streams")

    def totalled(self, numbers):
        raise Refused("it has no streams")

    def serve(self, heard):
        """Until all has been heard."""


def equal(found, expected):
    assert found == expected, f"found {found!r}, expected {expected!r}"


def raised(peer, method, *arguments):
    try:
        peer.call(method, *arguments)
    except peer.failure as error:
        return error
    raise AssertionError(f"{method} did not fail")


class Checks:
    def __init__(self, peer):
        self.peer, self.call = peer, peer.call

    def echo(self):
        for value in ("text", 2**62, -2.5, True, [1, None, "x"]):
            equal(self.peer.content(self.call("echo", value)), value)

    def add(self):
        equal(self.call("add", (1 << 62) - 1, 1 << 62), (1 << 63) - 1)
        if self.peer.hears_failures:
            raised(self.peer, "add", (1 << 63) - 1, 1)

    def concat(self):
        equal(self.call("concat", "a\u00e9", "b"), "a\u00e9b")

    def sum(self):
        equal(self.call("sum", [0.5, 1.0, 2.0]), 3.5)

    def reverse(self):
        equal(self.call("reverse", b"\1\2\xff"), b"\xff\2\1")

    def restock(self):
        equal(self.peer.record(self.call("restock", BOLT, 3)), {**BOLT, "count": 5})
        error = raised(self.peer, "restock", BOLT, -3)
        if "BECKON_NAMES_ALONE" not in os.environ:
            return self.peer.expect_out_of_stock(error)
        told = f"{error!r} {type(error)} {getattr(error, 'message', '')}"
        assert "OutOfStock" in told, told

    def sort_items(self):
        equal([self.peer.record(each) for each in self.call("sort_items", [NAIL, BOLT])], [BOLT, NAIL])

    def word_count(self):
        equal(self.peer.content(self.call("word_count", " a b\n a\t")), {"a": 2, "b": 1})

    def fail(self):
        if not self.peer.hears_failures:
            raise Refused("its protocol tells no failures")
        text = self.peer.message_of(raised(self.peer, "fail", "boom"))
        assert "boom" in text, text

    def sleep(self):
        equal(self.call("sleep", 5), "slept 5 ms")

    def make_counter(self):
        increment, counter = self.peer.counter(5)
        equal(increment(2), 7)
        equal(increment(2), 9)
        self.peer.drop(counter)
        self.peer.settle()

    def live_objects(self):
        until = time.monotonic() + WITHIN
        while self.call("live_objects") > self.peer.kept and time.monotonic() < until:
            time.sleep(0.001)
        equal(self.call("live_objects"), self.peer.kept)

    def call_back(self):
        heard = Listener()
        equal(self.call("call_back", self.peer.listener(heard), 3), 3)
        heard.expect_events()

    def subscribe(self):
        heard = Listener()
        self.call("subscribe", self.peer.listener(heard), 3, 1)
        self.peer.serve(heard)
        heard.expect_events()

    def nest(self):
        equal(self.peer.nest(4), 4)

    def count_to(self):
        equal(list(self.peer.counted(40)), list(range(1, 41)))

    def total(self):
        equal(self.peer.totalled(list(range(1, 41))), 820)

    def whoami(self):
        equal(self.call("whoami"), "anonymous")


def run(peer, methods=METHODS):
    """Prints `ok METHOD`, `refused METHOD: why` or `failed METHOD: why` for each; the exit status says whether any failed."""
    checks = Checks(peer)
    failed = False
    for method in methods:
        try:
            getattr(checks, method)()
            print("ok", method, flush=True)
        except Refused as why:
            print(f"refused {method}: {why}", flush=True)
        except Exception as why:
            if "cannot carry" in f"{why} {getattr(why, 'message', '')}":  # the protocol behind a bridge
                print(f"refused {method}: {why}".replace("\n", " "), flush=True)
                continue
            failed = True
            print(f"failed {method}: {type(why).__name__}: {why}".replace("\n", " "), flush=True)
    sys.exit(int(failed))
