"""Bridges to the conformance service, by each protocol; what the tests of this folder have of them."""
import contextlib
import os
import subprocess
import sys

import tables
import command  # isort: skip: found by tables

SERVER = os.path.join(command.BUILD, "matrix_cpp_server")
SCHEMA = os.path.join(command.SOURCE, "src", "schema", "testdata", "conformance.bk")
# What stands in an endpoint before and behind the address.
PROTOCOLS = {"native": ("", ""), "RPyC": ("rpyc+", ""), "JSON-RPC": ("jsonrpc+", ""), "MessagePack-RPC": ("msgpack+", ""),
             "quickrpc": ("quickrpc+", ""), "terse": ("quickrpc+", "?codec=terse"), "pyrpc": ("pyrpc+", ""),
             "basic-socket-rpc": ("basic+", ""), "remcall": ("remcall+", "")}

if not os.access(SERVER, os.X_OK):
    print("skipped: matrix_cpp_server is not built")
    sys.exit(77)


def endpoint(protocol, where):
    before, behind = PROTOCOLS[protocol]
    return f"{before}tcp://{where}{behind}"


@contextlib.contextmanager
def running(*words):
    """Gives the address that a program says first it listens at."""
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process.stdout.readline().split("//")[-1].strip()
    finally:
        process.stdin.close()
        process.terminate()
        process.stdout.close()
        process.wait(60)


def server():
    return running(SERVER, "any+tcp://127.0.0.1:0")


def bridge_to(far, where):
    """Every protocol at one port, to a server that is spoken to by one."""
    return running(command.COMMAND, "bridge", "--listen", "any+tcp://127.0.0.1:0", "--connect", endpoint(far, where), "--schema", SCHEMA)


def seen_by(protocol, where):
    """By Beckon's own client."""
    return tables.Seen([tables.DRIVER, endpoint(protocol, where), "whole"])


def refused_by_each():
    """The methods that each protocol cannot carry."""
    with server() as where:
        return {protocol: set(seen_by(protocol, where).methods("refused")) for protocol in PROTOCOLS}
