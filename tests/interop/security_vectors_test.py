"""The test vectors of signed and sealed messages, made anew by another program: PyNaCl, from docs/wire/security.md alone.

    security_vectors_test.py --write     writes the file anew
"""
# peer: python3-nacl
import hashlib
import json
import os
import sys
import unittest

import peer

if sys.executable != peer.DEBIAN_PYTHON and "BECKON_NACL_TEST" not in os.environ:
    peer.python_with("python3-nacl", "nacl")
    os.environ["BECKON_NACL_TEST"] = "1"
    os.execv(peer.DEBIAN_PYTHON, [peer.DEBIAN_PYTHON, *sys.argv])
peer.module("nacl")
import message_security  # noqa: E402: it needs what was found above

FILE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "vectors", "security.json")
BEGUN = 1_700_000_000_000
ABOUT = [
    "Conversations of signed and sealed messages (docs/wire/security.md), in protocols whose messages are texts.",
    "keys: lines of key files; who holds which is for the reader: each side its own secrets, and what it shares.",
    "random: base64 of what each side takes from its random numbers, in that order: 16 bytes for its id, then 24 for each "
    "sealed message.",
    "messages: in the order in which they are sent, and received at once; time is that of both clocks, in milliseconds.",
    "derived: the key that both ends make, in hexadecimal; lines: what is proven before the message.",
    "Made by tests/interop/security_vectors_test.py.",
]


def numbers(name):
    """Bytes that look random and are always the same."""
    state = {"count": 0, "given": []}

    def take(size):
        state["count"] += 1
        made = hashlib.sha512(f"{name} {state['count']}".encode()).digest()[:size]
        state["given"].append(message_security.b64(made))
        return made
    return take, state["given"]


def line(user, kind):
    return f"{user} {kind} {message_security.b64(hashlib.sha256(f'{user} {kind}'.encode()).digest())}"


def conversation(provider, kind):
    lines = [line("alice", "shared"), line("alice", "secret"), line("server", "secret")]
    keys = message_security.Keys(lines)
    clock = {"now": BEGUN}
    ends, given = {}, {}
    for side, user, other in (("connecting", "alice", "server"), ("accepting", "server", "alice")):
        random, given[side] = numbers(f"{provider} {kind} {side}")
        ends[side] = message_security.End(provider, kind, keys, side, user, other, lambda: clock["now"], random)
    told = []
    texts = [("connecting", '{"jsonrpc":"2.0","method":"whoami","id":1}'),
             ("connecting", '{"jsonrpc":"2.0","method":"echo","params":["\u00e4 \U0001f600"],"id":2}'),
             ("accepting", '{"jsonrpc":"2.0","id":1,"result":"alice"}'),
             ("connecting", ""),
             ("accepting", '{"jsonrpc":"2.0","id":2,"result":"' + "x" * 100 + '"}')]
    for side, text in texts:
        clock["now"] += 17
        sender = ends[side]
        receiver = ends["accepting" if side == "connecting" else "connecting"]
        header, payload = sender.protect(text.encode())
        if receiver.side == "accepting" and "re" not in header:
            receiver.peer_id, receiver.latest = header["id"], int(header["count"])  # which a client may begin with
        else:
            assert receiver.check(header, payload) == text.encode()
        told.append({"side": side, "time": clock["now"], "message": text, "header": header, "payload": payload.decode(),
                     "lines": sender.lines(header).decode()})
        if not (provider == "signed" and kind == "pair"):
            told[-1]["derived"] = sender.derived(header).hex()
    return {"provider": provider, "kind": kind, "keys": lines, "connecting": "alice", "accepting": "server",
            "random": given, "messages": told}


def made():
    return {"about": ABOUT, "conversations": [conversation(provider, kind) for provider in ("signed", "sealed")
                                              for kind in ("shared", "pair")]}


class Vectors(unittest.TestCase):
    maxDiff = None

    def test_are_what_another_program_makes_of_the_description(self):
        with open(FILE, encoding="utf-8") as file:
            self.assertEqual(json.load(file), made())


if __name__ == "__main__":
    if "--write" in sys.argv:
        with open(FILE, "w", encoding="utf-8") as out:
            json.dump(made(), out, indent=1)
            out.write("\n")
    else:
        unittest.main()
