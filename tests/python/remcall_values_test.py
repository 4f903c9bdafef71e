"""What two Beckons say over remcall besides remcall: values, failures, schemas; and what is refused, by name."""
import datetime
import os
import socket
import struct
import subprocess
import unittest

import generated

IDL = """
enum Mood { calm = 4, busy = 2, broken = 9 }
record Point { float64 x; float64 y; }
record Item { string name; uint8 count; Point at; list<string> tags; Item[] parts; Mood mood; bytes raw; optional<Bell> bell; }
record Nothing { }
exception Closed { string note; }
interface Bell { oneway void ring(int64 number); int64 rung(); }
interface Shop {
  Item same(Item item);
  date next_day(date day);
  datetime moment(datetime moment, time time);
  bool flip(bool flag);
  list<Mood> moods(list<Mood> all);
  list<Bell> bells(list<Bell> all);
  list<Nothing> nothings(list<Nothing> all);
  void close_for(Mood mood) raises Closed;
  optional<Bell> maybe(bool really);
  Bell none();
  map<string, int64> stock();
  any pass(any what);
  int8 plain(int8 number);
  void missing();
}
"""
generated.compile_text("shop", IDL)
reordered = IDL.replace("  int8 plain(int8 number);\n", "").replace("interface Shop {", "interface Shop {\n  int8 plain(int8 number);")
generated.compile_text("shop_in_another_order", 'label "another";\n' + reordered)
generated.compile_text("shop_without_plain", IDL.replace("  int8 plain(int8 number);\n", ""))
generated.compile_text("shop_for_all", IDL.replace("interface Shop", "interface Main").replace("  map<string, int64> stock();\n  any pass(any what);\n", ""))
generated.compile_text("unsaid", "interface Unsaid { any a(); } interface Later { void b(Unsaid other); void c(); }")

import beckon  # noqa: E402
import shop  # noqa: E402
import shop_for_all  # noqa: E402
import shop_in_another_order  # noqa: E402
import shop_without_plain  # noqa: E402
import unsaid  # noqa: E402
from client import until  # noqa: E402
from shop import Item, Mood, Point  # noqa: E402

DAY = datetime.date(2024, 2, 29)


class Bell(shop.Bell):
    def __init__(self):
        self.last = 0

    def ring(self, number):
        self.last = number

    def rung(self):
        return self.last


class Shop(shop.Shop):
    """Lacks missing()."""

    def same(self, item):
        return item

    def next_day(self, day):
        return day + datetime.timedelta(1)

    def moment(self, moment, time):
        return beckon.DateTime(moment.days, time.nanoseconds)

    def flip(self, flag):
        return not flag

    def moods(self, all):
        return all[::-1]

    def bells(self, all):
        return all

    def nothings(self, all):
        return all

    def close_for(self, mood):
        raise shop.Closed(f"for {mood.name}")

    def maybe(self, really):
        return Bell() if really else None

    def none(self):
        return None

    def plain(self, number):
        return number


class BetweenBeckons(unittest.TestCase):
    def setUp(self):
        self.server = beckon.Server({"shop": Shop()})
        self.addCleanup(self.server.close)
        self.endpoint = self.server.listen("remcall+tcp://127.0.0.1:0")
        self.session = beckon.connect(self.endpoint)
        self.addCleanup(self.session.close)
        self.shop = self.session.get(shop.Shop)

    def test_carries_all_values_that_schemas_can_declare(self):
        bell = Bell()
        part = Item("part", 0, Point(0, -1), [], [], Mood.BROKEN, b"", None)
        item = Item("whole", 255, Point(1.5, float("inf")), ["a", "é"], [part, part], Mood.CALM, b"\0\xff", bell)
        self.assertEqual(self.shop.same(item), item)
        self.assertIs(self.shop.same(item).bell, bell)
        self.assertEqual(self.shop.next_day(DAY), datetime.date(2024, 3, 1))
        time = datetime.time(13, 45, 30, 250_000)
        self.assertEqual(self.shop.moment(datetime.datetime(2024, 2, 29), time),
                         beckon.DateTime(19782, 49_530_250_000_000))
        self.assertIs(self.shop.flip(True), False)
        self.assertEqual(self.shop.moods([Mood.CALM, Mood.BUSY]), [Mood.BUSY, Mood.CALM])
        self.assertEqual(self.shop.bells([bell, None]), [bell, None])
        self.assertEqual(len(self.shop.nothings([shop.Nothing()] * 3)), 3)

    def test_null_is_where_the_idl_says_optional(self):
        self.assertIsNone(self.shop.maybe(False))
        bell = self.shop.maybe(True)
        bell.ring(7)  # one way: nobody waits
        self.assertTrue(until(lambda: bell.rung() == 7))
        with self.assertRaisesRegex(beckon.TypeMismatch, "optional"):
            self.shop.none()

    def test_failures_name_what_was_thrown(self):
        with self.assertRaises(beckon.RemoteError) as raised:
            self.shop.close_for(Mood.BUSY)
        self.assertEqual(raised.exception.type_name, "Closed")
        self.assertIn("for BUSY", raised.exception.message)
        with self.assertRaises(beckon.UnknownMethod):
            self.shop.missing()
        self.assertEqual(self.shop.plain(3), 3)

    def test_what_remcall_cannot_say_is_refused_by_name(self):
        for call in (self.shop.stock, lambda: self.shop.pass_(1)):
            with self.assertRaisesRegex(beckon.Unsupported, "remcall cannot carry Shop.*which has no (map|any)"):
                call()
        with beckon.connect(self.endpoint) as session:
            with self.assertRaisesRegex(beckon.Unsupported, "remcall cannot carry Unsaid: .*none of its methods"):
                session.get(unsaid.Unsaid)
        with beckon.Server({"unsaid": type("U", (unsaid.Unsaid,), {})()}) as server:
            with self.assertRaisesRegex(beckon.Unsupported, "remcall cannot carry Unsaid"):
                server.listen("remcall+tcp://127.0.0.1:0")

    def test_values_that_do_not_fit_name_their_place(self):
        item = Item("x", 256, Point(0, 0), [], [], Mood.CALM, b"", None)
        with self.assertRaisesRegex(beckon.TypeMismatch, "in field Item.count; in argument item"):
            self.shop.same(item)
        with self.assertRaisesRegex(beckon.TypeMismatch, "^found 128, expected int8, from -128 to 127; in argument number; while"):
            self.shop.plain(128)
        with self.assertRaisesRegex(beckon.TypeMismatch, "^found an integer of 20001 bits, expected int8, from"):
            self.shop.plain(1 << 20_000)
        with self.assertRaisesRegex(beckon.TypeMismatch, "enum Mood.*; in item 1; in argument all"):
            self.shop.moods([Mood.BUSY, 3])
        with self.assertRaisesRegex(beckon.TypeMismatch, "enum Mood"):
            self.shop.moods([1])
        self.assertEqual(self.session.tables.exported(), 0)

    def test_other_schemas_are_refused_with_both_digests(self):
        with beckon.connect(self.endpoint) as session:
            # Already get() tells of it where the peer's HELLO came before, the first call otherwise.
            with self.assertRaisesRegex(beckon.SchemaMismatch, "digest [0-9a-f]{64}; ours has [0-9a-f]{64}"):
                session.get(shop_in_another_order.Shop).flip(True)

    def test_structure_disregards_label_and_order(self):
        with beckon.Server({"shop": Shop()}) as server:
            endpoint = server.listen("remcall+tcp://127.0.0.1:0?check=structure")
            with beckon.connect(endpoint + "?check=structure") as session:
                other = session.get(shop_in_another_order.Shop)
                self.assertEqual((other.plain(3), other.flip(True)), (3, False))
            with beckon.connect(endpoint + "?check=structure") as session:
                with self.assertRaises(beckon.SchemaMismatch):  # and not the answer of another method
                    session.get(shop_without_plain.Shop).next_day(DAY)

    def test_labels_join_what_has_none(self):
        with beckon.Server({"shop": Shop()}) as server:
            endpoint = server.listen("remcall+tcp://127.0.0.1:0?label=agreed")
            with beckon.connect(endpoint + "?label=agreed") as session:
                self.assertIs(session.get(shop.Shop).flip(True), False)

    def test_the_roles_can_be_swapped(self):
        with beckon.Server() as server:
            endpoint = server.listen("remcall+tcp://127.0.0.1:0?role=client")
            with beckon.connect(endpoint + "?role=server", publish={"shop": Shop()}):
                self.assertTrue(until(server.sessions))
                self.assertIs(server.sessions()[0].get(shop.Shop).flip(True), False)

    def test_options_and_roles_are_checked(self):
        for option, found in (("peer=python", "option peer is 'python'"), ("check=maybe", "option check is"),
                              ("unanswered=0", "expected a number from 1"), ("colour=red", "no option colour")):
            with self.assertRaisesRegex(beckon.InvalidArgument, found):
                beckon.connect(f"{self.endpoint}?{option}")
        with self.assertRaisesRegex(beckon.InvalidArgument, "publishes nothing"):
            beckon.connect(self.endpoint, publish={"bell": Bell()})
        with self.assertRaisesRegex(beckon.InvalidArgument, "no names of users"):
            beckon.connect(self.endpoint, user="ann")

    def test_who_asks_for_names_lets_nobody_in(self):
        def check(user, secret):
            raise PermissionError(user)
        with beckon.Server({"shop": Shop()}, authenticate=check) as server:
            with self.assertLogs("beckon"), self.assertRaises(beckon.Disconnected):
                with beckon.connect(server.listen("remcall+tcp://127.0.0.1:0")) as session:
                    session.get(shop.Shop).plain(1)


class WithCpp(unittest.TestCase):
    """The command calls a Python object whose schema it reads itself."""

    def test_has_the_same_bytes_for_all_values(self):
        methods = {name: getattr(Shop, name) for name in vars(Shop) if not name.startswith("_")}
        methods["close_for"] = lambda self, mood: (_ for _ in ()).throw(shop_for_all.Closed(f"for {mood.name}"))
        made = type("Made", (shop_for_all.Main,), methods)()
        with beckon.Server({"shop": made}) as server:
            endpoint = server.listen("remcall+tcp://127.0.0.1:0")

            def call(*words):
                done = subprocess.run([generated.COMMAND, "call", "--schema", os.path.join(generated.FOLDER, "shop_for_all.bk"),
                                       endpoint, *words], capture_output=True, text=True)
                return done.stdout.strip() or done.stderr.strip()
            item = '{"name":"é","count":255,"at":{"x":1.5,"y":-0.5},"tags":["a","b"],"parts":[],"mood":"calm",' \
                   '"raw":{"$bytes":"AP8="},"bell":null}'
            self.assertEqual(call("same", item), item)
            self.assertEqual(call("next_day", '"2024-02-29"'), '{"$date":"2024-03-01"}')
            self.assertEqual(call("moment", '"2024-02-29T00:00:00Z"', '"13:45:30.25"'), '{"$datetime":"2024-02-29T13:45:30.25Z"}')
            self.assertEqual(call("flip", "true"), "false")
            self.assertEqual(call("moods", '["calm","busy"]'), '["busy","calm"]')
            self.assertIn("(Closed)", call("close_for", '"busy"'))
            self.assertIn("unknown_method", call("missing"))


class WithPlainPeers(unittest.TestCase):
    """Nothing of Beckon's goes to a peer that has not said it is one."""

    def test_a_client_refuses_before_any_byte_goes_out(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            endpoint = f"remcall+tcp://127.0.0.1:{listener.getsockname()[1]}"
            for options, first in (("?peer=plain", b""), ("", b"\x07" * 8)):
                session = beckon.connect(endpoint + options)
                found = session.get(shop.Shop)
                there, _ = listener.accept()
                pending = beckon.submit(found.plain, 5)
                number = 2 + sorted("same nextDay moment flip moods bells nothings closeFor maybe none plain missing".split()).index("plain")
                call = first + struct.pack(">BIHib", 5, 1, number, 1, 5)
                self.assertEqual(there.recv(len(call), socket.MSG_WAITALL), call)
                waits = None
                if not options:
                    waits = beckon.submit(found.flip, True)  # until the peer has shown what it is
                there.sendall(struct.pack(">BIb", 6, 1, 5))
                self.assertEqual(pending.result(), 5)
                if waits is not None:
                    with self.assertRaisesRegex(beckon.Unsupported, "Shop.flip"):
                        waits.result()
                for call in (lambda: found.flip(True), lambda: found.next_day(DAY), lambda: found.moods([])):
                    with self.assertRaisesRegex(beckon.Unsupported, "remcall itself cannot carry Shop"):
                        call()
                there.setblocking(False)
                self.assertRaises(BlockingIOError, there.recv, 1)
                there.setblocking(True)
                there.sendall(b"\x08")
                self.assertEqual(there.recv(1), b"\x09")
                there.close()
                session.close()


if __name__ == "__main__":
    unittest.main()
