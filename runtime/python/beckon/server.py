"""Programs' two roles: connect() to one peer, or a Server for many."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import threading
from typing import Any, Callable, Dict, List, Optional, Set

from . import errors
from .channels import (
    Channel,
    Endpoint,
    SocketChannel,
    TlsChannel,
    bound,
    dial,
    stdio,
    tls_of_server,
)
from .frames import Hello
from .session import HANDSHAKE_SECONDS, Session, published_of

MAX_CONNECTIONS = 1000


def _running_loop() -> Optional[asyncio.AbstractEventLoop]:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def connect(
    endpoint: str,
    *,
    publish: Optional[Dict[str, Any]] = None,
    user: str = "",
    secret: bytes = b"",
    within: float = HANDSHAKE_SECONDS,
    hello: Optional[Hello] = None,
) -> Session:
    """A session with who listens there.

    `publish` names objects that the peer may get. `user` and `secret` are what the peer's authenticator is told.
    `within` is how many seconds there are to connect, and how many to the peer's hello.
    Raises Disconnected where nobody listens.
    """
    return _connect(endpoint, publish, user, secret, within, hello, _running_loop())


async def connect_async(
    endpoint: str,
    *,
    publish: Optional[Dict[str, Any]] = None,
    user: str = "",
    secret: bytes = b"",
    within: float = HANDSHAKE_SECONDS,
    hello: Optional[Hello] = None,
) -> Session:
    """The same in a coroutine; handlers that are coroutines run in its loop."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(
        None, _connect, endpoint, publish, user, secret, within, hello, loop
    )


def _connect(
    endpoint: str,
    publish: Optional[Dict[str, Any]],
    user: str,
    secret: bytes,
    within: float,
    hello: Optional[Hello],
    loop: Optional[asyncio.AbstractEventLoop],
) -> Session:
    published = published_of(publish or {})
    greeting = hello or Hello()
    greeting.user, greeting.secret = user or greeting.user, secret or greeting.secret
    channel = dial(Endpoint.parse(endpoint), within)
    return Session(
        channel, endpoint, greeting, published, loop=loop, greeted_within=within
    )


class Server:
    """Serves published objects to whoever connects.

    `authenticate` is given a user's name and secret, and gives the name to know the peer by, or raises.
    Thread-safety: any thread.
    """

    def __init__(
        self,
        published: Optional[Dict[str, Any]] = None,
        *,
        authenticate: Optional[Callable[[str, bytes], str]] = None,
        send_traces: bool = False,
        max_connections: int = MAX_CONNECTIONS,
        hello: Optional[Hello] = None,
    ) -> None:
        self._published = published_of(published or {})
        self._authenticate = authenticate
        self._send_traces = send_traces
        self._max_connections = max_connections
        self._hello = hello or Hello()
        self._loop = _running_loop()
        self._lock = threading.Lock()
        self._sessions: Set[Session] = set()
        self._listeners: List[socket.socket] = []
        self._paths: List[str] = []
        self._ended = threading.Event()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *raised: Any) -> None:
        self.close()

    def publish(self, name: str, value: Any) -> None:
        """For sessions that begin from now on."""
        self._published.update(published_of({name: value}))

    def listen(self, endpoint: str) -> str:
        """Accepts connections there, on threads of its own. The endpoint with the port that was taken."""
        parsed = Endpoint.parse(endpoint)
        if parsed.scheme == "stdio":
            self._begin(stdio(), endpoint, self.close)
            return endpoint
        if parsed.scheme == "exec":
            raise errors.InvalidArgument(
                f"cannot listen on {endpoint}: that is for those who connect"
            )
        context = tls_of_server(parsed) if parsed.scheme == "tls" else None
        listener = bound(parsed)
        with self._lock:
            self._listeners.append(listener)
        if parsed.scheme == "unix":
            self._paths.append(parsed.path)
        else:
            host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
            endpoint = f"{parsed.scheme}://{host}:{listener.getsockname()[1]}"
        accepting = threading.Thread(
            target=self._accept, args=(listener, endpoint, context), daemon=True
        )
        accepting.start()
        return endpoint

    def _accept(
        self, listener: socket.socket, endpoint: str, context: Optional[ssl.SSLContext]
    ) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                if listener.fileno() < 0 or self._ended.wait(0.1):
                    return
                continue  # out of descriptors, say
            if len(self._sessions) >= self._max_connections:
                connection.close()
                continue
            if context is None:
                if listener.family != socket.AF_UNIX:
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._begin(SocketChannel(connection), endpoint)
                continue
            greeting = threading.Thread(
                target=self._begin_tls,
                args=(connection, endpoint, context),
                daemon=True,
            )
            greeting.start()

    def _begin_tls(
        self, connection: socket.socket, endpoint: str, context: ssl.SSLContext
    ) -> None:
        connection.settimeout(HANDSHAKE_SECONDS)
        try:
            secured = context.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            return
        self._begin(TlsChannel(secured), endpoint)

    def _begin(
        self, channel: Channel, endpoint: str, then: Optional[Callable[[], None]] = None
    ) -> None:
        def forget(session: Session) -> None:
            with self._lock:
                self._sessions.discard(session)
            if then is not None:
                then()

        with self._lock:
            session = Session(
                channel,
                f"a client of {endpoint}",
                self._hello,
                self._published,
                loop=self._loop,
                authenticate=self._authenticate,
                send_traces=self._send_traces,
                on_end=forget,
            )
            self._sessions.add(session)
        if session.ended is not None:
            forget(session)

    def sessions(self) -> List[Session]:
        """Those that go on now."""
        with self._lock:
            return list(self._sessions)

    def run(self) -> None:
        """Waits until close() is called, or for Ctrl-C."""
        try:
            while not self._ended.wait(0.5):
                pass
        except KeyboardInterrupt:
            self.close()

    async def run_async(self) -> None:
        """The same in a coroutine: until close(), or until its task is cancelled."""
        try:
            while not self._ended.is_set():
                await asyncio.sleep(0.1)
        finally:
            await asyncio.get_running_loop().run_in_executor(None, self.close)

    def close(self) -> None:
        """Ends all sessions and listens no more."""
        self._ended.set()
        with self._lock:
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            try:
                listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            listener.close()
        for path in self._paths:
            if os.path.exists(path):
                os.unlink(path)
        for session in self.sessions():
            session.close()
