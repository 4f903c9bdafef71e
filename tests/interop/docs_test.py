"""Checks the pages against the tree: every C++ block is text of a compiled example, every link leads somewhere.

A block of C++ or C# has a line before it that names its source:

    <!-- from examples/hello/main.cpp -->

Its lines stand in that file, in this order and next to each other, whatever their indentation; a line `// ...` stands for any
number of lines. A block that is not from an example says why: <!-- not compiled: REASON -->. Python, TypeScript, shell and plain text
are compared where they name a source.
"""
import os
import re
import sys
import tempfile

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
FROM = re.compile(r"<!-- from (\S+) -->\n\Z")
EXCUSED = re.compile(r"<!-- not compiled: .+ -->\n\Z")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
NAMED_AT_WILL = ("python", "ts", "sh", "text")  # compared where they name their source
KEPT_AS_WRITTEN = ("docs/wire/",)  # pages about other people's protocols: their links only


def lines_of(text):
    return [line.strip() for line in text.strip("\n").split("\n")]


def find_run(wanted, lines, start):
    for at in range(start, len(lines) - len(wanted) + 1):
        if lines[at:at + len(wanted)] == wanted:
            return at + len(wanted)
    return None


def missing_in(block, source):
    """The first line of a run that does not stand in the source, or nothing."""
    at, run = 0, []
    for line in lines_of(block) + ["// ..."]:
        if line != "// ...":
            run.append(line)
            continue
        if run:
            found = find_run(run, source, at)
            if found is None:
                return run[0]
            at, run = found, []
    return ""


def check_page(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = file.read()
    wrong, blocks = [], 0
    for found in BLOCK.finditer(text):
        is_named = found.group(1) in NAMED_AT_WILL and FROM.search(text[:found.start()])
        if not (found.group(1) in ("cpp", "c++", "csharp") or is_named) or path.startswith(KEPT_AS_WRITTEN):
            continue
        where = f"{path}:{text.count(chr(10), 0, found.start()) + 1}"
        before = text[:found.start()]
        if EXCUSED.search(before):
            continue
        named = FROM.search(before)
        if not named:
            wrong.append(f"{where}: expected <!-- from FILE --> before a block of code")
            continue
        source = os.path.join(root, named.group(1))
        if not os.path.exists(source):
            wrong.append(f"{where}: there is no {named.group(1)}")
            continue
        with open(source, encoding="utf-8") as file:
            missing = missing_in(found.group(2), lines_of(file.read()))
        if missing:
            wrong.append(f"{where}: {named.group(1)} has no such lines, from: {missing}")
        blocks += 1
    prose = BLOCK.sub("", text)
    for found in LINK.finditer(prose):
        target = found.group(1)
        if "://" not in target and not os.path.exists(os.path.join(root, os.path.dirname(path), target)):
            wrong.append(f"{path}: the link {target} leads nowhere")
    return wrong, blocks


def pages(root):
    found = [name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md") if os.path.exists(os.path.join(root, name))]
    for folder, _, files in os.walk(os.path.join(root, "docs")):
        found += [os.path.relpath(os.path.join(folder, name), root) for name in sorted(files) if name.endswith(".md")]
    return found


def check(root):
    wrong, blocks = [], 0
    for path in pages(root):
        found, counted = check_page(root, path)
        wrong += found
        blocks += counted
    return wrong, blocks


PLANTED = [
    ("<!-- from a.cpp -->\n```cpp\nint a;\n// ...\nint c;\n```\n", ""),
    ("<!-- from a.cpp -->\n```cpp\n    int a;\n    int b;\n```\n", ""),
    ("<!-- from a.cpp -->\n```cpp\nint a;\nint c;\n```\n", "no such lines"),
    ("<!-- from a.cpp -->\n```cpp\nint c;\n// ...\nint a;\n```\n", "no such lines"),
    ("<!-- from b.cpp -->\n```cpp\nint a;\n```\n", "there is no b.cpp"),
    ("```cpp\nint a;\n```\n", "expected <!-- from"),
    ("```csharp\nint a;\n```\n", "expected <!-- from"),
    ("<!-- not compiled: a sketch -->\n```cpp\nint z;\n```\n", ""),
    ("see [there](nowhere.md)\n", "leads nowhere"),
    ("see [there](README.md#top) and [afar](https://example.org/x)\n", ""),
]


def self_test():
    wrong = []
    for page, expected in PLANTED:
        with tempfile.TemporaryDirectory() as root:
            for name, content in (("a.cpp", "int a;\n  int b;\nint c;\n"), ("README.md", page)):
                with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                    file.write(content)
            found, _ = check(root)
        if bool(found) != bool(expected) or (expected and expected not in found[0]):
            wrong.append(f"planted {page!r}: expected {expected!r}, found {found}")
    return wrong


def main():
    wrong, blocks = check(os.environ["BECKON_SOURCE_DIR"])
    wrong += self_test()
    for each in wrong:
        print(each)
    print(f"{blocks} blocks of code compared with their sources, {len(wrong)} faults")
    return 1 if wrong or blocks == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
