"""A Python client with RPyC: calls a second. Usage: PORT MODE SECONDS"""
import sys
import time

import rpyc

PORT, MODE, SECONDS = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])


def calls_a_second(call, at_once):
    for _ in range(5):
        call()
    calls, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        call()
        calls += at_once
    return calls / (time.perf_counter() - start)


connection = rpyc.connect("127.0.0.1", PORT)
root = connection.root


def methods():
    for _ in range(50):
        root.add(2, 3)


def bound():
    for _ in range(50):
        add(2, 3)


def together():
    for result in [later(i, 1) for i in range(64)]:
        result.value


if MODE == "method":
    print(calls_a_second(methods, 50))
elif MODE == "bound":
    add = root.add
    print(calls_a_second(bound, 50))
elif MODE == "async":
    later = rpyc.async_(root.add)
    print(calls_a_second(together, 64))
elif MODE == "list":
    numbers = root.numbers(1000)
    print(calls_a_second(lambda: sum(rpyc.buffiter(numbers)), 1))
connection.close()
