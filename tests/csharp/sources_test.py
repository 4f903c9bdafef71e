# peer: mono
"""What `beckon compile --csharp` makes of every kind of schema is compiled without a warning; wrong uses are not."""
import os
import subprocess
import unittest

import csharp

TRAPS = os.path.join(csharp.SOURCE, "src", "generate", "testdata", "traps.bk")
WRONG = """using System.Threading.Tasks;
using Conformance;
internal static class Wrong
{
    public static void Use(IConformance service, ICounter counter)
    {
        service.Add("2", 3);
        int number = service.Whoami();
        counter.Decrement(1);
        Task<string> task = service.AddAsync(2, 3);
        service.CallBack(counter, 1);
    }
}
internal sealed class Lacking : CounterServant
{
    public override long Value() => 1;
}
"""


class Sources(unittest.TestCase):
    def test_of_a_schema_full_of_traps_are_compiled(self):
        csharp.build("traps.dll", csharp.generate(TRAPS, "traps"), target="library")

    def test_with_remcalls_names_are_compiled(self):
        for path in (csharp.CONFORMANCE, TRAPS):
            name = os.path.basename(path)
            folder = csharp.generate(path, f"remcall-{name}", "--naming", "remcall", "--namespace", "Remcall.Generated")
            csharp.build(f"remcall-{name}.dll", folder, target="library")

    def test_of_two_schemas_stand_beside_each_other(self):
        folder = csharp.generate(csharp.CONFORMANCE, "both")
        csharp.generate(TRAPS, "both")
        csharp.build("both.dll", folder, target="library")

    def test_of_tuples_longer_than_those_of_csharp_are_compiled(self):
        held = ", ".join(["int8"] * 17)
        folder = csharp.generate_text("long", f"record R {{ tuple<{held}> a; tuple<string> b; optional<tuple<int8, bool>> c; }}")
        csharp.build("long.dll", folder, target="library")

    def test_show_wrong_uses(self):
        folder = csharp.generate(csharp.CONFORMANCE, "wrong")
        path = os.path.join(csharp.FOLDER, "Wrong.cs")
        with open(path, "w", encoding="utf-8") as file:
            file.write(WRONG)
        done = subprocess.run([csharp.MCS, "-langversion:7", "-target:library", "-r:System.Numerics", f"-recurse:{folder}/*.cs",
                               f"-out:{path}.dll", path], capture_output=True, text=True)
        said = [line for line in (done.stdout + done.stderr).splitlines() if "Wrong.cs(" in line and ": error" in line]
        self.assertEqual(sorted({int(line.split("(")[1].split(",")[0]) for line in said}), [7, 8, 9, 10, 11, 14], said)

    def test_are_read_on_standard_output(self):
        done = subprocess.run([csharp.COMMAND, "compile", csharp.CONFORMANCE, "--csharp", "-o", "-"], capture_output=True, text=True)
        self.assertIn("public interface IConformance : Beckon.IObject\n", done.stdout)

    def test_naming_is_for_csharp(self):
        done = subprocess.run([csharp.COMMAND, "compile", csharp.CONFORMANCE, "--cpp", "--naming", "remcall", "-o", "-"],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (2, "beckon: invalid_argument: --naming is for --csharp\n"))


if __name__ == "__main__":
    unittest.main()
