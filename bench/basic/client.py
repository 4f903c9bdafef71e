"""The original's client: calls a second, one at a time. Usage: PORT SECONDS"""
import sys
import time
from enum import Enum

from basic_socket_rpc.rpc_blocking_client import gen_client_class
from basic_socket_rpc.rpc_serialization_functions import int_from_le_bytes_4, int_to_le_bytes_4, make_serializer
from basic_socket_rpc.rpc_spec import RpcClientReq, RpcClientSpec


class Commands(Enum):
    add_2_words = 2


SPEC = RpcClientSpec(requests=[
    RpcClientReq(Commands.add_2_words, make_serializer(int_to_le_bytes_4, int_to_le_bytes_4), int_from_le_bytes_4)])
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
