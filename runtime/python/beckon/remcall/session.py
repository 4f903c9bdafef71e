"""A conversation in remcall (docs/wire/remcall.md), with peers that are remcall itself and with Beckons."""

from __future__ import annotations

import asyncio
import struct
import threading
from typing import Any, Callable, Dict, List, Optional, Type, TypeVar

from .. import errors
from ..calling import Pending
from ..channels import Channel, SocketChannel
from ..directory import ServiceInfo
from ..objects import Object, interface_of, proxy
from ..schema import Interface, Schema
from ..session import Session
from ..writer import Writer
from .calling import Calling
from .contract import Contract, contract_of
from .greeting import Greeting
from .messages import LOG, MAX_MESSAGE_BYTES, Command, Feature
from .options import Options
from .serving import Serving
from .source import Source
from .tables import MAIN, RemcallTables

T = TypeVar("T")
NO_SCHEMA = Schema()


class RemcallSession(Session):
    """Thread-safety: as Session."""

    tables: RemcallTables

    def __init__(
        self,
        channel: Channel,
        endpoint: str,
        options: Options,
        published: Dict[str, Any],
        *,
        loop: Optional[asyncio.AbstractEventLoop] = None,
        authenticate: Optional[Callable[[str, bytes], str]] = None,
        send_traces: bool = False,
        on_end: Optional[Callable[[Session], None]] = None,
    ) -> None:
        super().__init__(channel, endpoint, loop, send_traces, on_end)
        self.options = options
        #: Guards who the peer is, and what was agreed with it. Taken before the locks of calls.
        self.state = threading.RLock()
        main = main_of(published) if options.is_server else None
        self._contract: Optional[Contract] = None
        self.tables = RemcallTables(self, main, is_server=options.is_server)
        self.calling = Calling(self, options.first_request, options.max_unanswered)
        self.serving = Serving(self)
        self._greeting = Greeting(self, options)
        self._authenticate = authenticate
        if isinstance(channel, SocketChannel):
            channel.acknowledge_at_once()  # the original writes each field by itself
        self._source = Source(channel.read, endpoint, MAX_MESSAGE_BYTES)
        self._is_closing = False
        self._is_acknowledged = threading.Event()
        self._no_contract: Optional[errors.Error] = None
        if main is not None:
            try:
                self._agree(contract_of(interface_of(main), options.label))
            except errors.Unsupported as error:
                self._no_contract = error
        self._greeting.begin()
        self._begin()

    # What users call.

    def get(self, interface: Type[T], name: str = "") -> T:
        wanted: Interface = getattr(interface, "_beckon_interface_")
        if self.options.is_server:
            raise errors.Unsupported("a client of remcall has no main object")
        with self.state:
            self.check_open()
            if self._contract is None:
                self._agree(contract_of(wanted, self.options.label))
                self._greeting.agreed()
                self.check_open()
        if self.agreed().main is not wanted:
            raise errors.SchemaMismatch(
                f"the main object is a {self.agreed().main.name} by now, expected a {wanted.name}"
            )
        return proxy(interface, self.tables.remote(MAIN))

    async def get_async(self, interface: Type[T], name: str = "") -> T:
        return self.get(interface, name)

    def list(self) -> List[ServiceInfo]:
        raise errors.Unsupported("a server of remcall has one object, and no names")

    def drain(self, reason: str = "this side takes no new calls") -> None:
        self.draining = reason

    def close(self) -> None:
        """Says so and waits until the peer has acknowledged it, at most for a moment."""
        if self.ended is None and threading.current_thread() is not self.reader:
            self._is_closing = True
            self.draining = self.draining or "session closed by this side"
            self.calling.fail_all(errors.Disconnected("session closed by this side"))
            self.serving.cancel_all()
            self._greeting.say_bye()
            self._is_acknowledged.wait(1.0)
        super().close()

    # What calls and objects need.

    def _agree(self, contract: Contract) -> None:
        self._contract = contract
        self.tables.width = contract.document.widths[1]

    def contract(self) -> Optional[Contract]:
        return self._contract

    def agreed(self) -> Contract:
        assert self._contract is not None  # nobody has an object before
        return self._contract

    def agreed_with_peer(self) -> Contract:
        """Errors: ProtocolError, where this side knows no schema yet; Unsupported, where it can have none."""
        if self._contract is not None:
            return self._contract
        if self._no_contract is not None:
            raise self._no_contract
        raise errors.ProtocolError(
            "the peer called a method of a side that publishes nothing"
            if self.options.is_server
            else "the peer called a method before this side knows the schema"
        )

    def known_schema(self) -> Schema:
        return self._contract.schema if self._contract is not None else NO_SCHEMA

    def may_use(self, feature: int) -> bool:
        return self._greeting.may_use(feature)

    def is_beckon(self) -> bool:
        return self._greeting.is_beckon()

    def is_greeted(self) -> bool:
        return self._greeting.is_over()

    def is_comparing(self) -> bool:
        return self._greeting.is_comparing()

    def may_become_known(self) -> bool:
        return self._greeting.may_become_known()

    def start(self, target: Object, index: int, arguments: Any) -> Pending[Any]:
        self.wait_for_room()
        return self.calling.start(target, index, arguments)

    async def start_async(self, target: Object, index: int, arguments: Any) -> Any:
        if not self.has_room():
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, self.wait_for_room)
        return await self.calling.start(target, index, arguments).wait()

    def start_pipelined(self, target: Object, index: int, arguments: Any) -> Any:
        raise errors.Unsupported("remcall calls no results that are not there yet")

    def abandon(self, out: Writer) -> None:
        """A message does not go out."""
        self.tables.forget(out.lent)

    def check_answers(self) -> None:
        """Before what the peer can ask for without end."""
        if not self.has_room():
            raise errors.LimitExceeded("the peer leaves its answers unread")

    def pack_release(self, number: int, count: int) -> bytes:
        self.tables.given_back(number)
        is_main = number == MAIN and not self.options.is_server
        if is_main or not self.may_use(Feature.RELEASES):
            return b""
        object = number.to_bytes(self.tables.width, "big", signed=True)
        head = struct.pack(">BI", Command.RELEASE_OBJECTS, 1)
        return head + object + struct.pack(">I", count)

    def pack_ping(self, number: int) -> bytes:
        return b""  # remcall has none

    def lost_by(self, reason: BaseException) -> BaseException:
        if isinstance(reason, errors.SchemaMismatch):
            return reason
        return super().lost_by(reason)

    # What arrives.

    def _converse(self) -> None:
        if self._authenticate is not None:
            try:
                self.user = self._authenticate("", b"")  # remcall names nobody
            except Exception as error:
                raise errors.AccessDenied(
                    "a peer without a name was refused"
                ) from error
        while self.ended is None:
            self._source.begin()
            found = self._source.u8()
            try:
                command = Command(found)
            except ValueError:
                raise errors.ProtocolError(
                    f"the peer sent command {found:#04x}, which remcall does not have"
                ) from None
            self._take(command)

    def _take(self, command: Command) -> None:
        self._greeting.check(command)
        source = self._source
        if command == Command.CALL_METHOD:
            self.serving.take(source, has_deadline=False)
        elif command == Command.CALL_WITH_DEADLINE:
            self.serving.take(source, has_deadline=True)
        elif command == Command.RETURN_FROM_METHOD:
            self.calling.take_result(source)
        elif command == Command.FAIL_METHOD:
            self.calling.take_failure(source)
        elif command == Command.RELEASE_OBJECTS:
            self._take_releases()
        elif command == Command.CANCEL:
            self.serving.cancel(source.u32())
        elif command == Command.DISCONNECT:
            self.fail(self._over(), bytes([Command.ACKNOWLEDGE_DISCONNECT]))
        elif command == Command.ACKNOWLEDGE_DISCONNECT:
            self.fail(self._over())
        else:
            self._greeting.take(command, source)

    def _over(self) -> errors.Error:
        if self._is_closing:
            return errors.Cancelled("session closed by this side")
        if self.is_comparing():
            return errors.SchemaMismatch(
                f"{self.endpoint} ended the session; its {self._greeting.other_digests()} "
                "(check=structure has to be said on both sides)"
            )
        return errors.Disconnected(f"{self.endpoint} ended the session")

    def _take_releases(self) -> None:
        self.agreed_with_peer()
        count, width = self._source.u32(), self.tables.width
        if count * (width + 4) > self._source.room():
            raise errors.LimitExceeded(
                f"the peer released {count} objects in one message"
            )
        for _ in range(count):
            number = self._source.signed(width)
            self.tables.release(number, self._source.u32())

    # The end.

    def end(self, error: errors.Error) -> None:
        if self.ended is None and not isinstance(
            error, (errors.Cancelled, errors.Disconnected)
        ):
            LOG.warning("BKN-REMCALL-END: %s: %s", self.endpoint, error)
        super().end(error)

    def _farewell(self, error: errors.Error) -> bytes:
        return self._greeting.bye()

    def _lose(self, lost: BaseException) -> None:
        self._is_acknowledged.set()
        self.calling.fail_all(lost)
        self.serving.cancel_all()


def main_of(published: Dict[str, Any]) -> Any:
    """What was published first; where its interface is not called Main, what is published as Main and is one."""
    first = next(iter(published.values()), None)
    named = published.get("Main")
    if first is None or interface_of(first).name == "Main" or named is None:
        return first
    return named if interface_of(named).name == "Main" else first
