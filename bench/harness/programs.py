"""Child processes that cannot outlive the driver, nor hang it."""

import ctypes
import json
import os
import select
import signal
import subprocess
import tempfile
import time

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


class Failed(Exception):
    """A program did not do what the contract in README.md asks; the text says which and what."""


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
        candidates = [build_folder / "programs", build_folder / "bench" / "programs"]
        self.folder = next((each for each in candidates if each.is_dir()), None)
        if self.folder is None:
            raise Failed(f"no benchmark programs under {build_folder}: build bench first, or name "
                         "another folder with --build-dir")
        self._offered = {}

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
