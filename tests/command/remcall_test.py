"""The command over remcall, at our own server: by the schema's file, by the schema that a Beckon tells, and without."""
import os
import subprocess
import tempfile
import unittest

import command

IDL = os.path.join(command.SOURCE, "tests", "remcall", "conformance.idl")
METHODS = ["add", "concat", "fail", "sleep", "makeCounter", "liveObjects", "callBack", "subscribe", "nest", "mood",
           "half", "whoami"]


class Remcall(command.ServedTest):
    listen = "remcall+tcp://127.0.0.1:0"

    def call(self, *words, output, options=(), schema=IDL, at=None):
        self.expect(["call", "--schema", schema, *options, at or self.endpoint, *words], output)

    def test_calls_by_idl(self):
        self.call("add", "2", "3", output="5\n")
        self.call("Main.add", "b=2", "a=-3", output="-1\n")
        self.call("concat", '"first"', '"second"', output='"firstsecond"\n')
        self.call("half", "3", output="1.5\n")
        self.call("mood", '"broken"', output='"broken"\n')
        self.call("whoami", output='"anonymous"\n')
        self.call("makeCounter", "5", ".increment", "2", output="7\n")
        event = '{"method":"onEvent","arguments":{"sequence":%d,"text":"event %d"}}\n'
        self.call("callBack", "@events", "2", output=event % (1, 1) + event % (2, 2) + "2\n")
        self.call("liveObjects", output="0\n")

    def test_calls_by_a_binary_schema(self):
        with tempfile.TemporaryDirectory() as folder:
            binary = os.path.join(folder, "conformance.remcall")
            with open(binary, "wb") as file:
                subprocess.run([command.COMMAND, "print", "--binary", IDL], stdout=file, check=True)
            self.call("add", "40", "2", output="42\n", schema=binary)
            self.call("sleep", "3", output='"slept 3 ms"\n', schema=binary)

    def test_failures_are_told_in_words(self):
        call = ["call", "--schema", IDL]
        self.expect_error([*call, self.endpoint, "fail", '"as agreed"'], 1, "beckon: remote_error (std::runtime_error): as agreed")
        self.expect_error([*call, "--timeout", "50ms", self.endpoint, "sleep", "600000"], 1, "beckon: timeout:")
        self.expect_error([*call, self.endpoint, "add", "2"], 1, "beckon: invalid_argument:")
        self.expect_error([*call, self.endpoint, "nothing"], 2, "beckon: invalid_argument: no interface of the schema has a method")
        self.expect_error(["call", self.endpoint, "add", "2", "3"], 1, "beckon: unsupported: remcall's bytes say nothing")

    def test_jobs_are_refused(self):
        for words in (["call", "--job", self.endpoint, "sleep", "1"], ["call", "--detach", self.endpoint, "sleep", "1"],
                      ["jobs", self.endpoint], ["jobs", self.endpoint, "1", "--fetch"]):
            self.expect_error(words, 2, "beckon: invalid_argument: remcall has no jobs: ")

    def test_other_schemas_are_refused(self):
        with tempfile.NamedTemporaryFile("w", suffix=".idl") as other:
            other.write("interface Main { int64 add(int64 a, int64 b); }")
            other.flush()
            # The server tells its digest at once; a call that came before that is cut off.
            ended, output, errors = command.run("call", "--schema", other.name, self.endpoint, "add", "2", "3")
            self.assertEqual((ended in (1, 3), output), (True, ""), errors)

    def test_it_is_listed_and_described(self):
        self.expect(["ls", self.endpoint], "".join(each + "\n" for each in METHODS))
        self.expect(["ls", "--schema", IDL, self.endpoint], "".join(each + "\n" for each in METHODS))
        self.expect(["describe", self.endpoint, "add"], "add(int64 a, int64 b): int64\n")
        status, output, errors = command.run("describe", "--schema", IDL, self.endpoint)
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("interface Main {", output)

    def test_a_schema_file_says_what_an_object_is(self):
        describe = ["describe", "--schema", IDL, self.endpoint]
        self.expect([*describe, "add"], "interface Main {\n  int64 add(int64 a, int64 b);\n}\n")
        self.expect([*describe, "Mood"], "enum Mood {\n  calm,\n  busy,\n  broken,\n}\n")
        self.expect([*describe, "Counter.increment"], "interface Counter {\n  int64 increment(int64 by);\n}\n")
        # With all that it needs, and nothing else.
        status, output, errors = command.run(*describe, "makeCounter")
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(output, r"(?s)^interface Counter \{.*\n\ninterface Main \{\n  Counter makeCounter\(int64 start\);\n\}\n$")
        status, output, errors = command.run(*describe, "Listener")
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(output, r"^interface Listener \{\n  void onEvent\(")
        self.expect_error([*describe, "nothing"], 1,
                          "beckon: not_found: the schema has no type and no method \"nothing\"; its interfaces are ")

    def test_a_beckons_schema_is_described_as_idl(self):
        status, told, errors = command.run("describe", self.endpoint)
        self.assertEqual((status, errors), (0, ""))
        for each in ('label "conformance";', "enum Mood {", "interface Listener {", "interface Main {"):
            self.assertIn(each, told)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "told.idl")
            with open(path, "w") as file:
                file.write(told)
            self.expect(["print", path], told)
            self.call("add", "2", "3", output="5\n", schema=path)  # its digest is the server's

    def test_who_is_no_beckon_cannot_be_asked(self):
        told = "beckon: unsupported: peer .* cannot be asked what it has: remcall itself .*; --schema FILE says it\n"
        for subcommand in ("describe", "ls"):
            status, output, errors = command.run(subcommand, self.endpoint + "&peer=plain")
            self.assertEqual((status, output), (1, ""))
            self.assertRegex(errors, told)

    def test_by_other_transports(self):
        with tempfile.TemporaryDirectory() as folder:
            with command.serving(f"remcall+unix:{folder}/socket", "remcall+ws://127.0.0.1:0/remcall") as server:
                for endpoint in server.endpoints:
                    self.call("add", "2", "3", output="5\n", at=endpoint)
        # What the child tells its user comes on its standard error.
        child = f"remcall+exec:{command.COMMAND} serve --listen remcall+stdio:"
        ended, output, errors = command.run("call", "--schema", IDL, child, "makeCounter", "1", ".value")
        self.assertEqual((ended, output), (0, "1\n"), errors)

    def test_options_are_checked(self):
        for option, found in (("peer=python", "option peer is"), ("check=maybe", "option check is")):
            ended, output, errors = command.run("call", "--schema", IDL, f"{self.endpoint}&{option}", "add", "1", "1")
            self.assertEqual((ended, output), (2, ""), errors)
            self.assertIn(found, errors)


if __name__ == "__main__":
    unittest.main()
