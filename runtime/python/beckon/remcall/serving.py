"""Calls of the peer that this side serves over remcall: all start when they come."""

from __future__ import annotations

import struct
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from .. import errors, workers
from ..handlers import Handlers, Served
from ..objects import Call
from .calling import needs_beckon
from .contract import NumberedMethod
from .messages import LOG, MAX_MESSAGE_BYTES, Command, Feature, pack_failure
from .reading import ValueReader
from .source import Source
from .values import RemcallWriter

if TYPE_CHECKING:
    from .session import RemcallSession

MAX_CALLS = 1024


@dataclass
class _Served(Served):
    what: Optional[NumberedMethod] = None


class Serving(Handlers[_Served]):
    """Thread-safety: any thread; calls are taken by the one that reads."""

    def __init__(self, session: RemcallSession) -> None:
        super().__init__(session)
        self._session: RemcallSession = session
        self._lock = threading.RLock()
        self._served: Dict[int, _Served] = {}
        #: Failures of before the peer's HELLO, which tells whether it wants to know.
        self._untold: List[Tuple[int, BaseException]] = []

    def take(self, source: Source, *, has_deadline: bool) -> None:
        """A call. What leaves its end unknown ends the session."""
        session = self._session
        contract = session.agreed_with_peer()
        now = time.monotonic()
        deadline = now + source.u32() / 1000 if has_deadline else None
        request = source.u32()
        number = source.unsigned(contract.document.widths[0])
        what = contract.by_number(number)
        if what is None:
            raise errors.ProtocolError(
                f"the peer called method number {number}; "
                f"the schema has those below {len(contract.methods)}"
            )
        if what.takes_extension and not session.may_use(Feature.VALUES):
            raise errors.ProtocolError(
                f"the peer called {what.name}, whose arguments only Beckons that have said so can send"
            )
        target, problem = None, None
        try:
            called = source.signed(session.tables.width)
            target = session.tables.called(called, what.interface).value
        except (errors.UnknownObject, errors.UnknownMethod) as error:
            problem = error
        asynchronous = bool(getattr(target, "_beckon_asynchronous_", False))
        reader = ValueReader(source, contract.schema, session.tables, asynchronous)
        arguments = []
        for parameter in what.method.parameters:
            arguments.append(reader.read(parameter.type))
            if reader.problem is not None and not reader.problem.notes:
                reader.problem.notes.append(
                    f"in argument {parameter.name} of {what.name}"
                )
        # The peer counts what it lends here as sent, whatever becomes of the call.
        session.tables.borrow(reader.borrowed)
        call = Call(session, request, {}, deadline)
        served = _Served(call, what.interface, what.method, target, what=what)
        served.arguments = arguments
        self._begin(served, problem or _as_argument(reader.problem))

    def _begin(self, served: _Served, problem: Optional[errors.Error]) -> None:
        with self._lock:
            if self._session.draining:
                problem = errors.Overloaded(self._session.draining)
            elif len(self._served) >= MAX_CALLS:
                problem = errors.LimitExceeded(
                    f"{MAX_CALLS} calls are in flight; more are not allowed"
                )
            elif served.call.number in self._served:
                problem = errors.ProtocolError(
                    f"a call with the number {served.call.number}, which is in use"
                )
            if problem is None:
                self._served[served.call.number] = served
        if problem is None:
            workers.run(lambda: self._serve(served))
        else:
            self._session.check_answers()
            self._answer(served, None, problem)

    def cancel(self, request: int) -> None:
        with self._lock:
            served = self._served.get(request)
        if served is not None:
            served.call.cancel()

    def cancel_all(self) -> None:
        with self._lock:
            ended = list(self._served.values())
        for each in ended:
            each.call.cancel()

    # Answers.

    def _answer(
        self, served: _Served, value: Any, error: Optional[BaseException]
    ) -> None:
        session, number, what = self._session, served.call.number, served.what
        with self._lock:
            if served.is_answered:
                return
            served.is_answered = True
        assert what is not None
        contract = session.agreed()
        out = RemcallWriter(contract.schema, session.tables)
        if error is None:
            try:
                if what.gives_extension and not session.may_use(Feature.VALUES):
                    raise needs_beckon(f"the result of {what.name}")
                out.write(what.method.result, value)
                if len(out.out) + 5 > MAX_MESSAGE_BYTES:
                    raise errors.LimitExceeded(
                        f"a message of {len(out.out)} bytes; a peer takes {MAX_MESSAGE_BYTES}"
                    )
            except Exception as raised:
                session.abandon(out)
                error = raised
                if isinstance(error, errors.Error):
                    error.notes.append(f"in the result of {what.method.name}")
        with self._lock:
            if self._served.get(number) is served:
                del self._served[number]
        if error is None:
            session.tables.count(out.lent)
            head = struct.pack(">BI", Command.RETURN_FROM_METHOD, number)
            session.send(head + out.out)
        else:
            self._tell(number, what.name, error)
        # Arguments that the handler did not keep are given back behind the answer.
        served.target, served.arguments = None, []

    def _tell(self, request: int, name: str, error: BaseException) -> None:
        session = self._session
        with session.state:
            if session.may_use(Feature.FAILURES):
                session.send(self._packed(request, error))
            elif session.is_beckon() and not session.is_greeted():
                self._untold.append((request, error))
            elif session.ended is None:
                LOG.warning(
                    "BKN-FAILURE-UNTOLD: %s cannot be told that %s failed: %r",
                    session.endpoint,
                    name,
                    error,
                )

    def _packed(self, request: int, error: BaseException) -> bytes:
        session = self._session
        schema, traces = session.known_schema(), session.send_traces
        made = pack_failure(request, error, schema, traces)
        if len(made) <= MAX_MESSAGE_BYTES:
            return made
        long = errors.LimitExceeded("the error is too long for you")
        return pack_failure(request, long, schema, False)

    def tell_untold(self) -> None:
        """The peer has said HELLO."""
        untold, self._untold = self._untold, []
        for request, error in untold:
            self._tell(request, f"request {request}", error)


def _as_argument(problem: Optional[errors.Error]) -> Optional[errors.Error]:
    """What does not fit is the caller's fault."""
    if isinstance(problem, errors.SchemaMismatch):
        return errors.InvalidArgument(problem.message, notes=problem.notes)
    return problem
