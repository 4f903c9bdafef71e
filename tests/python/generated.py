"""The package that `beckon compile --python` makes of the conformance service's IDL, importable from here on."""
import atexit
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ.get("BECKON_SOURCE_DIR", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BUILD = os.environ.get("BECKON_BUILD_DIR", os.path.join(SOURCE, "build", "release"))
COMMAND = os.path.join(BUILD, "beckon")
CONFORMANCE = os.path.join(SOURCE, "src", "schema", "testdata", "conformance.bk")
SKIPPED = 77

if not os.access(COMMAND, os.X_OK):
    print("skipped: the command beckon is not built")
    sys.exit(SKIPPED)
FOLDER = tempfile.mkdtemp(prefix="beckon-python-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
sys.path[:0] = [FOLDER, os.path.join(SOURCE, "tests", "command")]
sys.dont_write_bytecode = True


def compile_idl(path, *words):
    """Puts the package of an IDL file, and the runtime, into the folder that is imported from."""
    subprocess.run([COMMAND, "compile", path, "--python", "-o", FOLDER, *words], check=True)


def compile_text(name, text):
    path = os.path.join(FOLDER, name + ".bk")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    compile_idl(path)


compile_idl(CONFORMANCE)
