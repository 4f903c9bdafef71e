"""Has some people greeted: client.py ENDPOINT"""

from __future__ import annotations

import sys

import beckon
import hello


class Gossip(hello.Listener):
    def __init__(self) -> None:
        self.heard: list[str] = []

    def on_greeted(self, name: str) -> None:
        self.heard.append(name)


with beckon.connect(sys.argv[1]) as session:
    greeter = session.get(hello.Greeter, "greeter")
    print(greeter.greet("Lucy"))

    gossip = Gossip()
    greeter.watch(gossip)
    for greeting in greeter.greet_all(["Ann", "Bob"]):
        print(greeting)
    print("heard of:", *gossip.heard)

    try:
        greeter.greet("Nobody")
    except hello.Unwelcome as error:
        print("not greeted:", error.name)

    patient = beckon.with_options(greeter, timeout=60)
    later = beckon.submit(patient.greet, "Eve")
    print(later.result())
