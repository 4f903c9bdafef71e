"""Runs a Python program with RPyC against our server."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above

HERE = os.path.dirname(os.path.abspath(__file__))


def against_our_server(python, program):
    """Ends with the program's exit status; then the server must have nothing to complain of."""
    with command.serving("rpyc+tcp://127.0.0.1:0") as server:
        port = server.endpoints[0].rsplit(":", 1)[1]
        ended = subprocess.run([python, os.path.join(HERE, program), port], timeout=120).returncode
        status, complaints = server.end()
    print(complaints, file=sys.stderr)
    sys.exit(ended or status or int(bool(complaints)))
