"""WebSocket and HTTP inside TLS with other people's programs: curl and Python's websockets, as clients and as servers."""
# peer: curl
import http.server
import json
import os
import ssl
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import certificates  # noqa: E402: found by the line above
import command  # noqa: E402
import peer  # noqa: E402

CURL = peer.program("curl")
print("peer: curl", flush=True)

WEBSOCKET_CLIENT = """
import json, ssl, sys
from websockets.sync.client import connect
trusted = ssl.create_default_context(cafile=sys.argv[2])
if len(sys.argv) > 3: trusted.load_cert_chain(sys.argv[3])
with connect(sys.argv[1], ssl_context=trusted, server_hostname="localhost", subprotocols=["jsonrpc-2.0"]) as socket:
    socket.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "whoami"}))
    print(json.loads(socket.recv())["result"])
"""
WEBSOCKET_SERVER = """
import json, ssl, sys
from websockets.sync.server import serve
own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
own.load_cert_chain(sys.argv[1])
def talk(socket):
    for text in socket:
        request = json.loads(text)
        socket.send(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": sum(request["params"])}))
    print("closed with", socket.protocol.close_code, flush=True)
with serve(talk, "127.0.0.1", 0, ssl_context=own) as server:
    print(server.socket.getsockname()[1], flush=True)
    server.serve_forever()
"""


class Adder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": sum(request["params"])}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class InsideTls(command.CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.files = files
        options = f"?cert={cls.files.server}&client_cert=optional&client_ca={cls.files.ca}"
        cls.server = command.Server("jsonrpc+https://127.0.0.1:0/rpc" + options, "jsonrpc+wss://127.0.0.1:0/ws" + options,
                                    "quickrpc+wss://127.0.0.1:0" + options)
        cls.https, cls.wss, cls.quick = (each.split("?")[0] for each in cls.server.endpoints)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.end()[0] == 0

    def curl(self, *words):
        return subprocess.run([CURL, "--silent", "--show-error", "--max-time", "60", "-H", "Content-Type: application/json",
                               "-d", '{"jsonrpc":"2.0","id":1,"method":"whoami"}', *words,
                               self.https.removeprefix("jsonrpc+")], capture_output=True, text=True)

    def test_curl_posts(self):
        done = self.curl("--cacert", self.files.ca)
        self.assertEqual(done.stdout, '{"jsonrpc":"2.0","id":1,"result":"anonymous"}', done.stderr)
        done = self.curl("--cacert", self.files.ca, "--cert", self.files.client)
        self.assertEqual(done.stdout, '{"jsonrpc":"2.0","id":1,"result":"alice"}', done.stderr)
        self.assertEqual(self.curl().returncode, 60, "it does not know the authority")
        plain = subprocess.run([CURL, "--silent", "--max-time", "60", self.https.removeprefix("jsonrpc+").replace("https", "http")],
                               capture_output=True, text=True)
        self.assertNotEqual(plain.returncode, 0, "plain HTTP is not answered")

    def test_our_command(self):
        for endpoint in (self.https, self.wss, self.quick):
            self.expect(["call", f"{endpoint}?ca={self.files.ca}", "whoami"], '"anonymous"\n')
            self.expect(["call", f"{endpoint}?ca={self.files.ca}&cert={self.files.client}", "whoami"], '"alice"\n')
            self.expect_error(["call", endpoint, "whoami"], 3, "beckon: access_denied: peer's certificate is not trusted")

    def websockets(self):
        return peer.python_with("websockets", "websockets", virtual="websockets==12.0")

    def test_pythons_websockets_as_client(self):
        for words, expected in (((), "anonymous\n"), ((self.files.client,), "alice\n")):
            done = subprocess.run([self.websockets(), "-c", WEBSOCKET_CLIENT, self.wss.removeprefix("jsonrpc+"), self.files.ca, *words],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.stdout, expected, done.stderr)

    def test_pythons_websockets_as_server_sees_us_close(self):
        with subprocess.Popen([self.websockets(), "-c", WEBSOCKET_SERVER, self.files.server], stdout=subprocess.PIPE,
                              text=True) as there:
            self.addCleanup(there.kill)
            endpoint = f"jsonrpc+wss://localhost:{there.stdout.readline().strip()}"
            for _ in range(5):
                self.expect(["call", f"{endpoint}?ca={self.files.ca}", "add", "2", "3"], "5\n")
                self.assertEqual(there.stdout.readline(), "closed with 1000\n")
            self.expect_error(["call", endpoint, "add", "2", "3"], 3, "beckon: access_denied: ")
            there.kill()

    def test_pythons_server_of_http(self):
        web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Adder)
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.load_cert_chain(self.files.server)
        web.socket = own.wrap_socket(web.socket, server_side=True)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        self.addCleanup(web.server_close)
        self.addCleanup(web.shutdown)
        endpoint = f"jsonrpc+https://localhost:{web.server_port}/"
        self.expect(["call", f"{endpoint}?ca={self.files.ca}", "add", "2", "3"], "5\n")


with certificates.made() as files:
    unittest.main()
