"""`beckon replay`: what it prints and ends with, at a server that says the same, another thing, or nothing."""
import json
import os
import tempfile
import unittest

import command

HEAD = '{"recording":"beckon","version":1}\n'


def call(number, method, params, result):
    """A call of the first conversation and its answer, as they are recorded."""
    asked = {"jsonrpc": "2.0", "method": method, "params": params, "id": number}
    said = {"jsonrpc": "2.0", "result": result, "id": number}
    return "".join(json.dumps({"conversation": 1, "at": 1, who: text, "json": message}) + "\n"
                   for who, text, message in (("client", f"call #{number} {method}", asked),
                                              ("server", f"reply #{number} {result}", said)))


class Replay(command.QuietlyServedTest):
    listen = "jsonrpc+tcp://127.0.0.1:0"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "some.rec")

    def write(self, *lines, begin=None):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(HEAD + json.dumps({"conversation": 1, "at": 0, "begin": begin or self.endpoint}) + "\n")
            file.write("".join(lines))

    def test_a_server_that_says_the_same(self):
        self.write(call(1, "add", [2, 3], 5), "# and text\n", call(2, "concat", ["a", "b"], "ab"))
        self.expect(["replay", self.file, self.endpoint],
                    "1 conversation, 2 messages of the server compared: no differences\n")

    def test_a_server_that_says_something_else(self):
        self.write(call(1, "add", [2, 3], 6), call(2, "concat", ["a", "b"], "ab"))
        self.expect(["replay", self.file, self.endpoint],
                    "line 4: differs at result\n"
                    "  recorded  reply #1 6 (6)\n"
                    "  actual    reply #1 5 (5)\n"
                    "1 conversation, 2 messages of the server compared: 1 difference\n", status=1)
        status, output, errors = command.run("replay", self.file, self.endpoint, "--json")
        self.assertEqual((status, errors), (1, ""))
        self.assertEqual(json.loads(output), {
            "conversations": 1, "sent": 2, "compared": 2, "cut_short": False,
            "differences": [{"what": "differs", "conversation": 1, "line": 4, "where": "result",
                             "recorded": "reply #1 6 (6)", "actual": "reply #1 5 (5)"}]})

    def test_what_is_to_be_ignored_is_no_difference(self):
        self.write(call(1, "echo", [{"time": 7, "name": "x"}], {"time": 8, "name": "y"}))
        status, output, _ = command.run("replay", self.file, self.endpoint, "--ignore", r"\.time=\d+")
        self.assertEqual(status, 1)
        self.assertIn("line 4: differs at result.name\n", output)
        self.expect(["replay", self.file, self.endpoint, "--ignore", r"\.time=\d+", "--ignore", r"result\.name=.*"],
                    "1 conversation, 1 message of the server compared: no differences\n")

    def test_what_does_not_come_is_missing(self):
        notified = {"conversation": 1, "at": 1, "server": "notify tick()", "json": {"jsonrpc": "2.0", "method": "tick"}}
        self.write(json.dumps(notified) + "\n", call(1, "add", [2, 3], 5))
        self.expect(["replay", self.file, self.endpoint, "--timeout", "300ms"],
                    "line 3: missing\n  recorded  notify tick()\n  actual    nothing in time\n"
                    "1 conversation, 2 messages of the server compared: 1 difference\n", status=1)

    def test_one_conversation_of_several(self):
        second = json.dumps({"conversation": 2, "at": 0, "begin": self.endpoint}) + "\n"
        self.write(call(1, "add", [2, 3], 6), second, call(1, "add", [2, 3], 5).replace('"conversation": 1', '"conversation": 2'))
        self.expect(["replay", self.file, self.endpoint, "--conversation", "2"],
                    "1 conversation, 1 message of the server compared: no differences\n")
        self.expect_error(["replay", self.file, self.endpoint, "--conversation", "3"], 2,
                          "beckon: invalid_argument: the recording has no conversation 3")
        self.expect_error(["replay", self.file, self.endpoint, "--conversation", "x"], 2,
                          'beckon: invalid_argument: --conversation takes a number; found "x"')

    def test_a_recording_that_was_cut_short_is_replayed_as_far_as_it_goes(self):
        self.write(call(1, "add", [2, 3], 5), '{"conversation":1,"at":2,"clie')
        self.expect(["replay", self.file, self.endpoint],
                    "the recording's last line is not whole, and was left out\n"
                    "1 conversation, 1 message of the server compared: no differences\n")

    def test_a_recording_that_is_wrong_is_refused_with_its_line(self):
        self.write('{"conversation":1,"client":"x"}\n')
        self.expect_error(["replay", self.file, self.endpoint], 2,
                          "beckon: parse_error: line 3: expected the message as one of")
        self.write('{"conversation":1,"client":"x","hex":"00"}\n', begin="rpyc+tcp://127.0.0.1:1")
        self.expect_error(["replay", self.file, self.endpoint], 2,
                          "beckon: invalid_argument: line 2: conversation 1 is in rpyc; the endpoint's protocol is jsonrpc")
        self.expect_error(["replay", self.file, self.endpoint.replace("jsonrpc", "rpyc")], 2,
                          "beckon: parse_error: line 3: 1 bytes are not one message")
        self.expect_error(["replay", self.file + "x", self.endpoint], 2,
                          f'beckon: not_found: cannot read file "{self.file}x": no such file or directory (ENOENT)')
        folder = os.path.dirname(self.file)
        self.expect_error(["replay", folder, self.endpoint], 2,
                          f'beckon: io_error: cannot read file "{folder}": is a directory (EISDIR)')
        self.expect_error(["replay", "/dev/null", self.endpoint], 2, "beckon: parse_error: line 1: this is no recording")

    def test_wrong_words_are_refused(self):
        self.write(call(1, "add", [2, 3], 5))
        self.expect_error(["replay", self.file, self.endpoint, "--ignore", "("], 2,
                          'beckon: invalid_argument: pattern "(" is no regular expression')
        self.expect_error(["replay", self.file, "nonsense"], 2, "beckon: parse_error: ")
        self.expect_error(["replay", self.file], 2, "beckon: invalid_argument: ")

    def test_nobody_there(self):
        self.write(call(1, "add", [2, 3], 5))
        self.expect_error(["replay", self.file, "jsonrpc+tcp://127.0.0.1:1"], 3, "beckon: io_error: cannot connect to ")


if __name__ == "__main__":
    unittest.main()
