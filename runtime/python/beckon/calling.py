"""Calls of ours that the peer serves: numbers, credit, answers."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, Generic, List, Optional, TypeVar

from . import errors
from .frames import PROMISED, Extras, Flag, Frame, Head, find_method, pack, read_error
from .objects import DEFAULT_SECONDS, Object, Remote, current, proxy
from .reader import Reader
from .schema import Interface, Kind, Method
from .writer import Writer

if TYPE_CHECKING:
    from .native import NativeSession
    from .session import Session

T = TypeVar("T")


class Pending(Generic[T]):
    """The result of a call that is not answered yet: what submit() gives."""

    def __init__(self, session: Session, what: str, deadline: Optional[float]) -> None:
        self._session = session
        self._what = what
        self._deadline = deadline
        self._began = time.monotonic()
        #: Why the call has not left this side, while it has not.
        self.held_because: Optional[str] = None
        self.future: "concurrent.futures.Future[T]" = concurrent.futures.Future()

    def __await__(self) -> Any:
        return self.wait().__await__()

    def result(self) -> T:
        """Waits for it. Raises what the handler raised, or Timeout at the call's deadline."""
        if self.future.done():
            return self._outcome()
        call = current.get()
        if call is not None:
            call._on_cancel.append(self.cancel)
        try:
            with self._session.turns.given_away():
                concurrent.futures.wait([self.future], self._left())
            if not self.future.done():
                self._expire()
            if call is not None and self.future.cancelled():
                call.check()
            return self._outcome()
        finally:
            if call is not None:
                call._on_cancel.remove(self.cancel)

    async def wait(self) -> T:
        """The same in a coroutine; to cancel its task cancels the call."""
        try:
            return await asyncio.wait_for(
                asyncio.wrap_future(self.future), self._left()
            )
        except (asyncio.TimeoutError, TimeoutError):
            if self.future.done() and not self.future.cancelled():
                return self._outcome()
            self._expire()
            return self._outcome()

    def cancel(self) -> None:
        """Asks the peer to end the call, and waits no longer. Without effect once it is answered."""
        self.future.cancel()

    def done(self) -> bool:
        return self.future.done()

    def _left(self) -> Optional[float]:
        return (
            None
            if self._deadline is None
            else max(self._deadline - time.monotonic(), 0)
        )

    def _expire(self) -> None:
        self.future.cancel()
        if self.future.cancelled() and self._deadline is not None:
            after = self._deadline - self._began
            notes = [f"while {self._what}"]
            if self.held_because is not None:
                notes.insert(0, self.held_because)
            raise errors.Timeout(f"no answer within {after:.3g} s", notes=notes)

    def _outcome(self) -> T:
        if self.future.cancelled():
            raise errors.Cancelled(
                "this side cancelled the call", notes=[f"while {self._what}"]
            )
        error = self.future.exception()
        if error is None:
            return self.future.result()
        if isinstance(error, errors.Error):
            error = errors.copy_of(error)
            assert isinstance(error, errors.Error)
            error.notes.append(f"while {self._what}")
        try:
            raise error
        finally:
            del error  # its traceback has this frame


@dataclass
class _Sent:
    """What is kept of a call until it is answered."""

    pending: Pending[Any]
    interface: Interface
    method: Method
    asynchronous: bool
    head: Head
    message: bytes
    extras: Extras
    written: Writer
    keep: Any  # the target and the arguments: their numbers stay in use until then
    promised: Optional[Remote] = None
    size: int = field(default=0)


class Calling:
    """Thread-safety: any thread."""

    def __init__(self, session: NativeSession) -> None:
        self._session = session
        self._changed = threading.Condition()
        self._sent: Dict[int, _Sent] = {}
        self._bytes = 0
        self._last = 0
        self._last_promise = 0

    def prepare(
        self,
        target: Object,
        index: int,
        arguments: Any,
        promised: Optional[Remote] = None,
    ) -> _Sent:
        """Encodes the call; nothing is sent or lent yet."""
        session, remote = self._session, target._beckon_remote_
        assert remote is not None
        interface = target._beckon_interface_
        schema = interface.schema
        assert schema is not None
        method = find_method(interface.methods, index, interface.name)
        what = f"calling {interface.name}.{method.name} of {session.endpoint}"
        out = Writer(schema, session)
        try:
            for parameter, value in zip(method.parameters, arguments):
                try:
                    out.write(parameter.type, value)
                except errors.TypeMismatch as error:
                    error.notes.append(f"in argument {parameter.name}")
                    raise
        except BaseException as error:
            session.abandon(out)
            if isinstance(error, errors.Error):
                error.notes.append(f"while {what}")
            raise
        options, call = target._beckon_options_, current.get()
        seconds = options.timeout if options.timeout is not None else DEFAULT_SECONDS
        left = call.remaining() if call is not None else None
        if left is not None:
            seconds = min(seconds, left)
        extras = Extras(metadata=options.metadata, oneway=method.oneway)
        if not method.oneway:
            extras.milliseconds = min(max(int(seconds * 1000), 1), (1 << 32) - 1)
            if call is not None and call.session is session and not call.oneway:
                extras.parent = call.number
        if promised is not None:
            extras.promise = promised.number
        pending: Pending[Any] = Pending(session, what, time.monotonic() + seconds)
        head = Head(0, Frame.CALL, 0, index, 0, remote.number)
        return _Sent(
            pending,
            interface,
            method,
            target._beckon_asynchronous_,
            head,
            bytes(out.out),
            extras,
            out,
            (remote, arguments),
            promised,
        )

    def new_promise(self) -> Remote:
        with self._changed:
            self._last_promise = (self._last_promise + 1) % PROMISED
            return self._session.tables.remote(PROMISED | self._last_promise)

    def has_credit(self) -> bool:
        hello = self._session.peer_hello
        return not self._sent or (
            len(self._sent) < hello.max_calls_in_flight
            and self._bytes < hello.max_call_bytes
        )

    def send(self, sent: _Sent, *, may_wait: bool = True) -> bool:
        """Sends it once the peer takes it; false where that is not now and may_wait is not set."""
        session = self._session
        flags, extras = sent.extras.pack()
        content = extras + sent.message
        sent.size = len(content) + 16
        try:
            session.check_size(sent.size)
            if may_wait:
                session.wait_for_room()
            while True:
                # Locked to the end, so that calls leave in the order of their numbers.
                with self._changed:
                    session.check_open()
                    if sent.method.oneway or self.has_credit():
                        number = 0 if sent.method.oneway else self._register(sent)
                        session.commit(sent.written)
                        session.send(
                            pack(
                                Frame.CALL,
                                content,
                                flags=flags,
                                method=sent.head.method,
                                call=number,
                                object=sent.head.object,
                            )
                        )
                        break
                if not may_wait:
                    return False
                self._wait_for_credit(sent)
        except BaseException:
            session.abandon(sent.written)
            raise
        if sent.method.oneway:
            sent.pending.future.set_result(None)
        else:
            # Without `sent`, which would be garbage in a circle, and keep what it holds.
            sent.pending.future.add_done_callback(
                lambda done: self._cancel(number, done)
            )
        return True

    def _wait_for_credit(self, sent: _Sent) -> None:
        with self._session.turns.given_away(), self._changed:
            is_there = self._changed.wait_for(
                lambda: self.has_credit() or self._session.ended is not None,
                sent.pending._left(),
            )
        if not is_there:
            raise errors.Timeout("the peer took no further call in time")

    def _register(self, sent: _Sent) -> int:
        while True:
            self._last = self._last % 0xFFFFFFFF + 1
            if self._last not in self._sent:
                break
        self._sent[self._last] = sent
        self._bytes += sent.size
        if sent.promised is not None:
            sent.promised.count += 1
        return self._last

    def _cancel(self, number: int, done: "concurrent.futures.Future[Any]") -> None:
        sent = self._sent.get(number) if done.cancelled() else None
        if sent is not None and sent.pending.future is done:
            self._session.send_later(pack(Frame.CANCEL, call=number))

    def answer(self, head: Head, content: bytes) -> None:
        """A reply or an error; one to no call is ignored."""
        with self._changed:
            sent = self._sent.pop(head.call, None)
            if sent is None:
                return
            self._bytes -= sent.size
            self._changed.notify_all()
        if sent.promised is not None:
            sent.promised.is_promise = False
        schema = sent.interface.schema
        assert schema is not None
        value, error = None, None
        try:
            if head.type == Frame.ERROR:
                if head.flags & Flag.UNTAKEN:
                    self._session.take_back(sent.written)
                error = read_error(content, schema)
            else:
                source = Reader(content, schema, self._session, sent.asynchronous)
                source.promised = sent.promised
                value = source.read(sent.method.result)
                source.finish()
                self._session.accept(source)
                if value is None and sent.method.result.kind == Kind.INTERFACE:
                    raise errors.TypeMismatch(
                        "the peer gave no object; a method that may do so says optional<...> in the IDL"
                    )
        except Exception as raised:
            error = raised
        self._session.forget_unread(sent.written)
        settle(sent.pending.future, value, error)

    def fail_all(self, error: BaseException) -> None:
        with self._changed:
            failed: List[_Sent] = list(self._sent.values())
            self._sent.clear()
            self._changed.notify_all()
        for sent in failed:
            settle(sent.pending.future, None, error)

    def pipelined(self, target: Object, index: int, arguments: Any) -> Any:
        interface = target._beckon_interface_
        result = find_method(interface.methods, index, interface.name).result
        if result.kind != Kind.INTERFACE or interface.schema is None:
            raise errors.InvalidArgument(
                f"{interface.name}: a method without an object as result"
            )
        promised = self.new_promise()
        promised.is_promise = True
        sent = self.prepare(target, index, arguments, promised)
        self.send(sent)
        declared = interface.schema.interfaces[result.name]
        made = proxy(
            declared.asynchronous if target._beckon_asynchronous_ else declared.python,
            promised,
        )
        return made


def settle(
    future: "concurrent.futures.Future[Any]", value: Any, error: Optional[BaseException]
) -> None:
    """Unless somebody has cancelled it."""
    try:
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(value)
    except concurrent.futures.InvalidStateError:
        pass
