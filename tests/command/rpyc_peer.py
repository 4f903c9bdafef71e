"""The command at real RPyC servers, of whichever version: a service, and a classic server."""
import json
import os
import subprocess
import sys
import unittest

import command

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rpyc_server.py")
EVENT = '{"method":"on_event","arguments":[%d,"event %d"]}\n'
python = sys.executable  # main() says which


class PythonServer:
    def __init__(self, kind):
        self.process = subprocess.Popen([python, PROGRAM, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.endpoint = f"rpyc+tcp://127.0.0.1:{int(self.process.stdout.readline())}"

    def end(self):
        self.process.communicate(timeout=command.WITHIN)  # it ends with its input


class PeerTest(command.CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.server = PythonServer(cls.kind)
        cls.endpoint = cls.server.endpoint

    @classmethod
    def tearDownClass(cls):
        cls.server.end()

    def call(self, *words, output="", text=None):
        self.expect(["call", self.endpoint, *words], output, text=text)


class AService(PeerTest):
    kind = "service"

    def test_methods_and_arguments(self):
        self.call("add", "2", "3", output="5\n")
        self.call("add", "2", output="3\n")
        self.call("add", "b=2", "a=3", output="5\n")
        self.call("add", '"a"', 'b="b"', output='"ab"\n')
        self.call("Sub", ".twice", "4", output="8\n")

    def test_an_attribute_that_is_no_method_gives_its_value(self):
        self.call("version", output='"1.0"\n')
        self.call("limit", output="42\n")
        self.call("table", output='[["a",1],["b",[1,2,{"c":[3,4]}]],[5,null]]\n')
        self.call("nothing", output="null\n")

    def test_containers_are_printed_by_content(self):
        self.call("items", output='[1,"two",{"$bytes":"AA=="},[1,[2]],{"k":[1]},null,1180591620717411303424]\n')
        self.call("words", "300", output=json.dumps({str(i): i for i in range(300)}, separators=(",", ":")) + "\n")
        status, output, errors = command.run("call", self.endpoint, "numbers", "70000")  # more than a peer gives at once
        self.assertEqual((status, errors), (0, ""))
        self.assertTrue(json.loads(output) == list(range(70000)))

    def test_other_objects_are_printed_by_type_and_repr(self):
        status, output, errors = command.run("call", self.endpoint, "thing")
        self.assertEqual((status, errors), (0, ""))
        shown = json.loads(output)
        self.assertIsInstance(shown.pop("$ref"), int)
        self.assertEqual(shown, {"type": "__main__.Thing", "repr": "<a thing>"})

    def test_a_list_in_itself_is_not_followed(self):
        status, output, errors = command.run("call", self.endpoint, "loop")
        self.assertEqual((status, errors), (0, ""))
        first, inside = json.loads(output)
        self.assertEqual((first, inside["type"], inside["repr"]), (1, "builtins.list", "[1, [...]]"))

    def test_an_iterator_is_printed_an_item_a_line(self):
        self.call("count", "4", output="0\n[1]\n2\n[3]\n")
        self.call("count", "0")

    def test_events(self):
        self.call("call_back", "@events", "2", output=EVENT % (1, 1) + EVENT % (2, 2) + "2\n")
        self.call("call_it", "@events", "1", 'k="v"', output='{"method":"__call__","arguments":[1],"named":{"k":"v"}}\nnull\n')
        self.call("call_with_list", "@events", output='{"method":"on_event","arguments":[[1,{"a":[2]}]]}\nnull\n')
        self.call("keep", "@events", "--for", "50ms", output="null\n")

    def test_python_takes_lists_dicts_and_iterators_of_ours(self):
        self.call("total", "[1, 2, 3]", output="6\n")
        self.call("total", "@-", output="6\n", text="1\n2\n3\n")
        self.expect_error(["call", self.endpoint, "total", "@-"], 2,
                          'beckon: invalid_argument: line 2 of standard input, "two": ', text="1\ntwo\n3\n")
        self.call("lookup", '{"a": {"b": [7]}}', output="7\n")

    def test_exceptions(self):
        self.expect_error(["call", self.endpoint, "fail", '"a\\nb"'], 1, "beckon: remote_error (builtins.ValueError): a\\nb\n")
        status, output, errors = command.run("call", self.endpoint, "open", "--json")
        self.assertEqual((status, output), (1, ""))
        told = json.loads(errors)["error"]
        self.assertEqual((told["code"], told["type"]), ("remote_error", "builtins.FileNotFoundError"))
        self.assertEqual(told["attributes"]["errno"], 2)
        self.assertIn("rpyc_server.py", told["trace"])

    def test_what_is_not_exposed_is_not_reached(self):
        self.expect_error(["call", self.endpoint, "hidden"], 1, "beckon: remote_error (builtins.AttributeError): cannot access 'hidden'; "
                                                                "there are Sub, add, broken, call_back, ")
        self.expect_error(["call", self.endpoint, "limit", "1"], 1, "beckon: remote_error (builtins.TypeError): ")

    def test_ls_tells_what_each_attribute_is(self):
        status, output, errors = command.run("ls", self.endpoint)
        self.assertEqual((status, errors), (0, ""))
        for line in ("Sub                  class    __main__.exposed_Sub\n", "add                  method\n",
                     "limit                value    int64 42\n", "table                object   builtins.dict\n",
                     "broken               failing  builtins.RuntimeError: worn out\n",
                     'version              value    string "1.0"\n'):
            self.assertIn(line, output)
        self.assertNotIn("hidden", output)
        listed = {each.pop("name"): each for each in json.loads(command.run("ls", self.endpoint, "--json")[1])}
        self.assertEqual(listed["limit"], {"is": "value", "type": "int64", "value": 42})
        self.assertEqual(listed["table"], {"is": "object", "type": "builtins.dict"})

    def test_describe_reads_like_help(self):
        status, output, errors = command.run("describe", self.endpoint)
        self.assertEqual((status, errors), (0, ""))
        self.assertTrue(output.startswith("__main__.Service\n    Adds and remembers.\n\n    Nothing else.\n\nmethods\n    add\n"
                                          "        Adds two.\n\n        Any that Python can add.\n    call_back\n"), output)
        self.assertIn("\nattributes\n    Sub      class    __main__.exposed_Sub\n", output)
        self.expect(["describe", self.endpoint, "add"], "add: builtins.method\n    Adds two.\n\n    Any that Python can add.\n")
        self.expect(["describe", self.endpoint, "limit"], "limit  value  int64 42\n")


class AClassicServer(PeerTest):
    kind = "classic"

    def test_expressions_and_modules(self):
        self.call("eval", '"1 + 1"', output="2\n")
        self.call("getmodule", '"sys"', ".maxunicode", output="1114111\n")
        self.call("getmodule", '"os"', ".path.join", '"a"', '"b"', output='"a/b"\n')
        self.call("execute", '"kept = [1, {2, 2}]"', output="null\n")
        self.call("getmodule", '"collections"', ".Counter", '"aba"', output='{"a":2,"b":1}\n')

    def test_iterators_of_every_kind(self):
        self.call("eval", '"iter([1, [2]])"', output="1\n[2]\n")
        self.call("eval", '"map(str, range(3))"', output='"0"\n"1"\n"2"\n')

    def test_classes_are_no_containers(self):
        for name in ("list", "dict", "map"):
            status, output, errors = command.run("call", self.endpoint, "eval", f'"{name}"')
            self.assertEqual((status, errors, json.loads(output)["repr"]), (0, "", f"<class '{name}'>"))

    def test_what_json_has_no_form_for_is_printed_by_type_and_repr(self):
        def shown(kind, text):
            return {"type": kind, "repr": text}
        expected = [shown("complex", "(2+3j)"), shown("float64", "nan"), shown("float64", "-inf"), shown("slice", "slice(1, None, 2)"),
                    shown("ellipsis", "Ellipsis"), shown("NotImplementedType", "NotImplemented"), 1.5, [shown("complex", "1j")]]
        words = "[2 + 3j, float('nan'), -float('inf'), slice(1, None, 2), ..., NotImplemented, 1.5, (1j,)]"
        status, output, errors = command.run("call", self.endpoint, "eval", json.dumps(words))
        self.assertEqual((status, errors, json.loads(output)), (0, "", expected))
        self.call("eval", '"2 + 3j"', output='{"type":"complex","repr":"(2+3j)"}\n')

    def test_an_endless_iterator_ends_with_its_reader(self):
        calling = subprocess.Popen([command.COMMAND, "call", self.endpoint, "eval", '"__import__(\'itertools\').count()"'],
                                   stdout=subprocess.PIPE)
        self.assertEqual(calling.stdout.readline(), b"0\n")
        calling.stdout.close()
        calling.wait(timeout=command.WITHIN)

    def test_a_result_without_end_is_refused(self):
        self.expect_error(["call", self.endpoint, "eval", '"list(range(10**6 + 1))"'], 1,
                          "beckon: limit_exceeded: result holds more than 1000000 values")


def main(interpreter):
    global python
    python = interpreter
    unittest.main(module=__name__)
