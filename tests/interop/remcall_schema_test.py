"""The real remcall's command reads the binary schemas that `beckon compile` writes, and says the same of them as `beckon print`.

remcall is in no package registry, so this runs only where somebody put it: BECKON_REMCALL_PYTHON names an interpreter that has
it. Without, its recordings in tests/vectors/remcall.json stand in for it, in tests/remcall and tests/command.
"""
# peer: remcall
import os
import subprocess
import sys
import tempfile
import unittest

import peer

PYTHON = os.environ.get("BECKON_REMCALL_PYTHON", peer.DEBIAN_PYTHON)
if subprocess.run([PYTHON, "-c", "import remcall"], capture_output=True).returncode != 0:
    peer.unobtainable("remcall", f"{PYTHON} has no module remcall, and no registry has it; BECKON_REMCALL_PYTHON may name another")

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above

SUBSET = os.path.join(command.SOURCE, "src/schema/testdata/conformance_remcall.bk")
IDL = """label "Everything";
widths 4 8;
enum Mood { calm, busy }
record Point { float64 x; bytes raw; Mood[] moods; }
interface Listener { void on_event(int64 sequence, string text); }
interface Main {
  Point zoom(Point at, date day, time hour, datetime moment);
  bool ask(int8 a, uint8 b, int16 c, uint16 d, int32 e, uint32 f, int64 g, uint64 h, float32 i);
  Listener[] all(Listener one);
}
"""


def output_of(*words):
    return subprocess.run(words, capture_output=True, check=True, timeout=command.WITHIN).stdout


class Schemas(unittest.TestCase):
    def test_both_say_the_same_of_what_we_write(self):
        with tempfile.TemporaryDirectory() as folder:
            written = os.path.join(folder, "everything.bk")
            with open(written, "w", encoding="utf-8") as file:
                file.write(IDL)
            for source in (SUBSET, written):
                output_of(command.COMMAND, "compile", source, "--remcall", "-o", folder)
                path = os.path.join(folder, os.path.basename(source).replace(".bk", ".remcall"))
                for options in ([], ["--base64"], ["--binary"]):
                    with self.subTest(source=source, options=options):
                        theirs = output_of(PYTHON, "-m", "remcall", "print", *options, path)
                        self.assertEqual(output_of(command.COMMAND, "print", *options, path), theirs)


if __name__ == "__main__":
    unittest.main()
