"""A conversation in the native protocol (docs/wire/native.md): frames, streams, promises, a directory."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Type, TypeVar

from . import errors
from .calling import Calling, Pending
from .channels import Channel
from .directory import DIRECTORY, Directory, ServiceInfo
from .frames import (
    HEADER,
    MAGIC,
    NO_SCHEMA,
    Flag,
    Frame,
    Head,
    Hello,
    check_head,
    pack,
    pack_error,
    read_error,
    unpack_release,
)
from .objects import Object, Remote, proxy
from .outbox import MAX_UNSENT_BYTES
from .reader import Reader
from .schema import Interface, Schema
from .schema import Type as SchemaType
from .serving import Serving
from .session import HANDSHAKE_SECONDS, Session
from .streams import Incoming, Outgoing, Stream
from .tables import Export, Tables
from .versions import check_versions
from .writer import Writer

T = TypeVar("T")
MAX_BEFORE_HELLO = 64 << 10
MAX_STREAMS = 1024


def _interface_of(python: Any) -> Interface:
    found: Interface = python._beckon_interface_
    return found


class NativeSession(Session):
    """Thread-safety: as Session."""

    def __init__(
        self,
        channel: Channel,
        endpoint: str,
        hello: Hello,
        published: Dict[str, Any],
        *,
        loop: Optional[asyncio.AbstractEventLoop] = None,
        authenticate: Optional[Callable[[str, bytes], str]] = None,
        send_traces: bool = False,
        on_end: Optional[Callable[[Session], None]] = None,
        greeted_within: float = HANDSHAKE_SECONDS,
    ) -> None:
        super().__init__(channel, endpoint, loop, send_traces, on_end)
        self.hello = hello
        self.peer_hello = Hello()
        self.tables = Tables(self)
        self.calling = Calling(self)
        self.serving = Serving(self)
        self.incoming: Dict[int, Incoming] = {}
        self.outgoing: Dict[int, Outgoing] = {}
        self._directory = Directory(published) if published else None
        self._authenticate = authenticate
        self._greeted_within = greeted_within
        self._last_stream = 0
        self._is_greeted = threading.Event()
        self._went_away: Optional[BaseException] = None
        self.send(MAGIC + hello.pack())
        self._begin()

    def get(self, interface: Type[T], name: str = "") -> T:
        wanted = _interface_of(interface)
        try:
            return self._typed(interface, self._lookup(wanted, name, True).result())
        except errors.SchemaMismatch:
            described = self.start(self._peer_directory(), 2, (name,)).result()
            if not check_versions(described, name, wanted):
                raise
        return self._typed(interface, self._lookup(wanted, name, False).result())

    async def get_async(self, interface: Type[T], name: str = "") -> T:
        wanted = _interface_of(interface)
        try:
            found = await self._lookup(wanted, name, True).wait()
        except errors.SchemaMismatch:
            described = await self.start(self._peer_directory(), 2, (name,)).wait()
            if not check_versions(described, name, wanted):
                raise
            found = await self._lookup(wanted, name, False).wait()
        return self._typed(interface, found)

    def _lookup(self, wanted: Interface, name: str, insists: bool) -> Pending[Any]:
        """Of another version, whose digest differs, only what can be talked to is asked for."""
        digest = wanted.digest if insists else b""
        return self.start(self._peer_directory(), 0, (name, wanted.name, digest))

    def _typed(self, interface: Type[T], found: Any) -> T:
        if isinstance(found, interface):
            return found  # one of ours
        return proxy(interface, found._beckon_remote_)

    def list(self) -> List[ServiceInfo]:
        return self._peer_directory().list()

    def _peer_directory(self) -> Directory:
        return proxy(Directory, Remote(self, 0))

    def drain(self, reason: str = "this side takes no new calls") -> None:
        self.draining = reason
        self.send(pack(Frame.GO_AWAY, pack_error(errors.Cancelled(reason), NO_SCHEMA)))

    def start(self, target: Object, index: int, arguments: Any) -> Pending[Any]:
        sent = self.calling.prepare(target, index, arguments)
        self.calling.send(sent)
        return sent.pending

    async def start_async(self, target: Object, index: int, arguments: Any) -> Any:
        sent = self.calling.prepare(target, index, arguments)
        if not self.calling.send(sent, may_wait=False):
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, self.calling.send, sent)
        return await sent.pending.wait()

    def start_pipelined(self, target: Object, index: int, arguments: Any) -> Any:
        return self.calling.pipelined(target, index, arguments)

    def check_open(self) -> None:
        super().check_open()
        if self._went_away is not None:
            raise errors.Overloaded(f"the peer takes no new calls: {self._went_away}")

    def check_size(self, size: int) -> None:
        most = self.peer_hello.max_message_bytes
        if size > most:
            raise errors.LimitExceeded(
                f"a message of {size} bytes; the peer takes {most}"
            )

    def target(self, number: int) -> Export:
        if number == 0:
            if self._directory is None:
                raise errors.UnknownObject("this side publishes nothing")
            return Export(0, self._directory, DIRECTORY)
        found = self.tables.find(number)
        if found is None:
            raise errors.UnknownObject(f"no object #{number} is lent to the peer")
        return found

    def write_reference(self, out: Writer, value: Any, interface: Any) -> None:
        self.tables.write(
            out, value, interface if interface and interface.name else None
        )

    def read_reference(
        self, source: Reader, kind: int, number: int, interface: Any
    ) -> Any:
        known = interface if interface is not None and interface.name else None
        return self.tables.read(source, kind, number, known)

    def write_stream(
        self, out: Writer, source: Any, item: SchemaType, schema: Schema
    ) -> None:
        if not hasattr(source, "__iter__") and not hasattr(source, "__aiter__"):
            raise errors.TypeMismatch(
                f"found {type(source).__name__}, expected an iterable"
            )
        with self._lock:
            self._last_stream = self._last_stream % 0xFFFFFFFF + 1
            number = self._last_stream
        out.streams.append(Outgoing(self, number, source, item, schema))
        out.u32(number)

    def read_stream(self, source: Reader, number: int, item: SchemaType) -> Stream:
        window = self.hello.stream_window_bytes
        state = Incoming(item, source.schema, window, source.asynchronous)
        if number == 0 or number in self.incoming:
            raise errors.ProtocolError(
                f"a stream with the number {number}, which is in use"
            )
        if len(self.incoming) + len(self.outgoing) + len(source.streams) >= MAX_STREAMS:
            raise errors.LimitExceeded(
                f"{MAX_STREAMS} streams are open; more are not allowed"
            )
        source.streams.append((number, state))
        return Stream(self, number, state)

    def accept(self, source: Reader) -> None:
        """A message was right: what it lends is ours to give back, and its streams begin."""
        self.tables.borrow(source.borrowed)
        for number, state in source.streams:
            self.incoming[number] = state
            state.credit = state.window
            self.send(pack(Frame.STREAM_CREDIT, call=number, object=state.window))
        source.streams.clear()

    def commit(self, out: Writer) -> None:
        """A message goes out: what it lends counts."""
        self.tables.count(out.lent)
        for each in out.streams:
            self.outgoing[each.number] = each

    def abandon(self, out: Writer) -> None:
        """A message does not go out."""
        self.tables.forget(out.lent)

    def take_back(self, out: Writer) -> None:
        """A message was refused."""
        self.tables.forget(out.lent, 1)

    def forget_unread(self, out: Writer) -> None:
        """A call was answered: what nobody wants to read by now, nobody will."""
        for each in out.streams:
            if not each.is_begun:
                self.outgoing.pop(each.number, None)

    def send_error(self, number: int, error: BaseException, schema: Schema) -> None:
        content = pack_error(error, schema, self.send_traces)
        if len(content) + 16 > self.peer_hello.max_message_bytes:
            content = pack_error(
                errors.LimitExceeded("the error is too long for you"), NO_SCHEMA
            )
        self.send(pack(Frame.ERROR, content, call=number))

    def refuse(self, number: int, error: BaseException) -> None:
        self.send_reply(
            pack(
                Frame.ERROR,
                pack_error(error, NO_SCHEMA),
                flags=Flag.UNTAKEN,
                call=number,
            )
        )

    def send_reply(self, frame: bytes) -> None:
        """What the peer can ask for without end."""
        if not self.outbox.has_room():
            raise errors.LimitExceeded(
                f"the peer leaves {MAX_UNSENT_BYTES} bytes of answers unread"
            )
        self.send(frame)

    def pack_release(self, number: int, count: int) -> bytes:
        self.tables.given_back(number)
        pair = number.to_bytes(4, "little") + count.to_bytes(4, "little")
        return pack(Frame.RELEASE, pair, object=1)

    def pack_ping(self, number: int) -> bytes:
        return pack(Frame.PING, call=number)

    # What arrives.

    def _converse(self) -> None:
        watchdog = threading.Timer(self._greeted_within, self._check_greeting)
        watchdog.daemon = True
        watchdog.start()
        try:
            self._read_frames()
        finally:
            watchdog.cancel()

    def _read_frames(self) -> None:
        buffered, is_begun = bytearray(), False
        while self.ended is None:
            content = self._channel.read()
            if not content:
                self.fail(errors.Disconnected(f"{self.endpoint} closed the connection"))
                break
            self.outbox.heard = time.monotonic()
            buffered += content
            if not is_begun and len(buffered) >= len(MAGIC):
                if buffered[: len(MAGIC)] != MAGIC:
                    raise errors.ProtocolError(
                        f"{self.endpoint} speaks another protocol"
                    )
                del buffered[: len(MAGIC)]
                is_begun = True
            if is_begun:
                del buffered[: self._take_frames(buffered)]

    def _check_greeting(self) -> None:
        if not self._is_greeted.is_set():
            self.end(
                errors.Timeout(
                    f"{self.endpoint}: no hello within {self._greeted_within:g} s"
                )
            )

    def _take_frames(self, buffered: bytearray) -> int:
        """Takes whole frames; how many bytes they were."""
        at = 0
        while len(buffered) - at >= HEADER.size and self.ended is None:
            head = Head(*HEADER.unpack_from(buffered, at))
            is_greeted = self._is_greeted.is_set()
            check_head(
                head, self.hello.max_message_bytes if is_greeted else MAX_BEFORE_HELLO
            )
            end = at + head.size + -head.size % 8
            if end > len(buffered):
                break
            content = bytes(buffered[at + HEADER.size : at + head.size])
            at = end
            self._take(head, content)
        return at

    def _take(self, head: Head, content: bytes) -> None:
        if not self._is_greeted.is_set() and head.type not in (
            Frame.HELLO,
            Frame.GO_AWAY,
            Frame.BYE,
        ):
            raise errors.ProtocolError(
                f"found a frame of type {head.type} before the hello"
            )
        if head.type == Frame.CALL:
            self.serving.take(head, content)
        elif head.type in (Frame.REPLY, Frame.ERROR):
            self.calling.answer(head, content)
        elif head.type == Frame.RELEASE:
            self.serving.release(unpack_release(content, head.object))
        elif head.type == Frame.STREAM_ITEM:
            self._take_item(head, content)
        elif head.type == Frame.CANCEL:
            self.serving.cancel(head.call)
        elif head.type == Frame.STREAM_CREDIT and head.call in self.outgoing:
            self.outgoing[head.call].add_credit(head.object)
        elif head.type == Frame.STREAM_STOP and head.call in self.outgoing:
            self.outgoing[head.call].stop()
        elif head.type == Frame.STREAM_END:
            self._end_stream(head, content)
        elif head.type == Frame.PING:
            self.send_reply(pack(Frame.PONG, call=head.call, object=head.object))
        elif head.type == Frame.GO_AWAY:
            self._went_away = read_error(content, NO_SCHEMA)
        elif head.type == Frame.BYE:
            reason = f": {self._went_away}" if self._went_away is not None else ""
            self.fail(errors.Disconnected(f"{self.endpoint} ended the session{reason}"))
        elif head.type == Frame.HELLO:
            self._greet(content)

    def _greet(self, content: bytes) -> None:
        if self._is_greeted.is_set():
            raise errors.ProtocolError("found a second hello")
        hello = Hello.read(content)
        if self._authenticate is not None:
            try:
                self.user = self._authenticate(hello.user, hello.secret)
            except Exception as error:
                raise errors.AccessDenied(f"user {hello.user!r} was refused") from error
        self.peer_hello = hello
        self._is_greeted.set()

    def _take_item(self, head: Head, content: bytes) -> None:
        state = self.incoming.get(head.call)
        if state is None:
            return
        try:
            if state.credit <= 0:
                raise errors.ProtocolError(
                    "the peer sent a stream's item without credit"
                )
            source = Reader(content, state.schema, self, state.asynchronous)
            value = source.read(state.item)
            source.finish()
            self.accept(source)
            state.add(value, head.size)
        except errors.Error as error:
            if not state.is_over:
                state.end(error)
                self.send(pack(Frame.STREAM_STOP, call=head.call))

    def _end_stream(self, head: Head, content: bytes) -> None:
        state = self.incoming.pop(head.call, None)
        schema = state.schema if state is not None else NO_SCHEMA
        error = read_error(content, schema) if content else None
        if state is not None:
            state.end(error)

    # The end.

    def _farewell(self, error: errors.Error) -> bytes:
        return pack(Frame.GO_AWAY, pack_error(error, NO_SCHEMA)) + pack(Frame.BYE)

    def _lose(self, lost: BaseException) -> None:
        self.calling.fail_all(lost)
        for incoming in list(self.incoming.values()):
            incoming.end(lost)
        for outgoing in list(self.outgoing.values()):
            outgoing.stop()
        self.serving.cancel_all()
