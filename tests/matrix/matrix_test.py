# peer: mono
"""Every language's client of the conformance service at every language's server, each through generated code alone.

docs/languages.md shows the table; what it says is what came out here.
"""
import importlib.util
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))


def module(name, *path):
    """Folders of tests have modules of the same name."""
    spec = importlib.util.spec_from_file_location(name, os.path.join(SOURCE, "tests", *path))
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


sys.path.insert(0, os.path.join(SOURCE, "tests", "interop"))
csharp = module("csharp", "csharp", "csharp.py")
typescript = module("typescript", "typescript", "generated.py")

GENERATED = csharp.generate(csharp.CONFORMANCE, "conformance")
CSHARP = os.path.join(SOURCE, "tests", "csharp")
PYTHON = os.path.join(SOURCE, "tests", "python")


def sources(*names):
    return [os.path.join(CSHARP, name) for name in names]


def node(program):
    return [typescript.NODE, "--expose-gc", os.path.join(typescript.FOLDER, program)]


SERVERS = {
    "C++": [os.path.join(csharp.BUILD, "matrix_cpp_server")],
    "Python": [sys.executable, os.path.join(PYTHON, "matrix_server.py")],
    "C#": [csharp.MONO, csharp.build("Server.exe", GENERATED, *sources("Server.cs", "Service.cs"))],
    "TypeScript": node("server.js"),
}
CLIENTS = {
    "C++": [os.path.join(csharp.BUILD, "matrix_cpp_client")],
    "Python": [sys.executable, os.path.join(PYTHON, "matrix_client.py")],
    "C#": [csharp.MONO, csharp.build("Client.exe", GENERATED, *sources("Client.cs", "Service.cs", "Check.cs"))],
    "TypeScript": node("client.js"),
}
METHODS = ["echo", "add", "concat", "sum", "reverse", "restock", "sort_items", "word_count", "fail", "sleep",
           "make_counter", "live_objects", "call_back", "subscribe", "nest", "count_to", "total", "whoami"]


class Matrix(unittest.TestCase):
    maxDiff = None

    def test_every_client_at_every_server(self):
        rows = {}
        for server, serve in SERVERS.items():
            with csharp.Server(*serve, "tcp://127.0.0.1:0") as at:
                cells = []
                for client, call in CLIENTS.items():
                    done = subprocess.run([*call, at.endpoint], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                          timeout=120)
                    lines = done.stdout.splitlines()
                    with self.subTest(server=server, client=client):
                        self.assertEqual((done.returncode, lines, done.stderr), (0, [f"ok {name}" for name in METHODS], ""))
                    fine = sum(line.startswith("ok ") for line in lines)
                    cells.append(f"{fine} of {len(METHODS)}")
                rows[server] = cells
        table = ["| server \\ client | " + " | ".join(CLIENTS) + " |", "|---" * (len(CLIENTS) + 1) + "|"]
        table += [f"| {server} | " + " | ".join(cells) + " |" for server, cells in rows.items()]
        with open(os.path.join(SOURCE, "docs", "languages.md"), encoding="utf-8") as page:
            shown = [line for line in page.read().splitlines() if line.startswith("|")][:len(table)]
        self.assertEqual(shown, table)


if __name__ == "__main__":
    unittest.main()
