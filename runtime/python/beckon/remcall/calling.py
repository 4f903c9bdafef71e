"""Calls of ours over remcall: numbers, what waits until the peer is known, answers."""

from __future__ import annotations

import struct
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from .. import errors
from ..calling import Pending, settle
from ..objects import DEFAULT_SECONDS, Object, current
from ..schema import Kind
from ..tables import Export
from .contract import NumberedMethod
from .messages import LOG, MAX_MESSAGE_BYTES, Command, Feature, failure
from .reading import ValueReader
from .source import Source
from .values import RemcallWriter

if TYPE_CHECKING:
    from .session import RemcallSession

MAX_HELD_BYTES = 4 << 20


@dataclass
class _Asked:
    """What is kept of a call until it is answered, though nobody waits any more: how its answer ends."""

    pending: Pending[Any]
    what: NumberedMethod
    asynchronous: bool
    keep: Any  # the target and the arguments: their numbers stay in use until then; None once it is given up


class Calling:
    """Thread-safety: any thread."""

    def __init__(
        self, session: RemcallSession, first_request: int, max_unanswered: int
    ) -> None:
        self._session = session
        self._lock = threading.RLock()
        self._asked: Dict[int, _Asked] = {}
        self._held: Dict[int, bytes] = {}
        # Answers that came before the peer's schema did, by which it is known whether they mean what was read.
        self._unsure: List[Tuple[_Asked, Any, Optional[errors.Error]]] = []
        self._last = first_request - 1
        self._max_unanswered = max_unanswered

    def start(self, target: Object, index: int, arguments: Any) -> Pending[Any]:
        """Encodes the call, and sends it where the peer can take it already."""
        session, remote = self._session, target._beckon_remote_
        assert remote is not None
        what = session.agreed().find(target._beckon_interface_, index)
        doing = f"calling {what.name} of {session.endpoint}"
        out = RemcallWriter(session.agreed().schema, session.tables)
        try:
            for parameter, value in zip(what.method.parameters, arguments):
                try:
                    out.write(parameter.type, value)
                except errors.TypeMismatch as error:
                    error.notes.append(f"in argument {parameter.name}")
                    raise
            if len(out.out) + 64 > MAX_MESSAGE_BYTES:
                raise errors.LimitExceeded(
                    f"a message of {len(out.out)} bytes; a peer takes {MAX_MESSAGE_BYTES}"
                )
            seconds = self._seconds(target)
            pending: Pending[Any] = Pending(session, doing, time.monotonic() + seconds)
            asked = _Asked(
                pending, what, target._beckon_asynchronous_, (remote, arguments)
            )
            number = self._send(asked, remote.number, bytes(out.out), seconds, out.lent)
        except BaseException as error:
            session.abandon(out)
            if isinstance(error, errors.Error):
                error.notes.append(f"while {doing}")
            raise
        if what.method.oneway:
            settle(pending.future, None, None)
        else:
            pending.future.add_done_callback(
                lambda done: self._cancel(number) if done.cancelled() else None
            )
        return pending

    @staticmethod
    def _seconds(target: Object) -> float:
        options, call = target._beckon_options_, current.get()
        seconds = options.timeout if options.timeout is not None else DEFAULT_SECONDS
        left = call.remaining() if call is not None else None
        return seconds if left is None else min(seconds, left)

    def _send(
        self,
        asked: _Asked,
        target: int,
        values: bytes,
        seconds: float,
        lent: List[Export],
    ) -> int:
        session, what = self._session, asked.what
        contract = session.agreed()
        with session.state, self._lock:
            session.check_open()
            if len(self._asked) >= self._max_unanswered:
                raise errors.Overloaded(
                    f"the peer has left {len(self._asked)} calls without an answer"
                )
            is_extension = what.takes_extension or what.gives_extension
            waits = is_extension and not session.may_use(Feature.VALUES)
            if waits:
                self._check_may_wait(what, len(values))
            while True:
                number = (self._last + 1) & 0xFFFFFFFF
                self._last = number
                if number not in self._asked:
                    break
            head = struct.pack(">BI", Command.CALL_METHOD, number)
            if session.may_use(Feature.DEADLINES) and not what.method.oneway:
                left = min(max(int(seconds * 1000), 1), (1 << 32) - 1)
                head = struct.pack(">BII", Command.CALL_WITH_DEADLINE, left, number)
            head += what.number.to_bytes(contract.document.widths[0], "big")
            head += target.to_bytes(session.tables.width, "big", signed=True)
            self._asked[number] = asked
            session.tables.count(lent)
            if waits:
                self._held[number] = head + values
                asked.pending.held_because = (
                    "while waiting for the peer to say HELLO, as a Beckon does: the call was "
                    f"not sent, since remcall itself cannot carry {what.name}"
                )
            else:
                session.send(head + values)
        return number

    def _check_may_wait(self, what: NumberedMethod, size: int) -> None:
        if not self._session.may_become_known():
            raise needs_beckon(what.name)
        held = sum(len(each) for each in self._held.values())
        if held + size > MAX_HELD_BYTES:
            raise errors.Overloaded(
                f"calls of {held} bytes wait already until the peer says whether it is a Beckon"
            )

    def _cancel(self, number: int) -> None:
        with self._lock:
            if self._held.pop(number, None) is not None:
                del self._asked[number]
                return
            if number not in self._asked:
                return
            self._asked[number].keep = None
        if self._session.may_use(Feature.CANCELLING):
            self._send_cancel(number)

    def _send_cancel(self, number: int) -> None:
        self._session.send_later(struct.pack(">BI", Command.CANCEL, number))

    # Who the peer is has become known.

    def cancel_given_up(self) -> None:
        """What nobody has waited for any more since before."""
        if not self._session.may_use(Feature.CANCELLING):
            return
        with self._lock:
            for number, asked in self._asked.items():
                if asked.keep is None:
                    self._send_cancel(number)

    def send_held(self) -> None:
        with self._lock:
            for number, message in self._held.items():
                self._asked[number].pending.held_because = None
                self._session.send(message)
            self._held.clear()

    def refuse_held(self) -> None:
        with self._lock:
            refused = [self._asked.pop(number) for number in self._held]
            self._held.clear()
        for each in refused:
            settle(each.pending.future, None, needs_beckon(each.what.name))

    # Answers.

    def take_result(self, source: Source) -> None:
        session, number = self._session, source.u32()
        with self._lock:
            asked = self._asked.get(number)
        if asked is None:
            raise errors.ProtocolError(
                f"the peer answered request {number}, which this side has not made"
            )
        contract = session.agreed()
        reader = ValueReader(
            source, contract.schema, session.tables, asked.asynchronous
        )
        method = asked.what.method
        value = reader.read(method.result)
        session.tables.borrow(reader.borrowed)
        with self._lock:
            self._asked.pop(number, None)
        problem = reader.problem
        if problem is not None:
            problem.notes.append(f"in the result of {method.name}")
        elif value is None and method.result.kind == Kind.INTERFACE:
            problem = errors.TypeMismatch(
                "the peer gave no object; a method that may do so says optional<...> in the IDL"
            )
        with session.state, self._lock:
            if session.is_comparing():
                self._unsure.append((asked, value, problem))
                return
        settle(asked.pending.future, value, problem)

    def settle_unsure(self) -> None:
        """The peer's schema has come, and will do."""
        with self._lock:
            answered, self._unsure = self._unsure, []
        for asked, value, problem in answered:
            settle(asked.pending.future, value, problem)

    def take_failure(self, source: Source) -> None:
        number, kind = source.u32(), source.u8()
        reader = ValueReader(source, self._session.known_schema())
        told = failure(kind, reader.text(), reader.text(), reader.text())
        with self._lock:
            asked = self._asked.pop(number, None)
        if asked is None:
            LOG.warning(
                "BKN-REMCALL-STRAY: %s failed request %d, which this side has not made: %s",
                self._session.endpoint,
                number,
                told,
            )
            return
        settle(asked.pending.future, None, told)

    def fail_all(self, error: BaseException) -> None:
        with self._lock:
            failed = list(self._asked.values())
            failed += [asked for asked, _, _ in self._unsure]
            self._unsure = []
            self._asked.clear()
            self._held.clear()
        for each in failed:
            settle(each.pending.future, None, error)

    def unanswered(self) -> int:
        return len(self._asked)


def needs_beckon(what: str) -> errors.Error:
    return errors.Unsupported(
        f"remcall itself cannot carry {what}, and the peer has not said that it is a Beckon"
    )
