"""Calls of the peer that this side serves: order, promises, deadlines, answers."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from . import errors
from .frames import PROMISED, Extras, Flag, Frame, Head, find_method, pack
from .handlers import Handlers, Served
from .objects import Call
from .reader import Reader
from .schema import Schema
from .writer import Writer

if TYPE_CHECKING:
    from .native import NativeSession

MAX_HELD = 4096
MAX_CHAIN = 64
NO_SCHEMA = Schema()


@dataclass
class _Promise:
    """A result that the peer has given a number to, and the calls that wait for it."""

    depth: int
    waiting: List[Tuple[Head, bytes]] = field(default_factory=list)
    is_released: bool = False


@dataclass
class _Served(Served):
    """A call of the native protocol."""

    size: int = 0
    promise: int = 0


class Serving(Handlers[_Served]):
    def __init__(self, session: NativeSession) -> None:
        super().__init__(session)
        self._session: NativeSession = session
        self._lock = threading.RLock()
        self._served: Dict[int, _Served] = {}
        self._bytes = 0
        self._oneway_bytes = 0
        self._promises: Dict[int, _Promise] = {}
        self._held = 0
        self._postponed: List[Tuple[int, int]] = []

    # What arrives.

    def take(self, head: Head, content: bytes) -> None:
        """A call frame."""
        session, hello = self._session, self._session.hello
        is_oneway = bool(head.flags & Flag.ONEWAY)
        with self._lock:
            if is_oneway:
                if self._oneway_bytes + head.size > hello.max_call_bytes:
                    return
                self._oneway_bytes += head.size
            else:
                refusal = self._refusal(head)
                if refusal is not None:
                    session.refuse(head.call, refusal)
                    return
                call = Call(session, head.call, {}, None)
                self._served[head.call] = _Served(call, size=head.size)
                self._bytes += head.size
            promise = self._promises.get(head.object)
            if promise is not None:
                if self._held < MAX_HELD:
                    promise.waiting.append((head, content))
                    self._held += 1
                else:
                    refusal = errors.LimitExceeded(
                        f"{MAX_HELD} calls wait for results already"
                    )
                    self._refuse(head, refusal)
                    return
        if promise is None:
            self._begin(head, content, 0)
        elif head.flags & Flag.PROMISE:
            self._promise_of_held(head, content, promise.depth + 1)

    def _refusal(self, head: Head) -> Optional[errors.Error]:
        hello = self._session.hello
        if self._session.draining:
            return errors.Overloaded(self._session.draining)
        if head.call == 0 or head.call in self._served:
            return errors.ProtocolError(
                f"a call with the number {head.call}, which is in use"
            )
        if len(self._served) >= hello.max_calls_in_flight:
            most = hello.max_calls_in_flight
            return errors.LimitExceeded(
                f"{most} calls are in flight; more are not allowed"
            )
        if self._served and self._bytes >= hello.max_call_bytes:
            most = hello.max_call_bytes
            return errors.LimitExceeded(
                f"calls of {most} bytes are in flight; more are not allowed"
            )
        return None

    def _promise_of_held(self, head: Head, content: bytes, depth: int) -> None:
        """A held call's own promise exists from now on."""
        try:
            extras, _ = Extras.read(head.flags, content)
            self._open_promise(extras.promise or 0, depth)
        except errors.Error:
            pass  # the call will be refused for it when its turn comes

    def _open_promise(self, number: int, depth: int) -> None:
        with self._lock:
            if not number & PROMISED:
                raise errors.ProtocolError(f"a promise with the number {number:#x}")
            if (
                number in self._promises
                or self._session.tables.find(number) is not None
            ):
                raise errors.ProtocolError(
                    f"a promise with the number {number:#x}, which is in use"
                )
            if depth > MAX_CHAIN:
                raise errors.LimitExceeded(
                    f"a chain of promises longer than {MAX_CHAIN}"
                )
            self._promises[number] = _Promise(depth)

    def _begin(
        self, head: Head, content: bytes, depth: int, *, is_held: bool = False
    ) -> None:
        """Reads the call and puts it into the line of those that start."""
        session, promise = self._session, 0
        try:
            extras, start = Extras.read(head.flags, content)
            export = session.target(head.object)
            if export.error is not None:
                self._fail_promise(extras, export.error)
                self._refuse(head, export.error)
                return
            interface = export.interface
            assert interface is not None and interface.schema is not None
            method = find_method(interface.methods, head.method, interface.name)
            asynchronous = bool(getattr(export.value, "_beckon_asynchronous_", False))
            # A part of the message is read as a whole one: it begins at a multiple of 8.
            source = Reader(content[start:], interface.schema, session, asynchronous)
            arguments = [source.read(each.type) for each in method.parameters]
            source.finish()
            if extras.promise is not None:
                if not (is_held and extras.promise in self._promises):
                    self._open_promise(extras.promise, depth)
                promise = extras.promise
            session.accept(source)
        except Exception as error:
            refused = (
                error
                if isinstance(error, errors.Error)
                else errors.Internal(repr(error))
            )
            self._refuse(head, refused)
            return
        now = time.monotonic()
        deadline = (
            None if extras.milliseconds is None else now + extras.milliseconds / 1000
        )
        with self._lock:
            known = self._served.get(head.call) if not extras.oneway else None
            served = known or _Served(
                Call(session, 0, {}, None, oneway=True), size=head.size
            )
            served.promise, served.interface, served.method = promise, interface, method
            served.target, served.arguments = export.value, arguments
            served.call.deadline, served.call.metadata = deadline, extras.metadata
        session.turns.add(lambda: self._serve(served))

    def _fail_promise(self, extras: Extras, error: BaseException) -> None:
        if extras.promise is not None and extras.promise in self._promises:
            self._settle_promise(extras.promise, None, error)

    def _refuse(self, head: Head, error: BaseException) -> None:
        with self._lock:
            if head.flags & Flag.ONEWAY:
                self._oneway_bytes -= head.size
                return
            served = self._served.pop(head.call, None)
            if served is not None:
                self._bytes -= served.size
        self._session.refuse(head.call, error)

    def cancel(self, number: int) -> None:
        with self._lock:
            served = self._served.get(number)
        if served is not None:
            served.call.cancel()

    def cancel_all(self) -> None:
        with self._lock:
            ended = list(self._served.values())
        for each in ended:
            each.call.cancel()

    def release(self, released: List[Tuple[int, int]]) -> None:
        """Objects given back; later, where calls that came before are not read yet."""
        with self._lock:
            if self._held:
                self._postponed += released
                return
            for number, times in released:
                promise = self._promises.get(number)
                if promise is not None:
                    promise.is_released = True
                else:
                    self._session.tables.release(number, times)

    def _answer(
        self, served: _Served, value: Any, error: Optional[BaseException]
    ) -> None:
        session = self._session
        with self._lock:
            if served.is_answered:
                return
            served.is_answered = True
        assert served.interface is not None and served.method is not None
        schema = served.interface.schema or NO_SCHEMA
        number, content, out = served.call.number, b"", Writer(schema, session)
        if error is None:
            try:
                if served.promise:
                    self._write_promised(served, value, out)
                else:
                    out.write(served.method.result, value)
                content = bytes(out.out)
                session.check_size(len(content) + 16)
            except Exception as raised:
                session.abandon(out)
                error, out = raised, Writer(schema, session)
                if isinstance(error, errors.Error):
                    error.notes.append(f"in the result of {served.method.name}")
        with self._lock:
            if served.call.oneway:
                self._oneway_bytes -= served.size
                return
            self._served.pop(number, None)
            self._bytes -= served.size
            if error is None:
                session.commit(out)
                session.send(pack(Frame.REPLY, content, call=number))
            else:
                session.send_error(number, error, schema)
        # Arguments that the handler did not keep are given back behind the answer.
        served.target, served.arguments = None, []
        if served.promise:
            self._settle_promise(served.promise, value, error)

    def _write_promised(self, served: _Served, value: Any, out: Writer) -> None:
        assert served.method is not None
        if value is None or self._session.tables.is_lent(value):
            out.write(served.method.result, value)
            return
        out.write(served.method.result, value)  # refuses what is no such object
        self._session.abandon(out)
        out.lent.clear()
        del out.out[:]
        out.u8(3)
        with self._lock:
            if not self._promises[served.promise].is_released:
                self._session.tables.keep_promise(served.promise, value, is_new=True)

    def _settle_promise(
        self, number: int, value: Any, error: Optional[BaseException]
    ) -> None:
        tables = self._session.tables
        with self._lock:
            promise = self._promises.pop(number)
            if not promise.is_released and tables.find(number) is None:
                if error is None and value is not None:
                    tables.keep_promise(number, value, is_new=False)
                else:
                    none = errors.UnknownObject("the result of the call is no object")
                    tables.break_promise(number, error or none)
            # Locked, so that calls which come now start behind those that waited.
            for head, content in promise.waiting:
                self._begin(head, content, promise.depth, is_held=True)
            self._held -= len(promise.waiting)
            if self._held == 0:
                postponed, self._postponed = self._postponed, []
                self.release(postponed)
