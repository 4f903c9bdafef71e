# peer: black
"""Black has nothing to change in what `beckon compile --python` makes, nor in the runtime."""
import os
import subprocess
import sys
import unittest

import generated

sys.path.insert(0, os.path.join(generated.SOURCE, "tests", "interop"))
import peer  # noqa: E402

PYTHON = peer.python_with("black", "black")
TRAPS = os.path.join(generated.SOURCE, "src", "generate", "testdata", "traps.bk")


class Black(unittest.TestCase):
    def test_leaves_everything_as_it_is(self):
        generated.compile_idl(TRAPS)
        done = subprocess.run([PYTHON, "-m", "black", "--check", "--diff", "conformance", "traps", "beckon"],
                              cwd=generated.FOLDER, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
