"""`beckon print` and `compile` on remcall's schemas: binary, printed, and of IDL, each recorded one byte for byte."""
import base64
import json
import os
import subprocess
import tempfile
import unittest

import command

with open(os.path.join(command.SOURCE, "tests/vectors/remcall.json"), encoding="utf-8") as file:
    VECTORS = json.load(file)
SCHEMAS = VECTORS["schemas"]
LENIENT = {"sorting"}  # two enum values of one name
CONFORMANCE = os.path.join(command.SOURCE, "src/schema/testdata/conformance.bk")
SUBSET = os.path.join(command.SOURCE, "src/schema/testdata/conformance_remcall.bk")


def raw(*words, content=b""):
    """Exit status, standard output and standard error, as bytes."""
    done = subprocess.run([command.COMMAND, *words], input=content, capture_output=True, timeout=command.WITHIN)
    return done.returncode, done.stdout, done.stderr


class RemcallSchema(command.CommandTest):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, name, content):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as target:
            target.write(content)
        return path

    def expect_raw(self, words, output, content=b""):
        self.assertEqual(raw(*words, content=content), (0, output, b""), words)

    def each(self):
        for entry in SCHEMAS:
            with self.subTest(entry["name"]):
                lenient = ["--lenient"] if entry["name"] in LENIENT else []
                yield entry, bytes.fromhex(entry["hex"]), lenient

    def test_a_binary_schema_is_printed_as_remcall_prints_it(self):
        for entry, binary, lenient in self.each():
            path = self.write("schema.remcall", binary)
            printed = entry["pretty_print"].encode() + b"\n"
            self.expect_raw(["print", path, *lenient], printed)
            self.expect_raw(["print", path, "--binary", *lenient], binary)
            encoded = base64.encodebytes(binary) + b"\n"
            self.expect_raw(["print", path, "--base64", *lenient], encoded)
            self.expect_raw(["print", path, "--binary", "--base64", *lenient], encoded)

    def test_what_is_printed_prints_itself(self):
        for entry, _, lenient in self.each():
            printed = entry["pretty_print"].encode() + b"\n"
            self.expect_raw(["print", "-", *lenient], printed, content=printed)

    def test_idl_of_a_binary_schema_compiles_to_the_same_bytes(self):
        for entry, binary, lenient in self.each():
            if lenient:
                continue
            path = self.write("schema.remcall", binary)
            status, idl, errors = raw("compile", path, "--idl", "-o", "-")
            self.assertEqual((status, errors), (0, b""))
            self.expect_raw(["compile", "-", "--remcall", "-o", "-"], binary, content=idl)
            self.expect_raw(["compile", path, "--remcall", "-o", self.folder.name], b"")
            with open(path, "rb") as written:
                self.assertEqual(written.read(), binary)

    def test_code_is_made_of_a_binary_schema_as_of_its_idl(self):
        board = bytes.fromhex(next(each["hex"] for each in SCHEMAS if each["name"] == "board"))
        path = self.write("board.remcall", board)
        self.expect(["compile", path, "--idl", "-o", self.folder.name])
        idl = os.path.join(self.folder.name, "board.bk")
        for target in ("--cpp", "--python"):
            made = []
            for source in (path, idl):
                status, output, errors = command.run("compile", source, target, "-o", "-")
                self.assertEqual((status, errors), (0, ""))
                made.append(output.replace("board.remcall", "board.bk"))
            self.assertEqual(made[0], made[1])
            self.assertIn("Listener", made[0])

    def test_the_header_of_idl_sets_label_and_widths(self):
        idl = b'label "Tiny";\nwidths 1 8;\ninterface Main { void a(); }\n'
        status, binary, _ = raw("compile", "-", "--remcall", "-o", "-", content=idl)
        self.assertEqual(status, 0)
        self.assertEqual(binary[13:29].hex(), "0000000454696e790000000100000008")
        self.expect_raw(["compile", "-", "--idl", "-o", "-"],
                        b'label "Tiny";\nwidths 1 8;\n\ninterface Main {\n  void a();\n}\n', content=binary)

    def test_idl_is_printed_as_idl_unless_asked(self):
        with open(SUBSET, encoding="utf-8") as source:
            self.assertTrue(command.run("print", SUBSET)[1].startswith('label "conformance";'))
        status, printed, _ = command.run("print", SUBSET, "--remcall")
        self.assertEqual(status, 0)
        self.assertTrue(printed.startswith("enum Mood {\n  calm,\n"))
        self.assertIn("  int64 add(int64 a, int64 b);\n  int64 callBack(Listener listener, int64 times);\n", printed)

    def test_names_lose_underscores_and_one_interface_becomes_main(self):
        idl = "interface Clock_face { string time_of_day(int8 utc_offset, list<bytes_> all); }\nrecord bytes_ { bytes b; }\n"
        self.expect(["print", "-", "--remcall", "--main", "Clock_face"],
                    "record bytes {\n  uint8[] b;\n}\n\ninterface Main {\n  string timeOfDay(int8 utcOffset, bytes[] all);\n}\n",
                    text=idl)

    def test_what_remcall_cannot_say_is_told_with_line_and_column(self):
        status, output, errors = command.run("compile", CONFORMANCE, "--remcall", "--main", "Conformance", "-o", "-")
        self.assertEqual((status, output), (1, ""))
        told = errors.replace(CONFORMANCE, "conformance.bk")
        self.assertIn("conformance.bk:3:60: error: optional<Point> cannot be said in remcall: only references can be nothing there\n",
                      told)
        self.assertIn("error: map<string, int64> cannot be said in remcall, which has no map\n", told)
        self.assertIn("error: stream<int64> cannot be said in remcall, which has no stream\n", told)
        self.assertIn("error: any cannot be said in remcall, which has no any\n", told)
        self.assertTrue(told.endswith("beckon: parse_error: conformance.bk has 6 errors\n"), told)

    def test_without_main_it_says_so(self):
        status, _, errors = command.run("print", "-", "--binary", text="interface Shop { void a(); }\n")
        self.assertEqual(status, 1)
        self.assertIn("standard input:1:1: error: no interface is called Main, and none is said to be it; "
                      "--main NAME says which one becomes it\n", errors)

    def test_an_empty_file_is_no_schema(self):
        empty = self.write("empty.bk", b"")
        for words in (["print", empty], ["print", empty, "--lenient"], ["compile", empty, "--python", "-o", "-"],
                      ["compile", empty, "--idl", "-o", "-"], ["compile", empty, "--remcall", "-o", "-"]):
            self.expect_error(words, 1, f"beckon: parse_error: {empty} is empty; expected IDL, or a binary schema of remcall\n")
        status, _, errors = raw("print", "-", "--binary")
        self.assertEqual((status, errors.startswith(b"beckon: parse_error: standard input is empty")), (1, True))
        self.expect(["print", "-"], "/// nothing declared\n", text="// nothing declared\n")

    def test_the_beginning_of_a_binary_schema_is_cut_short(self):
        for begins in (b"R", b"REMCA", b"REMCALL", b"REMCALLSCH"):
            path = self.write("begins.bk", begins)
            self.expect_error(["print", path], 1, "beckon: parse_error: remcall schema at byte ")
            self.assertIn("the schema is cut short", command.run("compile", path, "--cpp", "-o", "-")[2])

    def test_every_invalid_schema_is_refused_with_a_byte_offset(self):
        for entry in VECTORS["invalid_schemas"]:
            with self.subTest(entry["name"]):
                path = self.write("bad.remcall", bytes.fromhex(entry["hex"]))
                for lenient in ([], ["--lenient"]):
                    status, output, errors = raw("print", path, *lenient)
                    self.assertEqual((status, output), (1, b""))
                    self.assertTrue(errors.startswith(b"beckon: parse_error: remcall schema at byte "), errors)
                    self.assertTrue(errors.endswith(b"; while reading " + path.encode() + b"\n"), errors)

    def test_lenient_takes_what_remcall_takes(self):
        for entry in VECTORS["lenient_schemas"]:
            with self.subTest(entry["name"]):
                path = self.write("odd.remcall", bytes.fromhex(entry["hex"]))
                printed = entry["reference_reads_as"].encode() + b"\n"
                self.expect_raw(["print", path, "--lenient"], printed)
                if entry["name"] == "trailing_bytes":
                    self.expect_raw(["print", path], printed)
                    continue
                status, output, errors = raw("print", path)
                self.assertEqual((status, output), (1, b""))
                self.assertTrue(errors.startswith(b"beckon: parse_error: remcall schema at byte "), errors)

    def test_lenient_takes_the_same_in_text(self):
        for entry in VECTORS["lenient_schemas"]:
            with self.subTest(entry["name"]):
                printed = entry["reference_reads_as"].encode() + b"\n"
                self.expect_raw(["print", "-", "--lenient"], printed, content=printed)

    def test_lenient_is_no_way_round_what_remcall_refuses(self):
        for idl, message in (("interface Main { void a(Nothing n); }", "undefined type"),
                             ("interface Main { void a(int8[][] n); }", "no arrays of arrays"),
                             ("record R { void v; } interface Main { void a(); }", "type void"),
                             ("interface Main { void[] a(); }", "an array of void"),
                             ("interface Main { }", "without methods"),
                             ("interface Other { void a(); }", "no interface is called Main"),
                             ("exception E { } interface Main { void a(E e); }", "undefined type")):
            status, output, errors = command.run("print", "-", "--lenient", text=idl)
            self.assertEqual((status, output), (1, ""), idl)
            self.assertIn(message, errors)

    def test_a_call_takes_its_types_from_a_binary_schema(self):
        idl = b"interface Main { void echo(); int64 add(int64 a, int64 b); string concat(string a, string b); }"
        status, binary, _ = raw("compile", "-", "--remcall", "-o", "-", content=idl)
        self.assertEqual(status, 0)
        path = self.write("conformance.remcall", binary)
        with command.serving("basic+tcp://127.0.0.1:0") as server:
            endpoint = server.endpoints[0]
            self.expect(["call", endpoint, "add", "2", "3", "--schema", path], "5\n")
            self.expect(["call", endpoint, "Main.concat", '"a"', '"b"', "--schema", path], '"ab"\n')

    def test_what_ours_cannot_hold_is_named(self):
        entry = next(each for each in VECTORS["lenient_schemas"] if each["name"] == "overloaded_methods")
        path = self.write("odd.remcall", bytes.fromhex(entry["hex"]))
        self.expect_error(["compile", path, "--cpp", "--lenient", "-o", "-"], 1,
                          "beckon: unsupported: interface Main, method A: method 'A' is declared twice; remcall "
                          "tolerates that, Beckon does not; while reading ")


if __name__ == "__main__":
    unittest.main()
