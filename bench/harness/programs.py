"""Child processes that cannot outlive the driver, nor hang it."""

import ctypes
import json
import os
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


class Failed(Exception):
    """A program did not do what the contract in README.md asks; the text says which and what."""


class NotBuilt(Failed):
    """Programs that a whole build would have made are not there."""


class Child:
    """A program whose standard output is read line by line, each within a time limit."""

    def __init__(self, command, cores=None, environment=None):
        self.name = os.path.basename(str(command[0]))
        self._errors = tempfile.TemporaryFile()
        self._buffer = b""

        def before_exec():
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if cores is not None:
                os.sched_setaffinity(0, cores)

        self._process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._errors, preexec_fn=before_exec, bufsize=0,
            env={**os.environ, **(environment or {})})
        self.pid = self._process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def line(self, timeout):
        """The next line, without its end."""
        deadline = time.monotonic() + timeout
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            output = self._process.stdout
            if left <= 0 or not select.select([output], [], [], left)[0]:
                raise Failed(f"{self.name} printed nothing for {timeout:.0f} s{self._said()}")
            got = os.read(output.fileno(), 65536)
            if not got:
                raise Failed(f"{self.name} ended too early{self._said()}")
            self._buffer += got
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line.decode(errors="replace")

    def expect(self, first_word, timeout):
        """The rest of the next line, which has to begin with that word."""
        line = self.line(timeout)
        word, _, rest = line.partition(" ")
        if word != first_word:
            raise Failed(f"{self.name} printed \"{line}\" where \"{first_word} ...\" belongs")
        return rest

    def json(self, timeout):
        line = self.line(timeout)
        try:
            return json.loads(line)
        except ValueError:
            raise Failed(f"{self.name} printed \"{line}\", which is not JSON") from None

    def go_on(self):
        self._process.stdin.write(b"\n")

    def end(self):
        """Ends the program: by asking, then by force."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        self._errors.close()

    def _said(self):
        self._errors.seek(0)
        text = self._errors.read().decode(errors="replace").strip()
        return f": {text[-500:]}" if text else ""


class Programs:
    """Finds what a build made."""

    def __init__(self, build_folder):
        self.build_folder = build_folder
        # Of a build of everything, and of one of the folder bench alone, with the sources that cmake wants.
        bench = Path(__file__).resolve().parent.parent
        candidates = [(build_folder / "bench",
                       f"{os.path.relpath(bench.parent)} -DBECKON_BUILD_BENCH=ON"),
                      (build_folder, os.path.relpath(bench))]
        found = [each for each in candidates if (each[0] / "programs.list").is_file()]
        home, self._source = found[0] if found else candidates[0]
        self.folder = home / "programs"
        if not found:
            raise NotBuilt(self._with_commands(
                f"{build_folder} is not configured with BECKON_BUILD_BENCH and has no benchmark "
                "programs"))
        self._expected = (home / "programs.list").read_text().split()
        self._offered = {}

    def check_built(self, programs, counters, hello):
        """Raises where what was configured is not built. `programs`: those wanted, None for all; `counters`, `hello`:
        whether those are wanted too."""
        wanted = [each for each in self._expected
                  if (counters if each.startswith("bench-") else
                      False if each.endswith("-hello") and not hello else
                      programs is None or each.rsplit("-", 1)[0] in programs)]
        missing = [each for each in wanted if not self.path(each).exists()]
        if missing:
            named = ", ".join(missing[:4]) + (" ..." if len(missing) > 4 else "")
            raise NotBuilt(self._with_commands(
                f"{len(missing)} of {len(wanted)} benchmark programs are not built in "
                f"{self.build_folder}: {named}"))

    def _with_commands(self, missing):
        return (f"{missing}; make them with: cmake -S {self._source} -B {self.build_folder} -G Ninja "
                f"-DCMAKE_BUILD_TYPE=Release && ninja -C {self.build_folder}")

    def path(self, name):
        return self.folder / name

    def offered(self, program):
        """The workloads a client knows; none where it is not built."""
        if program not in self._offered:
            client = self.path(f"{program}-client")
            found = set()
            if client.exists() and self.path(f"{program}-server").exists():
                answer = subprocess.run([client, "--workloads"], capture_output=True, text=True,
                                        timeout=20, stdin=subprocess.DEVNULL, check=False)
                found = set(answer.stdout.split())
            self._offered[program] = found
        return self._offered[program]

    def compile_commands(self, target):
        file = self.build_folder / "compile_commands.json"
        if not file.exists():
            return []
        entries = json.loads(file.read_text())
        return [each for each in entries if f"/{target}.dir/" in each["command"]]
