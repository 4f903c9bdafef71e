"""A client as docs/wire/pyrpc.md describes Python's pyrpc: pyrpc_calls.py HOST:PORT."""
import os
import sys

from common import Peer, Refused, address, run

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "pyrpc"))
import plain_pyrpc  # noqa: E402: found by the line above


class Pyrpc(Peer):
    def __init__(self, where):
        self.client = plain_pyrpc.Client(where)

    def call(self, method, *arguments):
        return self.client.call(method, *arguments)

    def expect_out_of_stock(self, error):
        assert error.className == "OutOfStock", error
        assert (error.name, error.wanted, error.available) == ("bolt", 3, 2), error

    def counted(self, n):
        return self.call("count_to", n)

    def totalled(self, numbers):
        return self.call("total", numbers)

    def counter(self, start):
        raise Refused("references are refused")

    def listener(self, heard):
        raise Refused("references are refused")

    def nest(self, depth):
        raise Refused("references are refused")


run(Pyrpc(address(sys.argv[1])))
