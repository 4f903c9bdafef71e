"""Peers that break JSON-RPC's rules at our server: each gets a clear answer or a clean end, and nobody else notices."""
import json
import os
import socket
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above

MIB = 1 << 20
sys.set_int_max_str_digits(0)


class Peer:
    def __init__(self, endpoint):
        host, port = endpoint.split("//")[1].split("?")[0].rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=30)
        self.buffered = b""

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def line(self):
        """The next line as JSON; nothing where the server has closed."""
        while b"\n" not in self.buffered:
            try:
                more = self.socket.recv(1 << 16)
            except ConnectionError:
                more = b""
            if not more:
                return None
            self.buffered += more
        line, self.buffered = self.buffered.split(b"\n", 1)
        return json.loads(line)

    def ask(self, text):
        self.send(text if isinstance(text, bytes) else text.encode())
        self.send(b"\n")
        while "method" in (answer := self.line()):  # it lets go of what it was lent
            pass
        return answer

    def close(self):
        self.socket.close()


def request(method, params=None, number=1):
    made = {"jsonrpc": "2.0", "method": method, "id": number}
    if params is not None:
        made["params"] = params
    return json.dumps(made)


class Lines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = command.Server("jsonrpc+tcp://127.0.0.1:0")
        cls.honest = Peer(cls.server.endpoints[0])

    @classmethod
    def tearDownClass(cls):
        assert cls.honest.ask(request("add", [1, 2]))["result"] == 3
        cls.honest.close()
        status, _ = cls.server.end()
        assert status == 0, status

    def setUp(self):
        self.peer = Peer(self.server.endpoints[0])

    def tearDown(self):
        self.peer.close()
        self.assertEqual(self.honest.ask(request("add", [1, 2]))["result"], 3, "others go on")

    def refused(self, text, code):
        answer = self.peer.ask(text)
        self.assertEqual((answer["id"], answer["error"]["code"]), (None, code), answer)

    def lives(self):
        self.assertEqual(self.peer.ask(request("concat", ["a", "b"]))["result"], "ab")

    def test_what_is_no_json(self):
        for text in ("{", "}", "[", "[1", '"', "nul", "{'a':1}", "[1,]", "01", "+1", "NaN", "// x", "\ufeff{}", '{"a":1}{"a":1}',
                     '{"a":"\\x"}', '{"a":"\\u12"}', "[1e999]"):
            self.refused(text, -32700)
        for data in (b'"\xff"', b'{"\xc3":1}', b'"\xed\xa0\x80"', b'"\x01"', b'"a\x00b"', b"\x00", b"\x80"):
            self.refused(data, -32700)
        self.lives()

    def test_lone_surrogates_come_back_as_text(self):
        self.assertEqual(self.peer.ask('{"jsonrpc":"2.0","id":1,"method":"echo","params":["\\ud800x"]}')["result"], "\ufffdx")
        self.lives()

    def test_nesting(self):
        deep = '{"jsonrpc":"2.0","id":1,"method":"echo","params":%s%s}'
        # The handler's own conversion may stop before the text does; either way there is an answer.
        self.assertIn("id", self.peer.ask(deep % ("[" * 255, "]" * 255)))
        self.refused(deep % ("[" * 256, "]" * 256), -32700)
        self.refused("[" * 1_000_000, -32700)
        self.refused('{"a":' * 100_000 + "1" + "}" * 100_000, -32700)
        self.lives()

    def test_numbers(self):
        huge = "9" * 50_000
        answer = self.peer.ask('{"jsonrpc":"2.0","id":%s,"method":"echo","params":[1]}' % ("9" * 4000))
        self.assertEqual(answer["id"], int("9" * 4000))
        self.peer.send('{"jsonrpc":"2.0","id":1,"method":"echo","params":[%s]}\n' % huge)
        self.assertIsNotNone(self.peer.line())
        self.refused('{"jsonrpc":"2.0","id":1,"method":"echo","params":[%s]}' % ("9" * 200_000), -32700)
        self.refused('{"jsonrpc":"2.0","id":1,"method":"echo","params":[1e400]}', -32700)
        answer = self.peer.ask('{"jsonrpc":"2.0","id":1,"method":"add","params":[9223372036854775808,1]}')
        self.assertEqual(answer["error"]["code"], -32602)
        self.lives()

    def test_ids_that_repeat(self):
        for _ in range(100):
            self.peer.send(request("add", [1, 2], 7) + "\n")
        for _ in range(100):
            self.assertEqual(self.peer.line(), {"jsonrpc": "2.0", "id": 7, "result": 3})
        self.lives()

    def test_answers_to_nothing(self):
        for text in ('{"jsonrpc":"2.0","id":1,"result":1}', '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}',
                     '{"jsonrpc":"2.0","id":1,"result":1,"error":1}', '{"id":1,"result":1}', '{"jsonrpc":"2.0","result":1}',
                     '[{"jsonrpc":"2.0","id":1,"result":1},{"jsonrpc":"2.0","id":2,"result":{"$ref":5}}]'):
            self.peer.send((text + "\n") * 200)
        self.lives()

    def test_batches(self):
        self.refused("[]", -32600)
        many = self.peer.ask("[" + ",".join(["1"] * 16_384) + "]")
        self.assertEqual(len(many), 16_384)
        self.refused("[" + ",".join(["1"] * 16_385) + "]", -32600)
        self.refused("[" + "1," * 5_000_000 + "1]", -32700)  # more values than one message may have
        answers = self.peer.ask("[" + ",".join(request("concat", ["x" * 1000, "y"], i) for i in range(3000)) + "]")
        self.assertEqual(len(answers), 3000)
        self.lives()

    def test_handles_that_nobody_lent(self):
        for method in ("$ref/1.value", "$ref/0.value", "$ref/x.value", "$ref/99999999999.value", "$ref/", "$ref/1", ".", "..", "a.b.c"):
            answer = self.peer.ask(request(method))
            self.assertEqual(answer["error"]["code"], -32601, answer)
        for handle in ({"$ref": 0}, {"$ref": -1}, {"$ref": "1"}, {"$ref": 1, "mine": True}, {"$ref": 2**31}, {"$stream": 0},
                       {"$stream": "x"}, {"$ref": None}):
            answer = self.peer.ask(request("echo", [handle]))
            self.assertIn(answer["error"]["code"], (-32601, -32602), answer)
        for notice in ("$release", "$credit", "$item", "$end", "$/cancelRequest", "$/progress"):
            for params in ("[]", "[1]", "[1,1]", "[0,0]", "[-1,-1]", '["a","b"]', "{}", '{"id":{}}', "[99999999999,1]", "[[1],[1]]"):
                self.peer.send('{"jsonrpc":"2.0","method":"%s","params":%s}\n' % (notice, params))
        self.lives()

    def test_more_references_than_there_may_be(self):
        for start in range(0, 70_000, 10_000):
            handles = [{"$ref": n} for n in range(start + 1, start + 10_001)]
            answer = self.peer.ask(request("echo", [handles]))
            if "error" in answer:
                break
        self.lives()

    def test_a_stream_beyond_its_credit(self):
        self.peer.send(request("total", [{"$stream": 1}]) + "\n")
        self.peer.send("".join('{"jsonrpc":"2.0","method":"$item","params":[1,1]}\n' for _ in range(100_000)))
        self.peer.send('{"jsonrpc":"2.0","method":"$end","params":[1]}\n')
        answers = []
        while not answers or "id" not in answers[-1]:
            answers.append(self.peer.line())
        self.lives()

    def test_more_requests_than_are_answered_at_once(self):
        self.peer.send(request("sleep", [2000], 0) + "\n")
        count = 20_000  # more than wait: the last ones are refused
        self.peer.send("".join(request("add", [i, 1], i) + "\n" for i in range(1, count)))
        results = {}
        while len(results) < count:
            answer = self.peer.line()
            results[answer["id"]] = answer
        refused = [each for each in results.values() if "error" in each]
        self.assertEqual({each["error"]["code"] for each in refused}, {-32002})
        self.lives()

    def test_a_line_without_an_end(self):
        try:
            for _ in range(70):
                self.peer.send(b"x" * MIB)
        except ConnectionError:
            return  # it has closed, and what it said may be lost with that
        self.assertEqual(self.peer.line()["error"]["code"], -32700)
        self.assertIsNone(self.peer.line())

    def test_a_long_message_in_small_pieces(self):
        text = request("concat", ["x" * (8 * MIB), "y"]).encode() + b"\n"
        for at in range(0, len(text), 64 << 10):
            self.peer.send(text[at:at + (64 << 10)])
        self.assertEqual(len(self.peer.line()["result"]), 8 * MIB + 1)

    def test_random_bytes(self):
        import random
        chance = random.Random(20)
        for _ in range(200):
            data = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 200))).replace(b"\n", b"")
            if data.strip(b" \t\r"):
                self.refused(data, -32700)
        self.lives()


class Headers(unittest.TestCase):
    def test_broken_headers_end_the_connection(self):
        with command.serving("jsonrpc+tcp://127.0.0.1:0?framing=content-length") as server:
            for data in (b"Content-Length: -1\r\n\r\n", b"Content-Length: x\r\n\r\n", b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
                         b"X: y\r\n\r\n", b"\r\n\r\n", b"{}\n", b"Content-Length: 99999999999999999999\r\n\r\n", b"X: " + b"a" * 9000,
                         b"Content-Length: 67108865\r\n\r\n", b"Content-Length: 2\r\nContent-Type: a; charset=latin1\r\n\r\n{}",
                         b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"):
                peer = Peer(server.endpoints[0])
                peer.send(data)
                heard = b""
                try:
                    while more := peer.socket.recv(4096):
                        heard += more
                except ConnectionError:
                    pass
                self.assertIn(b'"code":-32700', heard, data)
                peer.close()
            honest = Peer(server.endpoints[0])
            text = request("add", [1, 2]).encode()
            honest.send(b"content-LENGTH:%d\n\n%s" % (len(text), text))
            self.assertIn(b'"result":3', honest.socket.recv(4096))
            honest.close()


if __name__ == "__main__":
    unittest.main()
