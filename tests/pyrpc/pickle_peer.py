"""What pickle_python_test.cpp asks of Python's own pickle.

All take one more argument, the file to print into.

    pickle_peer.py again FILE       each line of FILE is a pickle: prints it pickled anew, in every protocol by either pickler
    pickle_peer.py make SEED COUNT  prints random values so, one line each
    pickle_peer.py compare SEED COUNT FILE
                                    each line of FILE is to be the pickle of the value that `make` made: prints what differs
"""
import io
import pickle
import random
import struct
import sys
import uuid


def pickles(value):
    """Of one value: all protocols, by the pickler in C and by that in Python."""
    for protocol in range(6):
        yield pickle.dumps(value, protocol)
        into = io.BytesIO()
        pickle._Pickler(into, protocol).dump(value)
        yield into.getvalue()


def text(rng):
    alphabets = ["abc xyz_0", "\\\\u00e9\n'\"\r\0\x1a", "äöü\xff\x80", "日本語\U0001f600\ud800"]
    return "".join(rng.choice(rng.choice(alphabets)) for _ in range(rng.choice([0, 1, 3, 14, 15, 40, 300])))


def leaf(rng):
    kind = rng.randrange(9)
    if kind == 0:
        return None
    if kind == 1:
        return rng.random() < 0.5
    if kind == 2:
        return rng.choice([-1, 1]) * (rng.getrandbits(rng.choice([1, 8, 9, 16, 17, 31, 32, 33, 63, 64, 65, 300])) + rng.choice([-1, 0, 1]))
    if kind == 3:
        return rng.choice([0.0, -0.0, 1e300, float("inf"), rng.random(), -5.0, struct.unpack(">d", rng.randbytes(8))[0]])
    if kind == 4:
        return rng.randbytes(rng.choice([0, 1, 20, 255, 256, 700]))
    if kind == 5:
        return complex(rng.random(), -rng.random())
    if kind == 6:
        return uuid.UUID(int=rng.getrandbits(128))
    return text(rng)


def key(rng, depth):
    kind = rng.randrange(6) if depth else 0
    if kind == 4:
        return tuple(key(rng, depth - 1) for _ in range(rng.randrange(4)))
    if kind == 5:
        return frozenset(key(rng, depth - 1) for _ in range(rng.randrange(4)))
    while True:
        made = leaf(rng)
        if made == made:  # no NaN, which is no key that is found again
            return made


def some(rng, depth, shared):
    kind = rng.randrange(12) if depth else 0
    count = rng.choice([0, 1, 2, 3, 4, 7, 1001 if depth == 1 and rng.random() < 0.02 else 5])
    inner = depth - 1
    if kind == 1:
        return [some(rng, inner, shared) for _ in range(count)]
    if kind == 2:
        return tuple(some(rng, inner, shared) for _ in range(count))
    if kind in (3, 4):
        return {key(rng, 2): some(rng, inner, shared) for _ in range(count)}
    if kind == 5:
        return {key(rng, 2) for _ in range(count)}
    if kind == 6:
        return frozenset(key(rng, 2) for _ in range(count))
    if kind == 7:
        return bytearray(rng.randbytes(count))
    if kind == 8:
        # None of OSError's family, which protocols 0 to 2 all write as OSError.
        made = rng.choice([ValueError, KeyError, RuntimeError, ZeroDivisionError])(*[leaf(rng) for _ in range(rng.choice([0, 1, 3]))])
        made.traceback = text(rng)
        made.more = some(rng, inner, shared)
        return made
    if kind == 9 and shared:
        return rng.choice(shared)
    made = leaf(rng)
    shared.append(made)
    return made


def canonical(value):
    """What two values have in common that are the same to a peer: bytes of either type are."""
    if isinstance(value, (bytes, bytearray)):
        return ("bytes", bytes(value))
    if isinstance(value, float):
        return ("float", "nan" if value != value else value.hex())
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, [canonical(each) for each in value])
    if isinstance(value, (set, frozenset)):
        return (type(value).__name__, sorted(repr(canonical(each)) for each in value))
    if isinstance(value, dict):
        return ("dict", [(canonical(k), canonical(v)) for k, v in value.items()])
    if isinstance(value, BaseException):
        return (type(value).__name__, canonical(value.args), sorted((k, repr(canonical(v))) for k, v in vars(value).items()))
    return (type(value).__name__, repr(value))


def values(seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        yield some(rng, 4, [])


def main():
    mode = sys.argv[1]
    sys.stdout = open(sys.argv.pop(), "w")  # many megabytes
    if mode == "again":
        with open(sys.argv[2]) as lines:
            for line in lines:
                print(" ".join(each.hex() for each in pickles(pickle.loads(bytes.fromhex(line)))))
    elif mode == "make":
        for value in values(int(sys.argv[2]), int(sys.argv[3])):
            print(" ".join(each.hex() for each in pickles(value)))
    else:
        with open(sys.argv[4]) as lines:
            for number, (value, line) in enumerate(zip(values(int(sys.argv[2]), int(sys.argv[3])), lines, strict=True)):
                found = canonical(pickle.loads(bytes.fromhex(line)))
                if found != canonical(value):
                    print(f"value {number}: found {found!r:.400}, expected {canonical(value)!r:.400}")
    sys.stdout.close()


main()
