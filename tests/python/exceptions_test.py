"""Declared exceptions between programs in Python: what their fields hold arrives, and what has no form is told."""
import unittest

import generated

generated.compile_text("surgery", """
enum Grade { mild, grave }
record Wound { string place; variant<cut: int64, burn: Grade> kind; }
exception Refused {
  Wound wound;
  list<variant<none: Wound, some: optional<int64>>> others;
  map<string, tuple<float32, variant<a: bool>>> notes;
  float64 fever;
  optional<variant<a: Grade>> last;
}
exception Broken { int64 code; }
interface Surgery {
  void admit(int64 which) raises Refused;
  void tell(any what);
  any told();
  stream<int64> count(int64 which);
}
""")

import beckon  # noqa: E402
import surgery  # noqa: E402
from beckon import frames  # noqa: E402

CUT = surgery.Wound("hand", ("cut", 3))
BURN = surgery.Wound("foot", ("burn", surgery.Grade.GRAVE))
WHOLE = [
    surgery.Refused(CUT, [("none", BURN), ("some", None), ("some", -1)], {"x": (0.5, ("a", True))}, 39, ("a", surgery.Grade.MILD)),
    surgery.Refused(BURN, [], {}, 36.6, None),
]
UNFIT = [
    surgery.Refused(object(), [], {}, 1.0, None),
    surgery.Refused(surgery.Wound("\ud800", ("cut", 1)), [], {}, 1.0, None),
]
FOREIGN = [  # has a form, and not that of the field
    surgery.Refused(surgery.Wound("x", ("sting", 1)), [], {}, 1.0, None),
    surgery.Refused(surgery.Wound("x", ("burn", 1)), [], {}, 1.0, None),
    surgery.Refused(None, None, None, None, None),
]


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class Beyond(BaseException):
    """What `except Exception` lets pass."""


ODD = [("Mute", Mute), ("SystemExit", lambda: SystemExit(3)), ("KeyboardInterrupt", KeyboardInterrupt), ("Beyond", Beyond)]


class Surgery(surgery.Surgery):
    def __init__(self):
        self.what = None

    def admit(self, which):
        raise (WHOLE + UNFIT + FOREIGN)[which]

    def tell(self, what):
        self.what = what

    def told(self):
        return CUT


class Careless(surgery.Surgery):
    """Raises what no handler should."""

    def admit(self, which):
        raise ODD[which][1]()

    def count(self, which):
        yield 1
        raise ODD[which][1]()


class AsyncCareless(surgery.AsyncSurgery):
    async def admit(self, which):
        raise ODD[which][1]()

    async def count(self, which):
        yield 1
        raise ODD[which][1]()


class Exceptions(unittest.TestCase):
    def setUp(self):
        self.servant = Surgery()
        published = {"surgery": self.servant, "careless": Careless(), "async": AsyncCareless()}
        self.server = beckon.Server(published)
        self.addCleanup(self.server.close)
        self.session = beckon.connect(self.server.listen("tcp://127.0.0.1:0"))
        self.addCleanup(self.session.close)
        self.surgery = beckon.with_options(self.session.get(surgery.Surgery, "surgery"), timeout=5)

    def test_all_that_fields_hold_arrives(self):
        for which, thrown in enumerate(WHOLE):
            with self.assertRaises(surgery.Refused) as raised:
                self.surgery.admit(which)
            for name in ("wound", "others", "notes", "fever", "last"):
                self.assertEqual(getattr(raised.exception, name), getattr(thrown, name))

    def test_what_has_no_form_is_told_and_the_session_goes_on(self):
        for which in range(len(WHOLE), len(WHOLE + UNFIT)):
            with self.assertRaises(beckon.RemoteError) as raised:
                self.surgery.admit(which)
            self.assertEqual(raised.exception.type_name, "Refused")
            self.assertIn("its fields could not be sent", str(raised.exception))
        with self.assertRaises(surgery.Refused):
            self.surgery.admit(0)

    def test_fields_of_other_types_are_told_too(self):
        for which in range(len(WHOLE + UNFIT), len(WHOLE + UNFIT + FOREIGN)):
            with self.assertRaises(beckon.RemoteError) as raised:
                self.surgery.admit(which)
            self.assertIn("its fields are not those of Refused as this side knows it", str(raised.exception))

    def test_variants_inside_records_describe_themselves_in_an_any(self):
        self.surgery.tell(CUT)
        self.assertEqual(self.servant.what.fields["kind"], beckon.AnyVariant("cut", 3))
        self.assertEqual(self.surgery.told().fields["kind"], beckon.AnyVariant("cut", 3))

    def test_whatever_a_handler_raises_is_told_and_the_session_goes_on(self):
        for name in ("careless", "async"):
            careless = beckon.with_options(self.session.get(surgery.Surgery, name), timeout=5)
            for which, (thrown, _) in enumerate(ODD):
                with self.subTest(name=name, thrown=thrown):
                    with self.assertRaises(beckon.RemoteError) as raised:
                        careless.admit(which)
                    self.assertEqual(raised.exception.type_name, thrown)
                    counted = careless.count(which)
                    self.assertEqual(next(counted), 1)
                    with self.assertRaises(beckon.RemoteError) as raised:
                        next(counted)
                    self.assertEqual(raised.exception.type_name, thrown)
            self.assertEqual(self.surgery.told().fields["place"], "hand")

    def test_the_bytes_say_what_other_languages_must_know(self):
        schema = surgery.Surgery._beckon_interface_.schema
        sent = frames.pack_error(WHOLE[1], schema)
        self.assertIn(b"\x28\x84burn\x26", sent)  # a variant, whose case is an enum
        self.assertIn(b"\x0a", sent)  # a float64


if __name__ == "__main__":
    unittest.main()
