"""JSON-RPC over HTTP: curl and raw sockets as clients of our server, our command as client of Python's http.server."""
# peer: curl
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above
import peer  # noqa: E402

CURL = peer.program("curl")
print("peer: curl", flush=True)


def call(method, *params, number=1):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


class Curl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = command.Server("jsonrpc+http://127.0.0.1:0/rpc?cors=http://app.example", "jsonrpc+tcp://127.0.0.1:0")
        cls.url = cls.server.endpoints[0].removeprefix("jsonrpc+").split("?")[0]

    @classmethod
    def tearDownClass(cls):
        assert cls.server.end()[0] == 0

    def curl(self, *words, text=None):
        done = subprocess.run([CURL, "--silent", "--show-error", "--max-time", "60", *words], input=text,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def post(self, body, *words):
        return self.curl("-H", "Content-Type: application/json", *words, "--data-binary", "@-", self.url, text=body)

    def test_calls_errors_notifications_and_batches(self):
        self.assertEqual(json.loads(self.post(call("add", 2, 3)))["result"], 5)
        self.assertEqual(json.loads(self.post("{"))["error"]["code"], -32700)
        self.assertEqual(json.loads(self.post(call("nothing")))["error"]["code"], -32601)
        self.assertEqual(self.post('{"jsonrpc":"2.0","method":"whoami"}', "-w", "%{http_code}"), "204")
        self.assertEqual(self.post('[{"jsonrpc":"2.0","method":"whoami"}]', "-w", "%{http_code}"), "204")
        self.assertEqual(self.post('{"jsonrpc":"2.0","id":1,"result":1}', "-w", "%{http_code}"), "204")
        batch = json.loads(self.post(f"[{call('add', 1, 2)},{call('add', 3, 4, number=2)}]"))
        self.assertEqual(sorted(each["result"] for each in batch), [3, 7])

    def test_one_connection_for_several_requests(self):
        said = self.curl("-H", "Content-Type: application/json", "-d", call("add", 1, 1), "-w", "%{num_connects}\n",
                         self.url, self.url, self.url)
        self.assertEqual([int(line.rsplit("}", 1)[1]) for line in said.splitlines()], [1, 0, 0])

    def test_large_chunked_bodies_with_an_expectation(self):
        text = "x" * 3_000_000
        got = self.post(call("concat", text, "y"), "-H", "Transfer-Encoding: chunked", "-H", "Expect: 100-continue")
        self.assertEqual(json.loads(got)["result"], text + "y")
        self.assertEqual(json.loads(self.post(call("add", 1, 2), "--http1.0"))["result"], 3)

    def test_references_hold_while_the_connection_does(self):
        made = call("make_counter", 5)
        with socket.create_connection(self.address()) as raw:
            stream = raw.makefile("rb")
            counter = self.ask(raw, stream, made)["result"]["$ref"]
            self.assertEqual(self.ask(raw, stream, call(f"$ref/{counter}.increment", 2))["result"], 7)

    def test_what_http_cannot_carry_is_an_error_that_says_so(self):
        error = json.loads(self.post(call("call_back", {"$ref": 1, "interface": "Listener"}, 2)))["error"]
        self.assertIn("peer is an HTTP client, which cannot be called", error["message"])
        error = json.loads(self.post(call("count_to", 3)))["error"]
        self.assertIn("streams cannot be carried by HTTP", error["message"])

    def test_cors(self):
        asked = self.curl("-i", "-X", "OPTIONS", "-H", "Origin: http://app.example",
                          "-H", "Access-Control-Request-Method: POST", self.url)
        self.assertIn("204 No Content", asked)
        self.assertIn("Access-Control-Allow-Origin: http://app.example", asked)
        self.assertIn("Access-Control-Allow-Origin", self.post(call("add", 1, 2), "-i", "-H", "Origin: http://app.example"))
        self.assertEqual(self.post(call("add", 1, 2), "-o", "/dev/null", "-w", "%{http_code}", "-H", "Origin: http://evil.example"),
                         "403")

    def test_other_requests(self):
        for words, status in [((), "405"), (("-I",), "405"), (("-X", "PUT"), "405"), (("-X", "OPTIONS"), "405"),
                              (("-d", "{}"), "415")]:
            self.assertEqual(self.curl("-o", "/dev/null", "-w", "%{http_code}", *words, self.url), status, words)
        self.assertEqual(self.curl("-o", "/dev/null", "-w", "%{http_code}", self.url + "/x"), "404")

    def address(self):
        return "127.0.0.1", int(self.url.rsplit(":", 1)[1].split("/")[0])

    def ask(self, raw, stream, *bodies):
        for body in bodies:
            raw.sendall(f"POST /rpc HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                        f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        answers = []
        for _ in bodies:
            size = 0
            while (line := stream.readline()) != b"\r\n":
                assert line, "the server closed"
                if line.lower().startswith(b"content-length:"):
                    size = int(line.split(b":")[1])
            answers.append(json.loads(stream.read(size)))
        return answers if len(answers) > 1 else answers[0]

    def test_pipelined_requests_are_answered_in_order(self):
        with socket.create_connection(self.address()) as raw:
            bodies = [call("sleep", 50 - 10 * i, number=i) if i < 5 else call("add", i, i, number=i) for i in range(20)]
            answers = self.ask(raw, raw.makefile("rb"), *bodies)
        self.assertEqual([answer["id"] for answer in answers], list(range(20)))

    def test_smuggled_requests_are_not_read(self):
        inner = "POST /rpc HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        for fields in ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 0\r\nContent-Length: 9\r\n",
                       "Transfer-Encoding : chunked\r\n", "Transfer-Encoding:\x0bchunked\r\n", "X: y\r\n Content-Length: 9\r\n",
                       "X: y\nContent-Length: 9\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"):
            with self.subTest(fields=fields), socket.create_connection(self.address()) as raw:
                raw.sendall(f"POST /rpc HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n{fields}\r\n0\r\n\r\n{inner}".encode())
                said = b""
                try:
                    while part := raw.recv(65536):
                        said += part
                except ConnectionError:
                    pass
                self.assertTrue(said.startswith(b"HTTP/1.1 400 "), said)
                self.assertEqual(said.count(b"HTTP/1.1"), 1, said)


class Calc(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    connections = set()

    def do_POST(self):
        self.connections.add(self.client_address)
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        method, params = request["method"], request.get("params", [])
        if method == "broken":
            return self.answer(500, b"it broke", "text/plain")
        result = {"add": lambda: params[0] + params[1], "path": lambda: self.path, "wrong_id": lambda: 0,
                  "close": lambda: self.headers.get("Host")}[method]()
        if method == "close":
            self.close_connection = True
        number = request["id"] + (method == "wrong_id")
        self.answer(200, json.dumps({"jsonrpc": "2.0", "id": number, "result": result}).encode(), "application/json")

    def answer(self, status, body, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Client(command.CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Calc)
        threading.Thread(target=cls.web.serve_forever, daemon=True).start()
        cls.endpoint = f"jsonrpc+http://127.0.0.1:{cls.web.server_port}/a"

    @classmethod
    def tearDownClass(cls):
        cls.web.shutdown()
        cls.web.server_close()

    def test_calls(self):
        self.expect(["call", self.endpoint, "add", "2", "3"], "5\n")
        self.expect(["call", self.endpoint, "path"], '"/a"\n')
        self.expect(["call", self.endpoint, "close"], f'"127.0.0.1:{self.web.server_port}"\n')

    def test_answers_that_are_none(self):
        self.expect_error(["call", self.endpoint, "broken"], 3, "beckon: protocol_error: server answered \"HTTP 500 Internal")
        self.expect_error(["call", self.endpoint, "wrong_id"], 3, "beckon: protocol_error: server answered \"{")

    def test_other_protocols_say_what_to_use(self):
        self.expect_error(["call", self.endpoint.removeprefix("jsonrpc+"), "add"], 2, "beckon: unsupported: protocol native")


if __name__ == "__main__":
    unittest.main()
