"""C++ made of random IDL compiles, and no clang-format changes it, whatever the style of the project around it."""
import glob
import os
import re
import shutil
import unittest

import made

FORMATTER = shutil.which("clang-format-14") or shutil.which("clang-format")
WIDE = """
record Deep {
  list<tuple<string, map<string, list<tuple<int64, float64>>>>> nested_in_lists;
  optional<map<string, list<tuple<int64, float64>>>> a_field_with_a_rather_long_name_of_its_own;
  variant<a_rather_long_case: list<map<string, int64>>, another_rather_long_case: tuple<int64, float64, string>,
          yet_another: int8> which;
}
interface Wide {
  void first(int64 a, int64 b);
  void second(int64 some_parameter, int64 another_parameter, string a_third_parameter, string and_a_fourth_one, bool fifth,
              bool sixth_of_them, bool seventh_of_them);
  void third();
  void fourth(int64 some_parameter, int64 another_parameter);
}
"""


# What default values are made of, further down; and empty ones, of what is further down still.
DEFAULTS = """
record Later { list<optional<Last>> some = [null, null]; list<list<Last>> lists = [[], []];
               list<map<string, Last>> maps = [{}]; list<Last> none = []; optional<list<Last>> maybe = [];
               list<optional<variant<x: Last>>> cases = [null]; list<optional<Later>> own = [null]; }
record Around { list<Inner> inner = []; map<string, Inner> by_name = {}; optional<list<Inner>> nothing = null; }
record Inner { Around around; }
record Shelf { list<Good> goods; map<string, Good> by_name; variant<one: Good, many: list<Good>> other; tuple<list<Good>> t; }
record Good { list<tuple<Mark, int8>> marks; list<optional<Mark>> some; }
record Mark { int8 x; }
record Last { int8 x; }
enum Word { null, inf, true }
record Words { Word first = null; optional<Word> none = null; list<Word> all = [null, inf, true]; optional<Word> some = inf; }
"""
MANY = f"""
enum Shade {{ {", ".join(f"v{i}" for i in range(256))} }}
record Wide {{ {" ".join(f"int32 f{i};" for i in range(200))} }}
interface Many {{ {" ".join(f"Shade m{i}(int32 a);" for i in range(100))} }}
"""


class Cpp(made.Made):
    language = "--cpp"

    def headers(self):
        return sorted(glob.glob(os.path.join(self.folder, "*.hpp")))

    def test_compiles(self):
        for path in self.headers()[:2]:  # compilers take their time
            source = path[:-4] + ".cpp"
            with open(source, "w", encoding="utf-8") as file:
                file.write(f'#include "{os.path.basename(path)}"\n')
            self.run_tool(os.environ.get("CXX", "g++"), "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra",
                          "-I" + os.path.join(made.SOURCE, "include"), source)

    def test_of_defaults_and_of_many_members_compiles(self):
        self.seeds = ()
        above = os.path.dirname(self.folder)
        self.compile("defaults", DEFAULTS, above)
        self.compile("many", MANY, above)
        source = os.path.join(self.folder, "all.cpp")
        with open(source, "w", encoding="utf-8") as file:
            file.write("""#include "defaults.hpp"
#include "many.hpp"
static_assert(beckon::reflection::of<Shade>::size == 256);
bool same(const Later& a, const Around& b) { return a == Later{} && b == Around{}; }
static_assert(Words{}.first == Word::null && !Words{}.none && Words{}.some == Word::inf);
Shade last(const beckon::ref<Many>& many) { return many->m99(1); }
""")
        compilers = [each for each in ("g++", "clang++-14") if shutil.which(each)]
        for each in compilers:
            self.run_tool(each, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra",
                          "-I" + os.path.join(made.SOURCE, "include"), source)

    def test_has_no_names_that_are_macros(self):
        above = os.path.dirname(self.folder)
        source = os.path.join(above, "macros.cpp")
        with open(source, "w", encoding="utf-8") as file:
            file.write("#include <beckon/beckon.hpp>\n")
        include = "-I" + os.path.join(made.SOURCE, "include")
        told = self.run_tool("g++", "-std=c++20", "-dM", "-E", include, source)
        macros = {re.match(r"#define (\w+)", line)[1] for line in told.splitlines()}
        macros = sorted(each for each in macros if not each.startswith(("_", "BECKON_", "SYS_")))
        parts = [macros[at:at + 100] for at in range(0, len(macros), 100)]
        idl = "\n".join(f"enum E{at} {{ {', '.join(part)} }} record R{at} {{ {' '.join(f'int8 {each};' for each in part)} }} "
                        f"interface I{at} {{ {' '.join(f'int8 {each}(int8 {each});' for each in part)} }}"
                        for at, part in enumerate(parts))
        self.compile("macros", idl, above)
        with open(source, "w", encoding="utf-8") as file:
            file.write('#include "made/macros.hpp"\n')
        self.run_tool("g++", "-std=c++20", "-fsyntax-only", "-Wall", include, source)

    @unittest.skipUnless(FORMATTER, "no clang-format")
    def test_stays_as_it_is_in_every_style(self):
        for style in ("LLVM", "Google", "Mozilla", "Microsoft", "file:" + os.path.join(made.SOURCE, ".clang-format")):
            self.run_tool(FORMATTER, "--style", style, "--dry-run", "-Werror", *self.headers())

    @unittest.skipUnless(FORMATTER, "no clang-format")
    def test_is_written_as_the_style_of_beckon_has_it(self):
        self.compile("wide", WIDE, os.path.dirname(self.folder))
        path = os.path.join(self.folder, "wide.hpp")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("// clang-format off\n", text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("// clang-format off\n", ""))
        self.run_tool(FORMATTER, "--style", "file:" + os.path.join(made.SOURCE, ".clang-format"), "--dry-run", "-Werror", path)


if __name__ == "__main__":
    unittest.main()
