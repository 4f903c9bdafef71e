"""A client and a server as docs/wire/pyrpc.md describes Python's pyrpc, with Python's own pickle: no registry has the original.

The server loads any pickle, as the original does: for tests alone.
"""
import os
import pickle
import socket
import socketserver
import struct
import threading
import time
import traceback
import uuid


class NoSocket(Exception):
    pass


class Timeout(socket.timeout):
    pass


class ProtocolError(Exception):
    pass


def read_exactly(connection, size):
    content = b""
    while len(content) < size:
        more = connection.recv(min(65536, size - len(content)))
        if not more:
            raise EOFError
        content += more
    return content


def send(connection, what, protocol=None):
    pickled = pickle.dumps(what, protocol)
    connection.sendall(struct.pack(">I", len(pickled)) + pickled)


class Client:
    """`address`: a path, or (host, port). `protocol`: of the pickles that are sent."""

    def __init__(self, address, protocol=None):
        self.address, self.protocol = address, protocol

    def exchange(self, request, method, within):
        due = time.monotonic() + within
        connection = socket.socket(socket.AF_UNIX if isinstance(self.address, str) else socket.AF_INET)
        with connection:
            connection.settimeout(min(10, within))
            try:
                connection.connect(self.address)
            except OSError:
                raise NoSocket(f"connect Client.{method}()") from None
            send(connection, request, self.protocol)
            try:
                # The original looks for all four bytes at a time, and loses them where they come apart.
                connection.settimeout(max(0.001, due - time.monotonic()))
                header = connection.recv(4)
            except TimeoutError:
                header = b""
            if len(header) != 4:
                raise Timeout(f"read_header Client.{method}()")
            size, = struct.unpack(">I", header)
            if size == 0:
                raise ProtocolError(f"read_header Client.{method}()")
            try:
                return pickle.loads(read_exactly(connection, size))
            except (EOFError, TimeoutError):
                raise Timeout("read_body") from None

    @staticmethod
    def outcome(reply):
        result, exception = reply
        if exception is None:
            return result
        exception.traceback  # which the original reads without asking
        raise exception

    def call(self, method, *args, within=30, **kwargs):
        return self.outcome(self.exchange((method, args, kwargs), method, within))

    def nb_call(self, method, *args, within=30, tick=0.02, **kwargs):
        number = uuid.uuid4()
        put = {"id": number, "due_time": time.time() + within + max(10, 2 * tick), "predicate": "put", "status": 0,
               "method_name": method, "args": args, "kwargs": kwargs, "ret": None, "exc": None}
        reply = self.exchange(put, method, 5)
        if reply is not None:
            return self.outcome(reply)
        due = time.monotonic() + within
        while time.monotonic() < due:
            reply = self.exchange({"id": number, "predicate": "get"}, method, 5)
            if reply is not None:
                return self.outcome(reply)
            time.sleep(tick)
        raise Timeout("nb")


class Server:
    """Serves `callee` in a thread until `stop`. `address` is what to connect to."""

    def __init__(self, callee, address=("127.0.0.1", 0), nonblocking=False, retype_exceptions=False, protocol=None):
        server = self
        self.callee, self.nonblocking, self.retype, self.protocol = callee, nonblocking, retype_exceptions, protocol
        self.jobs = {}

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    size, = struct.unpack(">I", read_exactly(self.request, 4))
                    request = pickle.loads(read_exactly(self.request, size))
                except EOFError:
                    return
                try:
                    send(self.request, server.answer(request), server.protocol)
                except OSError:
                    pass  # the client has gone

        class Listener(socketserver.ThreadingMixIn,
                       socketserver.UnixStreamServer if isinstance(address, str) else socketserver.TCPServer):
            daemon_threads = True
            request_queue_size = 1000
            allow_reuse_address = True

            def handle_error(self, request, client_address):
                pass  # the original closes without a reply

        self.listener = Listener(address, Handler)
        self.address = self.listener.server_address
        threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def answer(self, request):
        if self.nonblocking and isinstance(request, dict):
            if request["predicate"] == "put":
                self.jobs[request["id"]] = request
                threading.Thread(target=self.run_job, args=(request,), daemon=True).start()
                return None
            job = self.jobs[request["id"]]
            return (job["ret"], job["exc"]) if job["status"] else None
        method, args, kwargs = request
        return self.run(method, args, kwargs)

    def run_job(self, job):
        job["ret"], job["exc"] = self.run(job["method_name"], job["args"], job["kwargs"])
        job["status"] = 1

    def run(self, method, args, kwargs):
        try:
            if method == "connected":
                return True, None
            return getattr(self.callee, method)(*args, **kwargs), None
        except Exception as exception:
            if self.retype:
                retyped = Exception(*exception.args)
                retyped.className = type(exception).__name__
                exception, original = retyped, exception
                exception.traceback = "".join(traceback.format_exception(original))
            else:
                exception.traceback = traceback.format_exc()
            return None, exception

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()
        if isinstance(self.address, str) and os.path.exists(self.address):
            os.unlink(self.address)
