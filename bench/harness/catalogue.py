"""What can be measured: systems, workloads, placements."""

from dataclasses import dataclass

SYSTEMS = ["floor", "floor-spin", "beckon", "beckon-spin",
           "grpc", "capnproto", "ice", "omniorb", "thrift"]
PLACEMENTS = ["same-core", "split-cores", "free"]

LATENCY_PLACEMENTS = ("same-core", "split-cores", "free")
THROUGHPUT_PLACEMENTS = ("split-cores", "free")  # on one core two ends only take turns


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    unit: str
    better: str                 # "lower" or "higher"
    placements: tuple
    quick_placements: tuple
    method: str = "client"      # how it is measured: a function of measure.py
    base: str = ""              # what the client is asked to run, if not the workload's own name
    seconds: float = 3.0        # length of one run; shorter ones wander
    calls: int = 0              # 0: as many as fit

    @property
    def client_workload(self):
        return self.base or self.name


WORKLOADS = [
    Workload("latency_echo64", "64-byte echo, one at a time, p50 round trip", "us", "lower",
             LATENCY_PLACEMENTS, ("same-core", "split-cores"), seconds=2.0),
    Workload("inflight64_echo32", "32-byte echo, 64 in flight on one connection", "calls/s",
             "higher", THROUGHPUT_PLACEMENTS, ("split-cores",)),
    Workload("conns64x8_echo32", "32-byte echo, 64 connections with 8 in flight each", "calls/s",
             "higher", THROUGHPUT_PLACEMENTS, ("split-cores",)),
    Workload("bulk_echo1m", "1 MiB echo, 4 in flight on one connection, one way", "MB/s",
             "higher", THROUGHPUT_PLACEMENTS, ("split-cores",), seconds=2.0),
    Workload("object_churn", "objects made, called once and dropped, 64 side by side", "objects/s",
             "higher", THROUGHPUT_PLACEMENTS, ("split-cores",)),
    Workload("chain5", "five calls, each on the result of the one before, p50", "us", "lower",
             LATENCY_PLACEMENTS, ("same-core",), seconds=2.0),
    Workload("idle_memory", "server memory for an idle connection", "bytes", "lower",
             ("free",), ("free",), method="memory", calls=1000),
    Workload("reference_memory", "server memory for an exported reference and its object", "bytes",
             "lower", ("free",), ("free",), method="memory", calls=50000),
    Workload("local_call", "call through a reference to an object of the same process", "ns",
             "lower", ("same-core",), ("same-core",), method="client_alone", seconds=1.0),
    Workload("syscalls_inflight1", "server system calls for a call, 1 in flight",
             "system calls/call", "lower", ("split-cores",), ("split-cores",),
             method="system_calls", base="latency_echo64", seconds=1.0),
    Workload("syscalls_inflight64", "server system calls for a call, 64 in flight",
             "system calls/call", "lower", ("split-cores",), ("split-cores",),
             method="system_calls", base="inflight64_echo32", seconds=1.0),
    Workload("allocations", "heap allocations for a call, both sides, 64 in flight",
             "allocations/call", "lower", ("free",), ("free",),
             method="allocations", base="inflight64_echo32", seconds=1.0),
    Workload("hello_compile", "compile time of the smallest server, generated code included", "s",
             "lower", ("free",), ("free",), method="hello_compile"),
    Workload("hello_size", "size of the smallest server, static and stripped", "bytes", "lower",
             ("free",), ("free",), method="hello_size"),
]


def program(system):
    """The name before -server and -client: a spinning system is the same program told to spin."""
    return system.removesuffix("-spin")


def spins(system):
    return system.endswith("-spin")


def floor_of(system):
    """The floor that a system is compared with: one that waits in the same way."""
    return "floor-spin" if spins(system) else "floor"


def server_options(system, workload):
    options = ["--spin"] if spins(system) else []
    # With one call at a time the least is a blocking pair of sockets, without epoll.
    if system == "floor" and workload.client_workload == "latency_echo64":
        options.append("--blocking")
    return options


def makes_sense(system, workload, placement):
    """Ends that never sleep cannot share a core, and spinning changes neither memory nor code."""
    if not spins(system):
        return True
    timed = workload.method == "client"
    return timed and placement != "same-core"
