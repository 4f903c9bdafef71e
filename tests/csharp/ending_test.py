# peer: mono
"""A program whose handler ends it is gone: Mono waits for two minutes where threads wait together, or finalizers for locks."""
import subprocess
import unittest

import csharp

LEFT = 3
AT_ONCE = 25  # seconds, beside 40 and 120


class Ending(unittest.TestCase):
    def test_a_handler_may_end_the_program(self):
        folder = csharp.generate_text("house", "interface House { void meet(); void leave(); }")
        program = csharp.build("Ending.exe", folder, *csharp.here("Ending.cs"))
        with subprocess.Popen([csharp.MONO, program]) as running:
            try:
                self.assertEqual(running.wait(AT_ONCE), LEFT)
            finally:
                running.kill()


if __name__ == "__main__":
    unittest.main()
