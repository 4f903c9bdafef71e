"""Python's websockets, as client of our listener and as server of our command; and the WebSocket that Node has built in."""
# peer: websockets
import json
import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above
import peer  # noqa: E402

PYTHON = peer.python_with("websockets", "websockets", virtual="websockets==12.0")
print("peer: websockets", flush=True)

CLIENT = """
import json, sys
from websockets.sync.client import connect
with connect(sys.argv[1], subprotocols=["other", "jsonrpc-2.0"], compression="deflate", max_size=None) as socket:
    assert socket.subprotocol == "jsonrpc-2.0", socket.subprotocol
    def ask(text):
        socket.send(text)
        return json.loads(socket.recv())
    def request(method, *params):
        return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    assert ask(request("add", 2, 3))["result"] == 5
    assert ask([request("add", 2, 3)[:10], request("add", 2, 3)[10:]])["result"] == 5  # fragments
    long = "x" * 3_000_000
    assert ask(request("concat", long, "y"))["result"] == long + "y"
    socket.ping().wait(10)
    socket.send(b"bytes")
    try:
        socket.recv()
    except Exception as closed:
        assert closed.code == 1003, closed
print("all as expected")
"""
SERVER = """
import json
from websockets.sync.server import serve
def talk(socket):
    for text in socket:
        request = json.loads(text)
        method, params = request["method"], request.get("params", [])
        if method == "ping_me":
            assert socket.ping().wait(10)
        result = {"add": lambda: params[0] + params[1], "path": lambda: socket.request.path,
                  "size": lambda: len(text), "ping_me": lambda: "pong", "agreed": lambda: socket.subprotocol,
                  "close": lambda: socket.close(1001, "enough")}[method]()
        socket.send(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}))
with serve(talk, "127.0.0.1", 0, subprotocols=["b"]) as server:
    print(server.socket.getsockname()[1], flush=True)
    server.serve_forever()
"""
NODE = """
const ws = new WebSocket(process.argv[1], "jsonrpc-2.0");
const send = (id, method, params) => ws.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
ws.onopen = () => send(1, "concat", ["grü", "ße"]);
ws.onmessage = (event) => { console.log(JSON.parse(event.data).result, ws.protocol); ws.close(3001, "done"); };
ws.onclose = (event) => console.log(event.code, event.wasClean);
"""


class Clients(command.CommandTest):
    def test_python(self):
        with command.serving("jsonrpc+ws://127.0.0.1:0/here") as server:
            url = server.endpoints[0].removeprefix("jsonrpc+")
            done = subprocess.run([PYTHON, "-c", CLIENT, url], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.stdout, "all as expected\n", done.stderr)
            self.assertEqual(server.end()[0], 0)

    def test_node(self):
        node = shutil.which("node")
        if node is None or subprocess.run([node, "--experimental-websocket", "-e", "new WebSocket('ws://x')"],
                                          capture_output=True).returncode not in (0, 1):
            self.skipTest("no node with a WebSocket of its own")
        with command.serving("jsonrpc+ws://127.0.0.1:0") as server:
            url = server.endpoints[0].removeprefix("jsonrpc+")
            done = subprocess.run([node, "--experimental-websocket", "-e", NODE, url], capture_output=True, text=True,
                                  timeout=60)
            self.assertEqual(done.stdout, "grüße jsonrpc-2.0\n3001 true\n", done.stderr)
            self.assertEqual(server.end()[0], 0)


class Server(command.CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.process = subprocess.Popen([PYTHON, "-c", SERVER], stdout=subprocess.PIPE, text=True)
        cls.endpoint = f"jsonrpc+ws://127.0.0.1:{cls.process.stdout.readline().strip()}"
        cls.agreeing = cls.endpoint + "?subprotocol=a,b"  # it asks for one

    @classmethod
    def tearDownClass(cls):
        cls.process.kill()
        cls.process.communicate()

    def test_calls(self):
        self.expect(["call", self.agreeing, "add", "2", "3"], "5\n")
        self.expect(["call", self.endpoint + "/a%20b%3Fc=d?subprotocol=b", "path"], '"/a%20b?c=d"\n')
        self.expect(["call", self.agreeing, "ping_me"], '"pong"\n')
        text = json.dumps("x" * 100_000)
        self.assertGreater(int(command.run("call", self.agreeing, "size", text)[1]), 100_000)

    def test_sub_protocols(self):
        self.expect(["call", self.agreeing, "agreed"], '"b"\n')
        self.expect_error(["call", self.endpoint + "?subprotocol=a", "agreed"], 3,
                          'beckon: protocol_error: server answered 400 "Bad Request" to the WebSocket handshake at "/"')

    def test_it_closes_within_a_call(self):
        self.expect_error(["call", self.agreeing, "close"], 3,
                          "beckon: disconnected: peer closed the connection (it closed the WebSocket with 1001, \"enough\")")


if __name__ == "__main__":
    unittest.main()
