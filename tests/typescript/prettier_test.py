# peer: prettier
"""Prettier, with its defaults, has nothing to change in what `beckon compile --typescript` makes, nor in the runtime."""
import os
import subprocess
import tempfile
import unittest

import generated
import peer

MODULES = peer.node_modules("prettier", "prettier@3")
PRETTIER = os.path.join(MODULES, ".bin", "prettier")
LONG = """
record ARecordWithARatherLongNameForWhatItHolds {
  list<float64> numbers = [1, 2.5, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24];
  list<list<string>> table = [["a", "b"], ["c", "d"]];
  list<string> words = ["a rather long word", "another one that is long", "a third one", "and yet another one"];
  string text = "a text that is long enough to be put on a line of its own, which prettier does with strings";
  optional<map<string, ARecordWithARatherLongNameForWhatItHolds>> a_field_with_a_rather_long_name_of_its_own = null;
}
interface AnInterfaceWithARatherLongNameToo {
  optional<AnInterfaceWithARatherLongNameToo> a_method_with_a_rather_long_name_of_its_own(
    AnInterfaceWithARatherLongNameToo the_only_parameter_of_this_method);
  stream<optional<variant<a_rather_long_case: ARecordWithARatherLongNameForWhatItHolds, b: int8, c: string, d: any>>> watch();
  void f();
  optional<AnInterfaceWithARatherLongNameToo> a_method_with_a_rather_long_name_of_its_own_and_more_of_that();
  map<string, optional<AnInterfaceWithARatherLongNameToo>> another_method_with_a_rather_long_name_of_its_own();
  stream<optional<ARecordWithARatherLongNameForWhatItHolds>> a_method_of_a_stream_with_a_rather_long_name(list<optional<ARecordWithARatherLongNameForWhatItHolds>> a);
  AnInterfaceWithARatherLongNameToo g(tuple<int64, optional<ARecordWithARatherLongNameForWhatItHolds>, string> parts);
  void h(int8 a, int8 b, int8 c, int8 d, int8 e, int8 f, int8 g, int8 h, int8 i, int8 j, int8 k, int8 l, int8 m, int8 n,
         int8 o, int8 p, int8 q, int8 r, int8 s, int8 t, int8 u, int8 v, int8 w, int8 x, int8 y, int8 z);
}
"""


class Prettier(unittest.TestCase):
    def assert_untouched(self, folder):
        done = subprocess.run([PRETTIER, "--check", "--no-config", "."], cwd=folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_leaves_everything_as_it_is(self):
        with tempfile.TemporaryDirectory() as folder:
            generated.write(folder, "long.bk", LONG)
            for path in (os.path.join(folder, "long.bk"), os.path.join(generated.TESTDATA, "conformance.bk"),
                         os.path.join(generated.SOURCE, "src", "generate", "testdata", "traps.bk")):
                generated.compile_idl(path, folder)
            self.assert_untouched(folder)

    def test_leaves_the_example_as_it_is(self):
        self.assert_untouched(generated.EXAMPLE)


if __name__ == "__main__":
    unittest.main()
