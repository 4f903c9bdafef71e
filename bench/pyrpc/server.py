"""The plain pyrpc server of the tests, in a process of its own; prints its port."""
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "pyrpc"))
import plain_pyrpc  # noqa: E402


class Numbers:
    def add(self, a, b):
        return a + b


server = plain_pyrpc.Server(Numbers(), ("127.0.0.1", 0))
print(server.address[1], flush=True)
threading.Event().wait()
