"""Greets, until it is stopped: server.py ENDPOINT"""

from __future__ import annotations

import sys
from typing import Iterable, Iterator

import beckon
import hello


class PoliteGreeter(hello.Greeter):
    def __init__(self) -> None:
        self.listeners: list[hello.Listener] = []

    def greet(self, name: str) -> str:
        if name == "Nobody":
            raise hello.Unwelcome(name)
        for listener in list(self.listeners):
            try:
                listener.on_greeted(name)
            except beckon.Disconnected:
                self.listeners.remove(listener)
        return f"Good day, {name}!"

    def watch(self, listener: hello.Listener | None) -> None:
        if listener is not None:
            self.listeners.append(listener)

    def greet_all(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            yield self.greet(name)


server = beckon.Server({"greeter": PoliteGreeter()})
print("listening", server.listen(sys.argv[1]), flush=True)
server.run()
