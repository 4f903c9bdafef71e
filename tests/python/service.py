"""The conformance service in Python, once in functions and once in coroutines. As a program: serves it.

    service.py ENDPOINT [async]
"""
import asyncio
import sys
import threading
import time
import weakref

import generated  # noqa: F401  makes what follows importable

import beckon
import conformance
from conformance import Item, OutOfStock

LEAST, MOST = -(1 << 63), (1 << 63) - 1


def checked(number):
    if not LEAST <= number <= MOST:
        raise OverflowError(f"{number} does not fit int64")
    return number


def restocked(item, by):
    after = checked(item.count + by)
    if after < 0:
        raise OutOfStock(item.name, -by, item.count)
    return Item(item.name, after, item.tags, item.at, item.mood)


def counted(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


class Counter(conformance.Counter):
    def __init__(self, start):
        self.number = start

    def increment(self, by):
        self.number = checked(self.number + by)
        return self.number

    def value(self):
        return self.number


class Service(conformance.Conformance):
    def __init__(self):
        self.counters = weakref.WeakSet()

    def echo(self, what):
        return what

    def add(self, a, b):
        return checked(a + b)

    def concat(self, a, b):
        return a + b

    def sum(self, numbers):
        return float(sum(numbers))

    def reverse(self, data):
        return data[::-1]

    def restock(self, item, by):
        return restocked(item, by)

    def sort_items(self, items):
        return sorted(items, key=lambda item: (item.name, item.count))

    def word_count(self, text):
        return counted(text)

    def fail(self, message):
        raise RuntimeError(message)

    def sleep(self, milliseconds):
        beckon.current_call().sleep(milliseconds / 1000)
        return f"slept {milliseconds} ms"

    def make_counter(self, start):
        made = Counter(start)
        self.counters.add(made)
        return made

    def live_objects(self):
        return len(self.counters)

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
        return 0 if depth <= 0 else 1 + peer.nest(self, depth - 1)

    def count_to(self, n):
        yield from range(1, n + 1)

    def total(self, numbers):
        return checked(sum(numbers))

    def whoami(self):
        return beckon.current_call().user or "anonymous"


class AsyncCounter(conformance.AsyncCounter):
    def __init__(self, start):
        self.number = start

    async def increment(self, by):
        self.number = checked(self.number + by)
        return self.number

    async def value(self):
        return self.number


class AsyncService(conformance.AsyncConformance):
    def __init__(self):
        self.counters = weakref.WeakSet()
        self.telling = set()

    async def echo(self, what):
        return what

    async def add(self, a, b):
        return checked(a + b)

    async def concat(self, a, b):
        return a + b

    async def sum(self, numbers):
        return float(sum(numbers))

    async def reverse(self, data):
        return data[::-1]

    async def restock(self, item, by):
        return restocked(item, by)

    async def sort_items(self, items):
        return sorted(items, key=lambda item: (item.name, item.count))

    async def word_count(self, text):
        return counted(text)

    async def fail(self, message):
        raise RuntimeError(message)

    async def sleep(self, milliseconds):
        await asyncio.sleep(milliseconds / 1000)
        return f"slept {milliseconds} ms"

    async def make_counter(self, start):
        made = AsyncCounter(start)
        self.counters.add(made)
        return made

    async def live_objects(self):
        return len(self.counters)

    async def call_back(self, listener, times):
        for number in range(1, times + 1):
            await listener.on_event(number, f"event {number}")
        return times

    async def subscribe(self, listener, times, interval_ms):
        async def tell():
            for number in range(1, times + 1):
                await asyncio.sleep(interval_ms / 1000)
                await listener.on_event(number, f"event {number}")
        task = asyncio.ensure_future(tell())
        self.telling.add(task)
        task.add_done_callback(self.telling.discard)

    async def nest(self, peer, depth):
        return 0 if depth <= 0 else 1 + await peer.nest(self, depth - 1)

    async def count_to(self, n):
        for number in range(1, n + 1):
            yield number

    async def total(self, numbers):
        found = 0
        async for number in numbers:
            found += number
        return checked(found)

    async def whoami(self):
        return beckon.current_call().user or "anonymous"


def main():
    endpoint, *words = sys.argv[1:]
    server = beckon.Server({"conformance": AsyncService() if words else Service()})
    listening = server.listen(endpoint)
    if not endpoint.startswith("stdio"):
        print(f"listening {listening}\nready", flush=True)
    server.run()


if __name__ == "__main__":
    main()
