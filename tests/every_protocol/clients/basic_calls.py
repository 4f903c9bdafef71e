"""The real basic-socket-rpc, whose numbers are unsigned and which has neither floats nor references: basic_calls.py HOST:PORT."""
import struct
import sys
from enum import Enum

from basic_socket_rpc.rpc_blocking_client import gen_client_class
from basic_socket_rpc.rpc_serialization_functions import (
    deserialize_bytes_only, deserialize_str, deserialize_str_only, int_from_le_bytes_8, int_to_le_bytes_4, int_to_le_bytes_8,
    make_deserialize_array, make_deserialize_only, make_deserializer, make_serialize_array, make_serializer, parse_int_from_le_bytes_4,
    parse_int_from_le_bytes_8, parse_no_response, serialize_bytes, serialize_no_args, serialize_str)
from basic_socket_rpc.rpc_spec import RpcClientReq, RpcClientSpec

from common import Peer, Refused, address, run

MOODS = ["calm", "busy", "broken"]


def float_to_bytes(number):
    return struct.pack("<d", number)


def parse_float(content):
    number, rest = parse_int_from_le_bytes_8(content)
    return struct.unpack("<d", number.to_bytes(8, "little"))[0], rest


def parts(*parsers):
    return make_deserializer(*parsers, _and_remaining=True)


write_point = make_serializer(float_to_bytes, float_to_bytes)
write_fields = make_serializer(serialize_str, int_to_le_bytes_8, make_serialize_array(serialize_str),
                               make_serialize_array(lambda at: write_point(at["x"], at["y"])), int_to_le_bytes_4)
parse_fields = parts(deserialize_str, parse_int_from_le_bytes_8, make_deserialize_array(deserialize_str),
                     make_deserialize_array(parts(parse_float, parse_float)), parse_int_from_le_bytes_4)


def write_item(item):
    at = [] if item["at"] is None else [item["at"]]
    return write_fields(item["name"], item["count"], item["tags"], at, MOODS.index(item["mood"]))


def parse_item(content):
    (name, count, tags, at, mood), rest = parse_fields(content)
    point = {"x": at[0][0], "y": at[0][1]} if at else None
    return {"name": name, "count": count, "tags": list(tags), "at": point, "mood": MOODS[mood]}, rest


def signed(number):
    return int_to_le_bytes_8(number % (1 << 64))


class Command(Enum):
    add = 1
    concat = 2
    sum = 3
    reverse = 4
    restock = 5
    sort_items = 6
    word_count = 7
    fail = 8
    sleep = 9
    live_objects = 11
    whoami = 17


Client = gen_client_class(RpcClientSpec(requests=[
    RpcClientReq(Command.add, make_serializer(signed, signed), int_from_le_bytes_8),
    RpcClientReq(Command.concat, make_serializer(serialize_str, serialize_str), deserialize_str_only),
    RpcClientReq(Command.sum, make_serialize_array(float_to_bytes), make_deserialize_only(parse_float, "float")),
    RpcClientReq(Command.reverse, serialize_bytes, deserialize_bytes_only),
    RpcClientReq(Command.restock, make_serializer(write_item, signed), make_deserialize_only(parse_item, "Item")),
    RpcClientReq(Command.sort_items, make_serialize_array(write_item),
                 make_deserialize_only(make_deserialize_array(parse_item), "items")),
    RpcClientReq(Command.word_count, serialize_str,
                 make_deserialize_only(make_deserialize_array(parts(deserialize_str, parse_int_from_le_bytes_8)), "map")),
    RpcClientReq(Command.fail, serialize_str, parse_no_response),
    RpcClientReq(Command.sleep, int_to_le_bytes_8, deserialize_str_only),
    RpcClientReq(Command.live_objects, serialize_no_args, int_from_le_bytes_8),
    RpcClientReq(Command.whoami, serialize_no_args, deserialize_str_only)]))


class Basic(Peer):
    def __init__(self, client):
        self.client = client

    def call(self, method, *arguments):
        if method not in Command.__members__:
            raise Refused("any, references and streams are refused")
        return getattr(self.client, method)(*arguments)

    def content(self, value):
        return dict(value) if isinstance(value, tuple) else value

    def counter(self, start):
        return self.call("make_counter", start)

    def listener(self, heard):
        raise Refused("any, references and streams are refused")

    def nest(self, depth):
        return self.call("nest")

    def counted(self, n):
        return self.call("count_to")

    def totalled(self, numbers):
        return self.call("total")


connected = Client(*address(sys.argv[1]))
with connected:
    run(Basic(connected))
