"""The objects of rpyc_mixed_test.cpp once more, written in Python and served by RPyC itself: what ours are compared with."""
import builtins
import sys
import threading
import time

import rpyc
from rpyc.utils.server import ThreadedServer


class Counter:
    """Counts."""

    def __init__(self, start):
        self._value = start
        self.label = "counter"

    @property
    def value(self):
        return self._value

    def increment(self, by=1):
        """Adds to the count."""
        if type(by) is not int:
            raise TypeError("by must be an integer")
        self._value += by
        return self._value

    def __repr__(self):
        return f"Counter({self._value})"


class Vector:
    def __init__(self, *parts):
        self._parts = parts

    def _other(self, given):
        parts = given.parts() if hasattr(given, "parts") else None
        if parts is None or len(parts) != len(self._parts):
            raise TypeError("not such a vector")
        return parts

    def parts(self):
        return self._parts

    def __add__(self, other):
        return Vector(*(a + b for a, b in zip(self._parts, self._other(other))))

    def __sub__(self, other):
        return Vector(*(a - b for a, b in zip(self._parts, self._other(other))))

    def __mul__(self, factor):
        return Vector(*(a * factor for a in self._parts))

    def __rmul__(self, factor):
        return self * factor

    def __neg__(self):
        return Vector(*(-a for a in self._parts))

    def __abs__(self):
        return sum(abs(a) for a in self._parts)

    def __int__(self):
        return self._parts[0] if self._parts else 0

    def __float__(self):
        return float(int(self))

    def __index__(self):
        return int(self)

    def __len__(self):
        return len(self._parts)

    def __bool__(self):
        return any(self._parts)

    def __getitem__(self, at):
        return self._parts[at]

    def __contains__(self, part):
        return part in self._parts

    def __iter__(self):
        return iter(list(self._parts))

    def __call__(self, *arguments, **named):
        return (arguments, tuple(sorted(named.items())))

    def __eq__(self, other):
        return self._parts == other.parts() if hasattr(other, "parts") else NotImplemented

    def __lt__(self, other):
        return self._parts < other.parts() if hasattr(other, "parts") else NotImplemented

    def __hash__(self):
        return 1000 + len(self._parts)

    def __str__(self):
        return "v" + str(self._parts)

    def __repr__(self):
        return f"Vector{self._parts!r}"


class Guard:
    def __init__(self, swallows):
        self._swallows = swallows
        self.seen = []

    def __enter__(self):
        self.seen.append("in")
        return self

    def __exit__(self, kind, instance, trace):
        self.seen.append("out" if kind is None else "thrown")
        return self._swallows

    def __repr__(self):
        return "<guard>"


class Node:
    def __init__(self, depth):
        self.depth = depth
        self.children = [Node(depth - 1) for _ in range(2)] if depth else []
        self.table = {"depth": depth, "next": self.children}

    def leaves(self):
        return 2 ** self.depth

    def __repr__(self):
        return f"Node({self.depth})"


class Mixed(rpyc.Service):
    ALIASES = ["mixed"]

    def exposed_echo(self, given):
        return given

    def exposed_pair(self, one, other):
        return (one, other)

    def exposed_add(self, a, b=1):
        return a + b

    def exposed_typed(self, a, b):
        if type(a) is not int or type(b) is not int:
            raise TypeError("integers")
        return a + b

    def exposed_divide(self, a, b):
        return a // b

    def exposed_spread(self, *arguments, **named):
        return (arguments, tuple(sorted(named.items())))

    def exposed_fail(self, kind, text):
        raise getattr(builtins, kind)(text)

    def exposed_list(self, *items):
        return list(items)

    def exposed_dict(self, *pairs):
        return dict(pairs)

    def exposed_set(self, *items):
        return set(items)

    def exposed_counter(self, start=0):
        return Counter(start)

    def exposed_vector(self, *parts):
        return Vector(*parts)

    def exposed_guard(self, swallows):
        return Guard(swallows)

    def exposed_tree(self, depth):
        return Node(depth)

    def exposed_span(self, count):
        return (i * i for i in range(count))

    def exposed_apply(self, function, *arguments, **named):
        return function(*arguments, **named)

    def exposed_tell(self, listener, times):
        heard = 0
        for i in range(times):
            heard += listener.on_event(i, f"event {i}")
        return heard

    def exposed_look(self, thing, name):
        return getattr(thing, name)

    def exposed_put(self, thing, name, content):
        setattr(thing, name, content)

    def exposed_total(self, numbers):
        return sum(numbers)


# What our objects are by registration: their own members, and nothing that begins with an underscore.
config = {"allow_public_attrs": True, "allow_setattr": True, "allow_delattr": True,
          "include_local_traceback": False, "include_local_version": False}


def main():
    server = ThreadedServer(Mixed(), hostname="127.0.0.1", port=0, protocol_config=config)
    server.logger.disabled = True
    threading.Thread(target=server.start, daemon=True).start()
    while not server.active:
        time.sleep(0.01)
    print(server.port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
