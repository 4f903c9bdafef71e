"""The command over quickrpc, at our own server: every transport, every codec; and by hand, as with netcat."""
import os
import socket
import subprocess
import tempfile
import unittest

import command

EVENT = '{"method":"on_event","arguments":[],"named":{"sequence":%d,"text":"event %d"}}\n'


class Plain:
    """What every codec carries; `endpoint` says where."""

    def call(self, *words, output="", text=None):
        self.expect(["call", self.endpoint, *words], output, text=text)

    def test_methods_of_the_root_and_of_other_objects(self):
        self.call("add", "a=2", "b=3", output="5\n")
        self.call("conformance.add", "b=-3", "a=2", output="-1\n")
        self.call("bench.say", 'text="x"', output='"x"\n')
        self.call("whoami", output='"anonymous"\n')

    def test_values_come_back(self):
        for given in ['-7', '18446744073709551616', '0.1', '1.0', '1e300', '"grüße \\"\\\\ \\n"', '[1,[2.5]]', '{"a":{"b":[]}}',
                      '{"$bytes":"AAH/"}', '[]', '{}', '""']:
            self.call("echo", "what=" + given, output=given + "\n")

    def test_errors(self):
        self.expect_error(["call", self.endpoint, "fail", 'message="boom"'], 1, "beckon: remote_error")
        self.expect_error(["call", self.endpoint, "add", "a=1"], 1, "beckon: invalid_argument: Conformance.add() missing 1 required")
        self.expect_error(["call", self.endpoint, "nothing"], 1, "beckon: unknown_method: ")

    def test_what_a_peer_has_cannot_be_asked(self):
        for words in (["ls"], ["describe"], ["describe", "conformance"]):
            self.expect_error([words[0], self.endpoint, *words[1:]], 1, "beckon: unsupported: peer ")

    def test_timeouts(self):
        self.call("--timeout", "5s", "sleep", "milliseconds=10", output='"slept 10 ms"\n')
        self.expect_error(["call", "--timeout", "100ms", self.endpoint, "sleep", "milliseconds=60000"], 1, "beckon: timeout: ")


class Methods(Plain):
    """What codecs with references carry besides."""

    def test_null_and_truth(self):
        for given in ["null", "true", '[null,{"":false}]', '{"$datetime":"2024-02-29T12:00:00Z"}']:
            self.call("echo", "what=" + given, output=given + "\n")

    def test_arguments_by_position(self):
        self.call("add", "2", "3", output="5\n")

    def test_records_and_exceptions(self):
        bolt = '{"name":"bolt","count":2,"tags":["m4"],"at":null,"mood":"busy"}'
        self.call("restock", "item=" + bolt, "by=3", output=bolt.replace("2", "5", 1) + "\n")
        self.expect_error(["call", self.endpoint, "restock", "item=" + bolt, "by=-5"], 1,
                          "beckon: declared (OutOfStock): OutOfStock")

    def test_a_method_of_the_result_is_called(self):
        self.call("make_counter", "start=5", ".increment", "by=2", output="7\n")
        self.call("bench.next", ".next", ".make", "start=1", ".increment", "by=-3", output="-2\n")

    def test_events_are_printed_as_they_come(self):
        self.call("call_back", "@events", "2", output=EVENT % (1, 1) + EVENT % (2, 2) + "2\n")

    def test_streams_go_both_ways(self):
        self.call("count_to", "n=100", output="".join(f"{i}\n" for i in range(1, 101)))
        self.call("total", "@-", output="5050\n", text="".join(f"{i}\n" for i in range(1, 101)))


class Tcp(Methods, command.QuietlyServedTest):
    listen = "quickrpc+tcp://127.0.0.1:0"


class Lines(Tcp):
    listen = "quickrpc+tcp://127.0.0.1:0?delimiter=newline"


class LongMarks(Tcp):
    listen = "quickrpc+tcp://127.0.0.1:0?delimiter=crlf"


class Msgpack(Methods, command.QuietlyServedTest):
    listen = "quickrpc+tcp://127.0.0.1:0?codec=msgpack"

    def test_values_come_back(self):
        for given in ['-7', '18446744073709551615', '0.1', '1.0', '"grüße"', '[1,[2.5]]', '{"a":{"b":[]}}', '{"$bytes":"AAH/"}']:
            self.call("echo", "what=" + given, output=given + "\n")


class Terse(Plain, command.QuietlyServedTest):
    listen = "quickrpc+tcp://127.0.0.1:0?codec=terse"

    def test_what_it_does_not_carry_is_refused_before_it_is_sent(self):
        self.expect_error(["call", self.endpoint, "echo", "what=null"], 1, "beckon: unsupported: ")
        self.expect_error(["call", self.endpoint, "make_counter", "start=5"], 1, "beckon: unsupported: ")
        self.expect_error(["call", self.endpoint, "count_to", "n=3"], 1, "beckon: unsupported: ")


class UnixSocket(Methods, command.UnixServedTest):
    prefix = "quickrpc+"


class WebSocket(Methods, command.QuietlyServedTest):
    listen = "quickrpc+ws://127.0.0.1:0/rpc"


class Datagrams(Plain, command.QuietlyServedTest):
    listen = "quickrpc+udp://127.0.0.1:0"


class Bracketed(Plain, command.QuietlyServedTest):
    """As quickrpc writes it."""
    listen = "quickrpc+tcpserv:127.0.0.1:0"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.endpoint = cls.endpoint.removeprefix("listen:")


class Child(Methods, command.CommandTest):
    endpoint = f"quickrpc+exec:{command.COMMAND} serve --listen quickrpc+stdio:?stderr=null"


class ChildAsAnExpression(Plain, command.CommandTest):
    endpoint = f"quickrpc+process:(sh -c 'exec {command.COMMAND} serve --listen quickrpc+stdio: 2>/dev/null')"


def spoken(port, sent, marks, mark=b"\0"):
    """What comes back to these bytes, up to so many end marks."""
    with socket.create_connection(("127.0.0.1", port), command.WITHIN) as peer:
        peer.settimeout(command.WITHIN)
        peer.sendall(sent)
        came = b""
        while came.count(mark) < marks:
            more = peer.recv(65536)
            if not more:
                break
            came += more
        return came


def port_of(server):
    return int(server.endpoints[0].split(":")[-1].split("?")[0].split("/")[0])


class ByHand(command.CommandTest):
    def test_the_wrong_delimiter_is_never_answered_and_a_timeout_says_so(self):
        with command.serving("quickrpc+tcp://127.0.0.1:0") as server:
            endpoint = server.endpoints[0] + "?delimiter=newline"
            self.expect_error(["call", "--timeout", "300ms", endpoint, "add", "a=2", "b=3"], 1, "beckon: timeout: ")
            self.expect(["call", server.endpoints[0], "add", "a=2", "b=3"], "5\n")

    def test_the_wrong_codec(self):
        with command.serving("quickrpc+tcp://127.0.0.1:0?codec=terse") as server:
            plain = server.endpoints[0].split("?")[0]
            self.expect_error(["call", "--timeout", "300ms", plain, "add", "a=2", "b=3"], 1, "beckon: timeout: ")
            self.expect_error(["call", "--timeout", "2s", plain + "?codec=msgpack", "add", "a=2", "b=3"], 1, "beckon: ")
            self.expect(["call", server.endpoints[0], "add", "a=2", "b=3"], "5\n")

    def test_options_are_checked(self):
        for option, message in (
                ("codec=jsonrpc", 'could not find a codec class with shorthand "jsonrpc"; there are jrpc, terse and msgpack'),
                ("codec=terse&delimiter=newline", 'option delimiter is for codec jrpc, not for "terse"'),
                ("max_bad_messages=many", 'option max_bad_messages is "many"; expected a number'),
                ("delimitr=nul", 'option "delimitr" is unknown to quickrpc')):
            self.expect_error(["call", f"quickrpc+tcp://127.0.0.1:1?{option}", "add"], 2, f"beckon: invalid_argument: {message}")
            self.expect_error(["serve", "--listen", f"quickrpc+tcp://127.0.0.1:0?{option}"], 2, "beckon: invalid_argument: ")

    def test_http_is_refused_with_what_could_be_used(self):
        self.expect_error(["call", "quickrpc+http://127.0.0.1:1", "add"], 2, "beckon: unsupported: protocol quickrpc needs")

    def test_nobody_there_and_somebody_else_there(self):
        self.expect_error(["call", "quickrpc+tcp://127.0.0.1:1", "add"], 3, "beckon: io_error: ")
        with command.serving("tcp://127.0.0.1:0") as server:
            self.expect_error(["call", f"quickrpc+{server.endpoints[0]}", "add"], 3, "beckon: disconnected: ")

    def test_junk_between_messages_is_passed_over(self):
        call = b'{"jsonrpc": "2.0", "method": "add", "params": {"a": %d, "b": 1}, "id": %d}\0'
        answer = b'{"jsonrpc": "2.0", "result": %d, "id": %d}\0'
        junk = [b"junk\0", b"\0\0", b"[1,2]\0", b'{"jsonrpc": "2.0"}\0', b'{"id": 1}\0', b"\xff\xfe\0", b'{"jsonrpc": "1.0", "method": "add"}\0',
                b'{"jsonrpc": "2.0", "result": 1, "id": 77}\0', b'{"jsonrpc": "2.0", "error": 5, "id": 1}\0', b"[" * 5000 + b"\0",
                b'{"jsonrpc": "2.0", "method": "rpc.secinfo", "params": {"user": "x"}}\0{"jsonrpc": "2.0", "method": "add"}\0',
                b'{"jsonrpc": "2.0", "method": "echo", "params": {"what": "\\ud800"}}\0']
        sent = b"".join(each + call % (i, i + 1) for i, each in enumerate(junk))
        with command.serving("quickrpc+tcp://127.0.0.1:0") as server:
            self.assertEqual(spoken(port_of(server), sent, len(junk)),
                             b"".join(answer % (i + 1, i + 1) for i in range(len(junk))))
            status, errors = server.end()
        self.assertEqual(status, 0)
        self.assertIn("BKN-QUICKRPC-BAD", errors)

    def test_lines_of_terse(self):
        with command.serving("quickrpc+tcp://127.0.0.1:0?codec=terse") as server:
            came = spoken(port_of(server), b"\n\r\nadd/1 a:2 b:3\r\n}{\nadd[2] a:2 b:\"\nconcat/3 a:\"x\\\"\" b:\"y\"\nnosuch/4 \n", 3, b"\n")
            self.assertEqual(came.split(b"\n")[:2], [b"[1]:5", b'[3]:"x\\"y"'])
            self.assertTrue(came.split(b"\n")[2].startswith(b'[4]! message:"'), came)

    def test_what_never_ends_is_refused_in_the_end(self):
        with command.serving("quickrpc+tcp://127.0.0.1:0") as server:
            with socket.create_connection(("127.0.0.1", port_of(server)), command.WITHIN) as peer:
                peer.settimeout(command.WITHIN)
                with self.assertRaises(OSError):
                    for _ in range(80):
                        peer.sendall(b"x" * (1 << 20))
                    raise OSError(peer.recv(1))
            _, errors = server.end()
        self.assertIn("bytes without a delimiter; limit is 67108864 bytes (max_message_bytes)", errors)

    def test_a_datagram_holds_whole_messages_and_the_rest_is_told(self):
        call = b'{"jsonrpc": "2.0", "method": "add", "params": {"a": %d, "b": 1}, "id": %d}\0'
        with command.serving("quickrpc+udp://127.0.0.1:0") as server:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
                peer.connect(("127.0.0.1", port_of(server)))
                peer.settimeout(command.WITHIN)
                peer.send(call % (1, 1) + call % (2, 2) + b'{"jsonrpc": "2.0", "meth')
                peer.send(b'od": "add", "params": {"a": 9, "b": 9}, "id": 9}\0')
                peer.send(call % (3, 3))
                came = b"".join(peer.recv(65536) for _ in range(3))
            self.assertEqual(came, b"".join(b'{"jsonrpc": "2.0", "result": %d, "id": %d}\0' % (i + 1, i) for i in (1, 2, 3)))
            _, errors = server.end()
        self.assertEqual(errors.count("BKN-QUICKRPC-BAD"), 2, errors)

    def test_users_that_messages_tell_of_are_seen(self):
        with command.serving("quickrpc+unproven+tcp://127.0.0.1:0") as server:
            endpoint = server.endpoints[0]
            self.expect(["call", endpoint + "?user=ann", "whoami"], '"ann"\n')
            self.expect(["call", endpoint.replace("unproven", "blindly_believe_everything") + "?user=bob", "whoami"], '"bob"\n')
            # Each message is of the user that it names.
            header = b'{"jsonrpc": "2.0", "method": "rpc.secinfo", "params": {"user": "%s"}}\0'
            ask = b'{"jsonrpc": "2.0", "method": "whoami", "id": %d}\0'
            came = spoken(port_of(server), header % b"ann" + ask % 1 + header % b"bob" + ask % 2, 4)
            answers = [each for each in came.split(b"\0") if b"result" in each]
            self.assertEqual(answers, [b'{"jsonrpc": "2.0", "result": "%s", "id": %d}' % each
                                       for each in ((b"ann", 1), (b"bob", 2))])


class Chat(command.CommandTest):
    """examples/quickrpc_chat, as people use it with netcat."""

    def test_what_one_says_all_hear(self):
        program = os.path.join(command.BUILD, "examples", "example_quickrpc_chat")
        with subprocess.Popen([program, "mux:(tcpserv:127.0.0.1:0)(stdio:)"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as chat:
            self.addCleanup(chat.kill)
            port = int(chat.stderr.readline().split(")")[0].split(":")[-1].split("?")[0])
            with socket.create_connection(("127.0.0.1", port), command.WITHIN) as one, \
                    socket.create_connection(("127.0.0.1", port), command.WITHIN) as other:
                hears_one, hears_other = one.makefile("rb"), other.makefile("rb")
                other.sendall(b"say \n")  # so that it is there when the first one speaks
                self.assertEqual([hears_other.readline(), chat.stdout.readline()], [b'echo text:""\n', 'echo text:""\n'])
                one.sendall(b'\r\nsay text:"hello"\r\nshout text:1\nsay text:"again"\n')
                for line in ("hello", "again"):
                    self.assertEqual(hears_other.readline(), b'echo text:"%s"\n' % line.encode())
                    self.assertEqual(chat.stdout.readline(), f'echo text:"{line}"\n')
                one.sendall(b"quit \n")
                self.assertTrue(hears_one.read().endswith(b'echo text:"again"\n'), "and then the end")
                print('say text:"from the terminal"', file=chat.stdin, flush=True)
                self.assertEqual(hears_other.readline(), b'echo text:"from the terminal"\n')
                print("quit", file=chat.stdin, flush=True)
                self.assertEqual(chat.wait(command.WITHIN), 0)


class Wrong(command.CommandTest):
    def test_nobody_at_a_unix_socket(self):
        with tempfile.TemporaryDirectory() as folder:
            self.expect_error(["call", f"quickrpc+unix:{os.path.join(folder, 'none')}", "m"], 3, "beckon: ")


if __name__ == "__main__":
    unittest.main()
