"""The descriptors of the Python runtime's channels: never closed under a thread that reads from them, closed behind it."""
import os
import socket
import threading
import unittest

import generated  # noqa: F401  (where the runtime is)
from beckon import channels


class Gated(socket.socket):
    """Reads when it may; tells when somebody has come to."""

    def recv(self, size):
        self.reached.set()
        self.gate.wait(10)
        self.number_while_read = self.fileno()
        return super().recv(size)


def gated_pair():
    here, there = socket.socketpair()
    made = Gated(fileno=here.detach())
    made.reached, made.gate = threading.Event(), threading.Event()
    return made, there


class Channels(unittest.TestCase):
    def test_a_socket_is_closed_behind_who_reads(self):
        here, there = gated_pair()
        self.addCleanup(there.close)
        channel = channels.SocketChannel(here)
        reader = threading.Thread(target=channel.read)
        reader.start()
        self.assertTrue(here.reached.wait(10))
        channel.close()
        self.assertEqual(there.recv(1), b"", "the peer is told at once")
        here.gate.set()
        reader.join(10)
        self.assertGreaterEqual(here.number_while_read, 0, "else it were the next connection's")
        self.assertEqual(here.fileno(), -1)
        channel.close()
        self.assertRaises(ValueError, channel.read)

    def test_a_socket_that_nobody_reads_is_closed_at_once(self):
        here, there = socket.socketpair()
        self.addCleanup(there.close)
        channel = channels.SocketChannel(here)
        channel.close()
        self.assertEqual(here.fileno(), -1)

    def test_a_childs_output_is_closed_behind_who_reads(self):
        channel = channels.dial(channels.Endpoint.parse("exec:cat"), 10)
        channel.write(b"there")
        self.assertEqual(channel.read(), b"there")
        number = channel._source

        def read_on():
            try:
                self.assertEqual(channel.read(), b"")
            except ValueError:
                pass  # it came too late to read

        reader = threading.Thread(target=read_on)
        reader.start()
        channel.close()
        reader.join(10)
        self.assertRaises(OSError, os.fstat, number)


if __name__ == "__main__":
    unittest.main()
