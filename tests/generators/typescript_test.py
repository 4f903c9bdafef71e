# peer: prettier
"""TypeScript made of random IDL is what prettier leaves as it is, and passes tsc's strictest."""
import os
import shutil
import unittest

import made

PRETTIER = os.path.join(made.peer.node_modules("prettier", "prettier@3"), ".bin", "prettier")
TSC = made.peer.program("tsc")


class Typescript(made.Made):
    language = "--typescript"

    def test_stays_as_it_is(self):
        modules = [f"s{seed}{part}.ts" for seed in self.seeds for part in ("", "_schema")]
        self.run_tool(PRETTIER, "--check", "--no-config", *modules)

    def test_compiles(self):
        shutil.copy(os.path.join(made.SOURCE, "examples", "typescript_hello", "tsconfig.json"), self.folder)
        with open(os.path.join(self.folder, "package.json"), "w", encoding="utf-8") as file:
            file.write('{"type": "module"}\n')
        self.run_tool(TSC, "-p", ".", "--noEmit")


if __name__ == "__main__":
    unittest.main()
