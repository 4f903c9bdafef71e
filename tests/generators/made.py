"""What `beckon compile` makes of random IDL, for the tests of this folder."""
import os
import subprocess
import sys
import tempfile
import unittest

import random_idl

SOURCE = os.environ.get("BECKON_SOURCE_DIR", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BUILD = os.environ.get("BECKON_BUILD_DIR", os.path.join(SOURCE, "build", "release"))
COMMAND = os.path.join(BUILD, "beckon")
sys.path.insert(0, os.path.join(SOURCE, "tests", "interop"))
import peer  # noqa: E402

if not os.access(COMMAND, os.X_OK):
    print("skipped: the command beckon is not built")
    sys.exit(peer.SKIPPED)


class Made(unittest.TestCase):
    """Derive from this, name the language, and look into `folder`: what is made of the IDL `s1`, `s2` and so on."""

    language = ""
    seeds = range(1, int(os.environ.get("BECKON_IDL_SEEDS", "4")) + 1)

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = os.path.join(holder.name, "made")
        for seed in self.seeds:
            self.compile(f"s{seed}", random_idl.make(seed), holder.name)

    def compile(self, name, text, above):
        path = os.path.join(above, name + ".bk")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.run_tool(COMMAND, "compile", path, self.language, "-o", self.folder)

    def run_tool(self, *words):
        done = subprocess.run(words, cwd=self.folder if os.path.isdir(self.folder) else None, capture_output=True,
                              text=True, timeout=300)
        self.assertEqual(done.returncode, 0, f"seeds {list(self.seeds)}: {done.stdout[-4000:]}{done.stderr[-4000:]}")
        return done.stdout
