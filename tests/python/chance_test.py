"""A Python server and chance."""
import unittest

import chance


class OfPython(chance.Chance):
    def serve(self):
        server = chance.beckon.Server({"conformance": chance.breaches.service.Service()})
        self.addCleanup(server.close)
        return server.listen("tcp://127.0.0.1:0"), None


if __name__ == "__main__":
    unittest.main()
