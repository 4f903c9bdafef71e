# peer: typescript
"""A TypeScript server in Node and chance."""
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
FOUND = subprocess.run([sys.executable, os.path.join(HERE, "generated.py")], stdout=subprocess.PIPE, text=True)
if FOUND.returncode != 0:
    print(FOUND.stdout)
    sys.exit(FOUND.returncode)
FOLDER = FOUND.stdout.split()[-1]
sys.path[0] = os.path.join(os.path.dirname(HERE), "python")  # modules there have the names of some here
import chance  # noqa: E402


class OfTypeScript(chance.Chance):
    def serve(self):
        process = subprocess.Popen(["node", os.path.join(FOLDER, "server.js"), "tcp://127.0.0.1:0"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)

        def end():
            process.stdin.close()
            self.assertEqual(process.wait(60), 0)
            process.stdout.close()

        self.addCleanup(end)
        return process.stdout.readline().split()[-1], process.pid


if __name__ == "__main__":
    unittest.main()
