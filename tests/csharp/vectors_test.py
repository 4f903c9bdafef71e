# peer: mono
"""The native codec's vectors, src/codec/native/vectors.json, through generated C#: values, and bytes both ways."""
import json
import os
import re
import unittest

import csharp

RECORDS = """
enum Mood { calm, busy, broken = 7 }
record Point { float64 x; float64 y; }
record Item { string name; int64 count; list<string> tags; optional<Point> at; Mood mood; }
record Tree { string label; list<Tree> branches; }
record LaterSettings {
  string name; int32 retries = 3; float32 factor = 0.5; list<float64> weights = [1, 2.5];
  optional<string> note = null; Mood mood = busy; duration pause = 250ms;
}
record Everything {
  bool flag; int8 i8; uint8 u8; int16 i16; uint16 u16; int32 i32; uint32 u32; int64 i64; uint64 u64;
  float32 f32; float64 f64; string text; bytes raw; date day; time clock; datetime moment;
  duration length; any free;
}
interface Counter { int64 increment(int64 by); }
"""
OTHERS = ["cut short", "changed", "counts without bytes", "depth", "nodes", "records of other versions", "same keys",
          "nothing but values of the type is written"]
ABSTRACT = re.compile(r"public abstract (.+) (V\d+)\((.+) value\);")


class Vectors(unittest.TestCase):
    maxDiff = None

    def test_are_read_as_the_value_and_written_as_the_bytes(self):
        with open(os.path.join(csharp.SOURCE, "src", "codec", "native", "vectors.json"), encoding="utf-8") as file:
            vectors = json.load(file)
        # A method for each gives back what it gets.
        methods = "".join(f"{each['type']} v{number}({each['type']} value);" for number, each in enumerate(vectors))
        folder = csharp.generate_text("samples", f"{RECORDS} interface Vectors {{ {methods} }}")
        with open(os.path.join(folder, "Samples.cs"), encoding="utf-8") as file:
            signatures = ABSTRACT.findall(file.read())
        self.assertEqual(len(signatures), len(vectors))
        echo = os.path.join(csharp.FOLDER, "Echo.cs")
        with open(echo, "w", encoding="utf-8") as file:
            file.write("using System.Collections.Generic;\nusing Samples;\n"
                       "internal sealed class Echo : VectorsServant {\n    public object Last;\n")
            for result, name, parameter in signatures:
                file.write(f"    public override {result} {name}({parameter} value) {{ Last = value; return value; }}\n")
            file.write("}\n")
        lines = os.path.join(csharp.FOLDER, "vectors.txt")
        with open(lines, "w", encoding="utf-8") as file:
            file.writelines(f"{each['name']}\t{number}\t{each['bytes']}\n" for number, each in enumerate(vectors))
        program = csharp.build("Vectors.exe", folder, echo, *csharp.here("Vectors.cs", "Check.cs"))
        names = [each["name"] for each in vectors] + OTHERS
        self.assertEqual(csharp.run(program, lines), [f"ok {name}" for name in names])


if __name__ == "__main__":
    unittest.main()
