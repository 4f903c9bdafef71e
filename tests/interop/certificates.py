"""Certificates for tests, made by the openssl command: an authority, a server's, a client's (alice) and a stranger's."""
import contextlib
import os
import subprocess
import sys
import tempfile

import command
import peer


class Files:
    """Paths. Each but `ca` holds a certificate and its key."""

    def __init__(self, folder):
        self.ca = os.path.join(folder, "ca.pem")
        self.key = os.path.join(folder, "ca.key")
        self.folder = folder
        self.openssl("req", "-x509", *NEW_KEY, "-keyout", self.key, "-out", self.ca, "-days", "30", "-subj", "/CN=Test Authority")
        self.server = self.issue("server", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        self.client = self.issue("alice", "subjectAltName=email:alice@example.org")
        self.stranger = os.path.join(folder, "stranger.pem")
        self.openssl("req", "-x509", *NEW_KEY, "-keyout", self.stranger, "-out", self.stranger + ".crt", "-days", "30",
                     "-subj", "/CN=stranger")
        self.join(self.stranger, self.stranger + ".crt")

    def issue(self, name, extension):
        path = os.path.join(self.folder, name + ".pem")
        request, extensions = path + ".csr", path + ".ext"
        with open(extensions, "w") as file:
            file.write(extension + "\n")
        self.openssl("req", "-new", *NEW_KEY, "-keyout", path, "-out", request, "-subj", f"/CN={name}")
        self.openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.key, "-set_serial", "7", "-days", "30",
                     "-extfile", extensions, "-out", path + ".crt")
        self.join(path, path + ".crt")
        return path

    @staticmethod
    def join(path, certificate):
        with open(certificate) as file, open(path, "a") as out:
            out.write(file.read())

    @staticmethod
    def openssl(*words):
        subprocess.run([peer.program("openssl"), *words], check=True, capture_output=True)


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@contextlib.contextmanager
def made():
    """The files, for the time of a with statement. Ends the test where this build has no TLS."""
    _, _, errors = command.run("call", "tls://127.0.0.1:1?verify=no", "x")
    if "this build has no TLS" in errors:
        print("skipped: this build has no TLS")
        sys.exit(peer.SKIPPED)
    with tempfile.TemporaryDirectory() as folder:
        yield Files(folder)
