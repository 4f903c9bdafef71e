"""A page in headless Chromium over WebSocket: it calls, is called back, and reads a stream; and pages of others are kept out."""
# peer: chromium
import functools
import http.server
import os
import queue
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above
import peer  # noqa: E402

CHROMIUM = peer.program("chromium")
print("peer: chromium", flush=True)
EXAMPLE = os.path.join(command.SOURCE, "examples", "browser")

# The example's page in a frame; what it says once it is over is sent to whoever served it.
WATCHER = b"""<!doctype html><iframe id="page"></iframe><script>
const frame = document.querySelector("#page");
frame.src = "/index.html" + location.search;
const timer = setInterval(() => {
    const page = frame.contentDocument;
    if (page?.title !== "over") return;
    clearInterval(timer);
    fetch("/said", { method: "POST", body: page.querySelector("#log").textContent });
}, 20);
</script>"""


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves the example, and hears what it said."""
    said = queue.Queue()

    def do_GET(self):
        if not self.path.startswith("/watch"):
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(WATCHER)))
        self.end_headers()
        self.wfile.write(WATCHER)

    def do_POST(self):
        self.said.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Pages, directory=EXAMPLE))
        cls.origin = f"http://127.0.0.1:{cls.web.server_port}"
        threading.Thread(target=cls.web.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.web.shutdown()
        cls.web.server_close()

    def show(self, endpoint):
        """What the example's page says that uses this endpoint."""
        url = endpoint.removeprefix("jsonrpc+").split("?")[0]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            browser = subprocess.Popen(
                [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", f"--user-data-dir={profile}", f"{self.origin}/watch?{url}"],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            try:
                return Pages.said.get(timeout=120)
            except queue.Empty:
                browser.kill()
                raise AssertionError(f"the page did not end: {browser.communicate()[1][-2000:]}") from None
            finally:
                browser.kill()
                browser.communicate()

    def test_a_page_calls_is_called_back_and_reads_a_stream(self):
        with command.serving(f"jsonrpc+ws://127.0.0.1:0/page?origins={self.origin}") as server:
            self.assertIn("/page", server.endpoints[0])
            said = self.show(server.endpoints[0])
            self.assertEqual(said.splitlines(), ["2 + 3 = 5", "event: event 1", "event: event 2", "called back 2 times",
                                                 *(f"item {i}" for i in range(1, 21)), "error -32603: boom", "done"])
            self.assertEqual(server.end(), (0, ""))

    def test_a_page_of_somebody_else_is_kept_out(self):
        with command.serving("jsonrpc+ws://127.0.0.1:0/") as server:
            self.assertEqual(self.show(server.endpoints[0]), "error: the server closed the connection (1006)\n")
            status, errors = server.end()
            self.assertEqual(status, 0)
            self.assertIn(f'peer is a page of "{self.origin}", whose pages may not come in (origins)', errors)


if __name__ == "__main__":
    unittest.main()
