"""quickrpc's own announcer found by our command, and our announcer found by quickrpc's seeker."""
# peer: quickrpc
import json
import os
import queue
import sys
import unittest

import peer

if "BECKON_QUICKRPC_TEST" not in os.environ:
    python = peer.python_with("quickrpc", "quickrpc", "quickrpc==0.1.0")
    os.environ["BECKON_QUICKRPC_TEST"] = python
    os.execv(python, [python, *sys.argv])

from quickrpc import announcer_api, network_transports  # noqa: E402: of the virtual environment
from quickrpc.codecs import Codec  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above
from quickrpc_udp import EVERYBODY, LocalSocket, SecondSocket, free_port, started  # noqa: E402


class Announcer(unittest.TestCase):

    def discover(self, port, *words):
        status, output, errors = command.run("discover", "--port", str(port), "--to", EVERYBODY, "--timeout", "1",
                                             "--json", *words)
        self.assertEqual((status, errors), (0, ""))
        return json.loads(output)

    def test_the_originals_announcer_is_found(self):
        port = free_port()
        filters = queue.Queue()

        def judge(wanted):
            filters.put(wanted)
            return wanted in ("", "my")

        announcer = announcer_api.make_udp_announcer(port, "my-service 1.0", judge)
        started(announcer.transport, LocalSocket)
        try:
            found = [{"host": "127.0.0.1", "description": "my-service 1.0"}]
            self.assertEqual(self.discover(port), found)
            self.assertEqual(self.discover(port, "--filter", "my"), found)
            self.assertEqual(self.discover(port, "--filter", "nope"), [])
            self.assertEqual({filters.get_nowait() for _ in range(filters.qsize())}, {"", "my", "nope"})
            announcer.description = "my-service 1.1 (renamed)"
            self.assertEqual(self.discover(port)[0]["description"], "my-service 1.1 (renamed)")
        finally:
            announcer.transport.stop()

    def test_the_originals_seeker_finds_ours(self):
        port = free_port()
        said = queue.Queue()
        transport = network_transports.UdpTransport(port)
        seeker = announcer_api.AnnouncerAPI(Codec.fromstring("terse"), transport, invert=True)
        seeker.advertise.connect(lambda sender, description="": said.put((sender, description)))
        with command.serving("tcp://127.0.0.1:0", options=("--announce", "lab", "--announce-port", str(port))) as server:
            started(transport, SecondSocket)
            try:
                seeker.seek(filter="lab")
                sender, description = said.get(timeout=10)
                self.assertEqual(sender, "127.0.0.1")
                self.assertEqual(description, {"name": "lab", "endpoints": server.endpoints})
                seeker.seek(receivers=["127.0.0.1"], filter="nobody")
                seeker.seek(receivers=["127.0.0.1"])
                self.assertEqual(said.get(timeout=10), (sender, description), "who does not fit is not answered")
                self.assertTrue(said.empty())
            finally:
                transport.stop()


if __name__ == "__main__":
    unittest.main()
