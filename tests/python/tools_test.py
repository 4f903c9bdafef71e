# peer: mypy
"""What `beckon compile --python` makes, and the runtime, as their readers' tools see them: mypy --strict has no complaint."""
import os
import subprocess
import sys
import unittest

import generated

sys.path.insert(0, os.path.join(generated.SOURCE, "tests", "interop"))
import peer  # noqa: E402

PYTHON = peer.python_with("mypy", "mypy")
TRAPS = os.path.join(generated.SOURCE, "src", "generate", "testdata", "traps.bk")
EXAMPLE = os.path.join(generated.SOURCE, "examples", "python_hello")
WRONG = """import beckon
from conformance import Conformance, Counter
def use(service: Conformance, counter: Counter) -> None:
    service.add("2", 3)
    text: int = service.whoami()
    beckon.submit(service.add, 2, "3")
    counter.increment(1).real
    beckon.pipelined(service.make_counter, 5).decrement(1)
"""


class Types(unittest.TestCase):
    def mypy(self, *words):
        done = subprocess.run([PYTHON, "-m", "mypy", "--strict", "--cache-dir=.mypy", *words], cwd=generated.FOLDER,
                              capture_output=True, text=True)
        return done.returncode, done.stdout

    def test_are_right_in_what_is_generated_and_in_the_runtime(self):
        generated.compile_idl(TRAPS)
        generated.compile_idl(os.path.join(EXAMPLE, "hello.bk"))
        programs = [os.path.join(EXAMPLE, name) for name in ("server.py", "client.py", "async_client.py")]
        status, output = self.mypy("conformance", "traps", "beckon", *programs)
        self.assertEqual(status, 0, output)

    def test_show_wrong_uses(self):
        with open(os.path.join(generated.FOLDER, "wrong.py"), "w", encoding="utf-8") as file:
            file.write(WRONG)
        _, output = self.mypy("wrong.py")
        lines = sorted({int(line.split(":")[1]) for line in output.splitlines() if ": error:" in line})
        self.assertEqual(lines, [4, 5, 6, 8], output)


if __name__ == "__main__":
    unittest.main()
