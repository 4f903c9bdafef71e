"""A server with RPyC, "service" or "classic": prints its port, ends with its input."""
import sys
import threading

import rpyc
from rpyc.utils.server import ThreadedServer


kept = []


class Thing:
    def __repr__(self):
        return "<a thing>"


class Service(rpyc.Service):
    """Adds and remembers.

    Nothing else.
    """
    exposed_version = "1.0"
    exposed_table = {"a": 1, "b": [1, 2, {"c": (3, 4)}], 5: None}
    exposed_nothing = None

    class exposed_Sub:
        def exposed_twice(self, x):
            return x * 2

    @property
    def exposed_limit(self):
        return 42

    @property
    def exposed_broken(self):
        raise RuntimeError("worn out")

    def exposed_add(self, a, b=1):
        """Adds two.

          Any that Python can add.
        """
        return a + b

    def exposed_items(self):
        return [1, "two", b"\x00", (1, [2]), {"k": {1}}, None, 2 ** 70]

    def exposed_numbers(self, count):
        return list(range(count))

    def exposed_words(self, count):
        return {str(i): i for i in range(count)}

    def exposed_count(self, to):
        for i in range(to):
            yield [i] if i % 2 else i

    def exposed_loop(self):
        made = [1]
        made.append(made)
        return made

    def exposed_thing(self):
        return Thing()

    def exposed_fail(self, text):
        raise ValueError(text)

    def exposed_open(self):
        open("/nonexistent/file")

    def exposed_call_back(self, listener, times):
        for i in range(1, times + 1):
            listener.on_event(i, f"event {i}")
        return times

    def exposed_call_it(self, function, *positional, **named):
        return function(*positional, **named)

    def exposed_call_with_list(self, listener):
        listener.on_event([1, {"a": [2]}])

    def exposed_keep(self, listener):
        kept.append(listener)

    def exposed_total(self, numbers):
        return sum(numbers)

    def exposed_lookup(self, table):
        return table["a"]["b"][0]

    def hidden(self):
        pass


server = ThreadedServer({"service": Service, "classic": rpyc.SlaveService}[sys.argv[1]], hostname="127.0.0.1", port=0)
threading.Thread(target=server.start, daemon=True).start()
print(server.port, flush=True)
sys.stdin.read()
