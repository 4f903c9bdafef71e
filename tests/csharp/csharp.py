"""What the tests of C# share: sources that `beckon compile --csharp` makes, compiled by mcs, as programs for mono."""
import atexit
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ.setdefault("BECKON_SOURCE_DIR", os.path.dirname(os.path.dirname(HERE)))
BUILD = os.environ.setdefault("BECKON_BUILD_DIR", os.path.join(SOURCE, "build", "release"))
sys.path[:0] = [os.path.join(SOURCE, "tests", name) for name in ("interop", "python", "command")]
import peer  # noqa: E402

COMMAND = os.path.join(BUILD, "beckon")
CONFORMANCE = os.path.join(SOURCE, "src", "schema", "testdata", "conformance.bk")
PATIENCE = 60

if not os.access(COMMAND, os.X_OK):
    print("skipped: the command beckon is not built")
    sys.exit(peer.SKIPPED)
MCS, MONO = (shutil.which(name) or peer.missing("mono", f"no {name} on the path") for name in ("mcs", "mono"))
FOLDER = tempfile.mkdtemp(prefix="beckon-csharp-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def here(*names):
    return [os.path.join(HERE, name) for name in names]


def generate(path, folder, *words):
    """The sources of an IDL file and the runtime's, in a folder of their own."""
    target = os.path.join(FOLDER, folder)
    subprocess.run([COMMAND, "compile", path, "--csharp", "-o", target, *words], check=True)
    return target


def generate_text(name, text, *words):
    path = os.path.join(FOLDER, name + ".bk")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return generate(path, name, *words)


def build(name, folder, *sources, target="exe"):
    """Everything in the folder and the sources, without a single warning, as one program; the path of it."""
    path = os.path.join(FOLDER, name)
    done = subprocess.run([MCS, "-langversion:7", "-warnaserror", "-warn:4", "-debug", f"-target:{target}",
                           f"-doc:{path}.xml", "-r:System.Numerics", f"-out:{path}", f"-recurse:{folder}/*.cs", *sources],
                          capture_output=True, text=True)
    if done.returncode != 0 or done.stdout or done.stderr:
        raise AssertionError(f"mcs {name}: {done.stdout}{done.stderr}")
    return path


def run(program, *words, within=PATIENCE):
    """What a program of tests says: lines; fails where one of them does."""
    done = subprocess.run([MONO, "--debug", program, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=within)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"{os.path.basename(program)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.splitlines()


class Server:
    """A program that serves until its input ends, and says first where."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), line
        self.endpoint = line.split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self.process.stdin.close()
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        assert raised[0] is not None or status == 0, f"the server ended with {status}"
