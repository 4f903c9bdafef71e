"""What `beckon compile --typescript` makes, with the test programs of this folder, compiled once for all tests of a build."""
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ.get("BECKON_SOURCE_DIR", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BUILD = os.environ.get("BECKON_BUILD_DIR", os.path.join(SOURCE, "build", "release"))
COMMAND = os.path.join(BUILD, "beckon")
HERE = os.path.join(SOURCE, "tests", "typescript")
TESTDATA = os.path.join(SOURCE, "src", "schema", "testdata")
EXAMPLE = os.path.join(SOURCE, "examples", "typescript_hello")
sys.path[:0] = [os.path.join(SOURCE, "tests", "interop"), os.path.join(SOURCE, "tests", "command")]
import peer  # noqa: E402

if not os.access(COMMAND, os.X_OK):
    print("skipped: the command beckon is not built")
    sys.exit(peer.SKIPPED)
NODE, TSC = peer.program("node"), peer.program("tsc")
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


def compile_idl(path, folder, *words):
    subprocess.run([COMMAND, "compile", path, "--typescript", "-o", folder, *words], check=True)


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def write_vectors(folder):
    """The native codec's vectors, each the parameter of a method, so that its type is in a schema."""
    with open(os.path.join(SOURCE, "src", "codec", "native", "vectors.json"), encoding="utf-8") as file:
        vectors = json.load(file)
    methods = "".join(f"void v{number}({vector['type']} value);" for number, vector in enumerate(vectors))
    write(folder, "samples.bk", f"{RECORDS} interface Vectors {{ {methods} }}")
    compile_idl(os.path.join(folder, "samples.bk"), folder)
    write(folder, "vectors_data.ts", f"export const vectors: Record<'name' | 'type' | 'value' | 'bytes', string>[] = {json.dumps(vectors)};\n")


def write_versions(folder):
    """The versions of an interface that Python is tested with, and what is said of those that cannot talk."""
    sys.path.append(os.path.join(SOURCE, "tests", "python"))
    from versions_idl import BROKEN, NEW, OLD

    for name, idl in {"old": OLD, "new": NEW, **{name: idl for name, (idl, _) in BROKEN.items()}}.items():
        write(folder, f"{name}_version.bk", idl)
        compile_idl(os.path.join(folder, f"{name}_version.bk"), folder)
    imports = "".join(f"import {{ Office as {name} }} from \"./{name}_version.js\";\n" for name in BROKEN)
    rows = ", ".join(f"{{ name: \"{name}\", office: {name}, words: {json.dumps(words)} }}" for name, (_, words) in BROKEN.items())
    write(folder, "versions_data.ts", f"{imports}export const broken = [{rows}];\n")


def write_sources(folder):
    for path in (os.path.join(TESTDATA, "conformance.bk"), os.path.join(HERE, "office.bk"),
                 os.path.join(SOURCE, "src", "generate", "testdata", "traps.bk"), os.path.join(EXAMPLE, "hello.bk")):
        compile_idl(path, folder)
    write_vectors(folder)
    write_versions(folder)
    for name in os.listdir(HERE):
        if name.endswith(".ts"):
            shutil.copy(os.path.join(HERE, name), folder)
    shutil.copy(os.path.join(EXAMPLE, "tsconfig.json"), folder)
    write(folder, "package.json", '{"type": "module"}\n')


def compiled():
    """The folder: sources, and beside them what tsc made."""
    above = os.path.join(BUILD, "typescript")
    os.makedirs(above, exist_ok=True)
    with open(os.path.join(above, "lock"), "w") as lock:  # tests run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        staging = tempfile.mkdtemp(dir=above)
        try:
            write_sources(staging)
            digest = hashlib.sha256()
            for path, _, names in sorted(os.walk(staging)):
                for name in sorted(names):
                    with open(os.path.join(path, name), "rb") as file:
                        digest.update(name.encode() + file.read())
            folder = os.path.join(above, digest.hexdigest()[:16])
            if not os.path.exists(folder):
                done = subprocess.run([TSC, "-p", staging], capture_output=True, text=True)
                assert done.returncode == 0, done.stdout + done.stderr
                for other in os.listdir(above):
                    if os.path.join(above, other) != staging:
                        shutil.rmtree(os.path.join(above, other), ignore_errors=True)
                os.rename(staging, folder)
            return folder
        finally:
            shutil.rmtree(staging, ignore_errors=True)


FOLDER = compiled()


def node(program, *words, **options):
    """Runs one of the programs; what it prints, and its exit status."""
    done = subprocess.run([NODE, "--expose-gc", os.path.join(FOLDER, program), *words], capture_output=True, text=True, timeout=200,
                          **options)
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    print(FOLDER)  # for tests in C++
