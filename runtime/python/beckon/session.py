"""One conversation with one peer, until it ends: what all protocols have of it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Callable, Dict, List, Optional, Type, TypeVar

from . import errors, workers
from .calling import Pending
from .channels import Channel
from .directory import ServiceInfo
from .objects import Object, interface_of
from .outbox import Outbox
from .tables import Tables
from .turns import Turns

T = TypeVar("T")
HANDSHAKE_SECONDS = 5.0


class Session:
    """Gives and takes objects. Any thread may use it; a coroutine may as well, by objects that are asynchronous.

    Ended by close(), or by `with`.
    """

    tables: Tables

    def __init__(
        self,
        channel: Channel,
        endpoint: str,
        loop: Optional[asyncio.AbstractEventLoop],
        send_traces: bool,
        on_end: Optional[Callable[[Session], None]],
    ) -> None:
        self.endpoint = endpoint
        #: Who the peer is, as the authenticator says; empty without one.
        self.user = ""
        #: Why the session has ended, or None.
        self.ended: Optional[BaseException] = None
        #: Why this side takes no new calls; empty while it does.
        self.draining = ""
        self.send_traces = send_traces
        self.turns = Turns()
        self._channel = channel
        self._loop = loop
        self._on_end = on_end
        self._lock = threading.Lock()  # the innermost of locks
        self.outbox = Outbox(self, channel)
        self.reader = threading.Thread(
            target=self._read_all, name="beckon in", daemon=True
        )

    def _begin(self) -> None:
        self.reader.start()
        self.outbox.start()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *raised: Any) -> None:
        self.close()

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(self, *raised: Any) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self.close)

    # What users call.

    def get(self, interface: Type[T], name: str = "") -> T:
        """The object that the peer publishes under a name. Raises SchemaMismatch where it is of another interface.

        A server of remcall has one object, and no names.
        """
        raise NotImplementedError

    async def get_async(self, interface: Type[T], name: str = "") -> T:
        """The same in a coroutine."""
        raise NotImplementedError

    def list(self) -> List[ServiceInfo]:
        """What the peer publishes."""
        raise NotImplementedError

    def drain(self, reason: str = "this side takes no new calls") -> None:
        """Takes no new calls; those in flight go on."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends the session; what was in flight fails. Harmless when it has ended."""
        self.end(errors.Cancelled("session closed by this side"))
        self.outbox.join(HANDSHAKE_SECONDS)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Where coroutines of handlers run."""
        return self._loop or workers.background_loop()

    # What calls and objects need.

    def start(self, target: Object, index: int, arguments: Any) -> Pending[Any]:
        raise NotImplementedError

    async def start_async(self, target: Object, index: int, arguments: Any) -> Any:
        raise NotImplementedError

    def start_pipelined(self, target: Object, index: int, arguments: Any) -> Any:
        raise NotImplementedError

    def check_open(self) -> None:
        if self.ended is not None:
            closed = isinstance(self.ended, errors.Cancelled)
            raise errors.copy_of(self.ended if closed else self.lost_by(self.ended))

    def lost_by(self, reason: BaseException) -> BaseException:
        """What calls fail with when the session has ended, those to come too."""
        if isinstance(reason, errors.Disconnected):
            return reason
        return errors.Disconnected(str(reason))

    def release(self, number: int, count: int) -> None:
        """Takes no lock, for garbage may be collected anywhere."""
        self.outbox.put_later((number, count))

    def send_later(self, frame: bytes) -> None:
        """The same for frames."""
        self.outbox.put_later(frame)

    def send(self, frame: bytes) -> None:
        self.outbox.put(frame)

    def has_room(self) -> bool:
        return self.outbox.has_room()

    def wait_for_room(self) -> None:
        """Until the peer has taken some of what waits for it. Not for threads that read."""
        if not self.has_room():
            with self.turns.given_away():
                self.outbox.wait_for_room()

    def pack_release(self, number: int, count: int) -> bytes:
        """What gives an object back to the peer; for the outbox's thread."""
        raise NotImplementedError

    def pack_ping(self, number: int) -> bytes:
        """What the peer must answer. Nothing, where it cannot be asked."""
        raise NotImplementedError

    # The reading thread.

    def _read_all(self) -> None:
        try:
            self._converse()
        except (OSError, ValueError) as error:
            self.fail(errors.Disconnected(f"{self.endpoint}: {error}"))
        except errors.Error as error:
            self.end(error)
        except Exception as error:
            self.end(errors.Internal(f"this side failed: {error!r}"))

    def _converse(self) -> None:
        """Takes what arrives, until the session has ended."""
        raise NotImplementedError

    # The end.

    def end(self, error: errors.Error) -> None:
        """Tells the peer why, and ends."""
        self.fail(error, self._farewell(error))

    def fail(self, error: BaseException, farewell: bytes = b"") -> None:
        with self._lock:
            if self.ended is not None:
                return
            self.ended = error
        self.outbox.finish(farewell)
        self._lose(self.lost_by(error))
        self.tables.clear()
        if self._on_end is not None:
            self._on_end(self)

    def _farewell(self, error: errors.Error) -> bytes:
        raise NotImplementedError

    def _lose(self, lost: BaseException) -> None:
        """Fails what is in flight."""
        raise NotImplementedError


def published_of(objects: Dict[str, Any]) -> Dict[str, Any]:
    """Checks that each can be published."""
    for value in objects.values():
        interface_of(value)
    return dict(objects)
