# peer: typescript
"""The native codec's vectors, what sessions promise, and peers that break the rules: programs in TypeScript, run by Node."""
import unittest

import generated


class Programs(unittest.TestCase):
    def assert_goes_well(self, program, least):
        status, output = generated.node(program)
        self.assertEqual(status, 0, output)
        self.assertNotIn("failed", output)
        self.assertGreaterEqual(output.count("ok "), least, output)

    def test_vectors(self):
        self.assert_goes_well("vectors.js", 9)

    def test_sessions(self):
        self.assert_goes_well("sessions.js", 20)

    def test_versions(self):
        self.assert_goes_well("versions.js", 5)

    def test_hostile_peers(self):
        self.assert_goes_well("hostile.js", 8)

    def test_websockets(self):
        self.assert_goes_well("websockets.js", 5)


if __name__ == "__main__":
    unittest.main()
