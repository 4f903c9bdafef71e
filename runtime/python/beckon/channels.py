"""Ways to carry bytes: sockets, TLS, pipes to a child process or to a parent. Endpoints name them."""

from __future__ import annotations

import os
import select
import shlex
import socket
import ssl
import struct
import subprocess
import sys
import threading
import urllib.parse
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Optional, Protocol

from .errors import AddressInUse, Disconnected, InvalidArgument, IoError

#: A peer that takes nothing for so long is given up.
STALLED_SECONDS = 60


class Channel(Protocol):
    """Bytes both ways. One thread reads, another one writes."""

    def read(self) -> bytes:
        """Some bytes; none at the end."""

    def write(self, content: bytes) -> None:
        ...

    def close(self) -> None:
        """Ends both; may be called from any thread, more than once."""


@dataclass
class Endpoint:
    """An endpoint's parts: `tcp://host:port`, `unix:path`, `exec:program arguments`, `stdio:`, `tls://host:port?ca=FILE`.

    Each may have `remcall+` before it; else the protocol is Beckon's own, `native+`, and its name empty.
    """

    text: str
    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""
    options: Dict[str, str] = field(default_factory=dict)
    protocol: str = ""

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        protocol, plus, behind = text.partition("+")
        if (
            plus
            and protocol in ("native", "remcall")
            and "+" not in behind.split(":")[0]
        ):
            made = cls.parse(behind)
            made.text, made.protocol = text, protocol if protocol == "remcall" else ""
            return made
        scheme, colon, rest = text.partition(":")
        if not colon or scheme not in ("tcp", "tls", "unix", "exec", "stdio"):
            raise InvalidArgument(
                f"endpoint {text!r}: expected tcp://, tls://, unix:, exec: or stdio:"
            )
        if scheme == "exec":
            return cls(text, scheme, path=rest)
        rest, _, query = rest.partition("?")
        options = dict(urllib.parse.parse_qsl(query))
        if scheme in ("unix", "stdio"):
            return cls(text, scheme, path=rest, options=options)
        host, _, port = rest[2:].rpartition(":")
        if not rest.startswith("//") or not port.isdigit() or int(port) > 65535:
            raise InvalidArgument(f"endpoint {text!r}: expected {scheme}://host:port")
        return cls(
            text, scheme, host.strip("[]") or "127.0.0.1", int(port), options=options
        )


class _Held:
    """Puts off the closing of a descriptor that a thread reads from: the number of a closed one is the next
    connection's, whose bytes that thread would take.
    """

    def __init__(self, close: Callable[[], None]) -> None:
        self._close = close
        self._lock = threading.Lock()
        self._users = 0
        self._is_closed = False

    def __enter__(self) -> None:
        with self._lock:
            if self._is_closed:
                raise ValueError("the channel is closed")
            self._users += 1

    def __exit__(self, *raised: Any) -> None:
        with self._lock:
            self._users -= 1
            is_over = self._is_closed and self._users == 0
        if is_over:
            self._close()

    def close(self) -> None:
        with self._lock:
            is_over = not self._is_closed and self._users == 0
            self._is_closed = True
        if is_over:
            self._close()


class SocketChannel:
    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._held = _Held(connection.close)
        self._socket.settimeout(None)
        stalled = struct.pack("ll", STALLED_SECONDS, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, stalled)
        self._acknowledges = False

    def acknowledge_at_once(self) -> None:
        """For peers that write in small pieces, each of which waits until the one before is acknowledged."""
        is_tcp = self._socket.family != socket.AF_UNIX
        self._acknowledges = is_tcp and hasattr(socket, "TCP_QUICKACK")
        self._acknowledge()

    def _acknowledge(self) -> None:
        if self._acknowledges:  # the system forgets it again and again
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def read(self) -> bytes:
        with self._held:
            content = self._socket.recv(65536)
            self._acknowledge()
            return content

    def write(self, content: bytes) -> None:
        self._socket.sendall(content)

    def close(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._held.close()


class TlsChannel:
    """OpenSSL takes one thread at a time, so that nobody may wait inside of it."""

    def __init__(self, connection: ssl.SSLSocket) -> None:
        connection.setblocking(False)
        self._socket = connection
        self._lock = threading.Lock()

    def _once_ready(self, operation: Callable[[], Any]) -> Any:
        while True:
            with self._lock:
                try:
                    return operation()
                except ssl.SSLWantReadError:
                    wanted = select.POLLIN
                except ssl.SSLWantWriteError:
                    wanted = select.POLLOUT
            poll = select.poll()
            poll.register(self._socket, wanted)
            is_writing = wanted == select.POLLOUT
            if not poll.poll(STALLED_SECONDS * 1000 if is_writing else None):
                raise TimeoutError(
                    f"the peer has taken nothing for {STALLED_SECONDS} s"
                )

    def read(self) -> bytes:
        try:
            return bytes(self._once_ready(lambda: self._socket.recv(65536)))
        except ssl.SSLZeroReturnError:
            return b""

    def write(self, content: bytes) -> None:
        view = memoryview(content)
        while view:
            view = view[self._once_ready(lambda: self._socket.send(view)) :]

    def close(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        with self._lock:
            self._socket.close()


class PipeChannel:
    def __init__(
        self, source: int, sink: int, child: "Optional[subprocess.Popen[bytes]]" = None
    ) -> None:
        self._source = source
        self._sink = sink
        self._child = child
        self._held = _Held(lambda: os.close(source))

    def read(self) -> bytes:
        with self._held:
            return os.read(self._source, 65536)

    def write(self, content: bytes) -> None:
        view = memoryview(content)
        while view:
            view = view[os.write(self._sink, view) :]

    def close(self) -> None:
        sink, child = self._sink, self._child
        self._sink = -1
        if sink < 0:
            return
        os.close(sink)
        if child is None:
            return
        try:
            child.wait(5)  # its input has ended
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        self._held.close()


def _tls_of_client(endpoint: Endpoint) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=endpoint.options.get("ca"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if "cert" in endpoint.options:
        context.load_cert_chain(endpoint.options["cert"], endpoint.options.get("key"))
    return context


def tls_of_server(endpoint: Endpoint) -> ssl.SSLContext:
    if "cert" not in endpoint.options:
        raise InvalidArgument(f"endpoint {endpoint.text!r}: expected ?cert=FILE")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(endpoint.options["cert"], endpoint.options.get("key"))
    if "client_ca" in endpoint.options:
        context.load_verify_locations(endpoint.options["client_ca"])
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def dial(endpoint: Endpoint, within: float) -> Channel:
    """Connects. Errors: Disconnected, which names the endpoint."""
    try:
        if endpoint.scheme in ("tcp", "tls"):
            return _dial_tcp(endpoint, within)
        if endpoint.scheme == "unix":
            return _dial_unix(endpoint, within)
        if endpoint.scheme == "exec":
            return _start(endpoint)
    except OSError as error:
        raise Disconnected(f"cannot connect to {endpoint.text}: {error}") from error
    return stdio()


def _dial_tcp(endpoint: Endpoint, within: float) -> Channel:
    connection = socket.create_connection((endpoint.host, endpoint.port), within)
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if endpoint.scheme == "tcp":
            return SocketChannel(connection)
        name = endpoint.options.get("name", endpoint.host)
        secured = _tls_of_client(endpoint).wrap_socket(connection, server_hostname=name)
        return TlsChannel(secured)
    except BaseException:
        connection.close()
        raise


def _dial_unix(endpoint: Endpoint, within: float) -> Channel:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(within)
        connection.connect(endpoint.path)
        return SocketChannel(connection)
    except BaseException:
        connection.close()
        raise


def _start(endpoint: Endpoint) -> Channel:
    child = subprocess.Popen(
        shlex.split(endpoint.path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    assert child.stdin is not None and child.stdout is not None
    pair = os.dup(child.stdout.fileno()), os.dup(child.stdin.fileno())
    child.stdin.close()
    child.stdout.close()
    return PipeChannel(*pair, child)


def stdio() -> Channel:
    """Our own standard input and output; what is printed goes to standard error from now on."""
    sys.stdout.flush()
    source, sink = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    return PipeChannel(source, sink)


def bound(endpoint: Endpoint) -> socket.socket:
    """A listening socket. Errors: AddressInUse, IoError."""
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    listener = socket.socket(socket.AF_UNIX if endpoint.scheme == "unix" else family)
    try:
        if endpoint.scheme == "unix":
            before = os.umask(0o177)  # for this user alone
            try:
                listener.bind(endpoint.path)
            finally:
                os.umask(before)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((endpoint.host, endpoint.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        kind = AddressInUse if error.errno == 98 else IoError
        raise kind(f"cannot listen on {endpoint.text}: {error}") from error
    return listener
