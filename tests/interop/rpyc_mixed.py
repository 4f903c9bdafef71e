"""Operations drawn from a seed on two servers with the same objects, ours and one of RPyC, and their results compared.

Usage: [--seed N] [--operations N] [--verbose] PORT-OF-OURS
"""
import argparse
import os
import random
import re
import struct
import subprocess
import sys

import rpyc
from rpyc.utils.helpers import buffiter

HERE = os.path.dirname(os.path.abspath(__file__))
Ref = rpyc.BaseNetref


class Listener:
    """What the client passes: it notes what is done to it."""

    def __init__(self, raises=None):
        self.heard = []
        self.exposed_name = "listener"
        self.raises = raises

    def exposed_on_event(self, number, text):
        self.heard.append((number, text))
        if self.raises is not None and number == 2:
            raise self.raises
        return number


class Pair:
    """The same object on both servers."""

    def __init__(self, kind, ours, theirs):
        self.kind, self.both = kind, (ours, theirs)


def kind_of(ref):
    return object.__getattribute__(ref, "____id_pack__")[0].rsplit(".", 1)[-1]


def plain_text(text):
    """Without what RPyC puts below, and without the modules of either server's classes."""
    text = text.split("\n\n========= Remote Traceback")[0]
    text = re.sub(r"(__main__|beckon)\.|exposed_", "", text)
    # Python counts the object itself.
    return re.sub(r"takes (from \d+ to )?\d+ positional arguments? but \d+ w(as|ere)", "takes other positional arguments", text)


def same_text(ours, theirs):
    """The order of a set is that of Python's hashes, and what a client's object looks like only the client can say."""
    theirs = re.sub(r"<(function|built-in function|__main__.Listener object)( main\.<locals>\.)? [^>]*>", "<remote object>",
                    theirs.replace("main.<locals>.", ""))
    theirs = re.sub(r"Node\(\d\)", "<Node object>", theirs) if "<Node object>" in ours else theirs
    if "instances of" in ours and "'object'" in ours:
        return ours.split("instances")[0] == theirs.split("instances")[0]
    return ours == theirs or "{" in ours and sorted(ours) == sorted(theirs)


class Mixer:
    def __init__(self, ours, theirs, seed, verbose):
        self.roots = (ours, theirs)
        self.random = random.Random(seed)
        self.verbose = verbose
        self.pairs = []
        self.locals = []
        self.count = 0
        self.differences = []
        self.log = []

    # What is drawn

    def text(self):
        return self.random.choice(("", "a", "Grüße", "\u20ac" * 90, "it's", 'say "so"', "\0\x01\x7f", "\U0001f600", "line\nend\\", "x" * 300,
                                   "\u00e9" * 4, "\x80\xa0\xad", "__class__", "y" * 4000))

    def integer(self):
        small = self.random.randint(-5, 12)
        return self.random.choice((small, small, small, 159, 160, -48, -49, 2**31, -2**63, 2**63, 2**64 + 1, -10**40, 3**700))

    def plain(self, depth=2):
        """Any value that goes by value."""
        draw = self.random.randrange(16 if depth else 12)
        if draw < 3:
            return self.integer()
        if draw < 6:
            return self.text()
        if draw >= 12:
            items = [self.plain(depth - 1) for _ in range(self.random.choice((0, 1, 2, 4, 5)))]
            if draw < 15:
                return tuple(items)
            return frozenset(each for each in items if each == each and not isinstance(each, slice) and hashable(each))
        return (None, True, False, self.random.choice((0.0, -0.0, 1.5, 1e16, 1e-5, 1e22, float("inf"), float("nan"), 5e-324, 123456.789)),
                complex(self.random.randint(-2, 2), -0.0), self.random.choice((b"", b"ab", bytes(range(256)), b"it's \"\n\xff")))[draw - 6]

    def small(self):
        return self.random.randint(-3, 4)

    def key(self):
        return self.random.choice((self.small(), "a", "b", "", True, 1.0, 2.5, None, (1, "a"), b"b", frozenset({1}), -0.0))

    def some(self, *kinds):
        found = [each for each in self.pairs if each.kind in kinds]
        return self.random.choice(found) if found else self.fresh(self.random.choice(kinds))

    def anything(self):
        draw = self.random.randrange(6)
        if draw == 0 and self.pairs:
            return self.random.choice(self.pairs)
        if draw == 1:
            return self.random.choice(self.locals)
        return self.plain()

    def fresh(self, kind):
        arguments = {"list": lambda: [self.random.choice((self.small(), self.plain())) for _ in range(self.random.randrange(7))],
                     "dict": lambda: [(self.key(), self.plain()) for _ in range(self.random.randrange(5))],
                     "set": lambda: [self.key() for _ in range(self.random.randrange(5))],
                     "Counter": lambda: [self.small()],
                     "Vector": lambda: [self.small() for _ in range(self.random.choice((0, 1, 2, 2, 2, 3)))],
                     "Guard": lambda: [self.random.random() < 0.5],
                     "Node": lambda: [self.random.randrange(3)],
                     "generator": lambda: [self.random.randrange(30)]}[kind]()
        method = {"Node": "tree", "generator": "span"}.get(kind, kind.lower())
        made = Pair(kind, *(getattr(root, method)(*arguments) for root in self.roots))
        self.pairs.append(made)
        return made

    # What is done with it

    def run(self, what, function, *arguments, text=True):
        """Calls function(root, arguments) for both servers and compares."""
        self.count += 1
        sides = []
        for side in (0, 1):
            here = [self.on_side(each, side) for each in arguments]
            heard = [(each, len(each.heard)) for each in self.locals if isinstance(each, Listener)]
            try:
                outcome = ("value", function(self.roots[side], *here))
            except Exception as error:
                outcome = ("raised", error)
            events = [tuple(each.heard[before:]) for each, before in heard]
            sides.append((outcome, events))
        described = f"{what}{tuple(self.shown(each) for each in arguments)}"
        self.log.append(described)
        (ours, our_events), (theirs, their_events) = sides
        found = self.compare(ours, theirs, text)
        if found is None and ours[0] == "raised" and "sort" in what:
            for each in arguments[0].both:  # where it fails, Python leaves the list half sorted
                each.clear()
        if found is None and our_events != their_events:
            found = f"the client's objects heard {our_events}, of theirs {their_events}"
        if found is not None:
            self.differences.append(f"operation {self.count}, {described}: {found}")
        if self.verbose:
            print(self.count, described, "->", repr(ours[1])[:200].replace("\n", " "), flush=True)
        if found is None and ours[0] == "value":
            self.keep(ours[1], theirs[1])

    def on_side(self, given, side):
        if isinstance(given, Pair):
            return given.both[side]
        if isinstance(given, tuple):
            return tuple(self.on_side(each, side) for each in given)
        return given

    def shown(self, given):
        if isinstance(given, Pair):
            return f"<{given.kind} {self.pairs.index(given) if given in self.pairs else '-'}>"
        return repr(given)[:150]

    def compare(self, ours, theirs, text):
        """What differs, or None."""
        if ours[0] != theirs[0]:
            return f"ours {ours[0]} {ours[1]!r}, theirs {theirs[0]} {theirs[1]!r}"
        if ours[0] == "value":
            return None if self.same(ours[1], theirs[1]) else f"ours {ours[1]!r}, theirs {theirs[1]!r}"
        names = [plain_text(f"{type(each[1]).__module__}.{type(each[1]).__name__}") for each in (ours, theirs)]
        if names[0] != names[1]:
            return f"ours raised {names[0]}: {ours[1]}, theirs {names[1]}: {theirs[1]}"
        texts = [plain_text(str(each[1])) for each in (ours, theirs)]
        if text and not same_text(*texts):
            return f"ours raised {names[0]}: {texts[0]!r}, theirs {texts[1]!r}"
        return None

    def same(self, ours, theirs):
        if isinstance(ours, Ref) or isinstance(theirs, Ref):
            return isinstance(ours, Ref) and isinstance(theirs, Ref) and (
                kind_of(ours) == kind_of(theirs) and (kind_of(ours) not in ("list", "dict", "Vector") or same_text(repr(ours), repr(theirs))))
        if type(ours) is not type(theirs):
            return False
        if isinstance(ours, float):
            return struct.pack(">d", ours) == struct.pack(">d", theirs)
        if isinstance(ours, complex):
            return self.same(ours.real, theirs.real) and self.same(ours.imag, theirs.imag)
        if isinstance(ours, (tuple, list)):
            return len(ours) == len(theirs) and all(map(self.same, ours, theirs))
        if isinstance(ours, slice):
            return repr(ours) == repr(theirs)
        if isinstance(ours, frozenset):
            return ours == theirs or sorted(map(repr, ours)) == sorted(map(repr, theirs))
        if any(ours is each for each in self.locals):
            return ours is theirs
        return ours == theirs

    def keep(self, ours, theirs):
        """References among the results join what is drawn from."""
        if isinstance(ours, Ref):
            if not any(each.both[0] is ours for each in self.pairs) and kind_of(ours) in OPERATIONS:
                self.pairs.append(Pair(kind_of(ours), ours, theirs))
        elif isinstance(ours, tuple):
            for each, other in zip(ours, theirs):
                self.keep(each, other)

    def step(self):
        draw = self.random.random()
        if draw < 0.12:
            self.fresh(self.random.choice(tuple(KINDS)))
        elif draw < 0.35 or not self.pairs:
            self.random.choice(ROOT)(self)
        else:
            pair = self.random.choice(self.pairs)
            self.random.choice(OPERATIONS[pair.kind] + COMMON)(self, pair)
        while len(self.pairs) > 40:
            self.pairs.pop(self.random.randrange(len(self.pairs)))


def hashable(given):
    try:
        return hash(given) is not None
    except TypeError:
        return False


def method(name, *draws, named=None, text=True):
    """An operation that calls a method with arguments that are drawn."""
    def operation(mixer, pair):
        arguments = [draw(mixer) for draw in draws]
        mixer.run(f"{pair.kind}.{name}", lambda _, this, *given: getattr(this, name)(*given, **(named or {})), pair, *arguments, text=text)
    return operation


def does(name, function, *draws, text=True):
    def operation(mixer, pair):
        mixer.run(f"{name} of {pair.kind}", lambda _, this, *given: function(this, *given), pair, *[draw(mixer) for draw in draws], text=text)
    return operation


def at(mixer):
    if mixer.random.random() < 0.3:
        ends = [mixer.random.choice((None, mixer.small(), mixer.small())) for _ in range(2)]
        return slice(*ends, mixer.random.choice((None, None, 1, 2, -1, 0)))
    return mixer.random.choice((mixer.small(), mixer.small(), mixer.plain()))


def set_item(this, key, content):
    this[key] = content


def del_item(this, key):
    del this[key]


def within(mixer, pair):
    """`with`, left in peace or by an exception, and what the manager saw."""
    def block(_, this, kind):
        with this as inside:
            if kind is not None:
                raise kind("in the block")
        return inside is this
    mixer.run("with", block, pair, mixer.random.choice((None, None, ValueError, KeyError)))
    mixer.run("what it saw", lambda _, this: tuple(this.seen), pair)


def in_place(this, other):
    before = this
    this += other
    return this is before


def any_value(mixer):
    return mixer.plain()


def another(*kinds):
    return lambda mixer: mixer.some(*kinds)


def some_key(mixer):
    return mixer.key()


def few(mixer):
    return mixer.small()


class Shown(str):
    """A text that is compared by same_text."""

    def __eq__(self, other):
        return same_text(str(self), str(other)) or " object at " in other or "<generator" in other

    __hash__ = None


COMMON = [
    does("bool", bool), does("str", lambda this: Shown(str(this))), does("repr", lambda this: Shown(repr(this))),
    does("==", lambda this, other: this == other, lambda mixer: mixer.anything()),
    does("!=", lambda this, other: this != other, lambda mixer: mixer.anything()),
    does("< of another kind", lambda this, other: this < other, any_value),
    does("unknown attribute", lambda this: this.nothing, text=False),
    does("private attribute", lambda this: this._private, text=False),
    does("hasattr", lambda this: (hasattr(this, "nothing"), hasattr(this, "__dict__"), callable(this))),
    does("setting what is not there", lambda this: setattr(this, "_hidden", 1), text=False),
    does("deleting what is not there", lambda this: delattr(this, "nothing"), text=False),
    does("is home again", lambda this: this is this),
]
SIZED = [does("len", len), does("iteration", lambda this: tuple(this))]
OPERATIONS = {
    "list": SIZED + [
        does("item", lambda this, key: this[key], at), does("set item", set_item, at, any_value),
        does("set slice", set_item, lambda m: slice(m.small(), None), lambda m: m.random.choice((m.some("list"), (1, 2), "ab"))),
        does("delete item", del_item, at), does("in", lambda this, item: item in this, any_value),
        does("+", lambda this, other: this + other, another("list")),
        does("+ of what is none", lambda this, other: this + other, any_value), does("*", lambda this, times: this * times, few),
        does("+=", in_place, another("list")), does("hash", hash),
        does("<", lambda this, other: this < other, another("list")), does(">=", lambda this, other: this >= other, another("list")),
        does("in batches", lambda this: tuple(buffiter(this))),
        does("sorted", lambda this: sorted(this, key=repr)),
        method("append", any_value),
        method("append", lambda mixer: mixer.random.choice(mixer.locals)),
        method("extend", lambda mixer: mixer.random.choice((mixer.some("list"), (1, 2), "ab", 5))),
        method("insert", few, any_value), method("pop"), method("pop", few), method("remove", few), method("index", few),
        method("count", few), method("reverse"), method("sort", text=False), method("sort", named={"reverse": True}, text=False), method("copy"), method("clear"),
        method("append", text=False), method("pop", few, few, text=False), method("index", any_value, few, few),
    ],
    "dict": SIZED + [
        does("item", lambda this, key: this[key], some_key), does("set item", set_item, some_key, any_value),
        does("delete item", del_item, some_key), does("in", lambda this, item: item in this, some_key),
        does("item by what is no key", lambda this, key: this[key], another("list")), does("hash", hash),
        does("|", lambda this, other: this | other, another("dict")), does("| of what is none", lambda this, other: this | other, any_value, text=False),
        does("in batches", lambda this: tuple(buffiter(this))),
        method("get", some_key), method("get", some_key, any_value), method("pop", some_key), method("pop", some_key, any_value),
        method("popitem"), method("setdefault", some_key, any_value), method("update", another("dict")), method("update", named={"k": 5}),
        method("copy"), method("clear"), method("get", text=False),
        does("keys", lambda this: tuple(this.keys())), does("values", lambda this: tuple(this.values())),
        does("items", lambda this: tuple(this.items())), does("views", lambda this, key: (key in this.keys(), len(this.items())), some_key),
    ],
    "set": [
        does("len", len), does("in", lambda this, item: item in this, some_key), does("iteration", frozenset),
        does("|", lambda this, other: frozenset(this | other), another("set")),
        does("&", lambda this, other: frozenset(this & other), another("set")),
        does("-", lambda this, other: frozenset(this - other), another("set")),
        does("^", lambda this, other: frozenset(this ^ other), another("set")),
        does("<=", lambda this, other: (this <= other, this < other, this >= other), another("set")), does("hash", hash),
        method("add", some_key), method("discard", some_key), method("remove", some_key), method("isdisjoint", another("set")),
        method("issubset", another("set")), method("update", lambda mixer: mixer.random.choice(("ab", (1, 2.5)))), method("clear"),
        method("add", another("list")), does("union", lambda this, other: frozenset(this.union(other)), another("list")),
    ],
    "Counter": [
        method("increment"), method("increment", few), method("increment", named={"by": 4}), method("increment", lambda m: m.random.choice(("x", 1.5, None, True, ()))),
        method("increment", few, few, text=False), method("increment", named={"wrong": 1}, text=False),
        does("value", lambda this: this.value), does("label", lambda this: this.label),
        does("set label", lambda this, content: setattr(this, "label", content), any_value),
        does("set value", lambda this: setattr(this, "value", 1), text=False),
        does("delete value", lambda this: delattr(this, "value"), text=False),
        does("documentation", lambda this: (this.__doc__, this.increment.__doc__)),
        does("method on its own", lambda this, by: (lambda bound: (bound(by), bound(by)))(this.increment), few),
        does("methods are equal", lambda this: this.increment == this.increment),
        does("asynchronously", lambda this, by: tuple(each.value for each in [rpyc.async_(this.increment)(by) for _ in range(3)]), few),
        does("len", len), does("item", lambda this: this[0]), does("call", lambda this: this()), does("iteration", list),
        does("of a set", lambda this: len({this, this})),
    ],
    "Vector": SIZED + [
        does("+", lambda this, other: this + other, another("Vector")), does("-", lambda this, other: this - other, another("Vector")),
        does("+ of what is none", lambda this, other: this + other, any_value), does("*", lambda this, times: this * times, few),
        does("* reflected", lambda this, times: times * this, few), does("-", lambda this: -this), does("abs", abs),
        does("int", int), does("float", float), does("index", lambda this: list(range(20))[this]), does("hash", hash),
        does("item", lambda this, key: this[key], at, text=False), does("in", lambda this, item: item in this, few),
        does("call", lambda this, *given: this(*given, k=1), any_value, any_value),
        does("==", lambda this, other: this == other, another("Vector")), does("<", lambda this, other: this < other, another("Vector")),
        does("format", "{}".format), does("divided", lambda this: this / 2),
    ],
    "Guard": [within, does("seen", lambda this: this.seen)],
    "Node": [
        does("depth", lambda this: this.depth), does("children", lambda this: this.children), method("leaves"),
        does("child", lambda this: this.children[0].depth), does("table", lambda this: this.table),
        does("one and the same", lambda this: this.table["next"] is this.children),
    ],
    "generator": [
        does("next", next), does("next or else", lambda this: next(this, "none")), does("rest", tuple),
        does("in batches", lambda this: tuple(buffiter(this))), does("iter", lambda this: iter(this) is this), does("len", len),
    ],
}
KINDS = tuple(OPERATIONS)


def called(name, *draws, named=None, text=True):
    def operation(mixer):
        arguments = [draw(mixer) for draw in draws]
        mixer.run(name, lambda root, *given: getattr(root, name)(*given, **(named or {})), *arguments, text=text)
    return operation


def any_thing(mixer):
    return mixer.anything()


def listener(mixer):
    return mixer.random.choice([each for each in mixer.locals if isinstance(each, Listener)])


def function(mixer):
    return mixer.random.choice([each for each in mixer.locals if callable(each)])


def exception_name(mixer):
    return mixer.random.choice(("ValueError", "KeyError", "IndexError", "TypeError", "StopIteration", "ZeroDivisionError",
                                "RuntimeError", "EOFError", "AssertionError", "UnicodeError", "StopAsyncIteration",
                                "Warning", "MemoryError", "NotImplementedError", "LookupError", "BufferError"))


ROOT = [
    called("echo", any_thing), called("echo", any_thing), called("pair", any_thing, any_thing), called("echo", named={"given": 5}),
    called("echo", lambda mixer: (mixer.anything(), (mixer.anything(), 1))),
    called("add", few, few), called("add", few), called("add", named={"b": 2, "a": 3}),
    called("typed", few, few), called("typed", few, named={"b": 4}), called("typed", few, lambda m: m.random.choice(("x", 1.5, None, (1,))), text=False),
    called("typed", few), called("typed"), called("typed", few, few, few), called("typed", few, named={"c": 4}),
    called("typed", few, few, named={"a": 4}), called("add", few, few, few), called("add", few, named={"wrong": 4}),
    called("divide", few, few), called("spread", any_value, any_value, named={"x": 1, "y": "z"}), called("spread"),
    called("fail", exception_name, any_value), called("fail", lambda m: m.random.choice(("OSError", "BrokenPipeError", "TimeoutError")), any_value, text=False), called("total", lambda m: m.some("Vector")),
    called("apply", function, few, few), called("apply", function, any_value, any_value), called("apply", function, few, named={"k": 3}),
    called("tell", listener, lambda mixer: mixer.random.randrange(5)), called("look", listener, lambda m: m.random.choice(("name", "nothing", "_x"))),
    called("nothing", text=False), called("_private", text=False),
    lambda mixer: mixer.run("set attribute of the root", lambda root: setattr(root, "new", 1), text=False),
    lambda mixer: mixer.run("names", lambda root: (root.get_service_name(), root.get_service_aliases())),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operations", type=int, default=3000)
    parser.add_argument("--verbose", action="store_true", default="BECKON_RPYC_VERBOSE" in os.environ)
    chosen = parser.parse_args()
    config = {"allow_public_attrs": False}
    with subprocess.Popen([sys.executable, os.path.join(HERE, "rpyc_mixed_service.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as service:
        ours = rpyc.connect("127.0.0.1", chosen.port, config=config)
        theirs = rpyc.connect("127.0.0.1", int(service.stdout.readline()), config=config)
        mixer = Mixer(ours.root, theirs.root, chosen.seed, chosen.verbose)

        def adds(*given, **named):
            return sum(given) + sum(named.values())

        def raises(*given, **named):
            raise KeyError("here")
        mixer.locals = [Listener(), Listener(KeyError("lost")), adds, raises, len]
        while mixer.count < chosen.operations:
            mixer.step()
        for connection in (ours, theirs):
            connection.close()
        service.stdin.close()
    print(f"rpyc {rpyc.__version__}, seed {chosen.seed}: {mixer.count} operations, {len(mixer.differences)} differences")
    for each in mixer.differences[:int(os.environ.get("BECKON_RPYC_SHOWN", "20"))]:
        print("  " + each.replace("\n", " "))
    if mixer.differences:
        print(f"again: rpyc_mixed.py --seed {chosen.seed} --operations {chosen.operations}; or BECKON_RPYC_SEED={chosen.seed} for the test")
    sys.exit(1 if mixer.differences else 0)


if __name__ == "__main__":
    main()
