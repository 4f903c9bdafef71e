# peer: chromium
"""The compiled generated client in a page of headless Chromium, over WebSocket: against Beckon's server, and TypeScript's."""
import functools
import http.server
import queue
import subprocess
import tempfile
import threading
import unittest

import generated
import peer
from command import serving
from conformance_test import METHODS, Serving

CHROMIUM = peer.program("chromium")
PAGE = b'<!doctype html><script type="module" src="/page.js"></script>'


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves what was compiled, and hears what the page said."""
    said = queue.Queue()

    def do_GET(self):
        if not self.path.startswith("/page.html"):
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def do_POST(self):
        self.said.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        handler = functools.partial(Pages, directory=generated.FOLDER)
        cls.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        cls.origin = f"http://127.0.0.1:{cls.web.server_port}"
        threading.Thread(target=cls.web.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.web.shutdown()
        cls.web.server_close()

    def said_of(self, endpoint):
        """What the page says that uses this endpoint."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            browser = subprocess.Popen(
                [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", f"--user-data-dir={profile}",
                 f"{self.origin}/page.html?{endpoint}"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            try:
                return Pages.said.get(timeout=120)
            except queue.Empty:
                browser.kill()
                raise AssertionError(f"the page did not end: {browser.communicate()[1][-2000:]}") from None
            finally:
                browser.kill()
                browser.communicate()

    def test_a_page_calls_every_method_of_cpp(self):
        with serving(f"ws://127.0.0.1:0/?origins={self.origin}") as server:
            said = self.said_of(server.endpoints[0].split("?")[0])
            self.assertEqual(said.splitlines(), [f"ok {method}" for method in METHODS])
            self.assertEqual(server.end(), (0, ""))

    def test_a_page_calls_every_method_of_typescript(self):
        with Serving(f"ws://127.0.0.1:0/?origins={self.origin}") as server:
            said = self.said_of(server.endpoint)
            self.assertEqual(said.splitlines(), [f"ok {method}" for method in METHODS])

    def test_a_page_of_somebody_else_is_kept_out(self):
        with Serving("ws://127.0.0.1:0/") as server:
            self.assertIn("DisconnectedError: cannot connect to ws://", self.said_of(server.endpoint))


if __name__ == "__main__":
    unittest.main()
