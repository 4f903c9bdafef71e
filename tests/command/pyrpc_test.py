"""The command over pyrpc, at our own server."""
# also at one port
import unittest

import command


class Methods:
    """What is the same everywhere; `endpoint` says where."""

    def call(self, *words, output="", text=None):
        self.expect(["call", self.endpoint, *words], output, text=text)

    def test_methods_of_the_root_and_of_other_objects(self):
        self.call("add", "2", "3", output="5\n")
        self.call("conformance.add", "2", "-3", output="-1\n")
        self.call("bench.say", '"x"', output='"x"\n')
        self.call("whoami", output='"anonymous"\n')

    def test_arguments_by_position_and_by_name(self):
        self.call("concat", '"first"', 'b="second"', output='"firstsecond"\n')
        self.call("concat", 'b="second"', 'a="first"', "call_timeout=20", output='"firstsecond"\n')

    def test_echo_gives_back_any_json(self):
        for given in ['null', 'true', '-7', '18446744073709551616', '0.1', '"grüße"', '[1,[2.5,null]]', '{"a":{"b":[]},"":1}',
                      '{"$bytes":"AAH/"}', '[]', '{}']:
            self.call("echo", given, output=given + "\n")

    def test_records_errors_and_exceptions(self):
        bolt = '{"name":"bolt","count":2,"tags":["m4"],"at":null,"mood":"busy"}'
        self.call("restock", bolt, "3", output=bolt.replace("2", "5", 1) + "\n")
        self.expect_error(["call", self.endpoint, "restock", bolt, "-5"], 1, "beckon: declared (OutOfStock): OutOfStock")
        self.expect_error(["call", self.endpoint, "fail", '"boom"'], 1, "beckon: remote_error (builtins.RuntimeError): boom")
        self.expect_error(["call", self.endpoint, "add", "1"], 1,
                          "beckon: remote_error (builtins.TypeError): Conformance.add() missing 1 required")
        self.expect_error(["call", self.endpoint, "nothing"], 1, "beckon: remote_error (builtins.AttributeError): ")

    def test_what_has_no_pickle_is_refused(self):
        self.expect_error(["call", self.endpoint, "make_counter", "5"], 1, "beckon: remote_error (builtins.TypeError): ")
        self.expect_error(["call", self.endpoint, "call_back", "@events", "2"], 1, "beckon: unsupported: ")

    def test_streams_are_lists(self):
        self.call("count_to", "3", output="[1,2,3]\n")
        self.call("total", "@-", output="5050\n", text="".join(f"{i}\n" for i in range(1, 101)))

    def test_timeouts(self):
        self.call("--timeout", "5s", "sleep", "10", output='"slept 10 ms"\n')
        self.expect_error(["call", "--timeout", "100ms", self.endpoint, "sleep", "1000"], 1, "beckon: timeout: ")

    def test_what_there_is(self):
        for words in (["ls"], ["describe"]):
            status, output, errors = command.run(*words, self.endpoint)
            self.assertEqual((status, errors), (0, ""))
            self.assertIn("restock", output)


class Tcp(Methods, command.QuietlyServedTest):
    listen = "pyrpc+tcp://127.0.0.1:0"


class Unix(Methods, command.UnixServedTest):
    prefix = "pyrpc+"


class Others(command.CommandTest):
    def test_options_are_checked(self):
        for option, message in (("call_timeout=soon", 'option call_timeout is "soon"; expected seconds'),
                                ("nonblock=1", 'option "nonblock" is unknown to pyrpc and tcp; did you mean nonblocking?')):
            self.expect_error(["call", f"pyrpc+tcp://127.0.0.1:1?{option}", "add"], 2, f"beckon: invalid_argument: {message}")

    def test_nobody_there(self):
        self.expect_error(["call", "pyrpc+tcp://127.0.0.1:1", "add", "1", "2"], 3, "beckon: io_error: ")


if __name__ == "__main__":
    unittest.main()
