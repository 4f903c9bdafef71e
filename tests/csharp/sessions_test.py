# peer: mono
"""What sessions of the C# runtime promise beside the conformance service: options, errors, references, life."""
import os
import unittest

import csharp


class Sessions(unittest.TestCase):
    def test_keep_their_promises(self):
        folder = csharp.generate(os.path.join(csharp.HERE, "office.bk"), "office")
        program = csharp.build("Sessions.exe", folder, *csharp.here("Sessions.cs", "SessionStreams.cs", "Office.cs", "Check.cs"))
        lines = csharp.run(program)
        self.assertEqual([line for line in lines if not line.startswith("ok ")], [])
        self.assertGreater(len(lines), 25)


if __name__ == "__main__":
    unittest.main()
