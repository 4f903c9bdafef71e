"""A client as docs/wire/remcall.md describes remcall, without anything of Beckon's: remcall_calls.py HOST:PORT [AUTHORITY]."""
import os
import sys

from common import Peer, Refused, connect, run

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "remcall"))
import peer as remcall  # noqa: E402: found by the line above

PART = ["add", "concat", "fail", "sleep", "make_counter", "live_objects", "call_back", "subscribe", "nest", "whoami"]
SPELLED = {"make_counter": "makeCounter", "live_objects": "liveObjects", "call_back": "callBack"}


class Told:
    def __init__(self, heard):
        self.onEvent = heard.on_event


class Nesting:
    def nest(self, peer, depth):
        return 0 if depth == 0 else 1 + peer.nest(self, depth - 1)


class Remcall(Peer):
    hears_failures = False
    kept = 1  # remcall itself releases nothing

    def __init__(self, connection):
        self.bridge = remcall.Bridge(connection.makefile("rb"), connection.makefile("wb"), within=30)

    def call(self, method, *arguments):
        if method not in PART:
            raise Refused("the part for remcall has no such method")
        return getattr(self.bridge.server, SPELLED.get(method, method))(*arguments)

    def counter(self, start):
        counter = self.call("make_counter", start)
        return counter.increment, counter

    def drop(self, counter):
        pass

    def counted(self, n):
        return self.call("count_to", n)

    def totalled(self, numbers):
        return self.call("total", numbers)

    def listener(self, heard):
        return Told(heard)

    def nest(self, depth):
        return self.call("nest", Nesting(), depth)


run(Remcall(connect(*sys.argv[1:])))
