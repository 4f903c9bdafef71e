# peer: openssl
"""The Python runtime over TLS: with Beckon's own server, with its own; who is not known is refused on both sides."""
import os
import sys
import unittest

import generated

sys.path.insert(0, os.path.join(generated.SOURCE, "tests", "interop"))
import beckon  # noqa: E402
import certificates  # noqa: E402
import conformance  # noqa: E402
import remcall_service  # noqa: E402
import service  # noqa: E402
from command import serving  # noqa: E402


class Tls(unittest.TestCase):
    def total(self, endpoint):
        with beckon.connect(endpoint) as session:
            found = session.get(conformance.Conformance, "conformance")
            return found.total(found.count_to(8_000))

    def test_carries_calls_and_streams_of_both_kinds_of_servers(self):
        expected = 8_000 * 8_001 // 2
        with serving(f"tls://127.0.0.1:0?cert={files.server}&key={files.server}") as server:
            endpoint = server.endpoints[0].partition("?")[0]
            self.assertEqual(self.total(f"{endpoint}?ca={files.ca}"), expected)
        with beckon.Server({"conformance": service.Service()}) as server:
            endpoint = server.listen(f"tls://127.0.0.1:0?cert={files.server}")
            self.assertEqual(self.total(f"{endpoint}?ca={files.ca}"), expected)

    def test_carries_remcall_too(self):
        main = remcall_service.wire.Main
        with beckon.Server({"main": remcall_service.Main()}) as server:
            endpoint = server.listen(f"remcall+tls://127.0.0.1:0?cert={files.server}")
            with beckon.connect(f"{endpoint}?ca={files.ca}") as session:
                self.assertEqual(session.get(main).make_counter(5).increment(2), 7)
        with serving(f"remcall+tls://127.0.0.1:0?cert={files.server}&key={files.server}") as server:
            endpoint = server.endpoints[0].partition("?")[0]
            with beckon.connect(f"{endpoint}?ca={files.ca}") as session:
                self.assertEqual(session.get(main).make_counter(5).increment(2), 7)

    def test_refuses_strangers(self):
        with beckon.Server({"conformance": service.Service()}) as server:
            endpoint = server.listen(f"tls://127.0.0.1:0?cert={files.server}&client_ca={files.ca}")
            self.assertGreater(self.total(f"{endpoint}?ca={files.ca}&cert={files.client}"), 0)
            for options in (f"ca={files.ca}", f"ca={files.ca}&cert={files.stranger}", f"cert={files.client}"):
                with self.assertRaises(beckon.Disconnected):
                    self.total(f"{endpoint}?{options}")


if __name__ == "__main__":
    with certificates.made() as files:
        unittest.main()
