"""A peer of remcall in plain Python, written from docs/wire/remcall.md: sections 3.3 and 5 to 9, none of Beckon's extensions.

It behaves as the original does, its habits included: it writes each field by itself, runs each call in a thread, tells nobody of
failures, and ends its loop at whatever it does not know.
"""
import struct
import threading

CALL, RETURN, NOOP, DISCONNECT, ACKNOWLEDGE = 5, 6, 7, 8, 9
SCALARS = {"int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "int64": "q",
           "uint64": "Q", "float32": "f", "float64": "d"}
UNSIGNED = {1: "B", 2: "H", 4: "I", 8: "Q"}
SIGNED = {1: "b", 2: "h", 4: "i", 8: "q"}

# The conformance service's part that remcall can carry: enums, and interfaces with (arguments, result) by method.
CONFORMANCE = {
    "enums": {"Mood": ["calm", "busy", "broken"]},
    "interfaces": {
        "Counter": {"increment": (["int64"], "int64"), "value": ([], "int64")},
        "Listener": {"onEvent": (["int64", "string"], "void")},
        "Main": {
            "add": (["int64", "int64"], "int64"), "concat": (["string", "string"], "string"),
            "fail": (["string"], "void"), "sleep": (["int64"], "string"), "makeCounter": (["int64"], "Counter"),
            "liveObjects": ([], "int64"), "callBack": (["Listener", "int64"], "int64"),
            "subscribe": (["Listener", "int64", "int64"], "void"), "nest": (["Main", "int64"], "int64"),
            "mood": (["Mood"], "Mood"), "half": (["float64"], "float64"), "whoami": ([], "string"),
        },
    },
}


class Ended(Exception):
    """The input is over."""


class Proxy:
    """An object of the other side: its methods are calls."""

    def __init__(self, bridge, number, interface):
        self.bridge, self.number, self.interface = bridge, number, interface

    def __getattr__(self, method):
        return lambda *arguments: self.bridge.call(self, method, arguments)


class Bridge:
    """One conversation. With a main object it is the server's side."""

    def __init__(self, source, sink, schema=CONFORMANCE, main=None, method_bytes=2, object_bytes=4, within=20):
        self.source, self.sink, self.schema, self.within = source, sink, schema, within
        self.method_format, self.object_format = ">" + UNSIGNED[method_bytes], ">" + SIGNED[object_bytes]
        self.methods = [(interface, method) for interface in sorted(schema["interfaces"])
                        for method in sorted(schema["interfaces"][interface])]
        self.step = 1 if main is not None else -1
        self.ours, self.proxies, self.waiting = {}, {}, {}
        self.last_request = 0
        self.lock, self.writing = threading.Lock(), threading.Lock()
        self.heard, self.ended, self.failure = [], threading.Event(), None
        if main is not None:
            self.number_of(main)
        self.server = None if main is not None else self.proxy(1, "Main")
        self.loop = threading.Thread(target=self.run, daemon=True)
        self.loop.start()

    # --- Values ---

    def read(self, count):
        got = self.source.read(count) if count else b""
        if len(got) < count:
            raise Ended(f"{len(got)} bytes of {count}")
        return got

    def number(self, form):
        return struct.unpack(form, self.read(struct.calcsize(form)))[0]

    def take(self, kind):
        if kind == "void":
            return None
        if kind in SCALARS:
            return self.number(">" + SCALARS[kind])
        if kind == "string":
            return self.read(self.number(">I")).decode()
        if kind in self.schema["enums"]:
            return self.schema["enums"][kind][self.number(">B")]
        return self.object(self.number(self.object_format), kind)

    def pieces(self, kind, value):
        if kind == "void":
            return []
        if kind in SCALARS:
            return [struct.pack(">" + SCALARS[kind], value)]
        if kind == "string":
            text = value.encode()
            return [struct.pack(">I", len(text)), text]
        if kind in self.schema["enums"]:
            return [bytes([self.schema["enums"][kind].index(value)])]
        return [struct.pack(self.object_format, self.number_of(value))]

    # --- Objects ---

    def number_of(self, value):
        if value is None:
            return 0
        if isinstance(value, Proxy):
            assert value.bridge is self, "a proxy of another conversation"
            return value.number
        with self.lock:
            for number, known in self.ours.items():
                if known is value:
                    return number
            number = self.step * (len(self.ours) + 1)
            self.ours[number] = value
            return number

    def proxy(self, number, interface):
        with self.lock:
            return self.proxies.setdefault(number, Proxy(self, number, interface))

    def object(self, number, interface):
        if number == 0:
            return None
        return self.ours[number] if number * self.step > 0 else self.proxy(number, interface)

    # --- Messages ---

    def write(self, pieces):
        with self.writing:
            for each in pieces:
                self.sink.write(each)
                self.sink.flush()

    def call(self, target, method, arguments):
        kinds, result = self.schema["interfaces"][target.interface][method]
        assert len(kinds) == len(arguments), method
        number = self.methods.index((target.interface, method))
        done = threading.Event()
        with self.lock:
            self.last_request += 1
            request = self.last_request
            slot = self.waiting[request] = [result, done, None]
        pieces = [bytes([CALL]), struct.pack(">I", request), struct.pack(self.method_format, number),
                  struct.pack(self.object_format, target.number)]
        for kind, value in zip(kinds, arguments):
            pieces += self.pieces(kind, value)
        self.write(pieces)
        if not done.wait(self.within):
            raise TimeoutError(f"{target.interface}.{method} was not answered")
        return slot[2]

    def serve(self, request, target, method, arguments, result):
        try:
            outcome = getattr(target, method)(*arguments)
            self.write([bytes([RETURN]), struct.pack(">I", request)] + self.pieces(result, outcome))
        except Exception as failure:  # as the original: nobody is told
            self.failure = failure

    def disconnect(self):
        self.write([bytes([DISCONNECT])])
        assert self.ended.wait(self.within), "the other side did not acknowledge the end"

    def run(self):
        try:
            while self.step_once():
                pass
        except Ended as failure:
            self.failure = failure
        except Exception as failure:
            self.failure = failure
        finally:
            self.ended.set()

    def step_once(self):
        command = self.read(1)[0]
        self.heard.append(command)
        if command == CALL:
            request, number = self.number(">I"), self.number(self.method_format)
            interface, method = self.methods[number]
            target = self.object(self.number(self.object_format), interface)
            kinds, result = self.schema["interfaces"][interface][method]
            arguments = [self.take(kind) for kind in kinds]
            threading.Thread(target=self.serve, args=(request, target, method, arguments, result), daemon=True).start()
        elif command == RETURN:
            slot = self.waiting.pop(self.number(">I"))
            slot[2] = self.take(slot[0])
            slot[1].set()
        elif command == DISCONNECT:
            self.write([bytes([ACKNOWLEDGE])])
            return False
        elif command == ACKNOWLEDGE:
            return False
        elif command != NOOP:
            raise ValueError(f"unknown command {command:#04x}")
        return True
