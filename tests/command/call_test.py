"""`beckon call`: every method of the conformance service, over tcp, unix and a child's standard input and output."""
import json
import os
import signal
import subprocess
import tempfile
import unittest

import command


class Methods:
    """What is the same over every transport; `endpoint` says where."""

    def call(self, method, *arguments, output="", text=None):
        self.expect(["call", self.endpoint, f"conformance.{method}", *arguments], output, text=text)

    def test_echo_gives_back_any_json(self):
        for given in ['null', 'true', '-7', '18446744073709551616', '0.1', '"gr\\u00fc\\u00dfe"', '[1,[2.5,null]]',
                      '{"a":{"b":[]},"":1}', '{"$bytes":"AAH/"}', '{"$date":"2024-02-29"}']:
            printed = '"grüße"' if "u00fc" in given else given
            self.call("echo", given, output=printed + "\n")

    def test_add(self):
        self.call("add", "2", "3", output="5\n")
        self.call("add", "-2", "-3", output="-5\n")

    def test_arguments_by_name_in_any_order(self):
        self.call("concat", 'b="second"', 'a="first"', output='"firstsecond"\n')
        self.call("add", "2", "b=3", output="5\n")

    def test_sum_reverse_and_word_count(self):
        self.call("sum", "[1, 2.5]", output="3.5\n")
        self.call("sum", "[]", output="0.0\n")
        self.call("reverse", '{"$bytes": "AQID"}', output='{"$bytes":"AwIB"}\n')
        self.call("word_count", '"b a  b"', output='{"a":1,"b":2}\n')

    def test_records_and_lists_of_them(self):
        bolt = '{"name":"bolt","count":2,"tags":["m4"],"at":{"x":1,"y":2.5},"mood":"busy"}'
        nut = '{"name":"nut","count":1,"tags":[],"at":null,"mood":0}'
        self.call("restock", bolt, "3", output='{"name":"bolt","count":5,"tags":["m4"],"at":{"x":1.0,"y":2.5},"mood":"busy"}\n')
        self.call("sort_items", f"[{nut},{bolt}]",
                  output='[{"name":"bolt","count":2,"tags":["m4"],"at":{"x":1.0,"y":2.5},"mood":"busy"},'
                         '{"name":"nut","count":1,"tags":[],"at":null,"mood":"calm"}]\n')

    def test_sleep(self):
        self.call("sleep", "5", output='"slept 5 ms"\n')

    def test_a_method_of_the_result_is_called(self):
        self.call("make_counter", "5", ".increment", "2", output="7\n")
        self.call("make_counter", "-5", ".value", output="-5\n")
        self.expect(["call", self.endpoint, "bench.next", ".next", ".make", "1", ".increment", "by=-3"], "-2\n")

    def test_counters_are_gone_with_the_command_that_made_them(self):
        self.call("live_objects", output="0\n")

    def test_an_object_is_shown_by_its_interface(self):
        status, output, errors = command.run("call", self.endpoint, "conformance.make_counter", "5")
        self.assertEqual((status, errors), (0, ""))
        shown = json.loads(output)
        self.assertEqual(shown["interface"], "Counter")
        self.assertIsInstance(shown["$ref"], int)

    def test_events_are_printed_as_they_come(self):
        event = '{"method":"on_event","arguments":{"sequence":%d,"text":"event %d"}}\n'
        self.call("call_back", "@events", "2", output=event % (1, 1) + event % (2, 2) + "2\n")
        self.call("call_back", "times=1", "listener=@events", output=event % (1, 1) + "1\n")

    def test_events_after_the_call_are_waited_for(self):
        event = '{"method":"on_event","arguments":{"sequence":%d,"text":"event %d"}}\n'
        self.call("subscribe", "@events", "3", "1", output="".join(event % (i, i) for i in (1, 2, 3)))

    def test_events_are_waited_for_no_longer_than_asked(self):
        self.expect(["call", self.endpoint, "conformance.subscribe", "@events", "3", "600000", "--for", "50ms"])

    def test_nest_calls_back_into_the_command(self):
        self.call("nest", "null", "0", output="0\n")
        status, output, errors = command.run("call", self.endpoint, "conformance.nest", "@events", "1")
        self.assertEqual((status, errors), (0, ""))
        called, result = output.splitlines()
        self.assertEqual(json.loads(called)["method"], "nest")
        self.assertEqual(json.loads(called)["arguments"]["depth"], 0)
        self.assertEqual(json.loads(called)["arguments"]["peer"]["interface"], "Conformance")
        self.assertEqual(result, "1")

    def test_a_stream_is_printed_an_item_a_line(self):
        self.call("count_to", "3", output="1\n2\n3\n")
        self.call("count_to", "0")
        self.call("count_to", "20000", output="".join(f"{i}\n" for i in range(1, 20001)))

    def test_a_timeout_bounds_a_stream(self):
        self.expect_cut_short(["call", "--timeout", "300ms", self.endpoint, "conformance.count_to", "1000000000"])

    def test_a_timeout_bounds_a_stream_that_comes_faster_than_it_is_printed(self):
        words = ["call", "--timeout", "300ms", self.endpoint, "conformance.count_to", "1000000000"]
        with subprocess.Popen([command.COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as called:
            most = 1 << 20  # bytes, taken one by one: more than a second of it
            taken = 0
            while taken < most and called.stdout.read(1):
                taken += 1
            called.stdout.close()
            self.assertLess(taken, most, "it goes on")
            self.assertIn(b"the stream has not ended within 0.3 s", called.stderr.read())

    def test_a_stream_is_taken_from_standard_input(self):
        self.call("total", "@-", output="6\n", text="1\n2\n\n3")
        self.call("total", "@-", output="0\n", text="")
        self.call("total", "@-", output=f"{sum(range(20000))}\n", text="".join(f"{i}\n" for i in range(20000)))

    def test_whoami(self):
        self.call("whoami", output='"anonymous"\n')


class OverTcp(Methods, command.QuietlyServedTest):
    pass


class OverUnix(Methods, command.UnixServedTest):
    pass


class OverAChildsStandardInputAndOutput(Methods, command.CommandTest):
    endpoint = f"exec:{command.COMMAND} serve --listen stdio:?stderr=null"


class Options(command.ServedTest):
    def test_the_object_may_be_left_out_where_only_one_has_the_method(self):
        self.expect(["call", self.endpoint, "add", "2", "3"], "5\n")
        self.expect_error(["call", self.endpoint, "echo", "1"], 2, "beckon: invalid_argument: both bench and conformance "
                                                                   "have a method echo; write which: bench.echo")
        self.expect_error(["call", self.endpoint, "nothing"], 1, "beckon: unknown_method: no published object has a method nothing")

    def test_options_may_stand_anywhere(self):
        for words in (["--timeout", "9s", self.endpoint, "conformance.add", "2", "-3"],
                      [self.endpoint, "conformance.add", "--timeout=9s", "2", "-3"],
                      [self.endpoint, "conformance.add", "2", "-3", "--timeout", "9s"]):
            self.expect(["call", *words], "-1\n")

    def test_a_timeout_ends_the_call(self):
        self.expect_error(["call", self.endpoint, "conformance.sleep", "60000", "--timeout", "50ms"], 1, "beckon: timeout: ")

    def test_a_schema_file_that_agrees_is_used(self):
        schema = os.path.join(command.SOURCE, "src/schema/testdata/conformance.bk")
        self.expect(["call", self.endpoint, "conformance.add", "2", "3", "--schema", schema], "5\n")

    def test_a_schema_file_that_disagrees_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "other.bk")
            with open(path, "w", encoding="utf-8") as file:
                file.write("interface Conformance { int64 add(int64 a); }\n")
            self.expect_error(["call", self.endpoint, "conformance.add", "2", "--schema", path], 1, "beckon: schema_mismatch: ")


class Failures(command.ServedTest):
    def call(self, *words):
        return ["call", self.endpoint, *words]

    def test_what_the_handler_throws_fails_the_call(self):
        self.expect_error(self.call("conformance.fail", '"boom"'), 1, "beckon: remote_error (std::runtime_error): boom\n")
        self.expect_error(self.call("conformance.add", "9223372036854775807", "1"), 1, "beckon: remote_error (std::overflow_error): ")

    def test_a_message_of_several_lines_is_printed_on_one(self):
        self.expect_error(self.call("conformance.fail", '"a\\nb\\u001b[2J"'), 1,
                          "beckon: remote_error (std::runtime_error): a\\nb?[2J\n")

    def test_a_declared_exception_shows_its_fields(self):
        bolt = '{"name":"bolt","count":2,"tags":[],"at":null,"mood":"calm"}'
        self.expect_error(self.call("conformance.restock", bolt, "-5"), 1,
                          'beckon: declared (OutOfStock): OutOfStock {"name":"bolt","wanted":5,"available":2}\n')
        status, output, errors = command.run(*self.call("conformance.restock", bolt, "-5", "--json"))
        self.assertEqual((status, output), (1, ""))
        self.assertEqual(json.loads(errors), {"error": {"code": "declared", "type": "OutOfStock", "message": "OutOfStock",
                                                        "fields": {"name": "bolt", "wanted": 5, "available": 2}}})

    def test_unknown_objects_and_methods_name_those_that_there_are(self):
        self.expect_error(self.call("nope.add", "1"), 1,
                          'beckon: unknown_object: nothing is published as "nope"; there is bench, conformance, jobs\n')
        self.expect_error(self.call("conformance.nope"), 1,
                          'beckon: unknown_method: interface Conformance has no method "nope"; there are echo, add, ')

    def test_arguments_that_do_not_fit_the_method_fail_the_call(self):
        self.expect_error(self.call("conformance.add", "1"), 1, "beckon: invalid_argument: ")
        self.expect_error(self.call("conformance.add", "1", "2", "3"), 1, "beckon: invalid_argument: ")
        self.expect_error(self.call("conformance.add", "a=1", "c=2"), 1, "beckon: invalid_argument: ")
        self.expect_error(self.call("conformance.add", "1", '"x"'), 1, "beckon: type_mismatch: b: expected int64, found string")
        self.expect_error(self.call("conformance.add", "1", "2", ".value"), 1, "beckon: type_mismatch: the result of add is int64; .value needs an object\n")

    def test_text_that_is_no_json_is_wrong_usage(self):
        self.expect_error(self.call("conformance.concat", '"a"', "b"), 2,
                          'beckon: invalid_argument: argument 2 of concat, "b", is no JSON ')
        self.expect_error(self.call("conformance.concat", "a=x"), 2, 'beckon: invalid_argument: argument 1 of concat, "x", is no JSON ')
        self.expect_error(self.call("conformance.add", "@nothing"), 2, "beckon: invalid_argument: ")
        self.expect_error(self.call("conformance.add", "@events", "2"), 2, "beckon: invalid_argument: @events stands for an object")
        self.expect_error(self.call("conformance.add", "@-", "2"), 2, "beckon: invalid_argument: @- stands for a stream", text="")

    def test_a_line_of_standard_input_that_is_no_json_is_wrong_usage(self):
        self.expect_error(self.call("conformance.total", "@-"), 2,
                          'beckon: invalid_argument: line 2 of standard input, "two": ', text="1\ntwo\n3\n")
        self.expect_error(self.call("conformance.total", "@-"), 2,
                          'beckon: invalid_argument: line 1 of standard input, "\\"one\\"": ', text='"one"\n')

    def test_wrong_usage_ends_with_2(self):
        self.expect_error(["call"], 2, "beckon: invalid_argument: endpoint is required")
        self.expect_error(self.call(), 2, "beckon: invalid_argument: target is required")
        self.expect_error(self.call("conformance.add", "1", "2", "--bogus"), 2, "beckon: invalid_argument: ")
        self.expect_error(self.call("conformance.", "1"), 2, "beckon: invalid_argument: expected OBJECT.METHOD")
        self.expect_error(self.call("conformance.sleep", "1", "--timeout", "soon"), 2, "beckon: invalid_argument: --timeout takes a length of time")
        self.expect_error(["call", "nonsense", "a.b"], 2, 'beckon: parse_error: endpoint "nonsense" has no transport')
        self.expect_error(["call", "pigeon:roof", "a.b"], 2, 'beckon: unsupported: no transport is called "pigeon"')

    def test_nobody_there_ends_with_3(self):
        with command.serving("tcp://127.0.0.1:0") as gone:
            endpoint = gone.endpoints[0]
            gone.end()
        self.expect_error(["call", endpoint, "a.b"], 3, f"beckon: io_error: cannot connect to {endpoint}: connection refused")
        self.expect_error(["call", "unix:/nonexistent/socket", "a.b"], 3, "beckon: not_found: cannot connect to unix:/nonexistent/socket")
        self.expect_error(["call", "exec:/nonexistent/program", "a.b"], 3, "beckon: not_found: ")
        status, output, errors = command.run("call", "exec:true", "a.b")
        self.assertEqual((status, output), (3, ""), errors)


class Ending(command.CommandTest):
    def test_the_command_ends_when_the_server_does_though_its_listener_is_held(self):
        with command.serving("tcp://127.0.0.1:0") as server:
            calling = subprocess.Popen([command.COMMAND, "call", server.endpoints[0], "conformance.subscribe", "@events",
                                        "1000000", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.assertIn("event 1", calling.stdout.readline())
            self.assertEqual(server.end(signal.SIGINT)[0], 0)
            calling.communicate(timeout=command.WITHIN)
            self.assertEqual(calling.returncode, 0)


if __name__ == "__main__":
    unittest.main()
