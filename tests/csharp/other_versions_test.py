# peer: mono
"""C# callers and other versions of their interfaces, which Python serves: what can talk does, both ways; what cannot says why."""
import os
import unittest

import csharp
import versions_test

BROKEN = versions_test.BROKEN
CLIENTS = """
using System;
using System.Collections.Generic;
using Beckon;

internal static class Broken
{
    public static readonly Dictionary<string, Action<Session>> Clients = new Dictionary<string, Action<Session>>
    {
%s    };
}
"""


class OtherVersions(unittest.TestCase):
    def serve(self, package):
        server = versions_test.beckon.Server({"office": versions_test.office_of(package)})
        self.addCleanup(server.close)
        return server.listen("tcp://127.0.0.1:0")

    def build(self):
        versions = {"old": versions_test.OLD, "new": versions_test.NEW, **{name: idl for name, (idl, _) in BROKEN.items()}}
        for name, idl in versions.items():
            path = os.path.join(csharp.FOLDER, f"{name}_version.bk")
            with open(path, "w", encoding="utf-8") as file:
                file.write(idl)
            folder = csharp.generate(path, "versions")
        rows = "".join(f'        {{ "{name}", session => session.Get<{name.capitalize()}Version.IOffice>("office") }},\n' for name in BROKEN)
        with open(os.path.join(folder, "Broken.cs"), "w", encoding="utf-8") as file:
            file.write(CLIENTS % rows)
        return csharp.build("OtherVersions.exe", folder, *csharp.here("OtherVersions.cs", "Check.cs"))

    def test_are_compared(self):
        words = [self.serve(versions_test.old), self.serve(versions_test.new)]
        for name, (_, why) in BROKEN.items():
            words += [name, self.serve(__import__(name)), f"another version of Office: .*{why}"]
        for number, content in enumerate(versions_test.UNREADABLE):
            versions_test.generated.compile_text(f"liar{number}", versions_test.OLD)
            liar = __import__(f"liar{number}")
            liar.Office._beckon_interface_.description = content
            liar.Office._beckon_interface_.digest = bytes(32)
            words += ["unreadable", self.serve(liar), "has a schema that cannot be read: .*schema: "]
        lines = csharp.run(self.build(), *words)
        self.assertEqual([line for line in lines if not line.startswith("ok ")], [])
        self.assertEqual(len(lines), 4 + 2 * len(BROKEN) + len(versions_test.UNREADABLE))


if __name__ == "__main__":
    unittest.main()
