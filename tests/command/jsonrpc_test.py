"""The command over JSON-RPC, at our own server: every transport, every framing."""
import json
import os
import tempfile
import unittest

import command

EVENT = '{"method":"on_event","arguments":[%d,"event %d"]}\n'


class Methods:
    """What is the same everywhere; `endpoint` says where."""

    def call(self, *words, output="", text=None):
        self.expect(["call", self.endpoint, *words], output, text=text)

    def test_methods_of_the_root_and_of_other_objects(self):
        self.call("add", "2", "3", output="5\n")
        self.call("conformance.add", "2", "-3", output="-1\n")
        self.call("bench.say", '"x"', output='"x"\n')
        self.call("whoami", output='"anonymous"\n')

    def test_arguments_by_position_or_by_name(self):
        self.call("concat", 'b="second"', 'a="first"', output='"firstsecond"\n')
        self.expect_error(["call", self.endpoint, "concat", '"first"', 'b="second"'], 2,
                          "beckon: invalid_argument: arguments of concat are given by position and by name")

    def test_echo_gives_back_any_json(self):
        for given in ['null', 'true', '-7', '18446744073709551616', '0.1', '"grüße"', '[1,[2.5,null]]', '{"a":{"b":[]},"":1}',
                      '{"$bytes":"AAH/"}', '{"$datetime":"2024-02-29T12:00:00Z"}', '[]', '{}']:
            self.call("echo", given, output=given + "\n")

    def test_records_errors_and_exceptions(self):
        bolt = '{"name":"bolt","count":2,"tags":["m4"],"at":null,"mood":"busy"}'
        self.call("restock", bolt, "3", output=bolt.replace("2", "5", 1) + "\n")
        self.expect_error(["call", self.endpoint, "restock", bolt, "-5"], 1, "beckon: declared (OutOfStock): OutOfStock")
        self.expect_error(["call", self.endpoint, "fail", '"boom"'], 1, "beckon: remote_error (std::runtime_error): boom")
        self.expect_error(["call", self.endpoint, "add", "1"], 1, "beckon: invalid_argument: Conformance.add() missing 1 required positional argument: 'b'")
        self.expect_error(["call", self.endpoint, "nothing"], 1, "beckon: unknown_method: 'Conformance' object has no attribute")

    def test_a_method_of_the_result_is_called(self):
        self.call("make_counter", "5", ".increment", "2", output="7\n")
        self.call("bench.next", ".next", ".make", "1", ".increment", "by=-3", output="-2\n")

    def test_an_object_is_shown_by_its_number_and_interface(self):
        self.call("make_counter", "5", output='{"$ref":1,"interface":"Counter"}\n')

    def test_events_are_printed_as_they_come(self):
        self.call("call_back", "@events", "2", output=EVENT % (1, 1) + EVENT % (2, 2) + "2\n")
        self.expect_events_beside_null(["call", self.endpoint, "subscribe", "@events", "2", "10"], EVENT % (1, 1) + EVENT % (2, 2))

    def test_streams_go_both_ways(self):
        self.call("count_to", "100", output="".join(f"{i}\n" for i in range(1, 101)))
        self.call("total", "@-", output="5050\n", text="".join(f"{i}\n" for i in range(1, 101)))

    def test_deadlines_and_timeouts(self):
        self.call("--timeout", "5s", "sleep", "10", output='"slept 10 ms"\n')
        self.expect_error(["call", "--timeout", "100ms", self.endpoint, "sleep", "60000"], 1, "beckon: timeout: ")

    def test_a_timeout_bounds_a_stream(self):
        self.expect_cut_short(["call", "--timeout", "300ms", self.endpoint, "count_to", "1000000000"])

    def test_what_a_peer_has_cannot_be_asked(self):
        for words in (["ls"], ["describe"], ["describe", "conformance"]):
            self.expect_error([words[0], self.endpoint, *words[1:]], 1, "beckon: unsupported: peer ")


class Served(Methods, command.QuietlyServedTest):
    listen = "jsonrpc+tcp://127.0.0.1:0"


class Headers(Served):
    listen = "jsonrpc+tcp://127.0.0.1:0?framing=content-length"


class Zeros(Served):
    listen = "jsonrpc+tcp://127.0.0.1:0?framing=nul"


class Unmarked(Served):
    listen = "jsonrpc+tcp://127.0.0.1:0?framing=none"


class UnixSocket(Methods, command.UnixServedTest):
    prefix = "jsonrpc+"


class Child(Methods, command.CommandTest):
    endpoint = f"jsonrpc+exec:{command.COMMAND} serve --listen jsonrpc+stdio:?stderr=null"


class HeadersOfAChild(Methods, command.CommandTest):
    endpoint = f"jsonrpc+exec:{command.COMMAND} serve --listen jsonrpc+stdio:%3Fframing=content-length?framing=content-length&stderr=null"


class Piped(command.CommandTest):
    """Texts from a pipe: answered on standard output, and the server ends with its input."""

    def served(self, options, text):
        return command.run("serve", "--listen", "jsonrpc+stdio:" + options, text=text)

    def test_lines(self):
        status, output, _ = self.served("", '{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}')
        self.assertEqual((status, output), (0, '{"jsonrpc":"2.0","id":1,"result":3}\n'))

    def test_all_is_answered_though_it_takes_time(self):
        texts = ('{"jsonrpc":"2.0","id":1,"method":"sleep","params":[150]}', '{"jsonrpc":"2.0","id":2,"method":"add","params":[1,2]}')
        for options in ("", "?framing=nul"):
            end = "\0" if options else "\n"
            status, output, _ = self.served(options, end.join(texts) + end)
            self.assertEqual(status, 0)
            self.assertEqual([json.loads(each)["result"] for each in output.split(end) if each], ["slept 150 ms", 3])

    def test_headers(self):
        text = '{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}'
        status, output, _ = self.served("?framing=content-length", f"Content-Length: {len(text)}\r\n\r\n{text}")
        self.assertEqual((status, output.replace("\r", "")),
                         (0, 'Content-Length: 35\n\n{"jsonrpc":"2.0","id":1,"result":3}'.replace("\r", "")))


class Wrong(command.CommandTest):
    def test_an_unknown_framing(self):
        self.expect_error(["call", "jsonrpc+tcp://127.0.0.1:1?framing=lines", "m"], 2,
                          'beckon: invalid_argument: option framing is "lines"; expected newline, nul, content-length or none')

    def test_nobody_there(self):
        with tempfile.TemporaryDirectory() as folder:
            self.expect_error(["call", f"jsonrpc+unix:{os.path.join(folder, 'none')}", "m"], 3, "beckon: ")

    def test_a_peer_of_another_protocol(self):
        with command.serving("tcp://127.0.0.1:0") as server:
            ended, output, errors = command.run("call", "--timeout", "2s", "jsonrpc+" + server.endpoints[0], "add", "1", "2")
            self.assertEqual((ended, output), (3, ""), errors)


if __name__ == "__main__":
    unittest.main()
