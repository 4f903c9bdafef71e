"""remcall in Python against what the original was recorded with: tests/vectors/remcall.json."""
import json
import os
import re
import socket
import struct
import subprocess
import threading
import unittest

import generated

with open(os.path.join(generated.SOURCE, "tests", "vectors", "remcall.json"), encoding="utf-8") as file:
    VECTORS = json.load(file)
SCHEMAS = {each["name"]: each for each in VECTORS["schemas"]}


def compile_schema(name, *nullable):
    """The package of a binary schema. Results that may be null are said so, which changes nothing for remcall."""
    binary = os.path.join(generated.FOLDER, f"wire_{name}.remcall")
    with open(binary, "wb") as file:
        file.write(bytes.fromhex(SCHEMAS[name]["hex"]))
    if not nullable:
        return generated.compile_idl(binary)
    subprocess.run([generated.COMMAND, "compile", binary, "--idl", "-o", generated.FOLDER], check=True)
    with open(os.path.join(generated.FOLDER, f"wire_{name}.bk"), encoding="utf-8") as file:
        text = file.read()
    return generated.compile_text(f"wire_{name}", re.sub(rf"\b(\w+) ({'|'.join(nullable)})\(", r"optional<\1> \2(", text))


compile_schema("board", "Find", "Current", "Pick", "Choose")
NULLABLE = ("refs_1_1", "refs_8_8", "refs_4_2")
for each in NULLABLE:
    compile_schema(each, "Same")
# The others have names that become one in Python.
PLAIN = ("minimal", "records", "every_primitive", "self_reference", "arrays", "docs_tables", "archive", "unicode_label")
for each in PLAIN:
    compile_schema(each)

import beckon  # noqa: E402
import importlib  # noqa: E402
import wire_board as board  # noqa: E402
import wire_every_primitive  # noqa: E402
from beckon.remcall.contract import contract_of  # noqa: E402
from beckon.remcall.reading import ValueReader  # noqa: E402
from beckon.remcall.source import Source  # noqa: E402
from beckon.remcall.values import RemcallWriter  # noqa: E402
from beckon.schema import Kind, Schema, Type  # noqa: E402

KINDS = {each.name.lower(): each for each in Kind} | {"boolean": Kind.BOOL}
FLOATS = {"inf": float("inf"), "-inf": float("-inf"), "nan": float("nan")}


def value_of(entry):
    value = entry["value"]
    if entry["type"].startswith("float"):
        return FLOATS[value] if isinstance(value, str) else value
    return int(value) if entry["type"] != "string" and isinstance(value, str) else value


class Schemas(unittest.TestCase):
    def test_are_those_of_the_original_byte_for_byte(self):
        for name in (*PLAIN, *NULLABLE, "board"):
            schema = SCHEMAS[name]
            contract = contract_of(importlib.import_module(f"wire_{name}").Main._beckon_interface_)
            self.assertEqual(contract.encoded.hex(), schema["hex"], name)
            self.assertEqual(contract.digest.hex(), schema["sha256"])
            found = [[each.number, each.interface.name, each.method.name] for each in contract.methods]
            self.assertEqual(found, schema["method_refs_in_calls"], name)


class Values(unittest.TestCase):
    def test_are_written_and_read_as_recorded(self):
        for entry in VECTORS["values"]:
            if entry["type"] not in KINDS:
                continue
            kind, value, content = Type(KINDS[entry["type"]]), value_of(entry), bytes.fromhex(entry["hex"])
            out = RemcallWriter(Schema(), None)
            out.write(kind, value)
            self.assertEqual(out.out.hex(), entry["hex"], entry)
            parts = iter(content[at:at + 1] for at in range(len(content)))
            source = Source(lambda: next(parts, b""), "the vector", 1 << 20)
            source.begin()
            again = RemcallWriter(Schema(), None)
            again.write(kind, ValueReader(source, Schema()).read(kind))
            self.assertEqual(again.out.hex(), entry["hex"], entry)

    def test_nan_has_one_form(self):
        odd = struct.unpack(">d", bytes.fromhex("fff8000000000001"))[0]
        for kind, expected in ((Kind.FLOAT64, "7ff8000000000000"), (Kind.FLOAT32, "7fc00000")):
            out = RemcallWriter(Schema(), None)
            out.write(Type(kind), odd)
            self.assertEqual(out.out.hex(), expected)

    def test_that_do_not_fit_are_refused(self):
        for entry in VECTORS["values_rejected"]:
            value = "\ud800" if entry["type"] == "string" else value_of(entry)
            with self.assertRaises(beckon.TypeMismatch):
                RemcallWriter(Schema(), None).write(Type(KINDS[entry["type"]]), value)


class Item(board.Item):
    def __init__(self, label, rank):
        self.text, self.its_rank = label, rank

    def label(self):
        return self.text

    def relabel(self, text):
        self.text = text

    def rank(self):
        return self.its_rank

    def twin(self):
        return self


class Board(board.Main):
    """Answers as the recorded server did. Lacks missing()."""

    def __init__(self):
        self.items, self.listener = [], None

    def make(self, label, rank):
        self.items.append(Item(label, rank))
        return self.items[-1]

    def find(self, label):
        return next((each for each in self.items if each.text == label), None)

    def subscribe(self, listener):
        self.listener = listener

    def current(self):
        return self.listener

    def publish(self, text, level):
        if self.listener is None:
            return 0
        self.listener.notify(text, level)
        return self.listener.score()

    def same(self, one, two):
        return int(one is two)

    def myself(self):
        return self

    def pick(self, listener, one, two):
        return listener.choose(one, two)

    def raise_(self, level):
        return board.Level(min(level + 1, 2))

    def boom(self):
        raise RuntimeError("implementation failed")

    def slow(self, millis):
        beckon.current_call().sleep(millis / 1000)
        return millis

    def flip(self, flag):
        return not flag

    def bad_level(self):
        return 7

    def truth(self):
        return True


class Listener(board.Listener):
    def __init__(self, chooses):
        self.chooses = chooses

    def notify(self, text, level):
        self.heard = text, level

    def score(self):
        return 7

    def choose(self, one, two):
        return two


def echoing(interface):
    """An object that gives what it is given."""
    methods = {name: lambda self, value=None: value for name in interface._beckon_methods_}
    return type("Echo", (interface,), methods)()


class Raw(unittest.TestCase):
    def serve(self, main, options="?peer=plain"):
        server = beckon.Server({"main": main})
        self.addCleanup(server.close)
        port = int(server.listen("remcall+tcp://127.0.0.1:0" + options).rpartition(":")[2])
        connection = socket.create_connection(("127.0.0.1", port), 20)
        self.addCleanup(connection.close)
        self.server = server
        return connection

    def expect(self, connection, text):
        content = bytes.fromhex(text)
        found = b""
        while len(found) < len(content):
            more = connection.recv(len(content) - len(found))
            self.assertNotEqual(more, b"", f"the end after {found.hex()} of {text}")
            found += more
        self.assertEqual(found.hex(), text)


class Served(Raw):
    """The recorded client's bytes; ours must be the recorded server's."""

    def replay(self, name, main):
        recorded = next(each for each in VECTORS["communications"] if each["name"] == name)
        connection = self.serve(main)
        for frame in recorded["frames"]:
            if frame["dir"] == "c2s":
                connection.sendall(bytes.fromhex(frame["hex"]))
            elif frame["hex"] == "08":
                threading.Thread(target=self.server.sessions()[0].close).start()
                self.expect(connection, "08")
            elif frame["hex"] != "07":  # which we have no reason to say
                self.expect(connection, frame["hex"])
        self.assertEqual(connection.recv(1), b"", name)

    def test_objects_go_both_ways(self):
        self.replay("objects_both_ways", Board())

    def test_every_primitive_is_echoed(self):
        self.replay("primitives", echoing(wire_every_primitive.Main))

    def test_either_side_ends_it(self):
        self.replay("server_disconnects", Board())
        self.replay("request_id_wraps", Board())

    def test_answers_leave_in_any_order(self):
        self.replay("out_of_order_returns", Board())

    def test_references_of_all_widths(self):
        for name in ("refs_1_1", "refs_8_8", "refs_4_2"):
            self.replay(f"widths_{name}", echoing(importlib.import_module(f"wire_{name}").Main))


class Called(Raw):
    """The recorded server's bytes; ours must be the recorded client's."""

    def test_calls_are_the_recorded_bytes(self):
        recorded = next(each for each in VECTORS["communications"] if each["name"] == "objects_both_ways")
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        failed = []

        def play():
            connection, _ = listener.accept()
            with connection:
                try:
                    for frame in recorded["frames"]:
                        if frame["dir"] == "s2c":
                            connection.sendall(bytes.fromhex(frame["hex"]))
                        elif frame["hex"] != "07":
                            self.expect(connection, frame["hex"])
                except AssertionError as error:
                    failed.append(error)
        playing = threading.Thread(target=play)
        playing.start()
        with beckon.connect(f"remcall+tcp://127.0.0.1:{listener.getsockname()[1]}?peer=plain") as session:
            main, level = session.get(board.Main), board.Level
            first = main.make("first", level.HIGH)
            self.assertEqual(first.label(), "first")
            first.relabel("renamed")
            self.assertEqual((first.label(), first.rank()), ("renamed", level.HIGH))
            second = main.make("second", level.LOW)
            self.assertIsNone(main.find("nope"))
            self.assertEqual(main.find("renamed"), first)
            self.assertEqual(first.twin(), first)
            self.assertEqual([main.same(first, each) for each in (first, second, None)], [1, 0, 0])
            self.assertEqual(main.myself(), main)
            self.assertIs(main.raise_(level.LOW), level.MEDIUM)
            mine, chooser = Listener(None), Listener(None)
            main.subscribe(mine)
            self.assertIs(main.current(), mine)
            self.assertEqual(main.publish("hi", level.MEDIUM), 7)
            self.assertEqual(mine.heard, ("hi", level.MEDIUM))
            main.subscribe(None)
            self.assertEqual(main.publish("nobody", level.LOW), 0)
            self.assertIsNone(main.current())
            self.assertEqual(main.pick(chooser, first, second), second)
            self.assertIsNone(main.pick(chooser, first, None))
        playing.join(20)
        self.assertEqual(failed, [])


class Failing(Raw):
    """What the original's receiver dies of: what is out of step ends the conversation, the rest fails one call."""
    goes_on = {"unknown_object", "null_object", "negative_object", "wrong_interface", "enum_out_of_range",
               "string_not_utf8", "request_schema", "send_schema", "noop_then_end"}

    def test_each_recorded_input(self):
        good = bytes.fromhex("0500000077001100000001")
        for case in VECTORS["receiver_failures"]:
            if case["name"] in ("end_of_stream", "truncated_call", "truncated_argument"):
                continue
            with self.subTest(case["name"]), self.assertLogs("beckon") as told:
                beckon.remcall.messages.LOG.warning("so that there is something")
                connection = self.serve(Board())
                connection.sendall(bytes.fromhex(case["input_hex"]) + good)
                found = b""
                while not found.endswith(b"\x06\0\0\0\x77\0\0\0\1"):
                    more = connection.recv(4096)
                    if not more:
                        break
                    found += more
                self.assertEqual(found.endswith(b"\x77\0\0\0\1"), case["name"] in self.goes_on, (case["name"], found))
                if case["name"] in ("unknown_object", "null_object", "negative_object", "enum_out_of_range"):
                    self.assertEqual(len(found), 9)  # plain peers are told nothing
                    self.assertIn("BKN-FAILURE-UNTOLD", told.output[-1])
                connection.close()

    def test_what_cannot_be_answered_leaves_no_half_message(self):
        with self.assertLogs("beckon") as told:
            connection = self.serve(Board())
            numbers = {(each[1], each[2]): each[0] for each in SCHEMAS["board"]["method_refs_in_calls"]}
            for request, name in enumerate(("BadLevel", "Truth", "Boom", "Missing", "Myself"), 1):
                connection.sendall(struct.pack(">BIHi", 5, request, numbers["Main", name], 1))
                if name == "Missing":
                    while len(told.output) < 4:
                        threading.Event().wait(0.005)
            self.expect(connection, "060000000500000001")
        self.assertEqual(sum("BKN-FAILURE-UNTOLD" in each for each in told.output), 4)


if __name__ == "__main__":
    unittest.main()
