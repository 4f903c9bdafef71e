"""Streams: what comes item by item, in either direction, by credit."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, AsyncIterator, Deque, Iterator, Optional, Tuple

from . import errors, workers
from .frames import Frame, pack, pack_error
from .objects import current
from .schema import Schema, Type
from .writer import Writer

if TYPE_CHECKING:
    from .native import NativeSession


class Incoming:
    """What the session keeps of a peer's stream, also after its reader has dropped it."""

    def __init__(
        self, item: Type, schema: Schema, window: int, asynchronous: bool
    ) -> None:
        self.item = item
        self.schema = schema
        self.window = window
        self.asynchronous = asynchronous
        self.changed = threading.Condition()
        self.items: Deque[Tuple[Any, int]] = deque()
        self.credit = 0
        self.taken = 0
        self.is_over = False
        self.is_dropped = False
        self.error: Optional[BaseException] = None
        self.waiter: Optional[
            Tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]
        ] = None

    def add(self, value: Any, size: int) -> None:
        with self.changed:
            self.credit -= size
            if not self.is_dropped:
                self.items.append((value, size))
            self.wake()

    def end(self, error: Optional[BaseException] = None) -> None:
        with self.changed:
            if not self.is_over:
                self.is_over = True
                self.error = error
            self.wake()

    def is_ready(self) -> bool:
        return bool(self.items) or self.is_over

    def wake(self) -> None:
        with self.changed:
            self.changed.notify_all()
            waiter, self.waiter = self.waiter, None
        _resolve(waiter)

    def take(self) -> Tuple[Optional[Tuple[Any]], int]:
        """The next item, or nothing at the end; and how much credit to give for what was taken."""
        with self.changed:
            if not self.items:
                if self.error is not None:
                    raise errors.copy_of(self.error)
                return None, 0
            value, size = self.items.popleft()
            self.taken += size
            credit = 0
            if self.taken * 2 >= self.window and not self.is_over:
                credit, self.taken = self.taken, 0
                self.credit += credit
            return (value,), credit


def _resolve(
    waiter: Optional[Tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]]
) -> None:
    if waiter is None:
        return
    loop, future = waiter

    def resolve() -> None:
        if not future.done():
            future.set_result(None)

    try:
        loop.call_soon_threadsafe(resolve)
    except RuntimeError:
        pass  # the loop has ended, and who waited with it


class Stream(Iterator[Any], AsyncIterator[Any]):
    """A peer's stream, read by `for` or by `async for`. It is stopped by close(), or when it is dropped."""

    def __init__(self, session: NativeSession, number: int, state: Incoming) -> None:
        self._session = session
        self._number = number
        self._state = state
        self._taken = 0

    def __next__(self) -> Any:
        state, call = self._state, current.get()
        if not state.is_ready():
            if call is not None:
                call._on_cancel.append(state.wake)
            with self._session.turns.given_away(), state.changed:
                state.changed.wait_for(
                    lambda: state.is_ready()
                    or (call is not None and call.is_cancelled),
                    None if call is None else call.remaining(),
                )
            if call is not None:
                call._on_cancel.remove(state.wake)
                if not state.is_ready():
                    call.check()
        found = self._take()
        if found is None:
            raise StopIteration
        return found[0]

    async def __anext__(self) -> Any:
        state, loop = self._state, asyncio.get_running_loop()
        self._taken += 1
        if self._taken % 64 == 0:
            await asyncio.sleep(0)  # others have a turn, too
        while True:
            with state.changed:
                if state.is_ready():
                    break
                waiter: asyncio.Future[None] = loop.create_future()
                state.waiter = loop, waiter
            await waiter
        found = self._take()
        if found is None:
            raise StopAsyncIteration
        return found[0]

    def _take(self) -> Optional[Tuple[Any]]:
        found, credit = self._state.take()
        if credit:
            self._session.send(
                pack(Frame.STREAM_CREDIT, call=self._number, object=credit)
            )
        return found

    def close(self) -> None:
        """Wants no more items."""
        self.__del__()
        self._state.end()

    def __del__(self) -> None:
        # Runs wherever the garbage collector does, so nothing here may take a lock.
        if not self._state.is_over and not self._state.is_dropped:
            self._state.is_dropped = True
            self._session.send_later(pack(Frame.STREAM_STOP, call=self._number))
        self._state.items.clear()


class Outgoing:
    """A stream that this side produces, from anything that can be iterated over."""

    def __init__(
        self,
        session: NativeSession,
        number: int,
        source: Any,
        item: Type,
        schema: Schema,
    ) -> None:
        self.session = session
        self.number = number
        self.source = source
        self.item = item
        self.schema = schema
        self.changed = threading.Condition()
        self.credit = 0
        self.is_begun = False
        self.is_stopped = False
        self._waiter: Optional[
            Tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]
        ] = None

    def add_credit(self, size: int) -> None:
        with self.changed:
            self.credit += size
            if not self.is_begun:
                self.is_begun = True
                self._begin()
            self._wake()

    def stop(self) -> None:
        with self.changed:
            self.is_stopped = True
            if not self.is_begun:
                self.is_begun = True
                self._end(None)
            self._wake()

    def _wake(self) -> None:
        self.changed.notify_all()
        waiter, self._waiter = self._waiter, None
        _resolve(waiter)

    def _begin(self) -> None:
        if hasattr(self.source, "__aiter__") and not hasattr(self.source, "__iter__"):
            asyncio.run_coroutine_threadsafe(self._produce_async(), self.session.loop)
        else:
            workers.run(self._produce)

    def _send_item(self, value: Any) -> None:
        out = Writer(self.schema, self.session)
        out.write(self.item, value)
        frame = pack(Frame.STREAM_ITEM, bytes(out.out), call=self.number)
        self.session.check_size(len(frame))
        with self.changed:
            self.credit -= len(out.out) + 16
        self.session.commit(out)
        self.session.send(frame)

    def _produce(self) -> None:
        error: Optional[BaseException] = None
        try:
            for value in self.source:
                with self.changed:
                    self.changed.wait_for(lambda: self.credit > 0 or self.is_stopped)
                    if self.is_stopped:
                        break
                self._send_item(value)
        except BaseException as raised:
            error = raised
        close = getattr(self.source, "close", None)
        if close is not None:
            try:
                close()
            except BaseException as raised:
                error = error or raised
        self._end(error)

    async def _produce_async(self) -> None:
        error: Optional[BaseException] = None
        sent = 0
        try:
            async for value in self.source:
                await self._credit()
                if self.is_stopped:
                    break
                self._send_item(value)
                sent += 1
                if sent % 64 == 0:
                    await asyncio.sleep(0)  # others have a turn, too
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as raised:  # sys.exit() ends the stream, not the loop
            error = raised
        close = getattr(self.source, "aclose", None)
        if close is not None:
            try:
                await close()
            except Exception as raised:
                error = error or raised
        self._end(error)

    async def _credit(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with self.changed:
                if self.credit > 0 or self.is_stopped:
                    return
                future: asyncio.Future[None] = loop.create_future()
                self._waiter = loop, future
            await future

    def _end(self, error: Optional[BaseException]) -> None:
        if self.session.outgoing.pop(self.number, None) is None:
            return
        content = (
            b""
            if error is None
            else pack_error(error, self.schema, self.session.send_traces)
        )
        self.session.send(pack(Frame.STREAM_END, content, call=self.number))
