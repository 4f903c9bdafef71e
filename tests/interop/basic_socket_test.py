"""The real basic-socket-rpc in both roles: client of our servers, exclusive one included, and server of our clients."""
# peer: basic-socket-rpc
# also at one port
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from enum import Enum

import peer

if "BECKON_BASIC_TEST" not in os.environ:
    python = peer.python_with("basic-socket-rpc", "basic_socket_rpc", "basic-socket-rpc==0.6.0")
    os.environ["BECKON_BASIC_TEST"] = python
    os.execv(python, [python, *sys.argv])

from basic_socket_rpc.rpc_blocking_client import gen_client_class  # noqa: E402: of the virtual environment
from basic_socket_rpc.rpc_low_level import ProtocolError, ServerError  # noqa: E402
from basic_socket_rpc.rpc_serialization_functions import (  # noqa: E402
    call_no_args, deserialize_bytes_only, deserialize_str, deserialize_str_only, int_from_le_bytes_4, int_from_le_bytes_8, int_to_le_bytes_4,
    int_to_le_bytes_8, make_deserialize_array, make_deserialize_array_fixed_size, make_deserializer, make_serialize_array,
    make_serialize_array_fixed_size, make_serializer, make_server_deserializer, parse_int_from_le_bytes_4, parse_no_response,
    serialize_bytes, serialize_no_args, serialize_no_response, serialize_str)
from basic_socket_rpc.rpc_spec import RpcClientReq, RpcClientSpec, RpcServerResp, RpcServerSpec  # noqa: E402
from basic_socket_rpc.rpc_threaded_server import make_exclusive_access_server_cm, make_serve, make_serve_cm  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above

GREET = os.path.join(command.BUILD, "examples", "example_basic_greet")
IDL = "interface Greet { string hello(string name); string goodbye(string name); uint32 add(uint32 a, uint32 b); void quiet(); }\n"


class Commands(Enum):
    hello = 0
    goodbye = 1
    add_2_words = 2
    func_no_args = 3
    sum_fixed_array = 4
    sum_array = 5
    sum_array_echo_string = 6
    unknown = 10


WORDS = make_serialize_array(int_to_le_bytes_4)
Client = gen_client_class(RpcClientSpec(requests=[
    RpcClientReq(Commands.hello, serialize_str, deserialize_str_only),
    RpcClientReq(Commands.goodbye, serialize_str, deserialize_str_only),
    RpcClientReq(Commands.add_2_words, make_serializer(int_to_le_bytes_4, int_to_le_bytes_4), int_from_le_bytes_4),
    RpcClientReq(Commands.func_no_args, serialize_no_args, parse_no_response),
    RpcClientReq(Commands.sum_fixed_array, make_serialize_array_fixed_size(3, int_to_le_bytes_4), int_from_le_bytes_4),
    RpcClientReq(Commands.sum_array, WORDS, int_from_le_bytes_4),
    RpcClientReq(Commands.sum_array_echo_string, make_serializer(WORDS, serialize_str),
                 make_deserializer(parse_int_from_le_bytes_4, deserialize_str)),
    RpcClientReq(Commands.unknown, serialize_no_args, parse_no_response)]))


class Conformance(Enum):
    concat = 2


Conforming = gen_client_class(RpcClientSpec(requests=[
    RpcClientReq(Conformance.concat, make_serializer(serialize_str, serialize_str), deserialize_str_only)]))


def responses():
    words = make_deserialize_array(parse_int_from_le_bytes_4)
    three = make_deserialize_array_fixed_size(3, parse_int_from_le_bytes_4)
    return (
        RpcServerResp(Commands.hello, make_server_deserializer(deserialize_str), serialize_str, lambda name: f"hello {name}"),
        RpcServerResp(Commands.goodbye, make_server_deserializer(deserialize_str), serialize_str, lambda name: f"goodbye {name}"),
        RpcServerResp(Commands.add_2_words, make_server_deserializer(parse_int_from_le_bytes_4, parse_int_from_le_bytes_4),
                      int_to_le_bytes_4, lambda a, b: a + b),
        RpcServerResp(Commands.func_no_args, call_no_args, serialize_no_response, lambda: None),
        RpcServerResp(Commands.sum_fixed_array, make_server_deserializer(three), int_to_le_bytes_4, sum),
        RpcServerResp(Commands.sum_array, make_server_deserializer(words), int_to_le_bytes_4, sum))


def awaits_its_end(process):
    """It says where it listens before it runs, and only then takes the signal for what it is."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        caught = next(line.split()[1] for line in status if line.startswith("SigCgt:"))
    return int(caught, 16) >> (signal.SIGTERM - 1) & 1


@contextlib.contextmanager
def greeting(how):
    """Our example as a server; gives its port."""
    process = subprocess.Popen([GREET, how], stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline().rsplit(":", 1)[1])
        while process.poll() is None and not awaits_its_end(process):
            time.sleep(0.001)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


@contextlib.contextmanager
def original(make=lambda: make_serve_cm(make_serve(RpcServerSpec(responses=responses())))):
    """The original's server; gives its port when it listens."""
    import socket
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with make()("127.0.0.1", port):
        for _ in range(500):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.01)
        yield port


class OurServer(unittest.TestCase):
    def test_its_client_calls_every_command(self):
        with greeting("serve") as port:
            client = Client("127.0.0.1", port)
            with client:
                self.assertEqual(client.hello("Robert"), "hello Robert")
                self.assertEqual(client.goodbye("Zoë"), "goodbye Zoë")
                self.assertEqual(client.add_2_words(1000, 2050), 3050)
                self.assertIsNone(client.func_no_args())
                self.assertEqual(client.sum_fixed_array([16, 256, 0x22222222]), 16 + 256 + 0x22222222)
                self.assertEqual(client.sum_array([]), 0)
                self.assertEqual(client.sum_array(range(1000)), 499500)
                self.assertEqual(tuple(client.sum_array_echo_string([1, 2, 3], "blah")), (6, "blah"))

    def test_failures_arrive_as_the_classes_that_it_knows(self):
        with greeting("serve") as port:
            client = Client("127.0.0.1", port)
            with client:
                with self.assertRaisesRegex(OverflowError, "int too big to convert"):
                    client.add_2_words(2**32 - 1, 2)
                with self.assertRaisesRegex(ProtocolError, "Unknown command with id: 10"):
                    client.unknown()
                self.assertEqual(client.hello("still there"), "hello still there")

    def test_one_at_a_time_in_the_order_of_asking(self):
        with greeting("serve-exclusive") as port:
            owner = Client("127.0.0.1", port)
            owner.socket_client_connect()
            waits = Client("127.0.0.1", port, retry_interval_secs=0.1)
            done = []
            thread = threading.Thread(target=lambda: (waits.socket_client_connect(), done.append(waits.hello("second"))))
            thread.start()
            self.assertEqual(owner.hello("first"), "hello first")
            thread.join(0.5)
            self.assertEqual(done, [])
            owner.socket_client_disconnect()
            thread.join(20)
            self.assertEqual(done, ["hello second"])
            waits.socket_client_disconnect()

    def test_a_typed_interface_has_its_methods_as_commands(self):
        class Typed(Enum):
            add = 1
            concat = 2
            reverse = 4
            fail = 8
        spec = RpcClientSpec(requests=[
            RpcClientReq(Typed.add, make_serializer(int_to_le_bytes_8, int_to_le_bytes_8), int_from_le_bytes_8),
            RpcClientReq(Typed.concat, make_serializer(serialize_str, serialize_str), deserialize_str_only),
            RpcClientReq(Typed.reverse, serialize_bytes, deserialize_bytes_only),
            RpcClientReq(Typed.fail, serialize_str, parse_no_response)])
        with command.serving("basic+tcp://127.0.0.1:0") as server:
            client = gen_client_class(spec)("127.0.0.1", int(server.endpoints[0].rsplit(":", 1)[1]))
            with client:
                self.assertEqual(client.add(2, 3), 5)
                self.assertEqual(client.concat("a", "b"), "ab")
                large = bytes(range(256)) * ((64 << 12) - 1)  # the largest that a message holds, to the next 256
                self.assertTrue(client.reverse(large) == large[::-1])
                with self.assertRaisesRegex(RuntimeError, "boom"):
                    client.fail("boom")

    def test_a_server_that_admits_one_at_a_time_lets_it_in_by_its_handshake(self):
        server = command.Server("basic+tcp://127.0.0.1:0", options=("--places", "1"))
        try:
            port = int(server.endpoints[0].split("?")[0].rsplit(":", 1)[1])
            owner, waits = (Conforming("127.0.0.1", port, retry_interval_secs=0.1) for _ in range(2))
            owner.socket_client_connect()
            self.assertEqual(owner.concat("a", "b"), "ab")
            done = []
            thread = threading.Thread(target=lambda: (waits.socket_client_connect(), done.append(waits.concat("c", "d"))))
            thread.start()
            self.assertEqual(owner.concat("still", "here"), "stillhere")
            self.assertEqual(done, [])
            owner.socket_client_disconnect()
            thread.join(30)
            self.assertEqual(done, ["cd"])
            waits.socket_client_disconnect()
        finally:
            server.end()

    def test_its_end_is_told(self):
        with greeting("serve") as port:
            client = Client("127.0.0.1", port)
            client.socket_client_connect()
        with self.assertRaisesRegex(Exception, "server is shutting down"):
            client.hello("late")
        with contextlib.suppress(OSError):
            client.socket_client_disconnect()


class OurClient(unittest.TestCase):
    def test_the_greet_example_at_the_originals_server(self):
        with original() as port:
            done = subprocess.run([GREET, "call", str(port)], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "hello Robert\ngoodbye Robert\n3050 18\nint too big to convert\n")

    def test_the_command_by_a_schema(self):
        path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"greet-{os.getpid()}.idl")
        with open(path, "w") as file:
            file.write(IDL)
        try:
            with original() as port:
                at = ["call", "--schema", path, f"basic+tcp://127.0.0.1:{port}"]
                self.assertEqual(command.run(*at, "hello", '"Zoë"'), (0, '"hello Zoë"\n', ""))
                self.assertEqual(command.run(*at, "add", "1", "2"), (0, "3\n", ""))
                self.assertEqual(command.run(*at, "quiet"), (0, "", ""))
                status, _, errors = command.run(*at, "add", "4294967295", "2")
                self.assertEqual((status, errors), (1, "beckon: remote_error (builtins.OverflowError): int too big to convert\n"))
        finally:
            os.unlink(path)

    def test_the_command_by_a_schema_that_gives_numbers(self):
        with tempfile.NamedTemporaryFile("w", suffix=".idl") as file:
            file.write("interface Some { uint32 total(list<uint32> words) = 5; void quiet() = 3; string hello(string name) = 0; }")
            file.flush()
            with original() as port:
                at = ["call", "--schema", file.name, f"basic+tcp://127.0.0.1:{port}"]
                self.assertEqual(command.run(*at, "total", "[1, 2, 3]"), (0, "6\n", ""))
                self.assertEqual(command.run(*at, "quiet"), (0, "", ""))
                self.assertEqual(command.run(*at, "hello", '"Zoë"'), (0, '"hello Zoë"\n', ""))

    def test_it_waits_at_the_originals_exclusive_server(self):
        with original(lambda: make_exclusive_access_server_cm(responses())) as port:
            owner = Client("127.0.0.1", port)
            owner.socket_client_connect()
            waits = subprocess.Popen([command.COMMAND, "call", f"basic+tcp://127.0.0.1:{port}?retry=100", "#3"],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.assertEqual(owner.hello("first"), "hello first")
            with self.assertRaises(subprocess.TimeoutExpired):
                waits.wait(0.5)
            owner.socket_client_disconnect()
            output, errors = waits.communicate(timeout=30)
            self.assertEqual((waits.returncode, output, errors), (0, '{"$bytes":""}\n', ""))


if __name__ == "__main__":
    unittest.main()
