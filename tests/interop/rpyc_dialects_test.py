"""RPyC 5 and 6, which do not understand each other, through a bridge: clients of each at servers of the other."""
# peer: rpyc-6
import contextlib
import os
import subprocess
import sys

import peer

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHONS = {"5": peer.python_with("rpyc-5", "rpyc"), "6": peer.python_with("rpyc-6", "rpyc", "rpyc==6.0.2")}


@contextlib.contextmanager
def started(*words):
    """A program that is asked to end by the end of its input, or by a signal; and the first line of its output."""
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.terminate()
        process.wait()
        process.stdout.close()


def port_of(line):
    return line.split("?")[0].rsplit(":", 1)[1]


def bridge(connect):
    return started(command.COMMAND, "bridge", "--listen", "rpyc+tcp://127.0.0.1:0", "--connect", connect)


def run(version, program, line):
    return subprocess.run([PYTHONS[version], os.path.join(HERE, program), port_of(line)], timeout=120).returncode


def main():
    failed = []
    for client, server in (("5", "6"), ("6", "5")):
        with started(PYTHONS[server], os.path.join(HERE, "rpyc_dialects.py"), "serve") as port:
            # What the server speaks is found out by the first who connects.
            with bridge(f"rpyc+tcp://127.0.0.1:{port}") as line:
                if run(client, "rpyc_dialects.py", line) != 0:
                    failed.append(f"RPyC {client} at a server of RPyC {server}")
        # And all that our own tests say of clients, in a dialect that those do not speak.
        with command.serving("rpyc+tcp://127.0.0.1:0") as ours:
            with bridge(f"{ours.endpoints[0]}?dialect={server}") as line:
                if run(client, "rpyc_client.py", line) != 0:
                    failed.append(f"RPyC {client} at Beckon in dialect {server}")
            status, complaints = ours.end()
            if status != 0 or complaints:
                failed.append(f"Beckon: {complaints}")
    print("\n".join(failed), file=sys.stderr)
    sys.exit(int(bool(failed)))


if __name__ == "__main__":
    main()
