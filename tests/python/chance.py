"""What chance does to a server of the conformance service: whole conversations with bytes changed, cut and left out, frames that nobody
would send, sizes that are only claimed. For the servers of all languages."""
import importlib.util
import os
import random
import socket
import struct
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
# Folders of tests have modules of the same name.
FOUND = importlib.util.spec_from_file_location("breaches", os.path.join(HERE, "hostile_test.py"))
breaches = importlib.util.module_from_spec(FOUND)
FOUND.loader.exec_module(breaches)
beckon = breaches.beckon
conformance = breaches.service.conformance

GREETED = len(breaches.GREETING)
CLAIMS = [0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x00FFFFFF, 1 << 20]


class Silent(conformance.Listener):
    def on_event(self, sequence, text):
        pass


def port_of(endpoint):
    return int(endpoint.rpartition(":")[2])


def recorded(endpoint):
    """What a client says in a conversation that has something of everything."""
    said = bytearray()
    between = socket.create_server(("127.0.0.1", 0))

    def pass_on(source, target, kept):
        while more := source.recv(65536):
            kept.extend(more)
            target.sendall(more)
        target.shutdown(socket.SHUT_WR)

    def run():
        client, _ = between.accept()
        with client, socket.create_connection(("127.0.0.1", port_of(endpoint))) as server:
            there = threading.Thread(target=pass_on, args=(client, server, said))
            there.start()
            pass_on(server, client, bytearray())
            there.join()

    passing = threading.Thread(target=run)
    passing.start()
    with between:
        with beckon.connect(f"tcp://127.0.0.1:{between.getsockname()[1]}") as session:
            service = session.get(conformance.Conformance, "conformance")
            service.add(1, 2)
            service.echo({"a": [1, 2.5, b"x", None, True]})
            service.sum([1.0, 2.0])
            service.sort_items([conformance.Item("n", 1, ["t"], None, conformance.Mood.CALM)])
            counter = service.make_counter(1)
            counter.increment(3)
            service.call_back(Silent(), 2)
            list(service.count_to(5))
            service.total(iter([1, 2, 3]))
            beckon.pipelined(service.make_counter, 5).increment(2)
            beckon.submit(service.sleep, 10000).cancel()
        passing.join()
    return bytes(said)


def frame(chance):
    kind = chance.choice([2, 2, 2, 2, *range(3, 16), 128, 200])
    number = chance.choice([0, 1, 2, 3, 4, 1 << 31 | 1, 1 << 31 | 2, 0xFFFFFFFF])
    content = bytes(chance.choice([0, 0, 0, 1, 1, 2, 0x24, 0x80, 0xFF]) for _ in range(chance.choice([0, 4, 8, 16, 24, 40])))
    return breaches.pack(kind, content, flags=chance.choice([0, 0, 0, 1, 2, 4, 4, 8, 16]), method=chance.randrange(20),
                         call=chance.randrange(1, 9), object=number)


def spoiled(chance, said):
    way = chance.randrange(7)
    if way == 0:
        return chance.randbytes(chance.choice([1, 7, 8, 9, 40, 3000]))
    if way == 1:
        return said[:chance.randrange(len(said))]
    if way == 2:
        at = chance.randrange(len(said))
        return said[:at] + said[at + chance.randrange(200):]
    if way == 3:
        return breaches.GREETING + b"".join(frame(chance) for _ in range(60))
    if way == 4:
        head = struct.pack("<I", chance.choice([*CLAIMS, 17 << 20])) + bytes([chance.choice([2, 3, 4, 7])])
        return breaches.GREETING + head + chance.randbytes(11) + bytes(1000)
    changed = bytearray(said)
    if way == 5:
        at = chance.randrange(GREETED, len(said) - 4)
        changed[at:at + 4] = struct.pack("<I", chance.choice(CLAIMS))
    else:
        for _ in range(chance.choice([1, 2, 5, 30])):
            changed[chance.randrange(GREETED, len(said))] ^= 1 << chance.randrange(8)
    return bytes(changed)


class Chance(unittest.TestCase):
    """Derive from this; `serve` gives the endpoint and the process, or none where the server is in this one."""

    SEEDS = 300
    MEBIBYTES = 200  # the most that a server takes which has no limit of its own on what its language wastes

    def serve(self):
        raise unittest.SkipTest("for those derived from it")

    def shoot(self, endpoint, content, is_heard_out):
        with socket.create_connection(("127.0.0.1", port_of(endpoint)), 20) as peer:
            try:
                peer.sendall(content)
                if is_heard_out:
                    peer.shutdown(socket.SHUT_WR)
                    while peer.recv(65536):
                        pass
            except (BrokenPipeError, ConnectionError):
                pass  # it has ended the session already; one that never ends is a timeout

    def test_harms_nobody_else_and_costs_little(self):
        endpoint, process = self.serve()
        with beckon.connect(endpoint) as session:
            good = session.get(conformance.Conformance, "conformance")
            said = recorded(endpoint)
            for seed in range(self.SEEDS):
                chance = random.Random(seed)
                self.shoot(endpoint, spoiled(chance, said), seed % 3 != 0)
                if seed % 10 == 0:
                    self.assertEqual(good.add(seed, 1), seed + 1)
            self.assertEqual(sum(good.count_to(100)), 5050)
        if process is not None:
            with open(f"/proc/{process}/status", encoding="ascii") as status:
                most = next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
            self.assertLess(most, self.MEBIBYTES)
