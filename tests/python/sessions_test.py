"""What sessions of the Python runtime promise beside the conformance service: options, errors, life, users, TLS."""
import asyncio
import sys
import threading
import unittest

import generated

generated.compile_text("office", """
enum Colour { red, green }
exception Closed { Colour colour; list<Colour> others; optional<string> note; }
interface Bell { oneway void ring(int64 number); void wait_for(int64 count); }
interface Office {
  string note();
  double_check left();
  void close_for(Colour colour) raises Closed;
  void missing();
  string hang();
  void leave();
  stream<int64> leave_midway();
  Bell bell();
  optional<Bell> maybe_bell(bool really);
  Bell same(Bell bell);
  any pass(any what);
  variant<number: int64, bell: Bell> choose(variant<number: int64, bell: Bell> what);
}
record double_check { float64 seconds; }
""")

import beckon  # noqa: E402
import office  # noqa: E402
from client import until  # noqa: E402


class Bell(office.Bell):
    def __init__(self):
        self.changed = threading.Condition()
        self.rung = []

    def ring(self, number):
        with self.changed:
            self.rung.append(number)
            self.changed.notify_all()

    def wait_for(self, count):
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.rung) >= count, 5):
                raise TimeoutError(f"the bell has rung {len(self.rung)} times")


class Office(office.Office):
    """Lacks missing()."""

    def __init__(self):
        self.the_bell = Bell()
        self.hanging = threading.Event()
        self.ended = []
        self.next = None

    def note(self):
        call = beckon.current_call()
        return f"{call.user} {call.metadata.get('note')}"

    def left(self):
        if self.next is not None:
            return beckon.with_options(self.next, timeout=100).left()
        return office.double_check(beckon.current_call().remaining())

    def close_for(self, colour):
        raise office.Closed(colour, [office.Colour.RED], None)

    def hang(self):
        self.hanging.set()
        try:
            beckon.current_call().sleep(60)
        except beckon.Error as error:
            self.ended.append(error.name)
            raise

    def leave(self):
        sys.exit("left")

    def leave_midway(self):
        yield 1
        sys.exit("left")

    def bell(self):
        return self.the_bell

    def maybe_bell(self, really):
        return self.the_bell if really else None

    def same(self, bell):
        return bell

    def choose(self, what):
        return what

    def pass_(self, what):
        return what


class Sessions(unittest.TestCase):
    def setUp(self):
        self.served = Office()
        self.server = beckon.Server({"office": self.served})
        self.addCleanup(self.server.close)
        self.session = beckon.connect(self.server.listen("tcp://127.0.0.1:0"))
        self.addCleanup(self.session.close)
        self.office = self.session.get(office.Office, "office")

    def test_carry_metadata(self):
        told = beckon.with_options(self.office, metadata={"note": "hello"})
        self.assertEqual((told.note(), self.office.note()), (" hello", " None"))

    def test_carry_deadlines_which_shrink_through_nested_calls(self):
        self.assertLessEqual(beckon.with_options(self.office, timeout=5).left().seconds, 5)
        with beckon.Server({"office": Office()}) as behind, beckon.connect(behind.listen("tcp://127.0.0.1:0")) as second:
            self.served.next = second.get(office.Office, "office")
            self.assertLessEqual(beckon.with_options(self.office, timeout=5).left().seconds, 5)

    def test_carry_declared_exceptions_with_their_types(self):
        with self.assertRaises(office.Closed) as raised:
            self.office.close_for(office.Colour.GREEN)
        error = raised.exception
        self.assertIs(error.colour, office.Colour.GREEN)
        self.assertEqual((error.others, error.note), ([office.Colour.RED], None))

    def test_say_which_method_is_missing(self):
        with self.assertRaisesRegex(beckon.UnknownMethod, "Office implements Office without missing"):
            self.office.missing()

    def test_name_the_argument_that_is_wrong_before_anything_is_sent(self):
        for wrong in ("red", 7, None):
            with self.assertRaisesRegex(beckon.TypeMismatch, "in argument colour; while calling Office.close_for"):
                self.office.close_for(wrong)
        with self.assertRaisesRegex(beckon.TypeMismatch, "implements no interface"):
            self.office.same(object())
        with self.assertRaisesRegex(beckon.TypeMismatch, "found a Office, expected a Bell"):
            self.office.same(Office())
        self.assertEqual(self.session.tables.exported(), 0)

    def test_survive_handlers_that_would_exit(self):
        with self.assertRaisesRegex(beckon.RemoteError, "SystemExit: left"):
            self.office.leave()
        numbers = self.office.leave_midway()
        self.assertEqual(next(numbers), 1)
        with self.assertRaisesRegex(beckon.RemoteError, "SystemExit: left"):
            next(numbers)
        self.assertEqual(self.office.note(), " None")

    def test_cancel_reaches_the_handler(self):
        pending = beckon.submit(self.office.hang)
        self.assertTrue(self.served.hanging.wait(20))
        pending.cancel()
        with self.assertRaises(beckon.Cancelled):
            pending.result()
        self.assertTrue(until(lambda: self.served.ended == ["cancelled"]))

    def test_keep_the_identity_of_objects(self):
        first, second, mine = self.office.bell(), self.office.bell(), Bell()
        self.assertEqual(first, second)
        self.assertEqual({first, second}, {first})
        self.assertIs(self.office.same(mine), mine)
        self.assertEqual(self.office.same(first), first)
        self.assertIsNone(self.office.maybe_bell(False))
        self.assertEqual(self.office.maybe_bell(True), first)
        with self.assertRaisesRegex(beckon.TypeMismatch, "the peer gave no object"):
            self.office.same(None)
        case, found = self.office.choose(("bell", first))
        self.assertEqual((case, found, self.office.choose(("number", 5))), ("bell", first, ("number", 5)))
        del first, second, found
        self.assertTrue(until(lambda: self.server.sessions()[0].tables.exported() == 1))  # the office

    def test_keep_the_order_of_calls_without_answer(self):
        bell = self.office.bell()
        for number in range(500):
            bell.ring(number)
        bell.wait_for(500)
        self.assertEqual(self.served.the_bell.rung, list(range(500)))

    def test_refuse_the_name_of_another_interface(self):
        with self.assertRaisesRegex(beckon.SchemaMismatch, "'office' is a Office, the peer expects a Bell"):
            self.session.get(office.Bell, "office")
        with self.assertRaisesRegex(beckon.UnknownObject, "nothing is published as 'shop'; there is office"):
            self.session.get(office.Office, "shop")

    def test_fail_what_is_in_flight_when_they_end(self):
        pending = beckon.submit(self.office.hang)
        self.assertTrue(self.served.hanging.wait(20))
        self.server.close()
        with self.assertRaisesRegex(beckon.Disconnected, "ended the session"):
            pending.result()
        with self.assertRaises(beckon.Disconnected):
            self.office.note()
        self.assertTrue(until(lambda: self.served.ended == ["cancelled"]))

    def test_take_no_new_calls_once_they_drain(self):
        pending = beckon.submit(self.office.bell)
        pending.result()
        self.server.sessions()[0].drain("closing time")
        with self.assertRaisesRegex(beckon.Overloaded, "closing time"):
            while True:
                self.office.note()

    def test_publish_from_both_sides(self):
        with beckon.connect(self.server.listen("tcp://127.0.0.1:0"), publish={"bell": Bell()}):
            self.assertTrue(until(lambda: len(self.server.sessions()) == 2))
            published = []
            for session in self.server.sessions():
                try:
                    published += [each.name for each in session.list()]
                except beckon.UnknownObject:
                    pass
            self.assertEqual(published, ["bell"])

    def test_cast_between_functions_and_coroutines(self):
        async def note(found):
            return await beckon.cast(office.AsyncOffice, found).note()
        self.assertEqual(asyncio.run(note(self.office)), " None")
        self.assertEqual(beckon.cast(office.Bell, self.office.pass_(self.office.bell())), self.office.bell())

    def test_messages_beyond_the_peers_limit_are_refused_here(self):
        with self.assertRaisesRegex(beckon.LimitExceeded, "the peer takes 16777216"):
            self.office.pass_(bytes(16 << 20))
        self.assertEqual(self.office.note(), " None")


class Users(unittest.TestCase):
    def test_are_whom_the_authenticator_says(self):
        def authenticate(user, secret):
            if secret != b"sesame":
                raise ValueError("wrong secret")
            return user.title()
        with beckon.Server({"office": Office()}, authenticate=authenticate) as server:
            endpoint = server.listen("tcp://127.0.0.1:0")
            with beckon.connect(endpoint, user="lucy", secret=b"sesame") as session:
                self.assertEqual(session.get(office.Office, "office").note(), "Lucy None")
            with beckon.connect(endpoint, user="lucy", secret=b"x") as session:
                with self.assertRaisesRegex(beckon.Disconnected, "access_denied|was refused"):
                    session.get(office.Office, "office")


class Endpoints(unittest.TestCase):
    def test_that_lead_nowhere_say_so(self):
        with beckon.Server({}) as server:
            gone = server.listen("tcp://127.0.0.1:0")
            with self.assertRaises(beckon.AddressInUse):
                server.listen(gone)
        with self.assertRaisesRegex(beckon.Disconnected, f"cannot connect to {gone}"):
            beckon.connect(gone)
        with self.assertRaisesRegex(beckon.Disconnected, "cannot connect to native.tcp:"):
            beckon.connect("native+" + gone)
        for wrong in ("http://here", "rpyc+tcp://here:1", "remcall+native+tcp://here:1"):
            with self.assertRaisesRegex(beckon.InvalidArgument, "expected tcp://"):
                beckon.connect(wrong)
        with self.assertRaisesRegex(beckon.InvalidArgument, "expected tcp://host:port"):
            beckon.connect("tcp://here")


if __name__ == "__main__":
    unittest.main()
