"""Clients of every protocol at a server of every protocol, through a bridge: what either protocol cannot carry is refused, and
nothing else.

docs/protocols.md shows the table; what it says is what came out here.
"""
import unittest

import tables
from bridges import PROTOCOLS, bridge_to, refused_by_each, seen_by, server


class Bridges(unittest.TestCase):
    maxDiff = None

    def test_every_protocol_at_every_protocol(self):
        refused = refused_by_each()
        columns = {}
        with server() as where:
            for far in PROTOCOLS:
                with bridge_to(far, where) as bridge:
                    columns[far] = {near: seen_by(near, bridge) for near in PROTOCOLS}
        rows = []
        for near in PROTOCOLS:
            rows.append([near])
            for far in PROTOCOLS:
                seen = columns[far][near]
                with self.subTest(client=near, server=far):
                    self.assertEqual((seen.complaints, set(seen.methods("refused"))), ([], refused[near] | refused[far]))
                rows[-1].append(seen.count())
        tables.expect_in_page(self, "through a bridge", tables.lines_of(["client \\ server", *PROTOCOLS], rows))


if __name__ == "__main__":
    unittest.main()
