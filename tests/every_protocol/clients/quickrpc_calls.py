"""quickrpc's RemoteAPI over jrpc: quickrpc_calls.py HOST:PORT."""
import os
import sys

from quickrpc import RemoteAPI, incoming
from quickrpc.codecs import RemoteError

from common import Peer, Refused, run

NAMES = {"echo": ["what"], "add": ["a", "b"], "concat": ["a", "b"], "sum": ["numbers"], "reverse": ["data"],
         "restock": ["item", "by"], "sort_items": ["items"], "word_count": ["text"], "fail": ["message"],
         "sleep": ["milliseconds"], "live_objects": [], "whoami": []}


def declared(name, parameters):
    """A method as its users write it down."""
    made = {}
    exec(f"def {name}(self, sender, {', '.join(parameters)}): pass", made)
    return incoming(has_reply=True)(made[name])


Conformance = type("Conformance", (RemoteAPI,), {name: declared(name, its) for name, its in NAMES.items()})


class Quickrpc(Peer):
    failure = RemoteError

    def __init__(self, where):
        self.api = Conformance(codec="jrpc", transport="tcp:" + where, invert=True)
        self.api.transport.start()

    def call(self, method, *arguments):
        return getattr(self.api, method)(**dict(zip(NAMES[method], arguments))).result(30)

    def message_of(self, error):
        return error.message

    def expect_out_of_stock(self, error):
        assert error.details == {"type": "OutOfStock", "fields": {"name": "bolt", "wanted": 3, "available": 2}}, error.details

    def counter(self, start):
        raise Refused("quickrpc itself has no references")

    def listener(self, heard):
        raise Refused("quickrpc itself has no references")

    def nest(self, depth):
        raise Refused("quickrpc itself has no references")

    def counted(self, n):
        raise Refused("quickrpc itself has no streams")

    def totalled(self, numbers):
        raise Refused("quickrpc itself has no streams")


try:
    run(Quickrpc(sys.argv[1]))
except SystemExit as ended:
    sys.stdout.flush()
    os._exit(ended.code)  # its thread goes on
