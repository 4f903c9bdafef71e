"""JSON-RPC over HTTP by curl, a request each: curl_calls.py HOST:PORT [AUTHORITY]."""
import base64
import json
import subprocess
import sys

from common import Peer, Refused, run


class Failed(Exception):
    pass


class Curl(Peer):
    failure = Failed

    def __init__(self, where, authority=None):
        self.words = ["curl", "--silent", "--show-error", "--max-time", "30", "-H", "Content-Type: application/json"]
        if authority is not None:
            self.words += ["--cacert", authority]
        self.words.append(f"http{'s' if authority else ''}://{where}/")

    def call(self, method, *arguments):
        arguments = [{"$bytes": base64.b64encode(each).decode()} if isinstance(each, bytes) else each for each in arguments]
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": arguments})
        done = subprocess.run([*self.words, "--data-binary", "@-"], input=body, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        if "error" not in told:
            result = told["result"]
            return base64.b64decode(result["$bytes"]) if isinstance(result, dict) and "$bytes" in result else result
        message = told["error"]["message"]
        if "cannot be carried by HTTP" in message:
            raise Refused(message)
        raise Failed(told["error"])

    def counter(self, start):
        raise Refused("its references end with each connection")

    def listener(self, heard):
        raise Refused("an HTTP client cannot be called")

    def nest(self, depth):
        raise Refused("an HTTP client cannot be called")

    def counted(self, n):
        return self.call("count_to", n)

    def totalled(self, numbers):
        return self.call("total", {"$stream": 1})


run(Curl(*sys.argv[1:]))
