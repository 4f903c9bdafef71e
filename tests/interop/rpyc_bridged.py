"""Runs files of RPyC's own tests, where all connections lead through bridges if so wished; rpyc_suite_test.py runs it.

Usage: OUTCOMES [--through COMMAND] MODULE... Writes into the file OUTCOMES, as JSON, what became of each test, and how many
connections went through a bridge. The current folder holds the tests.
"""
import atexit
import json
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

from rpyc.core.stream import SocketStream


class Bridges:
    """A `beckon bridge` for each place that is connected to, from the first connection on."""

    def __init__(self, command):
        self.command = command
        self.started = {}
        self.lock = threading.Lock()
        self.connections = 0
        atexit.register(self.stop)

    def to(self, listen, connect):
        """The endpoint to connect to in place of `connect`."""
        with self.lock:
            self.connections += 1
            if connect not in self.started:
                process = subprocess.Popen([self.command, "bridge", "--listen", listen, "--connect", connect],
                                           stdout=subprocess.PIPE, text=True)
                for line in process.stdout:
                    if line.startswith("listening "):
                        endpoint = line.split()[1]
                    if line.startswith("ready"):
                        break
                else:
                    raise AssertionError(f"no bridge to {connect}")
                self.started[connect] = (process, endpoint)
            return self.started[connect][1]

    def stop(self):
        for process, _ in self.started.values():
            process.terminate()
            process.wait()
            process.stdout.close()


def port_of(endpoint):
    return int(endpoint.split("?")[0].rsplit(":", 1)[1])


def lead_through(bridges):
    """From now on RPyC's connections do."""
    over_tcp = SocketStream._connect.__func__
    over_unix = SocketStream.unix_connect.__func__
    over_tls = SocketStream.ssl_connect.__func__
    inside_tls = threading.local()

    def connect(cls, host, port, family=socket.AF_INET, **options):
        if getattr(inside_tls, "is_set", False):
            return over_tcp(cls, host, port, family=family, **options)
        address = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)[0][4]
        place = f"[{address[0]}]" if ":" in address[0] else address[0]
        endpoint = bridges.to("rpyc+tcp://127.0.0.1:0", f"rpyc+tcp://{place}:{address[1]}")
        return over_tcp(cls, "127.0.0.1", port_of(endpoint), **options)

    def unix_connect(cls, path, **options):
        here = tempfile.mktemp()
        endpoint = bridges.to(f"rpyc+unix:{here}", f"rpyc+unix:{path}")
        return over_unix(cls, endpoint.partition("unix:")[2], **options)

    def ssl_connect(cls, host, port, ssl_kwargs, **options):
        certificate, key = ssl_kwargs["certfile"], ssl_kwargs["keyfile"]
        listen = f"rpyc+tls://127.0.0.1:0?cert={certificate}&key={key}"
        endpoint = bridges.to(listen, f"rpyc+tls://127.0.0.1:{port}?verify=no")
        inside_tls.is_set = True
        try:
            return over_tls(cls, host, port_of(endpoint), ssl_kwargs, **options)
        finally:
            inside_tls.is_set = False

    SocketStream._connect = classmethod(connect)
    SocketStream.unix_connect = classmethod(unix_connect)
    SocketStream.ssl_connect = classmethod(ssl_connect)


class Outcomes(unittest.TextTestResult):
    """Notes what became of each test: "ok", "skipped", "failed"."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.each = {}

    def addSuccess(self, test):
        super().addSuccess(test)
        self.each.setdefault(test.id(), "ok")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.each[test.id()] = "skipped"

    def addError(self, test, failure):
        super().addError(test, failure)
        self.each[test.id()] = "failed"

    def addFailure(self, test, failure):
        super().addFailure(test, failure)
        self.each[test.id()] = "failed"


def main():
    outcomes, *words = sys.argv[1:]
    bridges = None
    if words[0] == "--through":
        bridges = Bridges(words[1])
        lead_through(bridges)
        del words[:2]
    sys.path.insert(0, ".")
    suite = unittest.TestSuite()
    for name in words:
        suite.addTests(unittest.defaultTestLoader.loadTestsFromName(name))
    ended = unittest.TextTestRunner(resultclass=Outcomes, verbosity=0).run(suite)
    with open(outcomes, "w") as file:
        json.dump({"tests": ended.each, "connections": bridges.connections if bridges else 0}, file)


if __name__ == "__main__":
    main()
