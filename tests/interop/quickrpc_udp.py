"""The real quickrpc's udp transport, kept on this machine: for tests that run as quickrpc's Python.

Its sockets send what is for everybody to 127.255.255.255. One option that it sets at the wrong level, and that today's systems
refuse, is left out. One that is to be sent to has an address of its own, since a datagram to a port that two programs share
goes to either; one at all addresses hears what is for everybody.
"""
import socket

from quickrpc import network_transports

EVERYBODY = "127.255.255.255"


class LocalSocket(socket.socket):
    """A socket that stays on this machine."""
    host = ""

    def setsockopt(self, level, option, worth):
        if (level, option) != (socket.SOL_SOCKET, socket.IP_MULTICAST_LOOP):
            super().setsockopt(level, option, worth)

    def bind(self, address):
        super().bind((self.host, address[1]))

    def sendto(self, content, address):
        host, port = address
        return super().sendto(content, (EVERYBODY if host == "<broadcast>" else host, port))


class SecondSocket(LocalSocket):
    """At an address of its own."""
    host = "127.0.0.2"


class Sockets:
    """In place of the module that the original's transport takes its sockets from."""

    def __init__(self, kind):
        self.socket = kind

    def __getattr__(self, name):
        return getattr(socket, name)


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def started(transport, kind):
    network_transports.sk = Sockets(kind)
    transport.start()
    return transport
