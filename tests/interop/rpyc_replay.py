"""What an RPyC client says to an RPyC server, recorded by a bridge between them, and replayed to the server."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above
import rpyc_peer  # noqa: E402

# What a test of a service looks like: values, references, callbacks, exceptions, iteration, large messages.
CLIENT = """
import sys, rpyc

class Listener:
    def __init__(self): self.heard = []
    def exposed_on_event(self, number, text): self.heard.append((number, text))

conn = rpyc.connect("127.0.0.1", int(sys.argv[1]))
root = conn.root
assert root.add(2, 3) == 5
assert root.add("a", b="b") == "ab"
thing = root.thing()
assert repr(thing) == "<a thing>"
other = root.thing()
assert (thing == other) is False
assert [each if isinstance(each, int) else list(each) for each in root.count(5)] == [0, [1], 2, [3], 4]
assert list(root.numbers(2000))[-1] == 1999
assert root.call_it(lambda *given, **named: sum(given) + named["more"], 1, 2, more=4) == 7
listener = Listener()
assert root.call_back(listener, 3) == 3 and len(listener.heard) == 3
try:
    root.fail("no such thing")
except ValueError as failure:
    assert "no such thing" in str(failure)
assert root.add("x" * 5000, "y") == "x" * 5000 + "y"
assert root.Sub().twice(4) == 8
conn.close()
"""


def check(python):
    rpyc_peer.python = python
    server = rpyc_peer.PythonServer("service")
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "some.rec")
            bridge = subprocess.Popen([command.COMMAND, "bridge", "--listen", "rpyc+tcp://127.0.0.1:0", "--connect", server.endpoint,
                                       "--record", file], stdout=subprocess.PIPE, text=True)
            listening = bridge.stdout.readline().removeprefix("listening ").strip()
            assert bridge.stdout.readline() == "ready\n"
            port = listening.split("?")[0].rsplit(":", 1)[1]
            ended = subprocess.run([python, "-c", CLIENT, port], timeout=command.WITHIN)
            bridge.terminate()
            assert bridge.wait(command.WITHIN) == 0
            with open(file, encoding="utf-8") as recorded:
                text = recorded.read()
            assert ended.returncode == 0, text
            assert '"raw"' not in text, text
            for expected in ("root.add(2, 3)", "on_event(2, \\\"event 2\\\")", "builtins.ValueError"):
                assert expected in text, (expected, text)
            for _ in range(2):  # with other addresses each time
                replayed = command.run("replay", file, server.endpoint)
                assert replayed[0] == 0 and replayed[1].endswith(": no differences\n"), (replayed, text)
    finally:
        server.end()
