"""`beckon ls`, `describe`, `compile`, `print`, `bench`, `completion` and the help."""
import json
import os
import subprocess
import tempfile
import unittest

import command

SUBCOMMANDS = ("serve", "call", "ls", "describe", "compile", "print", "bench", "completion")
CONFORMANCE = os.path.join(command.SOURCE, "src/schema/testdata/conformance.bk")


class Peer(command.ServedTest):
    def test_ls_tells_names_and_interfaces(self):
        self.expect(["ls", self.endpoint], "bench        Bench\nconformance  Conformance\njobs         jobs\n")

    def test_ls_as_json_tells_digests_too(self):
        status, output, errors = command.run("ls", self.endpoint, "--json")
        self.assertEqual((status, errors), (0, ""))
        listed = json.loads(output)
        self.assertEqual([(each["name"], each["interface"]) for each in listed],
                         [("bench", "Bench"), ("conformance", "Conformance"), ("jobs", "jobs")])
        for each in listed:
            self.assertRegex(each["digest"], "^[0-9a-f]{64}$")

    def test_describe_prints_idl_that_is_the_conformance_service(self):
        status, output, errors = command.run("describe", self.endpoint, "conformance")
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("\n  Item restock(Item item, int64 by);\n", output)
        # The same as the file that defines it: what is made of either has the same digest.
        digest = lambda text: [line for line in command.run("compile", "-", "--cpp", "-o", "-", text=text)[1].splitlines()
                               if "digest" in line]
        with open(CONFORMANCE, encoding="utf-8") as file:
            self.assertEqual(digest(output), digest(file.read()))
        self.assertEqual(len(digest(output)), 1)

    def test_describe_without_an_object_prints_all(self):
        _, output, _ = command.run("describe", self.endpoint)
        self.assertTrue(output.startswith("// bench: Bench\n"))
        self.assertIn("\n// conformance: Conformance\n", output)

    def test_describe_of_what_is_not_there_fails(self):
        self.expect_error(["describe", self.endpoint, "nope"], 1, "beckon: unknown_object: ")

    def test_nobody_there_ends_with_3(self):
        for words in (["ls"], ["describe"], ["bench"]):
            self.expect_error([*words, "unix:/nonexistent/socket"], 3, "beckon: not_found: ")

    def test_bench_measures(self):
        status, output, errors = command.run("bench", self.endpoint, "--for", "50ms", "--json")
        self.assertEqual((status, errors), (0, ""))
        latency, rate = json.loads(output)
        self.assertEqual(latency["workload"], "latency_echo64")
        self.assertGreater(latency["calls"], 0)
        self.assertLessEqual(latency["p50_us"], latency["p99_us"])
        self.assertEqual(rate["workload"], "inflight64_echo32")
        self.assertGreater(rate["calls_per_s"], 0)
        status, output, _ = command.run("bench", self.endpoint, "--for", "50ms")
        self.assertEqual([line.split()[0] for line in output.splitlines()], ["latency_echo64", "inflight64_echo32"])


class Files(command.CommandTest):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "shop.bk")

    def write(self, text):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)

    def test_print_normalizes(self):
        self.write("interface Shop{int64 add(int64 a,int64 b);int32[] all();}")
        printed = "interface Shop {\n  int64 add(int64 a, int64 b);\n  list<int32> all();\n}\n"
        self.expect(["print", self.path], printed)
        self.expect(["print", "-"], printed, text=printed)
        self.expect(["compile", self.path, "--idl", "-o", "-"], printed)

    def test_compile_writes_a_header_into_a_folder_that_it_makes(self):
        self.write("record Point { float64 x; float64 y; }\n")
        target = os.path.join(self.folder.name, "made", "here")
        self.expect(["compile", self.path, "--cpp", "-o", target])
        self.assertEqual(os.listdir(target), ["shop.hpp"])
        with open(os.path.join(target, "shop.hpp"), encoding="utf-8") as file:
            written = file.read()
        self.assertIn("BECKON_RECORD(Point, x, y)", written)
        self.expect(["compile", self.path, "--cpp", "-o", "-"], written)

    def test_compile_takes_a_namespace(self):
        self.write("record Point { float64 x; float64 y; }\n")
        _, output, _ = command.run("compile", self.path, "--cpp", "--namespace", "shop.parts", "-o", "-")
        self.assertIn("namespace shop::parts {", output)

    def test_mistakes_are_shown_where_they_are(self):
        self.write("record A {\n  Itme x;\n}\n")
        for words in (["print", self.path], ["compile", self.path, "--cpp", "-o", "-"]):
            status, output, errors = command.run(*words)
            self.assertEqual((status, output), (1, ""))
            lines = errors.splitlines()
            self.assertTrue(lines[0].startswith(f"{self.path}:2:3: error: undefined type 'Itme'"), errors)
            self.assertEqual(lines[1:3], ["  2 |   Itme x;", "    |   ^~~~"])
            self.assertEqual(lines[-1], f"beckon: parse_error: {self.path} has 1 error")

    def test_wrong_usage_ends_with_2(self):
        self.write("")
        self.expect_error(["compile", self.path, "-o", "-"], 2,
                          "beckon: invalid_argument: say what to make: --cpp, --python, --csharp, --typescript, --idl or --remcall")
        self.expect_error(["compile", self.path, "--cpp"], 2, "beckon: invalid_argument: --output is required")
        self.expect_error(["print"], 2, "beckon: invalid_argument: file is required")

    def test_a_file_that_is_not_there_fails(self):
        self.expect_error(["print", "/nonexistent.bk"], 1, "beckon: not_found: cannot open /nonexistent.bk")


class Words(command.CommandTest):
    def test_every_subcommand_explains_itself(self):
        status, output, _ = command.run("--help")
        self.assertEqual(status, 0)
        for name in SUBCOMMANDS:
            self.assertRegex(output, rf"\n  {name} +[A-Z]")
            status, own, errors = command.run(name, "--help")
            self.assertEqual((status, errors), (0, ""))
            self.assertIn(f"Usage: beckon {name}", own)

    def test_the_version_is_the_projects(self):
        with open(os.path.join(command.SOURCE, "CMakeLists.txt"), encoding="utf-8") as file:
            version = file.read().split("project(beckon VERSION ")[1].split()[0]
        self.expect(["--version"], f"beckon {version}\n")

    def test_wrong_words_end_with_2(self):
        self.expect_error([], 2, "beckon: invalid_argument: A subcommand is required")
        self.expect_error(["frobnicate"], 2, 'beckon: invalid_argument: there is no subcommand "frobnicate"')
        self.expect_error(["--frobnicate"], 2, "beckon: invalid_argument: ")
        self.expect_error(["completion", "fish"], 2, "beckon: invalid_argument: ")

    def test_completion_completes_in_bash(self):
        def completed(*words):
            script = (f'source <("{command.COMMAND}" completion bash); COMP_WORDS=(beckon {" ".join(words)}); '
                      f'COMP_CWORD={len(words)}; _beckon; echo "${{COMPREPLY[@]}}"')
            done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=command.WITHIN, check=True)
            return done.stdout.split()
        self.assertEqual(completed("co"), ["compile", "completion"])
        self.assertEqual(completed("call", "--ti"), ["--timeout"])
        self.assertIn("serve", completed('""'))


if __name__ == "__main__":
    unittest.main()
