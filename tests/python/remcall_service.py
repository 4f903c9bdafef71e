"""The conformance service's part that remcall carries, in generated Python: tests/remcall/conformance.idl."""
import asyncio
import os
import threading
import time

import generated

IDL = os.path.join(generated.SOURCE, "tests", "remcall", "conformance.idl")
generated.compile_idl(IDL, "--namespace", "remcall_conformance")

import beckon  # noqa: E402
import remcall_conformance as wire  # noqa: E402


class Counter(wire.Counter):
    alive = 0

    def __init__(self, start):
        self.now = start
        Counter.alive += 1

    def __del__(self):
        Counter.alive -= 1

    def increment(self, by):
        self.now += by
        return self.now

    def value(self):
        return self.now


class Listener(wire.Listener):
    def __init__(self):
        self.changed = threading.Condition()
        self.events = []

    def on_event(self, sequence, text):
        with self.changed:
            self.events.append((sequence, text))
            self.changed.notify_all()

    def wait_for(self, count):
        with self.changed:
            return self.changed.wait_for(lambda: len(self.events) >= count, 20)


class Main(wire.Main):
    def __init__(self):
        self.cancelled = threading.Event()

    def add(self, a, b):
        return a + b

    def concat(self, a, b):
        return a + b

    def fail(self, message):
        raise RuntimeError(message)

    def sleep(self, milliseconds):
        try:
            beckon.current_call().sleep(milliseconds / 1000)
        except beckon.Error:
            self.cancelled.set()
            raise
        return f"slept {milliseconds} ms"

    def make_counter(self, start):
        return Counter(start)

    def live_objects(self):
        return Counter.alive

    def call_back(self, listener, times):
        for number in range(1, times + 1):
            listener.on_event(number, f"event {number}")
        return times

    def subscribe(self, listener, times, interval_ms):
        def tell():
            for number in range(1, times + 1):
                time.sleep(interval_ms / 1000)
                listener.on_event(number, f"event {number}")
        threading.Thread(target=tell, daemon=True).start()

    def nest(self, peer, depth):
        return 0 if depth == 0 else 1 + peer.nest(self, depth - 1)

    def mood(self, mood):
        return mood

    def half(self, number):
        return number / 2

    def whoami(self):
        return beckon.current_call().user or "anonymous"


class AsyncCounter(wire.AsyncCounter):
    def __init__(self, start):
        self.now = start

    async def increment(self, by):
        self.now += by
        return self.now

    async def value(self):
        return self.now


class AsyncListener(wire.AsyncListener):
    def __init__(self):
        self.events = []

    async def on_event(self, sequence, text):
        self.events.append((sequence, text))


class AsyncMain(wire.AsyncMain):
    def __init__(self):
        self.cancelled = threading.Event()

    async def add(self, a, b):
        return a + b

    async def concat(self, a, b):
        return a + b

    async def fail(self, message):
        raise RuntimeError(message)

    async def sleep(self, milliseconds):
        try:
            await asyncio.sleep(milliseconds / 1000)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return f"slept {milliseconds} ms"

    async def make_counter(self, start):
        return AsyncCounter(start)

    async def live_objects(self):
        return 0

    async def call_back(self, listener, times):
        for number in range(1, times + 1):
            await listener.on_event(number, f"event {number}")
        return times

    async def nest(self, peer, depth):
        return 0 if depth == 0 else 1 + await peer.nest(self, depth - 1)

    async def mood(self, mood):
        return mood

    async def half(self, number):
        return number / 2

    async def whoami(self):
        return "anonymous"
