"""MessagePack-RPC by Python's msgpack: msgpack_calls.py HOST:PORT [AUTHORITY]."""
import sys

import msgpack
from common import Peer, connect, run

LISTENER, NESTING = 9, 10


class Failed(Exception):
    pass


class MessagePack(Peer):
    failure = Failed

    def __init__(self, connection):
        self.connection, self.unpacker, self.number = connection, msgpack.Unpacker(strict_map_key=False), 0
        self.heard, self.streams, self.credit = None, {}, 0

    def send(self, *message):
        self.connection.sendall(msgpack.packb(message))

    def read(self):
        while True:
            for message in self.unpacker:
                return message
            data = self.connection.recv(65536)
            if not data:
                raise EOFError("the server has closed the connection")
            self.unpacker.feed(data)

    def take(self, message):
        """A call or notification of the server's."""
        number, method, params = message[1:] if message[0] == 0 else (None, *message[1:])
        result = None
        if method == f"$ref/{LISTENER}.on_event":
            self.heard.on_event(*params)
        elif method == f"$ref/{NESTING}.nest":
            peer, depth = params
            inner = msgpack.unpackb(peer.data)
            result = 0 if depth == 0 else 1 + self.call(f"$ref/{inner}.nest", self.lent(NESTING), depth - 1)
        elif method == "$item":
            self.streams.setdefault(params[0], []).append(params[1])
        elif method == "$end":
            self.streams.setdefault(params[0], []).append(None)
        elif method == "$credit":
            self.credit += params[1]
        if number is not None:
            self.send(1, number, None, result)

    def call(self, method, *arguments):
        self.number += 1
        number = self.number
        self.send(0, number, method, arguments)
        return self.answer(number)

    def answer(self, number):
        while (message := self.read())[0] != 1:
            self.take(message)
        return self.result_of(message, number)

    @staticmethod
    def result_of(message, number):
        assert message[1] == number, message
        if message[2] is not None:
            raise Failed(message[2])
        return message[3]

    @staticmethod
    def lent(number):
        return msgpack.ExtType(40, msgpack.packb(number))

    def counter(self, start):
        number = msgpack.unpackb(self.call("make_counter", start).data)
        return lambda by: self.call(f"$ref/{number}.increment", by), number

    def drop(self, counter):
        self.send(2, "$release", [counter, 1])

    def listener(self, heard):
        self.heard = heard
        return self.lent(LISTENER)

    def nest(self, depth):
        return self.call("nest", self.lent(NESTING), depth)

    def counted(self, n):
        number = self.call("count_to", n)["$stream"]
        while True:
            while not self.streams.get(number):
                self.take(self.read())
            item = self.streams[number].pop(0)
            if item is None:
                return
            yield item
            self.send(2, "$credit", [number, 1])

    def totalled(self, numbers):
        self.number += 1
        self.credit = 16
        self.send(0, self.number, "total", [{"$stream": 1}])
        for each in numbers:
            while self.credit == 0:
                message = self.read()
                if message[0] == 1:  # refused
                    return self.result_of(message, self.number)
                self.take(message)
            self.send(2, "$item", [1, each])
            self.credit -= 1
        self.send(2, "$end", [1])
        return self.answer(self.number)

    def serve(self, heard):
        while len(heard.events) < 3:
            self.take(self.read())


run(MessagePack(connect(*sys.argv[1:])))
