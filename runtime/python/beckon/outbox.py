"""What a session has to say, in order, and the thread that says it; pings where the peer is silent."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Any, List

from . import errors
from .channels import Channel

if TYPE_CHECKING:
    from .session import Session

MAX_UNSENT_BYTES = 16 << 20
MAX_BATCH = 256
PING_SECONDS = 15.0
MAX_PINGS = 3
LAST_WORDS_SECONDS = 1.0


class Outbox:
    """Thread-safety: any thread."""

    def __init__(self, session: Session, channel: Channel) -> None:
        self._session = session
        self._channel = channel
        # One that can be put into while the same thread is putting: garbage is collected anywhere.
        self._queue: "queue.SimpleQueue[Any]" = queue.SimpleQueue()
        self._room = threading.Condition(threading.Lock())
        self._unsent = 0
        self._pings = 0
        self._pinged = 0.0
        self._thread = threading.Thread(
            target=self._write_all, name="beckon out", daemon=True
        )
        #: When the peer last said something.
        self.heard = time.monotonic()

    def start(self) -> None:
        self._thread.start()

    def join(self, seconds: float) -> None:
        if threading.current_thread() is not self._thread:
            self._thread.join(seconds)

    def put(self, frame: bytes) -> None:
        with self._room:
            self._unsent += len(frame)
        self._queue.put((frame, len(frame)))

    def put_later(self, item: Any) -> None:
        """A frame, or a pair of a number and a count to give back. Takes no lock."""
        self._queue.put(item)

    def finish(self, farewell: bytes) -> None:
        """Nothing is said behind this."""
        self._queue.put(farewell)
        self._queue.put(None)
        with self._room:
            self._room.notify_all()

    def has_room(self) -> bool:
        return self._unsent < MAX_UNSENT_BYTES or self._session.ended is not None

    def wait_for_room(self) -> None:
        with self._room:
            self._room.wait_for(self.has_room)

    def _write_all(self) -> None:
        is_over = False
        while not is_over:
            batch = self._next_batch()
            is_over = None in batch
            try:
                self._channel.write(self._packed(batch))
            except (OSError, ValueError) as error:
                # What the peer said before it closed tells more than this.
                self._session.reader.join(LAST_WORDS_SECONDS)
                lost = errors.Disconnected(f"{self._session.endpoint}: {error}")
                self._session.fail(lost)
                is_over = True
        self._channel.close()

    def _next_batch(self) -> List[Any]:
        """What there is to send: where there is nothing for long, a ping."""
        try:
            batch = [self._queue.get(timeout=PING_SECONDS / 3)]
        except queue.Empty:
            return self._ping()
        while len(batch) < MAX_BATCH and batch[-1] is not None:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _ping(self) -> List[Any]:
        now = time.monotonic()
        if self.heard > self._pinged:
            self._pings = 0
        if now - max(self.heard, self._pinged) < PING_SECONDS:
            return []
        ping = self._session.pack_ping(self._pings + 1)
        if not ping:
            return []
        if self._pings == MAX_PINGS:
            silent = errors.Disconnected(f"{MAX_PINGS} pings were not answered")
            self._session.end(silent)
            return []
        self._pings, self._pinged = self._pings + 1, now
        return [ping]

    def _packed(self, batch: List[Any]) -> bytes:
        out, counted = bytearray(), 0
        for each in batch:
            if isinstance(each, bytes):
                out += each
            elif each is not None and isinstance(each[0], bytes):
                out += each[0]
                counted += each[1]
            elif each is not None:
                out += self._session.pack_release(*each)
        with self._room:
            self._unsent -= counted
            self._room.notify_all()
        return bytes(out)
