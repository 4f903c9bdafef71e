#!/usr/bin/env python3
"""Reads every #include and fails where one points the wrong way.

The rule, which CONTRIBUTING.md explains: a row of LAYERS includes itself and rows above it. Leaves (one folder
for each transport, protocol, security provider, naming service and storage) include the core, never each other; only
service/{connect,listen,protocols}.cpp know them. What the tests of a row of leaves share stands in the row
itself (transport/*_test.hpp). generate includes base and schema alone. schema never includes schema/remcall,
and no two folders reach each other in a circle (a folder "detail" is part of the one it stands in). Tools and
examples use public headers, none of a leaf. service/ names no leaf in a text of its own outside those three and
transport_facts.cpp: what it asks of one is a field of their tables. Only io, the leaves and the programs know the operating system.

With --self-test it plants one breach of each kind in a small tree and fails unless it sees all of them.
"""
import os
import re
import sys
import tempfile

import tree

LAYERS = ["base", "schema", "value", "codec", "object", "io", "session"]
LEAF_ROWS = ["transport", "protocol", "security", "naming", "storage"]
ALL_ROWS = LAYERS + LEAF_ROWS + ["service", "generate", "testing"]
LEAF_USERS = {"src/service/connect.cpp", "src/service/listen.cpp", "src/service/protocols.cpp"}
LEAF_NAMERS = LEAF_USERS | {"src/service/transport_facts.cpp"}
# How endpoints write leaves whose folders are called otherwise.
ALIASES = {"bus", "https", "internal", "msgpack", "sealed", "signed", "wss"}
PROGRAMS = ("tools", "examples")

# Headers straight in include/beckon/: they gather what their users want in one line.
UMBRELLA = "beckon.hpp"    # the core and service
TESTING = "testing.hpp"    # the simulator, for users' tests as well as ours
# Besides these, one header for each protocol, include/beckon/PROTOCOL.hpp: the same, that one leaf, and its naming services. A
# security provider that has an API of its own has one too.

TEST_FILE = re.compile(r"_(test|test_support|fuzz|bench)\.(cpp|hpp)$")
OS_HEADER = re.compile(
    r"(sys|linux|net|netinet|arpa)/|(unistd|fcntl|poll|netdb|pthread|sched|termios|dlfcn|spawn|pwd|grp|ifaddrs)\.h$")
# A whole text, or the beginning of an endpoint's.
TEXT = re.compile(r'"([a-z]+)(?::[^"]*)?"')
COMMENT = re.compile(r"//.*")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


class Place:
    """Where a file stands: its row (or "top" for a header straight in include/beckon), leaf and folder."""

    def __init__(self, path):
        self.path = path
        parts = path.split("/")
        parts = parts[2:] if parts[:2] == ["include", "beckon"] else parts[1:]
        self.folder = "/".join(part for part in parts[:-1] if part != "detail")
        self.row = parts[0] if len(parts) > 1 else "top"
        self.leaf = "/".join(parts[:2]) if self.row in LEAF_ROWS and len(parts) > 2 else ""
        self.name = parts[-1]
        self.is_test = bool(TEST_FILE.search(self.name))
        self.shared_by_tests_of = self.row if self.row in LEAF_ROWS and not self.leaf and self.is_test else ""


def why_not(source, target):
    """The reason why source may not include target, or nothing."""
    if target.row == "top":
        return why_not_gathered(source, target)
    if source.row == "testing" or target.row == "testing":
        # The simulator stands on everything, and nothing stands on it.
        allowed = source.row == "testing" and target.row != "generate"
        return "" if allowed else "the simulator is for tests: no layer needs testing"
    if target.row in LEAF_ROWS:
        own = source.leaf and source.leaf == target.leaf
        suite = source.shared_by_tests_of or (source.is_test and target.shared_by_tests_of)
        if own or (suite and source.row == target.row):
            return ""
        if source.leaf:
            return f"{source.leaf} and {target.leaf or target.row} are leaves, and leaves never meet"
        return f"{target.leaf or target.row} is a leaf; only service/{{connect,listen,protocols}}.cpp know leaves"
    if source.row == "generate" or target.row == "generate":
        allowed = source.row == target.row or (source.row == "generate" and target.row in ("base", "schema"))
        return "" if allowed else "generate needs base and schema alone, and no layer needs generate"
    if source.row in LAYERS and (target.row not in LAYERS or LAYERS.index(target.row) > LAYERS.index(source.row)):
        return f"{source.row} is above {target.row}: a row includes only rows above it"
    if source.row in LEAF_ROWS and target.row not in LAYERS:
        return f"{source.leaf or source.row} is a leaf: it includes the rows base to session"
    if source.row == "schema" and target.folder == "schema/remcall" != source.folder:
        return "schema may not include schema/remcall, which builds on it"
    return ""


def why_not_gathered(source, target):
    if source.row == "top" or (source.row in ("service", "testing") and source.is_test):
        return ""
    if target.name == TESTING and source.row == "session" and source.is_test:
        return ""
    return f"beckon/{target.name} gathers the layers for users; include the headers that are meant"


def why_not_from_top(source, target, protocols):
    """A gathering header may include the rows base to session and service; a protocol's own its leaf too, and its naming."""
    if target.row in LAYERS + ["service", "top"]:
        return ""
    if source.name == TESTING and target.row == "testing":
        return ""
    stem = source.name.removesuffix(".hpp")
    if stem in protocols and (target.leaf in (f"protocol/{stem}", f"security/{stem}") or (target.leaf or "").startswith(f"naming/{stem}_")):
        return ""
    return f"beckon/{source.name} may not bring {target.leaf or target.row} to everybody who includes it"


def check(root):
    """Returns the breaches and how many includes were read."""
    files = [path for path in tree.all_files(root) if path.endswith(tree.CPP)]
    known = set(files)
    protocols = {path.split("/")[-2] for path in files if re.match(r"(src|include/beckon)/(protocol|security)/[^/]+/[^/]+$", path)}
    leaves = ALIASES | {path.split("/")[-2] for path in files if re.match(r"src/(transport|protocol|security)/[^/]+/[^/]+$", path)}
    breaches, edges, read = [], {}, 0
    for path in files:
        top = path.split("/")[0]
        text = tree.read(root, path)
        for found in INCLUDE.finditer(text):
            read += 1
            where = f"{path}:{text.count(chr(10), 0, found.start()) + 1}: "
            written = found.group(2)
            if written.startswith("../") or "/../" in written:
                breaches.append(where + f"{written}: write the path from include/ or src/, never ../")
            elif top in ("include", "src") + PROGRAMS:
                reason, target = judge(path, found.group(1), written, known, protocols)
                if reason:
                    breaches.append(where + f"{written}: {reason}")
                elif target:
                    note_edge(edges, Place(path), target, f"{path} includes {written}")
        if top in ("include", "src"):
            breaches += misplaced(path, protocols)
            breaches += named_leaves(path, text, leaves)
    breaches += circles(edges)
    return breaches, read


def named_leaves(path, text, leaves):
    """What decides by a leaf's name, in service/: a new leaf would have to be added there too."""
    place = Place(path)
    if place.row != "service" or place.is_test or path in LEAF_NAMERS:
        return []
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for name in TEXT.findall(COMMENT.sub("", line)):
            if name in leaves and "#include" not in line:
                found.append(f'{path}:{number}: "{name}" is a leaf; what is to be known of it is a field in a table of '
                             "protocols.cpp or transport_facts.cpp")
    return found


def misplaced(path, protocols):
    place = Place(path)
    gathers = place.name in (UMBRELLA, TESTING) or place.name.removesuffix(".hpp") in protocols
    if place.row == "top" and not gathers:
        return [f"{path}:1: only {UMBRELLA}, {TESTING} and one header for each protocol stand outside the layers"]
    if place.row != "top" and place.row not in ALL_ROWS:
        return [f"{path}:1: {place.row} is no layer of the table"]
    if place.row in LEAF_ROWS and not place.leaf and not place.shared_by_tests_of:
        return [f"{path}:1: each leaf has a folder of its own below {place.row}"]
    return []


def judge(path, bracket, written, known, protocols):
    """The reason against one include, if any, and where it leads when that is a file of ours."""
    source = Place(path)
    is_program = path.split("/")[0] in PROGRAMS
    if bracket == "<" and not written.startswith("beckon/"):
        knows_system = is_program or source.row == "io" or source.row in LEAF_ROWS
        stranger = OS_HEADER.match(written) and not knows_system
        return "only io, the leaves and the programs know the operating system" if stranger else "", None
    public = f"include/{written}" in known
    if is_program and not public:
        return why_private(path, written, known), None
    if not public and f"src/{written}" not in known:
        return "no such file below include/ or src/", None
    if not public and path.startswith("include/"):
        return "a public header may not include a private one", None
    target = Place(f"include/{written}" if public else f"src/{written}")
    if is_program:
        leaf = target.row in LEAF_ROWS
        return "programs name leaves by endpoint URL, or include the protocol's own header" if leaf else "", None
    if source.row == "top":
        return why_not_from_top(source, target, protocols), None
    if path in LEAF_USERS and target.leaf:
        return "", None
    return why_not(source, target), target


def note_edge(edges, source, target, told):
    # What the tests of a row share includes leaves, and their tests include it: no circle of the library.
    if source.is_test and source.row in LEAF_ROWS:
        return
    if source.folder != target.folder and "top" not in (source.row, target.row):
        edges.setdefault(source.folder, {}).setdefault(target.folder, told)


def why_private(path, written, known):
    """Programs include public headers and their own; what a generator makes is nobody's file yet."""
    own = [f"{os.path.dirname(path)}/{written}", f"{'/'.join(path.split('/')[:2])}/{written}", f"tools/{written}"]
    if f"src/{written}" in known and not any(place in known for place in own):
        return "tools and examples use public headers"
    return ""


def circles(edges):
    """One line for each circle of folders, told by one include of each of its steps."""
    found, seen, done = [], set(), set()

    def visit(folder, trail):
        if folder in trail:
            circle = trail[trail.index(folder):]
            if frozenset(circle) not in seen:
                seen.add(frozenset(circle))
                steps = [edges[a][b] for a, b in zip(circle, circle[1:] + circle[:1])]
                found.append("folders in a circle: " + "; ".join(steps))
            return
        if folder in done:
            return
        for target in edges.get(folder, {}):
            visit(target, trail + [folder])
        done.add(folder)

    for folder in sorted(edges):
        visit(folder, [])
    return found


# Each case: a file, what it includes, and a part of the breach that must be seen ("" where it is allowed).
CASES = [
    ("src/base/up.cpp", '"beckon/schema/schema.hpp"', "base is above schema"),
    ("include/beckon/schema/back.hpp", '"beckon/session/session.hpp"', "schema is above session"),
    ("src/session/deep.cpp", "<beckon/transport/tcp/tcp.hpp>", "is a leaf; only"),
    ("src/session/imitated.cpp", '"beckon/testing/world.hpp"', "the simulator is for tests"),
    ("src/session/imitated_fuzz.cpp", '"beckon/testing.hpp"', ""),
    ("src/session/imitation.cpp", '"beckon/testing.hpp"', "gathers the layers"),
    ("src/session/private.cpp", '"transport/tcp/private.hpp"', "is a leaf; only"),
    ("src/transport/tcp/other.cpp", '"beckon/protocol/native/native.hpp"', "leaves never meet"),
    ("src/transport/tcp/twin.cpp", '"beckon/transport/unix/unix.hpp"', "leaves never meet"),
    ("src/protocol/native/serve.cpp", '"beckon/service/server.hpp"', "is a leaf: it includes"),
    ("src/service/server.cpp", '"beckon/transport/tcp/tcp.hpp"', "is a leaf; only"),
    ("src/transport/suite_test.hpp", '"beckon/transport/tcp/tcp.hpp"', ""),
    ("src/transport/tcp/tcp_test.cpp", '"transport/suite_test.hpp"', ""),
    ("src/transport/tcp/tcp.cpp", '"transport/suite_test.hpp"', "leaves never meet"),
    ("src/protocol/native/native_test.cpp", '"transport/suite_test.hpp"', "leaves never meet"),
    ("src/transport/tcp/twin_test.cpp", '"beckon/transport/unix/unix.hpp"', "leaves never meet"),
    ("src/service/connect.cpp", '"beckon/transport/tcp/tcp.hpp"', ""),
    ("src/storage/sqlite/store.cpp", '"beckon/session/session.hpp"', ""),
    ("src/session/stored.cpp", '"beckon/storage/sqlite/store.hpp"', "is a leaf; only"),
    ("src/service/plain.cpp", '"beckon/session/session.hpp"', ""),
    ("src/service/server_test.cpp", '"beckon/beckon.hpp"', ""),
    ("src/generate/cpp.cpp", '"beckon/value/value.hpp"', "generate needs base and schema alone"),
    ("src/generate/good.cpp", '"beckon/schema/remcall/names.hpp"', ""),
    ("src/session/makes.cpp", '"beckon/generate/cpp.hpp"', "no layer needs generate"),
    ("src/schema/down.cpp", '"beckon/schema/remcall/names.hpp"', "which builds on it"),
    ("src/schema/remcall/up.cpp", '"beckon/schema/schema.hpp"', ""),
    ("src/object/all.cpp", '"beckon/beckon.hpp"', "gathers the layers"),
    ("src/io/dots.cpp", '"../base/up.hpp"', "never ../"),
    ("src/io/nothing.cpp", '"io/absent.hpp"', "no such file"),
    ("src/io/system.cpp", "<sys/epoll.h>", ""),
    ("src/value/system.cpp", "<unistd.h>", "know the operating system"),
    ("include/beckon/io/leak.hpp", '"session/secret.hpp"', "may not include a private one"),
    ("include/beckon/beckon.hpp", '"beckon/service/server.hpp"', ""),
    ("include/beckon/testing.hpp", '"beckon/protocol/native/native.hpp"', "to everybody who includes it"),
    ("include/beckon/native.hpp", '"beckon/protocol/native/native.hpp"', ""),
    ("include/beckon/stray.hpp", "<string>", "stand outside the layers"),
    ("src/extra/new.cpp", "<string>", "no layer of the table"),
    ("src/transport/loose.cpp", "<string>", "a folder of its own"),
    ("tools/beckon/inside.cpp", '"session/secret.hpp"', "use public headers"),
    ("examples/hello/leaf.cpp", '"beckon/transport/tcp/tcp.hpp"', "by endpoint URL"),
    ("examples/hello/main.cpp", "<beckon/beckon.hpp>", ""),
    ("examples/hello/generated.cpp", '"conformance.hpp"', ""),
    ("src/value/plain.cpp", '"value/detail/part.hpp"', ""),
    ("src/value/detail/part.hpp", '"beckon/value/value.hpp"', ""),
    ("src/io/deep/down.hpp", '"io/wide/side.hpp"', "folders in a circle"),
    ("src/io/wide/side.hpp", '"io/deep/down.hpp"', "folders in a circle"),
]
# The same for lines that are no includes.
LINES = [
    ("src/service/knowing.cpp", 'if (where.transport == "tcp") return;', '"tcp" is a leaf'),
    ("src/service/guessing.cpp", 'if (text.starts_with("wss:")) return;', '"wss" is a leaf'),
    ("src/service/telling.cpp", 'fail("tcp can do that"); // as "tcp" does', ""),
    ("src/service/listen.cpp", 'if (where.transport == "tcp") return;', ""),
    ("src/session/unaware.cpp", 'name = "tcp";', ""),
]
TARGETS = ["beckon/schema/schema.hpp", "beckon/session/session.hpp", "beckon/transport/tcp/tcp.hpp",
           "beckon/transport/unix/unix.hpp", "beckon/protocol/native/native.hpp", "beckon/service/server.hpp",
           "beckon/value/value.hpp", "beckon/schema/remcall/names.hpp", "beckon/generate/cpp.hpp",
           "beckon/testing/world.hpp", "beckon/storage/sqlite/store.hpp"]


def self_test():
    with tempfile.TemporaryDirectory() as root:
        lines = {f"include/{target}": [] for target in TARGETS}
        lines |= {"src/session/secret.hpp": [], "src/transport/tcp/private.hpp": []}
        for path, include, _ in CASES:
            lines.setdefault(path, []).append(f"#include {include}")
        for path, line, _ in LINES:
            lines.setdefault(path, []).append(line)
        for path, content in lines.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write("\n".join(content) + "\n")
        breaches, _ = check(root)
    wrong = []
    for path, include, expected in CASES + LINES:
        seen = [breach for breach in breaches
                if breach.startswith(path + ":") or (breach.startswith("folders in a circle") and path in breach)]
        if expected and not any(expected in breach for breach in seen):
            wrong.append(f"{path} with {include}: expected {expected!r}, found {seen}")
        if not expected and seen:
            wrong.append(f"{path} with {include}: expected nothing, found {seen}")
    return tree.report("layers --self-test", wrong, f"{len(CASES + LINES)} planted lines judged as they should be")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = sys.argv[1] if sys.argv[1:] else tree.ROOT
    breaches, read = check(root)
    return tree.report("layers", breaches, f"{read} includes point the right way")


if __name__ == "__main__":
    sys.exit(main())
