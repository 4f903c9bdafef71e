# peer: mono
"""A C# server and peers that break the rules of docs/wire/native.md: the same that a Python server meets, and chance."""
import os
import sys
import unittest

import csharp

sys.path.append(os.path.join(csharp.SOURCE, "tests", "python"))
import chance  # noqa: E402

breaches = chance.breaches

PROGRAM = csharp.build("Server.exe", csharp.generate(csharp.CONFORMANCE, "conformance"), *csharp.here("Server.cs", "Service.cs"))


def serve(test, *words):
    server = csharp.Server(csharp.MONO, PROGRAM, "tcp://127.0.0.1:0", *words)
    test.addCleanup(server.__exit__, None)
    return server.endpoint


class OfCSharp(breaches.Breaches):
    def setUp(self):
        self.endpoint = serve(self, "small")


class PageOfCSharp(breaches.Page):
    def serve(self):
        return serve(self)


class ChanceOfCSharp(chance.Chance):
    def serve(self):
        server = csharp.Server(csharp.MONO, PROGRAM, "tcp://127.0.0.1:0")
        self.addCleanup(server.__exit__, None)
        return server.endpoint, server.process.pid


if __name__ == "__main__":
    unittest.main()
