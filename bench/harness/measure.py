"""One function for each way of measuring. Each makes one measurement of one system and returns
(value, details); details are remarks for the table that enter no ratio."""

import contextlib
import os
import shlex
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from . import catalogue
from .programs import Child, Failed

START_TIMEOUT = 15     # for `ready PORT`, on a machine that also compiles
SPARE_TIMEOUT = 45     # what a client may need beside the seconds it was given


class Run:
    """What one measurement needs to know."""

    def __init__(self, programs, workload, system, placement, seconds, warmup):
        self.programs = programs
        self.workload = workload
        self.system = system
        self.program = catalogue.program(system)
        self.seconds = seconds
        self.warmup = warmup
        cores = sorted(os.sched_getaffinity(0))
        if placement == "free":
            self.server_cores = self.client_cores = None
        else:
            # The last cores: the first tends to serve the machine's interrupts.
            self.server_cores = {cores[-1]}
            self.client_cores = {cores[-1] if placement == "same-core" else cores[-2]}

    def server(self, environment=None):
        command = [self.programs.path(f"{self.program}-server")]
        command += catalogue.server_options(self.system, self.workload)
        return Child(command, self.server_cores, environment)

    def client(self, port, marks=False, environment=None):
        command = [self.programs.path(f"{self.program}-client"),
                   "--workload", self.workload.client_workload, "--port", port,
                   "--seconds", self.seconds, "--warmup", self.warmup]
        if self.workload.calls:
            command += ["--calls", self.workload.calls]
        if marks:
            command.append("--marks")
        if catalogue.spins(self.system):
            command.append("--spin")
        return Child(command, self.client_cores, environment)

    @property
    def client_timeout(self):
        return self.seconds + self.warmup + SPARE_TIMEOUT


def _port(server):
    return int(server.expect("ready", START_TIMEOUT))


def client(run):
    with run.server() as server, run.client(_port(server)) as running:
        answer = running.json(run.client_timeout)
    return _value(answer, run.workload)


def client_alone(run):
    with run.client(0) as running:
        return _value(running.json(run.client_timeout), run.workload)


def _value(answer, workload):
    if answer.get("unit") != workload.unit:
        raise Failed(f"the client measured {answer.get('unit')}, {workload.name} is in "
                     f"{workload.unit}")
    details = {name: answer[name] for name in answer if name not in ("value", "unit")}
    return answer["value"], details


def _between_marks(run, running, begin, end):
    """Runs the client from mark to mark; returns how many calls that were."""
    running.expect("begin", run.client_timeout)
    begin()
    running.go_on()
    calls = int(running.expect("end", run.client_timeout))
    end()
    running.go_on()
    running.json(run.client_timeout)
    if calls == 0:
        raise Failed("no call was made between the marks")
    return calls


def system_calls(run):
    with contextlib.ExitStack() as children:
        server = children.enter_context(run.server())
        running = children.enter_context(run.client(_port(server), marks=True))
        counter = None
        counted = {}

        def begin():
            nonlocal counter
            counter = children.enter_context(
                Child([run.programs.path("bench-syscalls"), server.pid]))
            counter.expect("counting", 10)

        def end():
            counter.go_on()
            counted.update(counter.json(20))

        calls = _between_marks(run, running, begin, end)
    return counted["syscalls"] / calls, {"counted by": counted["method"]}


def allocations(run):
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        files = [Path(folder) / "server", Path(folder) / "client"]

        def counting(file):
            return {"LD_PRELOAD": str(run.programs.path("bench-allocations.so")),
                    "BENCH_ALLOCATIONS_FILE": str(file)}

        def totals():
            # The counter's first number: see counters/allocations.cpp.
            return [struct.unpack_from("=Q", file.read_bytes())[0] for file in files]

        seen = {}
        with run.server(counting(files[0])) as server, \
                run.client(_port(server), True, counting(files[1])) as running:
            calls = _between_marks(run, running,
                                   lambda: seen.update(begin=totals()),
                                   lambda: seen.update(end=totals()))
    at_server, at_client = (after - before for before, after in zip(seen["begin"], seen["end"]))
    return (at_server + at_client) / calls, {"server": at_server / calls,
                                             "client": at_client / calls}


def memory(run):
    seen = []
    with run.server() as server, run.client(_port(server), marks=True) as running:
        def look():
            seen.append(_anonymous_bytes(server.pid))
        held = _between_marks(run, running, look, look)
    return (seen[1] - seen[0]) / held, {"held": held}


def _anonymous_bytes(pid):
    """Memory the process has written to and that no file backs: its heap and stacks."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) * 1024
    raise Failed(f"/proc/{pid}/smaps_rollup has no line Anonymous:")


def hello_compile(run):
    """The compile commands of the hello program, one after another, as a first build would."""
    commands = run.programs.compile_commands(f"{run.program}-hello")
    environment = {**os.environ, "CCACHE_DISABLE": "1"}
    taken = 0.0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for entry in commands:
            words = shlex.split(entry["command"])
            words[words.index("-o") + 1] = str(Path(folder) / "hello.o")
            start = time.monotonic()
            done = subprocess.run(words, cwd=entry["directory"], env=environment, timeout=180,
                                  capture_output=True, text=True, check=False)
            taken += time.monotonic() - start
            if done.returncode != 0:
                raise Failed(f"{Path(entry['file']).name} does not compile: {done.stderr[-500:]}")
    return taken, {"files": len(commands)}


def hello_size(run):
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        stripped = Path(folder) / "hello"
        subprocess.run(["strip", "--strip-all", "-o", stripped,
                        run.programs.path(f"{run.program}-hello")], check=True, timeout=60)
        return stripped.stat().st_size, {}


METHODS = {method.__name__: method for method in
           (client, client_alone, system_calls, allocations, memory, hello_compile, hello_size)}


def possible(programs, workload, system):
    """Whether this build has what the measurement needs."""
    program = catalogue.program(system)
    if workload.method == "hello_size":
        return programs.path(f"{program}-hello").exists()
    if workload.method == "hello_compile":
        return bool(programs.compile_commands(f"{program}-hello"))
    return workload.client_workload in programs.offered(program)
