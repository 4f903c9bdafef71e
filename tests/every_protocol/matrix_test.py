"""Every client of the conformance service at one port that serves every protocol, plain and inside TLS.

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
import socket
import unittest

import others
import tables
import certificates  # isort: skip: found by tables
import command

NO_TLS = "it has none"


def ours(prefix, options="", transports=("tcp", "tls"), path=""):
    """Beckon's own client, by an endpoint."""
    def run(where, authority):
        transport = transports[authority is not None]
        ca = f"ca={authority}" if authority else ""
        rest = "&".join(each for each in (options, ca) if each)
        return tables.Seen([tables.DRIVER, f"{prefix}{transport}://{where}{path}{'?' if rest else ''}{rest}"])
    return run


ROWS = [
    ("Beckon", "native", ours("")),
    ("RPyC 6.0.2", "RPyC", others.RPYC_6),
    ("RPyC 5.3", "RPyC", others.RPYC_5),
    ("Beckon", "RPyC, dialect 6", ours("rpyc+", "dialect=6")),
    ("Beckon", "RPyC, dialect 5", ours("rpyc+", "dialect=5")),
    ("json-rpc-2.0 of npm", "JSON-RPC, lines", others.JSON_RPC_2),
    ("vscode-jsonrpc of npm", "JSON-RPC, Content-Length", others.VSCODE_JSONRPC),
    ("curl", "JSON-RPC, HTTP", others.CURL),
    ("Beckon", "JSON-RPC, lines", ours("jsonrpc+")),
    ("Beckon", "JSON-RPC, Content-Length", ours("jsonrpc+", "framing=content-length")),
    ("Beckon", "JSON-RPC, HTTP", ours("jsonrpc+", "", ("http", "https"), "/")),
    ("Beckon", "JSON-RPC, WebSocket", ours("jsonrpc+", "", ("ws", "wss"), "/")),
    ("msgpack of Python", "MessagePack-RPC", others.MSGPACK_OF_PYTHON),
    ("Beckon", "MessagePack-RPC", ours("msgpack+")),
    ("quickrpc 0.1.0", "quickrpc, jrpc", others.QUICKRPC_0_1),
    ("Beckon", "quickrpc, jrpc", ours("quickrpc+")),
    ("Beckon", "quickrpc, terse", ours("quickrpc+", "codec=terse")),
    ("plain Python, by the page", "pyrpc", others.PLAIN_PYRPC),
    ("Beckon", "pyrpc", ours("pyrpc+")),
    ("basic-socket-rpc 0.6.0", "basic-socket-rpc", others.BASIC_SOCKET_RPC),
    ("Beckon", "basic-socket-rpc", ours("basic+")),
    ("plain Python, by the page", "remcall", others.PLAIN_REMCALL),
    ("Beckon", "remcall", ours("remcall+", "label=conformance")),
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def seen_at_one_port(files, inside):
    """By each client, one after the other: the service counts the objects of all."""
    where = f"127.0.0.1:{free_port()}"
    with command.serving(f"any+tcp://{where}", f"any+tls://{where}?cert={files.server}"):
        return [client(where, files.ca if inside else None) for _, _, client in ROWS]


class Matrix(unittest.TestCase):
    maxDiff = None

    def test_every_client_at_one_port(self):
        with certificates.made() as files, concurrent.futures.ThreadPoolExecutor(2) as pool:
            plain, inside = pool.map(lambda inside: seen_at_one_port(files, inside), (False, True))
        rows = []
        for (name, speaks, _), bare, secured in zip(ROWS, plain, inside):
            for seen in (bare, secured):
                with self.subTest(client=name, speaks=speaks, tls=seen is secured):
                    self.assertEqual(seen.complaints if seen else [], [])
            refused = ", ".join(bare.methods("refused"))
            rows.append([name, speaks, bare.count(), secured.count() if secured else NO_TLS, refused or "none"])
        tables.expect_in_page(self, "one port", tables.lines_of(["client", "speaks", "at the port", "inside TLS", "not carried"],
                                                                rows))


if __name__ == "__main__":
    unittest.main()
