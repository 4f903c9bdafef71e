"""A server for many peers."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import threading
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from . import errors
from .channels import (
    Channel,
    Endpoint,
    SocketChannel,
    TlsChannel,
    bound,
    stdio,
    tls_of_server,
)
from .frames import Hello
from .connecting import remcall_options, running_loop
from .native import NativeSession
from .remcall.options import Options
from .remcall.session import RemcallSession
from .session import HANDSHAKE_SECONDS, Session, published_of

MAX_CONNECTIONS = 1000


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
        self._loop = running_loop()
        self._lock = threading.Lock()
        self._sessions: Set[Session] = set()
        self._listeners: List[Tuple[socket.socket, threading.Thread]] = []
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
        if parsed.protocol == "remcall":
            remcall_options(parsed, self._published, listens=True)
        if parsed.scheme == "stdio":
            self._begin(stdio(), parsed, endpoint, self.close)
            return endpoint
        if parsed.scheme == "exec":
            raise errors.InvalidArgument(
                f"cannot listen on {endpoint}: that is for those who connect"
            )
        context = tls_of_server(parsed) if parsed.scheme == "tls" else None
        listener = bound(parsed)
        if parsed.scheme == "unix":
            self._paths.append(parsed.path)
        else:
            host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
            prefix = f"{parsed.protocol}+" if parsed.protocol else ""
            endpoint = f"{prefix}{parsed.scheme}://{host}:{listener.getsockname()[1]}"
        accepting = threading.Thread(
            target=self._accept, args=(listener, parsed, endpoint, context), daemon=True
        )
        with self._lock:
            self._listeners.append((listener, accepting))
            accepting.start()
        return endpoint

    def _accept(
        self,
        listener: socket.socket,
        parsed: Endpoint,
        endpoint: str,
        context: Optional[ssl.SSLContext],
    ) -> None:
        # Closed by who accepts: the number of a closed one may be another's at once.
        with listener:
            while not self._ended.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    self._ended.wait(0.1)  # out of descriptors, say
                    continue
                if len(self._sessions) >= self._max_connections:
                    connection.close()
                    continue
                if context is None:
                    if listener.family != socket.AF_UNIX:
                        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._begin(SocketChannel(connection), parsed, endpoint)
                    continue
                greeting = threading.Thread(
                    target=self._begin_tls,
                    args=(connection, parsed, endpoint, context),
                    daemon=True,
                )
                greeting.start()

    def _begin_tls(
        self,
        connection: socket.socket,
        parsed: Endpoint,
        endpoint: str,
        context: ssl.SSLContext,
    ) -> None:
        connection.settimeout(HANDSHAKE_SECONDS)
        try:
            secured = context.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            return
        self._begin(TlsChannel(secured), parsed, endpoint)

    def _begin(
        self,
        channel: Channel,
        parsed: Endpoint,
        endpoint: str,
        then: Optional[Callable[[], None]] = None,
    ) -> None:
        def forget(session: Session) -> None:
            with self._lock:
                self._sessions.discard(session)
            if then is not None:
                then()

        with self._lock:
            session = self._session(channel, parsed, f"a client of {endpoint}", forget)
            self._sessions.add(session)
        if session.ended is not None:
            forget(session)
        elif self._ended.is_set():  # it came while close() looked who is there
            session.close()

    def _session(
        self,
        channel: Channel,
        parsed: Endpoint,
        peer: str,
        forget: Callable[[Session], None],
    ) -> Session:
        if parsed.protocol == "remcall":
            return RemcallSession(
                channel,
                peer,
                Options.read(parsed.options, listens=True),
                self._published,
                loop=self._loop,
                authenticate=self._authenticate,
                send_traces=self._send_traces,
                on_end=forget,
            )
        return NativeSession(
            channel,
            peer,
            self._hello,
            self._published,
            loop=self._loop,
            authenticate=self._authenticate,
            send_traces=self._send_traces,
            on_end=forget,
        )

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
        for listener, accepting in listeners:
            try:
                listener.shutdown(socket.SHUT_RDWR)  # wakes who accepts
            except OSError:
                pass
            if accepting is not threading.current_thread():
                accepting.join(1.0)
        for path in self._paths:
            if os.path.exists(path):
                os.unlink(path)
        for session in self.sessions():
            session.close()
