# peer: mono
"""C# made of random IDL compiles with mcs."""
import glob
import os
import unittest

import made

MCS = made.peer.program("mcs")


class Csharp(made.Made):
    language = "--csharp"

    def test_compiles(self):
        sources = glob.glob(os.path.join(self.folder, "**", "*.cs"), recursive=True)
        self.run_tool(MCS, "-target:library", "-out:made.dll", "-r:System.Numerics.dll", *sources)


if __name__ == "__main__":
    unittest.main()
