# peer: black
"""Python made of random IDL is what Black leaves as it is, passes mypy's strictest, and can be imported."""
import sys
import unittest

import made

BLACK = made.peer.python_with("black", "black")
MYPY = made.peer.program("mypy")


class Python(made.Made):
    language = "--python"

    def packages(self):
        return [f"s{seed}" for seed in self.seeds]

    def test_stays_as_it_is(self):
        self.run_tool(BLACK, "-m", "black", "--check", "--diff", *self.packages())

    def test_passes_mypy(self):
        self.run_tool(MYPY, "--strict", "--cache-dir", self.folder + "/cache", *self.packages())

    def test_can_be_imported(self):
        self.run_tool(sys.executable, "-B", "-c", "import " + ", ".join(self.packages()))


if __name__ == "__main__":
    unittest.main()
