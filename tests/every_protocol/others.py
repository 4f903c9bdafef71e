"""Other people's programs as clients of the conformance service. Ends the test where one of them is missing."""
import os
import sys

import tables
import peer  # isort: skip: found by tables

CLIENTS = os.path.join(tables.HERE, "clients")
RPYC5 = peer.python_with("rpyc-5", "rpyc")
RPYC6 = peer.python_with("rpyc-6", "rpyc", "rpyc==6.0.2")
MSGPACK = peer.python_with("python3-msgpack", "msgpack")
QUICKRPC = peer.python_with("quickrpc", "quickrpc", "quickrpc==0.1.0")
BASIC = peer.python_with("basic-socket-rpc", "basic_socket_rpc", "basic-socket-rpc==0.6.0")
NODE = peer.program("node")
MODULES = peer.node_modules("jsonrpc", "vscode-jsonrpc@8.2.1", "json-rpc-2.0@1.7.0")
peer.program("curl")
print("\n".join(f"peer: {each}" for each in ("rpyc-6", "rpyc-5", "python3-msgpack", "quickrpc", "basic-socket-rpc",
                                            "vscode-jsonrpc", "json-rpc-2.0", "curl")), flush=True)


def program(*words, has_tls=True):
    """Somebody else's: it takes the address, and the file of an authority."""
    def run(where, authority=None, **environment):
        if authority is not None and not has_tls:
            return None
        given = [where] if authority is None else [where, authority]
        return tables.Seen([*words[:-1], os.path.join(CLIENTS, words[-1].split()[0]), *words[-1].split()[1:], *given],
                           {"NODE_PATH": MODULES, **environment})
    return run


RPYC_6 = program(RPYC6, "rpyc_calls.py")
RPYC_5 = program(RPYC5, "rpyc_calls.py")
JSON_RPC_2 = program(NODE, "json_calls.js json-rpc-2.0")
VSCODE_JSONRPC = program(NODE, "json_calls.js vscode-jsonrpc")
CURL = program(sys.executable, "curl_calls.py")
MSGPACK_OF_PYTHON = program(MSGPACK, "msgpack_calls.py")
QUICKRPC_0_1 = program(QUICKRPC, "quickrpc_calls.py", has_tls=False)
PLAIN_PYRPC = program(sys.executable, "pyrpc_calls.py", has_tls=False)
BASIC_SOCKET_RPC = program(BASIC, "basic_calls.py", has_tls=False)
PLAIN_REMCALL = program(sys.executable, "remcall_calls.py", has_tls=False)  # it reads and writes by several threads, ssl by one
