# peer: openssl
"""The TypeScript runtime over TLS: with Beckon's own server, with its own; who is not known is refused."""
import unittest

import generated
import certificates
from command import serving
from conformance_test import METHODS, Serving


class Tls(unittest.TestCase):
    def said_by(self, endpoint):
        return generated.node("client.js", endpoint)[1]

    def assert_goes_well(self, endpoint):
        output = self.said_by(endpoint)
        self.assertEqual(output.splitlines(), [f"ok {method}" for method in METHODS])

    def test_carries_calls_of_both_kinds_of_servers(self):
        with serving(f"tls://127.0.0.1:0?cert={files.server}&key={files.server}") as server:
            self.assert_goes_well(f"{server.endpoints[0].partition('?')[0]}?ca={files.ca}")
        for listen in ("tls://127.0.0.1:0", "wss://127.0.0.1:0/"):
            with Serving(f"{listen}?cert={files.server}&client_ca={files.ca}") as server:
                self.assert_goes_well(f"{server.endpoint}?ca={files.ca}&cert={files.client}")

    def test_refuses_strangers(self):
        with Serving(f"tls://127.0.0.1:0?cert={files.server}&client_ca={files.ca}") as server:
            for options in (f"ca={files.ca}", f"ca={files.ca}&cert={files.stranger}", f"cert={files.client}"):
                self.assertIn("DisconnectedError", self.said_by(f"{server.endpoint}?{options}"))


if __name__ == "__main__":
    with certificates.made() as files:
        unittest.main()
