"""The native codec's vectors, src/codec/native/vectors.json, through generated classes: values, and bytes both ways."""
import datetime
import json
import math
import os
import unittest

import generated

RECORDS = """
enum Mood { calm, busy, broken = 7 }
record Point { float64 x; float64 y; }
record Item { string name; int64 count; list<string> tags; optional<Point> at; Mood mood; }
record Tree { string label; list<Tree> branches; }
record LaterSettings {
  string name; int32 retries = 3; float32 factor = 0.5; list<float64> weights = [1, 2.5];
  optional<string> note = null; Mood mood = busy; duration pause = 250ms;
}
record Settings { string name; }
record Everything {
  bool flag; int8 i8; uint8 u8; int16 i16; uint16 u16; int32 i32; uint32 u32; int64 i64; uint64 u64;
  float32 f32; float64 f64; string text; bytes raw; date day; time clock; datetime moment;
  duration length; any free;
}
interface Counter { int64 increment(int64 by); }
"""
with open(os.path.join(generated.SOURCE, "src", "codec", "native", "vectors.json"), encoding="utf-8") as file:
    VECTORS = json.load(file)
METHODS = "".join(f"void v{number}({vector['type']} value);" for number, vector in enumerate(VECTORS))
generated.compile_text("samples", f"{RECORDS} interface Vectors {{ {METHODS} }}")

import beckon  # noqa: E402
import samples  # noqa: E402
from beckon.reader import Reader  # noqa: E402
from beckon.writer import Writer  # noqa: E402
from samples import Everything, Item, LaterSettings, Mood, Point, Tree  # noqa: E402

BOLT = Item("bolt", 3, ["m4", "steel"], Point(1.0, 2.0), Mood.BUSY)
DAY = datetime.date(1970, 1, 1)
VALUES = {
    "bool_true": True, "bool_false": False, "int8": -2, "uint8": 200, "int64": -(1 << 63), "uint64": (1 << 64) - 1,
    "float64": -1.5, "float64_infinity": math.inf, "string": "h\u00e9llo", "bytes": b"\x00\xff",
    "date": datetime.date(1969, 12, 31), "time": beckon.TimeOfDay(86_399_999_999_999),
    "datetime": beckon.DateTime(19782, 1), "duration": beckon.Duration(-1_500_000_000), "enum": Mood.BROKEN,
    "optional_empty": None, "optional_int32": 5, "list_string": ["a", "bc"], "list_bool": [True, False],
    "list_int16": [1, -1], "list_float64": [1.0, 2.5], "list_float64_empty": [],
    "list_uint64": [1, (1 << 64) - 1], "list_list_int64": [[1], [], [2, 3]],
    "record": Point(1.0, -0.0), "record_nested": BOLT,
    "record_of_list": [BOLT, Item("", 0, [], None, Mood.CALM)],
    "record_recursive": Tree("root", [Tree("leaf", []), Tree("twig", [Tree("", [])])]),
    "record_defaults": LaterSettings("n"),
    "record_everything": Everything(False, 0, 0, 5, 0, 0, 0, 0, 0, 0.0, 0.0, "", b"", DAY, beckon.TimeOfDay(0),
                                    beckon.DateTime(0), beckon.Duration(0), [1, "two"]),
    "reference_null": None, "any_null": None, "any_false": False, "any_true": True,
    "any_integer_least_small": -32, "any_integer_largest_small": 31, "any_integer_int8": -33, "any_integer_int16": 128,
    "any_integer_int64": (1 << 63) - 1, "any_integer_uint64": (1 << 64) - 1, "any_integer_big": 1 << 64,
    "any_integer_big_negative": -(1 << 64) - 1, "any_float32": beckon.Float32(0.5), "any_float64": 0.5,
    "any_complex": complex(1, -2), "any_string": "hi", "any_string_longest_short": "x" * 63, "any_string_long": "x" * 64,
    "any_bytes": b"\1\2", "any_date": datetime.date(1970, 1, 2), "any_time": beckon.TimeOfDay(1),
    "any_datetime": beckon.DateTime(1, 2), "any_duration": beckon.Duration(-1), "any_list": [1, "x", None],
    "any_list_int8": [1, -1, 127, -128], "any_list_int64": [1, 2, 3, -(1 << 63)],
    "any_list_float32": [0.5, 1, 1.5, 2], "any_list_of_lists": [[[]], 1], "any_tuple": (1, 2, 3, 4),
    "any_set": {1, "x"}, "any_frozen_set": frozenset({(1,)}), "any_map": {"a": 1, 2: {}},
    "any_slice": slice(1, None, -1), "any_enumeration": beckon.AnyEnum("Mood", "broken", 7),
    "any_record": beckon.AnyRecord("Point", {"x": 1.0, "y": 2.0}), "any_variant": beckon.AnyVariant("a", 5),
    "any_extension": beckon.Extension(-1, b"z"),
}


class Counter(samples.Counter):
    """Stands for object 1."""


class Peer:
    """Where there is no session: object 1 is a Counter, stream 1 a stream."""

    def write_reference(self, out, value, interface):
        out.u8(1)
        out.u32(1)

    def read_reference(self, source, kind, number, interface):
        assert kind == number == 1
        return Counter()

    def write_stream(self, out, source, item, schema):
        out.u32(1)

    def read_stream(self, source, number, item):
        assert number == 1
        return samples


class Vectors(unittest.TestCase):
    schema = samples._SCHEMA

    def type_of(self, number):
        return self.schema.interfaces["Vectors"].methods[number].parameters[0].type

    def read(self, type_, content):
        source = Reader(content, self.schema, Peer())
        value = source.read(type_)
        source.finish()
        return value

    def test_are_read_as_the_value_and_written_as_the_bytes(self):
        for number, vector in enumerate(VECTORS):
            with self.subTest(vector["name"]):
                content = bytes.fromhex(vector["bytes"])
                value = self.read(self.type_of(number), content)
                if vector["name"] in VALUES:
                    self.assertEqual(value, VALUES[vector["name"]])
                if vector["name"] == "any_stream":
                    continue  # nobody sends one without its type
                if vector["name"] == "any_set":
                    value = {1: 0, "x": 0}.keys()  # in this order
                    value = type("Ordered", (set,), {"__iter__": lambda self: iter([1, "x"])})(value)
                out = Writer(self.schema, Peer())
                out.write(self.type_of(number), value)
                self.assertEqual(bytes(out.out).hex(), vector["bytes"])

    def test_cut_short_are_errors_wherever_they_are_cut(self):
        for number, vector in enumerate(VECTORS):
            content = bytes.fromhex(vector["bytes"])
            for size in range(len(content)):
                with self.subTest(vector["name"], size=size), self.assertRaises(beckon.Error):
                    self.read(self.type_of(number), content[:size])

    def test_with_any_byte_changed_are_values_or_errors(self):
        for number, vector in enumerate(VECTORS):
            content = bytes.fromhex(vector["bytes"])
            for at in range(min(len(content), 48)):
                for byte in (0x00, 0x20, 0x24, 0x7F, 0x80, 0xFF):
                    changed = content[:at] + bytes([byte]) + content[at + 1:]
                    try:
                        self.read(self.type_of(number), changed)
                    except (beckon.Error, AssertionError):
                        pass

    def test_nothing_is_made_for_a_count_without_bytes(self):
        huge = b"\xff\xff\xff\xff"
        for type_name in ("list_string", "list_uint8", "list_float64", "any_list"):
            number = next(at for at, each in enumerate(VECTORS) if each["name"] == type_name)
            content = b"\x20" + huge if type_name == "any_list" else huge + b"\0" * 8
            with self.subTest(type_name), self.assertRaises(beckon.Error):
                self.read(self.type_of(number), content)

    def test_nest_to_the_limit_and_no_further(self):
        number = next(at for at, each in enumerate(VECTORS) if each["name"] == "any_list")
        level = b"\x20\x01\0\0\0"
        self.read(self.type_of(number), level * 64 + b"\0")
        with self.assertRaisesRegex(beckon.LimitExceeded, "max_depth, 64"):
            self.read(self.type_of(number), level * 65 + b"\0")

    def test_records_of_older_and_newer_writers(self):
        number = next(at for at, each in enumerate(VECTORS) if each["name"] == "record_defaults")
        older = b"\x05\0\0\0" + b"\x01\0\0\0n"
        self.assertEqual(self.read(self.type_of(number), older), LaterSettings("n"))
        point = next(at for at, each in enumerate(VECTORS) if each["name"] == "record")
        newer = b"\x14\0\0\0" + bytes(16) + b"more"
        self.assertEqual(self.read(self.type_of(point), newer), Point(0.0, 0.0))
        with self.assertRaises(beckon.ProtocolError):
            self.read(self.type_of(point), b"\x08\0\0\0" + bytes(8))


if __name__ == "__main__":
    unittest.main()
