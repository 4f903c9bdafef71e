"""The original's server with the commands that are measured."""
import socket
from enum import Enum

from basic_socket_rpc.rpc_serialization_functions import (
    deserialize_bytes, int_to_le_bytes_4, make_server_deserializer, parse_int_from_le_bytes_4, serialize_bytes)
from basic_socket_rpc.rpc_spec import RpcServerResp, RpcServerSpec
from basic_socket_rpc.rpc_threaded_server import serve


class Commands(Enum):
    add_2_words = 2
    echo = 3


SPEC = RpcServerSpec(responses=[
    RpcServerResp(Commands.add_2_words, make_server_deserializer(parse_int_from_le_bytes_4, parse_int_from_le_bytes_4),
                  int_to_le_bytes_4, lambda a, b: a + b),
    RpcServerResp(Commands.echo, make_server_deserializer(deserialize_bytes), serialize_bytes, lambda content: content)])
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
serve("127.0.0.1", port, SPEC)  # says in a line of its own where it listens, once it does
