"""Calls every method of the conformance service through the generated code, once by functions, once by coroutines."""
import asyncio
import datetime
import threading
import time
import unittest

import generated  # noqa: F401  makes what follows importable

import beckon
import conformance
from conformance import AsyncConformance, Conformance, Item, Mood, OutOfStock, Point

import service

VALUES = [None, True, 5, -33, 1 << 70, 2.5, "text", b"bytes", [1, 2.5, None, True], [1, 2, 3, 4], (1, "x"), {1, 2},
          frozenset({"a"}), {"a": 1, 2: {}}, complex(1, -2), slice(1, None, -1), datetime.date(2024, 2, 29),
          beckon.DateTime(19000, 1), beckon.TimeOfDay(1), beckon.Duration(-1), beckon.AnyEnum("Mood", "broken", 2),
          beckon.AnyRecord("Point", {"x": 1.0, "y": 2.0}), beckon.AnyVariant("a", 5), beckon.Extension(-1, b"z")]
BOLT = Item("bolt", 2, ["m4"], Point(1, 2), Mood.BUSY)


def until(is_so, within=20):
    """Waits for what another thread or process does."""
    last = time.monotonic() + within
    while not is_so() and time.monotonic() < last:
        time.sleep(0.002)
    return is_so()


class Recorder(conformance.Listener):
    def __init__(self):
        self.changed = threading.Condition()
        self.events = []

    def on_event(self, sequence, text):
        with self.changed:
            self.events.append(f"{sequence}:{text}")
            self.changed.notify_all()

    def wait_for(self, count):
        with self.changed:
            return self.changed.wait_for(lambda: len(self.events) >= count, 20)


class AsyncRecorder(conformance.AsyncListener):
    def __init__(self):
        self.events = []
        self.arrived = asyncio.Queue()

    async def on_event(self, sequence, text):
        self.events.append(f"{sequence}:{text}")
        await self.arrived.put(sequence)


class Client(unittest.TestCase):
    """By functions; `endpoint` is set by who derives from it."""
    endpoint = ""

    def setUp(self):
        self.session = beckon.connect(self.endpoint)
        self.addCleanup(self.session.close)
        self.service = self.session.get(Conformance, "conformance")

    def test_echoes_any_value_with_its_type(self):
        for value in VALUES:
            found = self.service.echo(value)
            self.assertEqual((found, type(found)), (value, type(value)))
        self.assertEqual(self.service.echo(BOLT).fields["name"], "bolt")
        mine = Recorder()
        self.assertIs(self.service.echo(mine), mine)

    def test_adds_and_never_wraps(self):
        self.assertEqual(self.service.add(2, 3), 5)
        with self.assertRaises(beckon.RemoteError):
            self.service.add(service.MOST, 1)
        with self.assertRaisesRegex(beckon.TypeMismatch, "in argument a"):
            self.service.add(service.MOST + 1, 1)

    def test_says_which_argument_does_not_fit_and_what_would(self):
        said = "found 9223372036854775808, expected int64, from -9223372036854775808 to 9223372036854775807; in argument b; while"
        for number, words in ((1 << 63, said), (1 << 20_000, "found an integer of 20001 bits, expected int64, from")):
            with self.assertRaises(beckon.TypeMismatch) as raised:
                self.service.add(1, number)
            self.assertTrue(str(raised.exception).startswith(words), raised.exception)
        for items, words in (([0.5, "1"], "found str, expected a number for float64; in item 1; in argument numbers; while"),
                             ([1 << 2000], "found an integer of 2001 bits, which does not fit float64; in item 0; in argument")):
            with self.assertRaises(beckon.TypeMismatch) as raised:
                self.service.sum(items)
            self.assertTrue(str(raised.exception).startswith(words), raised.exception)
        with self.assertRaises(beckon.TypeMismatch) as raised:
            self.service.sort_items([BOLT, Item("nut", 1 << 64, [], None, Mood.CALM)])
        self.assertRegex(str(raised.exception), "int64, from .*; in field Item.count; in item 1; in argument items; while")

    def test_computes_on_strings_bytes_and_lists(self):
        self.assertEqual(self.service.concat("a", "é"), "aé")
        self.assertEqual(self.service.sum([0.5, 1, 2]), 3.5)
        self.assertEqual(self.service.reverse(b"ab"), b"ba")
        self.assertEqual(self.service.word_count(" a b\n a\t"), {"a": 2, "b": 1})

    def test_restocks_and_raises_out_of_stock(self):
        self.assertEqual(self.service.restock(BOLT, 3), Item("bolt", 5, ["m4"], Point(1, 2), Mood.BUSY))
        with self.assertRaises(OutOfStock) as raised:
            self.service.restock(BOLT, -3)
        error = raised.exception
        self.assertEqual((error.name, error.wanted, error.available), ("bolt", 3, 2))

    def test_sorts_items(self):
        items = [Item(name, count, [], None, Mood.CALM) for name, count in (("b", 1), ("a", 2), ("a", 1))]
        self.assertEqual(self.service.sort_items(items), [items[2], items[1], items[0]])

    def test_fails_with_the_message(self):
        with self.assertRaises(beckon.RemoteError) as raised:
            self.service.fail("boom")
        self.assertEqual(raised.exception.message, "boom")

    def test_sleeps_ends_at_its_deadline_and_can_be_cancelled(self):
        self.assertEqual(self.service.sleep(5), "slept 5 ms")
        with self.assertRaises(beckon.Timeout):
            beckon.with_options(self.service, timeout=0.02).sleep(60_000)
        pending = beckon.submit(self.service.sleep, 60_000)
        pending.cancel()
        with self.assertRaises(beckon.Cancelled):
            pending.result()
        self.assertEqual(self.service.add(1, 1), 2)

    def test_counts_the_counters_that_are_alive(self):
        before = self.service.live_objects()
        first, second = self.service.make_counter(5), self.service.make_counter(7)
        self.assertEqual((first.increment(2), second.value()), (7, 7))
        self.assertNotEqual(first, second)
        self.assertEqual(self.service.live_objects(), before + 2)
        self.assertEqual(self.service.echo(first), first)
        del first, second
        self.assertTrue(until(lambda: self.service.live_objects() == before))

    def test_submits_methods_without_a_result_too(self):
        failing = beckon.submit(self.service.fail, "boom")
        with self.assertRaisesRegex(beckon.RemoteError, "boom"):
            failing.result()
        listener = Recorder()
        pending = beckon.submit(self.service.subscribe, listener, 1, 1)
        self.assertIsNone(pending.result())
        self.assertTrue(listener.wait_for(1))
        self.assertTrue(pending.done())

    def test_submits_nothing_but_calls_of_a_peer(self):
        with self.assertRaisesRegex(beckon.InvalidArgument, "made no call to wait for"):
            beckon.submit(Recorder().on_event, 1, "here")
        mine = self.session.get(conformance.AsyncConformance, "conformance")
        with self.assertRaisesRegex(beckon.InvalidArgument, "no coroutine"):
            beckon.submit(mine.add, 1, 2)
        self.assertEqual(self.service.add(1, 1), 2)

    def test_calls_a_result_that_is_not_there_yet(self):
        counter = beckon.pipelined(self.service.make_counter, 5)
        self.assertEqual([beckon.submit(counter.increment, 1).result() for _ in range(3)], [6, 7, 8])

    def test_calls_a_listener_back_in_order(self):
        listener = Recorder()
        self.assertEqual(self.service.call_back(listener, 3), 3)
        self.assertEqual(listener.events, ["1:event 1", "2:event 2", "3:event 3"])
        self.assertTrue(until(lambda: self.session.tables.exported() == 0))

    def test_calls_a_subscribed_listener_after_it_has_returned(self):
        listener = Recorder()
        self.service.subscribe(listener, 3, 1)
        self.assertTrue(listener.wait_for(3))
        self.assertEqual(listener.events[-1], "3:event 3")

    def test_nests_calls_of_both_sides(self):
        self.assertEqual(self.service.nest(None, 0), 0)
        self.assertEqual(self.service.nest(service.Service(), 20), 20)

    def test_streams_in_both_directions(self):
        self.assertEqual(list(self.service.count_to(5)), [1, 2, 3, 4, 5])
        self.assertEqual(sum(self.service.count_to(12_000)), 12_000 * 12_001 // 2)
        self.assertEqual(self.service.total([1, 2, 3]), 6)
        self.assertEqual(self.service.total(iter(range(12_000))), 12_000 * 11_999 // 2)
        endless = self.service.count_to(1 << 60)
        self.assertEqual([next(endless), next(endless)], [1, 2])
        del endless
        self.assertTrue(until(lambda: not self.session.incoming))

    def test_knows_nobody_without_an_identity(self):
        self.assertEqual(self.service.whoami(), "anonymous")

    def test_finds_what_is_published(self):
        self.assertIn("conformance", [each.name for each in self.session.list()])
        with self.assertRaises(beckon.UnknownObject):
            self.session.get(Conformance, "nobody")
        with self.assertRaises(beckon.SchemaMismatch):
            self.session.get(conformance.Counter, "conformance")


class AsyncClient(unittest.IsolatedAsyncioTestCase):
    """By coroutines."""
    endpoint = ""

    async def asyncSetUp(self):
        self.session = await beckon.connect_async(self.endpoint)
        self.service = await self.session.get_async(AsyncConformance, "conformance")

    async def asyncTearDown(self):
        await self.session.__aexit__(None, None, None)

    async def test_calls_each_method_of_values(self):
        self.assertEqual(await self.service.echo(VALUES), VALUES)
        self.assertEqual(await self.service.add(2, 3), 5)
        self.assertEqual(await self.service.concat("a", "b"), "ab")
        self.assertEqual(await self.service.sum([0.5, 1]), 1.5)
        self.assertEqual(await self.service.reverse(b"ab"), b"ba")
        self.assertEqual(await self.service.sort_items([BOLT]), [BOLT])
        self.assertEqual(await self.service.word_count("a b a"), {"a": 2, "b": 1})
        self.assertEqual(await self.service.whoami(), "anonymous")
        with self.assertRaises(OutOfStock):
            await self.service.restock(BOLT, -3)
        with self.assertRaisesRegex(beckon.RemoteError, "boom"):
            await self.service.fail("boom")

    async def test_calls_side_by_side(self):
        found = await asyncio.gather(*(self.service.add(number, 1) for number in range(50)))
        self.assertEqual(found, list(range(1, 51)))

    async def test_sleeps_ends_at_its_deadline_and_can_be_cancelled(self):
        self.assertEqual(await self.service.sleep(5), "slept 5 ms")
        with self.assertRaises(beckon.Timeout):
            await beckon.with_options(self.service, timeout=0.02).sleep(60_000)
        task = asyncio.ensure_future(self.service.sleep(60_000))
        await asyncio.sleep(0)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertEqual(await self.service.add(1, 1), 2)

    async def test_holds_objects_and_is_called_back(self):
        before = await self.service.live_objects()
        counter = await self.service.make_counter(5)
        self.assertEqual([await counter.increment(2), await counter.value()], [7, 7])
        self.assertEqual(await self.service.live_objects(), before + 1)
        listener = AsyncRecorder()
        self.assertEqual(await self.service.call_back(listener, 3), 3)
        self.assertEqual(listener.events, ["1:event 1", "2:event 2", "3:event 3"])
        await self.service.subscribe(listener, 2, 1)
        for _ in range(5):
            await asyncio.wait_for(listener.arrived.get(), 20)
        self.assertEqual(await self.service.nest(service.AsyncService(), 20), 20)

    async def test_streams_in_both_directions(self):
        self.assertEqual([number async for number in self.service.count_to(5)], [1, 2, 3, 4, 5])
        found = 0
        async for number in self.service.count_to(12_000):
            found += number
        self.assertEqual(found, 12_000 * 12_001 // 2)

        async def numbers():
            for number in range(12_000):
                yield number
        self.assertEqual(await self.service.total(numbers()), 12_000 * 11_999 // 2)
