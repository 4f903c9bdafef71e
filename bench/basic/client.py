"""The original's client: calls a second, one at a time, and milliseconds for the echo of a large message. Usage: PORT SECONDS"""
import statistics
import sys
import time
from enum import Enum

from basic_socket_rpc.rpc_blocking_client import gen_client_class
from basic_socket_rpc.rpc_serialization_functions import (
    deserialize_bytes_only, int_from_le_bytes_4, int_to_le_bytes_4, make_serializer, serialize_bytes)
from basic_socket_rpc.rpc_spec import RpcClientReq, RpcClientSpec


class Commands(Enum):
    add_2_words = 2
    echo = 3


SPEC = RpcClientSpec(requests=[
    RpcClientReq(Commands.add_2_words, make_serializer(int_to_le_bytes_4, int_to_le_bytes_4), int_from_le_bytes_4),
    RpcClientReq(Commands.echo, serialize_bytes, deserialize_bytes_only)])
PORT, SECONDS = int(sys.argv[1]), float(sys.argv[2])

client = gen_client_class(SPEC)("127.0.0.1", PORT)
with client:
    for _ in range(50):
        client.add_2_words(1000, 2050)
    calls, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for _ in range(10):
            client.add_2_words(1000, 2050)
        calls += 10
    print(calls / (time.perf_counter() - start))
    large, times = bytes((64 << 20) - 64), []
    for _ in range(5):
        start = time.perf_counter()
        assert len(client.echo(large)) == len(large)
        times.append((time.perf_counter() - start) * 1e3)
    print(statistics.median(times))
