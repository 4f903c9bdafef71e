"""The command over RPyC, at our own server: peers without schemas, in every dialect and over every transport."""
import json
import os
import unittest

import command

EVENT = '{"method":"on_event","arguments":[%d,"event %d"]}\n'
METHODS = ("echo", "add", "concat", "sum", "reverse", "restock", "sort_items", "word_count", "fail", "sleep", "make_counter",
           "live_objects", "call_back", "subscribe", "nest", "count_to", "total", "whoami")


class Methods:
    """What is the same over every transport; `endpoint` says where."""

    def call(self, *words, output="", text=None):
        self.expect(["call", self.endpoint, *words], output, text=text)

    def test_methods_of_the_root_and_of_its_attributes(self):
        self.call("add", "2", "3", output="5\n")
        self.call("conformance.add", "2", "-3", output="-1\n")
        self.call("bench.say", '"x"', output='"x"\n')
        self.call("whoami", output='"anonymous"\n')

    def test_arguments_by_position_and_by_name(self):
        self.call("concat", 'b="second"', 'a="first"', output='"firstsecond"\n')
        self.call("concat", '"first"', 'b="second"', output='"firstsecond"\n')

    def test_echo_gives_back_any_json(self):
        for given in ['null', 'true', '-7', '18446744073709551616', '0.1', '"grüße"', '[1,[2.5,null]]', '{"a":{"b":[]},"":1}',
                      '{"$bytes":"AAH/"}', '[]', '{}']:
            self.call("echo", given, output=given + "\n")

    def test_containers_go_both_ways(self):
        self.call("sum", "[1, 2.5]", output="3.5\n")
        self.call("word_count", '"b a  b"', output='{"a":1,"b":2}\n')
        self.call("reverse", '{"$bytes": "AQID"}', output='{"$bytes":"AwIB"}\n')

    def test_a_record_is_an_object_with_its_fields(self):
        bolt = '{"name":"bolt","count":2,"tags":["m4"],"at":null,"mood":"busy"}'
        self.call("restock", bolt, "3", ".count", output="5\n")
        self.call("restock", bolt, "3", ".tags", output='["m4"]\n')
        self.expect_error(["call", self.endpoint, "restock", bolt, "-5"], 1, "beckon: declared (OutOfStock): OutOfStock {")

    def test_a_method_of_the_result_is_called(self):
        self.call("make_counter", "5", ".increment", "2", output="7\n")
        self.call("bench.next", ".next", ".make", "1", ".increment", "by=-3", output="-2\n")
        self.call("make_counter", "-5", ".value", output="-5\n")

    def test_an_object_is_shown_by_its_type_and_repr(self):
        status, output, errors = command.run("call", self.endpoint, "make_counter", "5")
        self.assertEqual((status, errors), (0, ""))
        shown = json.loads(output)
        self.assertIsInstance(shown.pop("$ref"), int)
        self.assertEqual(shown, {"type": "beckon.Counter", "repr": "<Counter object>"})
        self.call("live_objects", output="0\n")

    def test_events_are_printed_as_they_come(self):
        self.call("call_back", "@events", "2", output=EVENT % (1, 1) + EVENT % (2, 2) + "2\n")
        self.call("call_back", "times=1", "listener=@events", output=EVENT % (1, 1) + "1\n")

    def test_events_after_the_call_are_waited_for(self):
        self.expect_events_beside_null(["call", self.endpoint, "subscribe", "@events", "3", "50"],
                                       "".join(EVENT % (i, i) for i in (1, 2, 3)))

    def test_events_are_waited_for_no_longer_than_asked(self):
        self.call("subscribe", "@events", "3", "600000", "--for", "50ms", output="null\n")

    def test_an_iterator_is_printed_an_item_a_line(self):
        self.call("count_to", "3", output="1\n2\n3\n")
        self.call("count_to", "0")
        self.call("count_to", "20000", output="".join(f"{i}\n" for i in range(1, 20001)))

    def test_an_iterator_is_made_of_standard_input(self):
        self.call("total", "@-", output="6\n", text="1\n2\n\n3")
        self.call("total", "@-", output="0\n", text="")
        self.call("total", "@-", output=f"{sum(range(20000))}\n", text="".join(f"{i}\n" for i in range(20000)))

    def test_ls_tells_the_methods_of_the_root(self):
        status, output, errors = command.run("ls", self.endpoint)
        self.assertEqual((status, errors), (0, ""))
        listed = [line.split() for line in output.splitlines()]
        self.assertEqual([each for each in listed if each[0] in METHODS], [[name, "method"] for name in METHODS])
        status, output, errors = command.run("ls", self.endpoint, "--json")
        self.assertEqual((status, errors), (0, ""))
        self.assertIn({"name": "add", "is": "method", "type": "builtins.method"}, json.loads(output))


class OverTcp(Methods, command.QuietlyServedTest):
    listen = "rpyc+tcp://127.0.0.1:0"


class InTheOlderDialect(OverTcp):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.endpoint += "?dialect=5"


class OverUnix(Methods, command.UnixServedTest):
    prefix = "rpyc+"


class OverAChildsStandardInputAndOutput(Methods, command.CommandTest):
    endpoint = f"rpyc+exec:{command.COMMAND} serve --listen rpyc+stdio:?stderr=null"


class Served(command.CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.server = command.Server("rpyc+tcp://127.0.0.1:0", "tcp://127.0.0.1:0")
        cls.endpoint, cls.native = cls.server.endpoints

    @classmethod
    def tearDownClass(cls):
        cls.server.end()


class Describing(Served):
    def test_describe_tells_the_methods_of_an_object(self):
        self.expect(["describe", self.endpoint, "bench"],
                    "bench: beckon.Bench\n\nmethods\n    echo\n    say\n    make\n    next\n")
        status, output, errors = command.run("describe", self.endpoint)
        self.assertEqual((status, errors), (0, ""))
        for name in METHODS:
            self.assertIn(f"\n    {name}\n", output)

    def test_describe_tells_what_a_method_is(self):
        self.expect(["describe", self.endpoint, "conformance.add"], "conformance.add: builtins.method\n")

    def test_the_help_tells_of_rpyc(self):
        for name in ("call", "ls", "describe", "serve"):
            self.assertIn("rpyc+tcp://", command.run(name, "--help")[1])


class Measuring(Served):
    def test_bench_measures_over_rpyc_too(self):
        status, output, errors = command.run("bench", self.endpoint, "--for", "20ms", "--json")
        self.assertEqual((status, errors), (0, ""))
        latency, throughput = json.loads(output)
        self.assertGreater(latency["calls"], 0)
        self.assertGreater(throughput["calls_per_s"], 0)


class Failures(Served):
    def call(self, *words):
        return ["call", self.endpoint, *words]

    def test_what_the_handler_throws_fails_the_call(self):
        self.expect_error(self.call("fail", '"boom"'), 1, "beckon: remote_error (builtins.RuntimeError): boom\n")
        self.expect_error(self.call("add", "9223372036854775807", "1"), 1, "beckon: remote_error (builtins.OverflowError): ")

    def test_a_message_of_several_lines_is_printed_on_one(self):
        self.expect_error(self.call("fail", '"a\\nb\\u001b[2J"'), 1, "beckon: remote_error (builtins.RuntimeError): a\\nb?[2J\n")

    def test_failures_as_json(self):
        status, output, errors = command.run(*self.call("fail", '"boom"', "--json"))
        self.assertEqual((status, output), (1, ""))
        self.assertEqual(json.loads(errors), {"error": {"code": "remote_error", "type": "builtins.RuntimeError", "message": "boom",
                                                        "arguments": ["boom"]}})

    def test_an_attribute_that_is_missing_is_told_with_those_that_there_are(self):
        self.expect_error(self.call("nope"), 1, "beckon: remote_error (builtins.AttributeError): "
                                                "'Conformance' object has no attribute 'nope'; there are echo, add, ")
        self.expect_error(self.call("nope", "1"), 1, "beckon: remote_error (builtins.AttributeError): ")
        self.expect_error(self.call("bench.nope.x", "1"), 1, "beckon: remote_error (builtins.AttributeError): "
                                                             "'Bench' object has no attribute 'nope'; there are echo, say, make, next; ")
        self.expect_error(["describe", self.endpoint, "nope"], 1, "beckon: remote_error (builtins.AttributeError): ")

    def test_arguments_that_do_not_fit_the_method_fail_the_call(self):
        self.expect_error(self.call("add", "1"), 1, "beckon: remote_error (builtins.")
        self.expect_error(self.call("add", "1", "2", "3"), 1, "beckon: remote_error (builtins.")
        self.expect_error(self.call("add", "1", "2", ".value"), 1,
                          "beckon: type_mismatch: the result of add is int64; .value needs an object\n")
        self.expect_error(self.call("echo", '{"$bytes": "?"}'), 1, "beckon: parse_error: ")

    def test_a_timeout_bounds_an_iterator(self):
        self.expect_cut_short(["call", "--timeout", "300ms", self.endpoint, "count_to", "1000000000"])

    def test_a_timeout_ends_the_call(self):
        self.expect_error(self.call("sleep", "60000", "--timeout", "50ms"), 1,
                          f"beckon: timeout: deadline passed before root.sleep at {self.endpoint} replied")

    def test_wrong_usage_ends_with_2(self):
        self.expect_error(self.call("concat", '"a"', "b"), 2, 'beckon: invalid_argument: argument 2 of concat, "b", is no JSON ')
        self.expect_error(self.call("add(1)"), 2, "beckon: invalid_argument: expected OBJECT.METHOD")
        self.expect_error(self.call("add", "1", "a=2", "a=3"), 2, "beckon: invalid_argument: argument a of add stands twice")
        self.expect_error(self.call("total", "@-"), 2, 'beckon: invalid_argument: line 2 of standard input, "two": ', text="1\ntwo\n3\n")
        schema = os.path.join(command.SOURCE, "src/schema/testdata/conformance.bk")
        self.expect_error(self.call("add", "1", "2", "--schema", schema), 2, "beckon: invalid_argument: --schema is for protocols")
        self.expect_error(["call", "pigeon+tcp://127.0.0.1:1", "a"], 2,
                          'beckon: unsupported: no protocol is called "pigeon"; expected one of native, basic, jsonrpc, msgpack, pyrpc, quickrpc, remcall, rpyc\n')
        self.expect_error(["serve", "--listen", "pigeon+tcp://127.0.0.1:0"], 2,
                          'beckon: unsupported: no protocol is called "pigeon"; expected one of native, basic, jsonrpc, msgpack, pyrpc, quickrpc, remcall, rpyc\n')
        self.expect_error(["call", "rpyc+tcp://127.0.0.1:1?dialect=7", "a"], 2, "beckon: invalid_argument: option dialect ")
        for path in ("tcp://127.0.0.1:1/x", "rpyc+tcp://127.0.0.1:1/x", "tls://127.0.0.1:1/x?verify=no", "udp://127.0.0.1:1/x"):
            status, _, errors = command.run("call", path, "a")
            self.assertEqual(status, 2, errors)
            if not path.startswith("udp"):  # which carries the protocols with messages alone
                self.assertIn('address 127.0.0.1:1/x has the path "/x", and this transport has none', errors)

    def test_nobody_there_ends_with_3(self):
        with command.serving("rpyc+tcp://127.0.0.1:0") as gone:
            endpoint = gone.endpoints[0]
            gone.end()
        for words in (["call", endpoint, "a.b"], ["ls", endpoint], ["describe", endpoint]):
            self.expect_error(words, 3, "beckon: io_error: cannot connect to ")
        self.expect_error(["call", "rpyc+exec:true", "a.b"], 3, "beckon: disconnected: ")

    def test_a_peer_of_another_protocol_ends_with_3(self):
        for words in (["call", "rpyc+" + self.native, "add", "1"], ["ls", "rpyc+" + self.native],
                      ["call", self.endpoint.removeprefix("rpyc+"), "add", "1"], ["ls", self.endpoint.removeprefix("rpyc+")]):
            self.expect_error(words, 3, "beckon: disconnected: ")


if __name__ == "__main__":
    unittest.main()
