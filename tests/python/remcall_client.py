"""Calls every method of the service that remcall carries, by functions and by coroutines."""
import asyncio
import unittest

import remcall_service as service
import beckon
from client import until
from remcall_service import AsyncListener, Listener, wire

Mood = wire.Mood


class Client(unittest.TestCase):
    """By functions; `endpoint` is set by who derives from it."""
    endpoint = ""
    failure = "RuntimeError"

    def setUp(self):
        self.session = beckon.connect(self.endpoint)
        self.addCleanup(self.session.close)
        self.main = self.session.get(wire.Main, "any name")

    def test_calls_with_values_and_enums(self):
        main = self.main
        self.assertEqual(main.add(2, 3), 5)
        self.assertEqual(main.concat("Grü", "ße"), "Grüße")
        self.assertEqual((main.half(-5), main.half(float("inf"))), (-2.5, float("inf")))
        self.assertIs(main.mood(Mood.BROKEN), Mood.BROKEN)
        self.assertEqual(main.whoami(), "anonymous")

    def test_what_does_not_fit_is_refused_before_it_leaves(self):
        with self.assertRaisesRegex(beckon.TypeMismatch, "in argument a"):
            self.main.add(1 << 63, 1)
        with self.assertRaisesRegex(beckon.TypeMismatch, "no UTF-8"):
            self.main.concat("\ud800", "")
        with self.assertRaises(beckon.TypeMismatch):
            self.main.call_back(service.Counter(1), 1)
        self.assertEqual(self.main.add(1, 1), 2)

    def test_objects_go_both_ways_and_come_home(self):
        counter = self.main.make_counter(40)
        self.assertEqual((counter.increment(2), counter.value()), (42, 42))
        listener = Listener()
        self.assertEqual(self.main.call_back(listener, 3), 3)
        self.assertEqual(listener.events, [(number, f"event {number}") for number in (1, 2, 3)])
        self.main.subscribe(listener, 2, 1)
        self.assertTrue(listener.wait_for(5))
        self.assertEqual(self.main.nest(service.Main(), 20), 20)
        self.assertEqual(self.main.nest(self.main, 3), 3)
        self.assertEqual(self.main.nest(None, 0), 0)

    def test_objects_are_released(self):
        self.assertEqual(self.main.live_objects(), 0)
        first, second = self.main.make_counter(1), self.main.make_counter(2)
        self.assertEqual(self.main.live_objects(), 2)
        self.assertNotEqual(first, second)
        del first, second
        self.assertTrue(until(lambda: self.main.live_objects() == 0))
        self.main.call_back(Listener(), 1)
        self.assertTrue(until(lambda: self.session.tables.exported() == 0))
        self.assertEqual(self.main.add(1, 1), 2)  # the main object is never released

    def test_failures_arrive_with_type_and_message(self):
        with self.assertRaises(beckon.RemoteError) as raised:
            self.main.fail("as agreed")
        self.assertEqual((raised.exception.message, raised.exception.type_name), ("as agreed", self.failure))
        self.assertEqual(self.main.add(1, 1), 2)

    def test_deadlines_and_cancellation(self):
        with self.assertRaises(beckon.Timeout):
            beckon.with_options(self.main, timeout=0.02).sleep(60_000)
        pending = beckon.submit(self.main.sleep, 60_000)
        pending.cancel()
        with self.assertRaises(beckon.Cancelled):
            pending.result()
        self.assertEqual(self.main.sleep(3), "slept 3 ms")
        self.assertTrue(until(lambda: self.session.calling.unanswered() == 0))  # the handlers have ended

    def test_calls_run_side_by_side(self):
        endless = beckon.submit(self.main.sleep, 3_600_000)
        self.assertEqual([self.main.add(number, 1) for number in range(20)], list(range(1, 21)))
        self.assertFalse(endless.done())
        endless.cancel()

    def test_calls_from_coroutines(self):
        async def converse():
            async with await beckon.connect_async(self.endpoint) as session:
                main = await session.get_async(wire.AsyncMain)
                sums = await asyncio.gather(*(main.add(number, 1) for number in range(50)))
                self.assertEqual(sums, list(range(1, 51)))
                counter = await main.make_counter(5)
                self.assertEqual([await counter.increment(2), await counter.value()], [7, 7])
                listener = AsyncListener()
                self.assertEqual(await main.call_back(listener, 3), 3)
                self.assertEqual(listener.events[-1], (3, "event 3"))
                self.assertEqual(await main.nest(service.AsyncMain(), 20), 20)
                with self.assertRaisesRegex(beckon.RemoteError, "boom"):
                    await main.fail("boom")
                task = asyncio.ensure_future(main.sleep(60_000))
                await asyncio.sleep(0)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                self.assertEqual(await main.add(1, 1), 2)
        asyncio.run(converse())

    def test_what_remcall_has_not_is_said(self):
        with self.assertRaisesRegex(beckon.Unsupported, "not there yet"):
            beckon.pipelined(self.main.make_counter, 5)
        with self.assertRaisesRegex(beckon.Unsupported, "no names"):
            self.session.list()
        with self.assertRaisesRegex(beckon.SchemaMismatch, "is a Main"):
            self.session.get(wire.Counter)

    def test_the_end_fails_what_is_in_flight(self):
        endless = beckon.submit(self.main.sleep, 3_600_000)
        self.session.close()
        with self.assertRaises(beckon.Disconnected):
            endless.result()
        with self.assertRaisesRegex(beckon.Cancelled, "closed by this side"):
            self.main.add(1, 1)
