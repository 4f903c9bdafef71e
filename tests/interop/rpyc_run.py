"""Runs a Python program with RPyC against our server."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above
import certificates  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def against_our_server(python, program, options="", **environment):
    """Ends with the program's exit status; then the server must have nothing to complain of."""
    run(python, program, "rpyc+tcp://127.0.0.1:0" + options, **environment)


def against_our_tls_server(python, program):
    """The same with TLS, where the client must show a certificate and is known by it."""
    with certificates.made() as files:
        run(python, program, f"rpyc+tls://127.0.0.1:0?cert={files.server}&client_ca={files.ca}", files.ca, files.client, "alice")


def run(python, program, endpoint, *arguments, **environment):
    with command.serving(endpoint) as server:
        port = server.endpoints[0].split("?")[0].rsplit(":", 1)[1]
        ended = subprocess.run([python, os.path.join(HERE, program), port, *arguments], timeout=120,
                               env=os.environ | environment).returncode
        status, complaints = server.end()
    print(complaints, file=sys.stderr)
    sys.exit(ended or status or int(bool(complaints)))
