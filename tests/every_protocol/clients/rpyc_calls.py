"""RPyC's client, whichever version: rpyc_calls.py HOST:PORT [AUTHORITY]."""
import sys

import rpyc
from common import Peer, address, run


class Told:
    """What the service calls back."""

    def __init__(self, heard):
        self.exposed_on_event = heard.on_event


class Nesting:
    def exposed_nest(self, peer, depth):
        return 0 if depth == 0 else 1 + peer.nest(self, depth - 1)


class Rpyc(Peer):
    def __init__(self, host, port, authority=None):
        if authority is None:
            self.connection = rpyc.connect(host, port)
        else:
            self.connection = rpyc.ssl_connect(host, port, ca_certs=authority)

    def call(self, method, *arguments):
        return getattr(self.connection.root, method)(*arguments)

    def expect_out_of_stock(self, error):
        assert type(error).__name__.endswith("OutOfStock"), type(error)
        assert (error.name, error.wanted, error.available) == ("bolt", 3, 2), error

    def record(self, item):
        at = item.at
        return {"name": item.name, "count": item.count, "tags": list(item.tags),
                "at": None if at is None else {"x": at.x, "y": at.y}, "mood": item.mood}

    def content(self, value):
        if hasattr(value, "items"):
            return dict(value.items())
        return list(value) if hasattr(value, "append") else value

    def counter(self, start):
        counter = self.call("make_counter", start)
        return counter.increment, counter

    def drop(self, counter):
        del counter

    def listener(self, heard):
        return Told(heard)

    def nest(self, depth):
        return self.call("nest", Nesting(), depth)

    def counted(self, n):
        return self.call("count_to", n)

    def totalled(self, numbers):
        return self.call("total", iter(numbers))

    def serve(self, heard):
        while len(heard.events) < 3:
            self.connection.serve(1)


run(Rpyc(*address(sys.argv[1]), *sys.argv[2:]))
