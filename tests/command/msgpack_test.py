"""The command over MessagePack-RPC, at our own server over every transport."""
import subprocess
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
        for given in ['null', 'true', '-7', '18446744073709551615', '0.1', '"grüße"', '[1,[2.5,null]]', '{"a":{"b":[]},"":1}',
                      '{"$bytes":"AAH/"}', '{"$datetime":"2024-02-29T12:00:00Z"}', '[]', '{}']:
            self.call("echo", given, output=given + "\n")
        self.expect_error(["call", self.endpoint, "echo", "18446744073709551616"], 1,
                          "beckon: unsupported: [0]: integer of 9 bytes has no form in msgpack")

    def test_records_errors_and_exceptions(self):
        bolt = '{"name":"bolt","count":2,"tags":["m4"],"at":null,"mood":"busy"}'
        self.call("restock", bolt, "3", output=bolt.replace("2", "5", 1) + "\n")
        self.expect_error(["call", self.endpoint, "restock", bolt, "-5"], 1, "beckon: declared (OutOfStock): OutOfStock")
        self.expect_error(["call", self.endpoint, "fail", '"boom"'], 1, "beckon: remote_error: boom")
        self.expect_error(["call", self.endpoint, "add", "1"], 1, "beckon: invalid_argument: Conformance.add() missing 1 required")
        self.expect_error(["call", self.endpoint, "nothing"], 1, "beckon: unknown_method: ")

    def test_a_method_of_the_result_is_called(self):
        self.call("make_counter", "5", ".increment", "2", output="7\n")
        self.call("bench.next", ".next", ".make", "1", ".increment", "by=-3", output="-2\n")

    def test_an_object_is_shown_by_its_number(self):
        self.call("make_counter", "5", output='{"$ref":1}\n')

    def test_events_are_printed_as_they_come(self):
        self.call("call_back", "@events", "2", output=EVENT % (1, 1) + EVENT % (2, 2) + "2\n")
        self.expect_events_beside_null(["call", self.endpoint, "subscribe", "@events", "2", "10"], EVENT % (1, 1) + EVENT % (2, 2))

    def test_streams_go_both_ways(self):
        self.call("count_to", "100", output="".join(f"{i}\n" for i in range(1, 101)))
        self.call("total", "@-", output="5050\n", text="".join(f"{i}\n" for i in range(1, 101)))

    def test_timeouts(self):
        self.call("--timeout", "5s", "sleep", "10", output='"slept 10 ms"\n')
        self.expect_error(["call", "--timeout", "100ms", self.endpoint, "sleep", "60000"], 1, "beckon: timeout: ")

    def test_what_a_peer_has_cannot_be_asked(self):
        for words in (["ls"], ["describe"], ["describe", "conformance"]):
            self.expect_error([words[0], self.endpoint, *words[1:]], 1, "beckon: unsupported: peer ")


class Tcp(Methods, command.QuietlyServedTest):
    listen = "msgpack+tcp://127.0.0.1:0"


class Unix(Methods, command.UnixServedTest):
    prefix = "msgpack+"


class Child(Methods, command.CommandTest):
    endpoint = f"msgpack+exec:{command.COMMAND} serve --listen msgpack+stdio:?stderr=null"


class Piped(command.CommandTest):
    def test_all_is_answered_though_it_takes_time(self):
        requests = b"\x94\x00\x01\xa5sleep\x91\xcc\x96" b"\x94\x00\x02\xa3add\x92\x01\x02"
        done = subprocess.run([command.COMMAND, "serve", "--listen", "msgpack+stdio:"], input=requests, capture_output=True,
                              timeout=command.WITHIN, check=True)
        self.assertEqual(done.stdout, b"\x94\x01\x01\xc0\xacslept 150 ms" b"\x94\x01\x02\xc0\x03")


class Others(command.CommandTest):
    def test_options_are_checked(self):
        for option, message in (("errors=loud", 'option errors is "loud"; expected beckon, text, neovim or map'),
                                ("peer=neovim", 'option peer is "neovim"; expected beckon')):
            self.expect_error(["call", f"msgpack+tcp://127.0.0.1:1?{option}", "add"], 2, f"beckon: invalid_argument: {message}")

    def test_nobody_there_and_somebody_else_there(self):
        self.expect_error(["call", "msgpack+tcp://127.0.0.1:1", "add", "1", "2"], 3, "beckon: io_error: ")
        with command.serving("tcp://127.0.0.1:0") as server:
            self.expect_error(["call", f"msgpack+{server.endpoints[0]}", "add", "1", "2"], 3, "beckon: disconnected: ")


if __name__ == "__main__":
    unittest.main()
