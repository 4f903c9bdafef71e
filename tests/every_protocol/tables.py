"""Runs clients of the conformance service, and makes tables of what they saw: docs/protocols.md has them.

BECKON_WRITE_TABLES=1 writes what was found into the page, in place of comparing.
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), name) for name in ("interop", "command")]
import command  # noqa: E402: found by the line above
from conversation import METHODS  # noqa: E402

PAGE = os.path.join(command.SOURCE, "docs", "protocols.md")
DRIVER = os.path.join(command.BUILD, "matrix_cpp_client")


class Seen:
    """What one client said of each method."""

    def __init__(self, words, environment=None, within=60):
        try:
            done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=within,
                                  env=os.environ | (environment or {}))
            output, errors = done.stdout, done.stderr
        except subprocess.TimeoutExpired as late:
            output, errors = (late.stdout or b"").decode(), f"it did not end within {within} s"
        self.by_method = {}
        for line in output.splitlines():
            said, _, rest = line.partition(" ")
            method, _, why = rest.partition(": ")
            self.by_method[method] = (said, why)
        self.complaints = [f"{method}: {why}" for method, (said, why) in self.by_method.items() if said == "failed"]
        if errors or METHODS[-1] not in self.by_method:  # which all of them call last
            self.complaints.append(f"it ended behind {list(self.by_method)[-1:]}, and said {errors[-500:]!r}")

    def methods(self, said):
        """Those of which it said that; what it did not speak of is not there for it."""
        return [method for method in METHODS if self.by_method.get(method, ("refused",))[0] == said]

    def count(self):
        return f"{len(self.methods('ok'))} of {len(METHODS)}"


def lines_of(header, rows):
    return ["| " + " | ".join(header) + " |", "|---" * len(header) + "|",
            *("| " + " | ".join(row) + " |" for row in rows)]


def expect_in_page(test, name, table):
    """The table behind the comment `<!-- table: NAME -->`, or, where the tables are to be written, there from now on."""
    mark = f"<!-- table: {name} -->"
    with open(PAGE, encoding="utf-8") as file:
        lines = file.read().splitlines()
    begin = lines.index(mark) + 1
    end = begin
    while end < len(lines) and lines[end].startswith("|"):
        end += 1
    if os.environ.get("BECKON_WRITE_TABLES") == "1":
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write("\n".join(lines[:begin] + table + lines[end:]) + "\n")
        return
    test.assertEqual(lines[begin:end], table)
