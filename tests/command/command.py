"""The built command, as a user runs it: for the tests of this folder."""
import contextlib
import os
import re
import signal
import subprocess
import tempfile
import unittest

BUILD = os.environ.get("BECKON_BUILD_DIR", os.path.join(os.getcwd(), "build", "release"))
SOURCE = os.environ.get("BECKON_SOURCE_DIR", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
COMMAND = os.path.join(BUILD, "beckon")
WITHIN = 60


def run(*words, text=None):
    """Runs the command; gives exit status, standard output and standard error."""
    done = subprocess.run([COMMAND, *words], input=text, capture_output=True, text=True, timeout=WITHIN,
                          stdin=subprocess.DEVNULL if text is None else None)
    return done.returncode, done.stdout, done.stderr


def shared(endpoint):
    """Under BECKON_ONE_PORT a server of one protocol serves all of them: what the endpoint begins with, and what with then."""
    plain = re.fullmatch(r"(\w+\+)?(tcp|tls)(://127\.0\.0\.1:0(?:\?cert=.*)?)", endpoint)
    if plain is None or "BECKON_ONE_PORT" not in os.environ:
        return "", "", endpoint
    return (plain[1] or "") + plain[2], "any+" + plain[2], "any+" + plain[2] + plain[3]


class Server:
    """`beckon serve`, from its `ready` on."""

    def __init__(self, *listen, options=()):
        places = [shared(endpoint) for endpoint in listen]
        words = [word for place in places for word in ("--listen", place[2])] + list(options)
        self.process = subprocess.Popen([COMMAND, "serve", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True)
        self.lines = []
        while not self.lines or self.lines[-1] != "ready":
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(f"serve ended before it was ready: {self.process.communicate()[1]}")
            self.lines.append(line.rstrip("\n"))
        self.endpoints = [line.removeprefix("listening ") for line in self.lines[:-1]]
        if len(places) == len(self.endpoints):
            self.endpoints = [real.replace(any_, own, 1) for (own, any_, _), real in zip(places, self.endpoints)]

    def end(self, how=signal.SIGTERM):
        """Ends it; gives exit status and standard error."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=WITHIN)
        return self.process.returncode, errors


@contextlib.contextmanager
def serving(*listen, options=()):
    server = Server(*listen, options=options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
        server.process.communicate()


class CommandTest(unittest.TestCase):
    """Checks on what the command prints and ends with."""
    maxDiff = None

    def expect(self, words, output="", status=0, text=None):
        """The exact standard output; nothing on standard error."""
        self.assertEqual(run(*words, text=text), (status, output, ""), f"beckon {' '.join(words)}")

    def expect_error(self, words, status, message, text=None):
        """Nothing on standard output; one line on standard error that begins so."""
        ended, output, errors = run(*words, text=text)
        self.assertEqual(output, "")
        self.assertEqual(errors.count("\n"), 1, errors)
        self.assertTrue(errors.startswith(message), f"{errors!r} does not begin with {message!r}")
        self.assertEqual(ended, status, errors)

    def expect_events_beside_null(self, words, events):
        """These, and once the result; what comes after the reply may be printed before it is."""
        ended, output, errors = run(*words)
        self.assertEqual((ended, output.count("null\n"), output.replace("null\n", ""), errors), (0, 1, events, ""))

    def expect_cut_short(self, words):
        """A stream of numbers from 1 on, ended by --timeout."""
        ended, output, errors = run(*words)
        self.assertEqual(ended, 1, errors)
        numbers = output.splitlines()
        self.assertEqual(numbers[:3], ["1", "2", "3"])
        self.assertEqual(numbers[-1], str(len(numbers)))
        self.assertRegex(errors, rf"^beckon: timeout: the stream has not ended within .* \(--timeout\); {len(numbers)} items")


class ServedTest(CommandTest):
    """The same, beside one server for all tests of the class, at `listen`."""
    listen = "tcp://127.0.0.1:0"

    @classmethod
    def setUpClass(cls):
        cls.server = Server(cls.listen)
        cls.endpoint = cls.server.endpoints[0]

    @classmethod
    def tearDownClass(cls):
        cls.server.end()


class QuietlyServedTest(ServedTest):
    """The same; the server has nothing to complain of, and ends well."""

    @classmethod
    def tearDownClass(cls):
        status, errors = cls.server.end()
        assert (status, errors) == (0, ""), (status, errors)


class UnixServedTest(QuietlyServedTest):
    """The same at a unix socket, by the protocol named in `prefix`: "rpyc+"."""
    prefix = ""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.listen = f"{cls.prefix}unix:{cls.folder.name}/socket"
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.folder.cleanup()
