"""Other people's programs at a server of every protocol, through a bridge: what they can say and both protocols can carry works.

docs/protocols.md shows the table; what it says is what came out here.
"""
# peer: rpyc-6
# peer: rpyc-5
# peer: python3-msgpack
# peer: quickrpc
# peer: basic-socket-rpc
# peer: vscode-jsonrpc
# peer: json-rpc-2.0
# peer: curl
import concurrent.futures
import unittest

import others
import tables
from bridges import PROTOCOLS, bridge_to, refused_by_each, server

CLIENTS = {"RPyC 6.0.2": others.RPYC_6, "RPyC 5.3": others.RPYC_5, "json-rpc-2.0 of npm": others.JSON_RPC_2,
           "vscode-jsonrpc of npm": others.VSCODE_JSONRPC, "msgpack of Python": others.MSGPACK_OF_PYTHON,
           "quickrpc 0.1.0": others.QUICKRPC_0_1, "plain Python, pyrpc": others.PLAIN_PYRPC,
           "basic-socket-rpc 0.6.0": others.BASIC_SOCKET_RPC}


def seen_at(where, **environment):
    return {name: client(where, **environment) for name, client in CLIENTS.items()}


def seen_through_bridge_to(far):
    names_alone = {"BECKON_NAMES_ALONE": "1"} if far == "basic-socket-rpc" else {}
    with server() as where, bridge_to(far, where) as bridge:
        return seen_at(bridge, **names_alone)


class Bridges(unittest.TestCase):
    maxDiff = None

    def test_every_client_at_every_protocol(self):
        refused = refused_by_each()
        with server() as where:
            unsaid = {name: set(seen.methods("refused")) for name, seen in seen_at(where).items()}
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            columns = dict(zip(PROTOCOLS, pool.map(seen_through_bridge_to, PROTOCOLS)))
        rows = []
        for name in CLIENTS:
            rows.append([name])
            for far in PROTOCOLS:
                seen = columns[far][name]
                with self.subTest(client=name, server=far):
                    self.assertEqual((seen.complaints, set(seen.methods("refused"))), ([], unsaid[name] | refused[far]))
                rows[-1].append(seen.count())
        tables.expect_in_page(self, "others through a bridge", tables.lines_of(["client \\ server", *PROTOCOLS], rows))


if __name__ == "__main__":
    unittest.main()
