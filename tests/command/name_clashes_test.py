"""`beckon compile` tells every pair of names that become one in a language, each by line and column."""
import os
import subprocess
import tempfile
import unittest

import command

IDL = """record P { int8 someName; int8 some_name; }
enum Kind { ab,
  Ab }
interface Shop { void f(int8 aB, int8 a_b); }
record AsyncShop {}
"""
TOLD = """{0}:1:32: error: record P: field 'someName' and field 'some_name' would both be called 'some_name' in the generated code
{0}:1:17: note: the other one is here
{0}:3:3: error: enum Kind: value 'ab' and value 'Ab' would both be called 'AB' in the generated code
{0}:2:13: note: the other one is here
{0}:4:39: error: interface Shop, method f: parameter 'aB' and parameter 'a_b' would both be called 'a_b' in the generated code
{0}:4:30: note: the other one is here
{0}:5:8: error: schema: record 'AsyncShop' and the coroutines of an interface, 'AsyncShop' would both be called \
'AsyncShop' in the generated code
{0}:4:11: note: the other one is here
beckon: parse_error: {0} has 4 errors
"""


class NameClashes(command.CommandTest):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, name, content):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def headlines(self, *words, text=None):
        status, output, errors = command.run("compile", *words, "-o", "-", text=text)
        self.assertEqual((status, output), (1, ""))
        return "".join(line + "\n" for line in errors.splitlines() if not line.startswith("  "))

    def test_are_all_told_with_both_places(self):
        path = self.write("shop.bk", IDL.encode())
        self.assertEqual(self.headlines(path, "--python"), TOLD.format(path))
        self.assertEqual(self.headlines("-", "--python", text=IDL), TOLD.format("standard input"))

    def test_in_bytes_are_told_in_words(self):
        idl = "interface Main { void a(); } enum Kind { ab, Ab, AB }"
        done = subprocess.run([command.COMMAND, "compile", "-", "--remcall", "-o", "-"], input=idl.encode(),
                              capture_output=True, check=True, timeout=command.WITHIN)
        path = self.write("kind.remcall", done.stdout)
        told = "{0}: error: enum Kind: value 'ab' and value '{1}' would both be called 'AB' in the generated code\n"
        self.assertEqual(self.headlines(path, "--python"), told.format(path, "Ab") + told.format(path, "AB") +
                         f"beckon: parse_error: {path} has 2 errors\n")

    def test_in_remcall_are_told_so_too(self):
        idl = "interface Main { void f(int8 a_b, int8 aB); }\nenum E { a_b, aB, a_B }\n"
        told = self.headlines("-", "--remcall", text=idl)
        at = "standard input"
        self.assertEqual(told, f"{at}:1:40: error: the names a_b and aB are both aB in remcall\n"
                               f"{at}:1:30: note: the other one is here\n"
                               f"{at}:2:15: error: the names a_b and aB are both aB in remcall\n"
                               f"{at}:2:10: note: the other one is here\n"
                               f"{at}:2:19: error: the names a_b and a_B are both aB in remcall\n"
                               f"{at}:2:10: note: the other one is here\n"
                               f"beckon: parse_error: {at} has 3 errors\n")

    def test_with_the_interface_that_becomes_main_are_told_as_that(self):
        idl = "enum Main { x }\ninterface Shop { void f(); }\n"
        told = self.headlines("-", "--remcall", "--main", "Shop", text=idl)
        self.assertIn("standard input:1:6: error: Main is Main in remcall, which interface Shop is to be called\n"
                      "standard input:2:11: note: the other one is here\n", told)


if __name__ == "__main__":
    unittest.main()
