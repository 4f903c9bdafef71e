"""Frames: what goes over the wire between two sessions (docs/wire/native.md, "Frames")."""

from __future__ import annotations

import struct
import traceback
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from . import errors
from .any_writer import described_fields
from .errors import LimitExceeded, ProtocolError
from .reader import Reader
from .schema import Kind, Method, Schema, Type
from .values import AnyRecord
from .writer import Writer

MAGIC = b"\x89BKN\r\n\x1a\n"
HEADER = struct.Struct("<IBBHII")
NO_SCHEMA = Schema()
PROMISED = 1 << 31
_HELLO = struct.Struct("<HHIQIIII")
_ANY = Type(Kind.ANY)


class Frame(IntEnum):
    HELLO, CALL, REPLY, ERROR, CANCEL, RELEASE, STREAM_ITEM, STREAM_END = range(1, 9)
    STREAM_CREDIT, STREAM_STOP, PING, PONG, GO_AWAY, BYE = range(9, 15)


#: Those that have nothing behind their header.
EMPTY = {
    Frame.CANCEL,
    Frame.STREAM_CREDIT,
    Frame.STREAM_STOP,
    Frame.PING,
    Frame.PONG,
    Frame.BYE,
}


class Flag:
    DEADLINE, PARENT, PROMISE, METADATA, ONEWAY = 1, 2, 4, 8, 16
    UNTAKEN = 1


class Head(NamedTuple):
    size: int
    type: int
    flags: int
    method: int
    call: int
    object: int


def pack(
    type: int,
    content: bytes = b"",
    *,
    flags: int = 0,
    method: int = 0,
    call: int = 0,
    object: int = 0,
) -> bytes:
    size = HEADER.size + len(content)
    return (
        HEADER.pack(size, type, flags, method, call, object)
        + content
        + bytes(-size % 8)
    )


@dataclass
class Hello:
    """What each side says first."""

    oldest: int = 1
    newest: int = 1
    features: int = 0
    max_message_bytes: int = 16 << 20
    max_calls_in_flight: int = 1024
    max_call_bytes: int = 32 << 20
    stream_window_bytes: int = 256 << 10
    software: str = "beckon python"
    user: str = ""
    secret: bytes = b""

    def pack(self) -> bytes:
        out = Writer(NO_SCHEMA)
        out.out += _HELLO.pack(
            self.oldest,
            self.newest,
            0,
            self.features,
            self.max_message_bytes,
            self.max_calls_in_flight,
            self.max_call_bytes,
            self.stream_window_bytes,
        )
        out.text(self.software)
        out.text(self.user)
        out.block(self.secret)
        return pack(Frame.HELLO, bytes(out.out))

    @classmethod
    def read(cls, content: bytes) -> Hello:
        source = Reader(content, NO_SCHEMA)
        oldest, newest, _, features, message, calls, call_bytes, window = _HELLO.unpack(
            source.take(_HELLO.size)
        )
        texts = source.text(), source.text(), source.block()
        hello = cls(
            oldest, newest, features, message, calls, call_bytes, window, *texts
        )
        if not oldest <= 1 <= newest:
            raise ProtocolError(
                f"peer speaks versions {oldest} to {newest}, this side 1"
            )
        if hello.max_message_bytes < 1024 or hello.max_calls_in_flight < 1:
            raise ProtocolError("peer's hello gives limits below the least")
        return hello


@dataclass
class Extras:
    """What may stand before a call's arguments."""

    milliseconds: Optional[int] = None
    parent: Optional[int] = None
    promise: Optional[int] = None
    metadata: Dict[str, str] = field(default_factory=dict)
    oneway: bool = False

    def pack(self) -> Tuple[int, bytes]:
        out, flags = Writer(NO_SCHEMA), 0
        for flag, number in (
            (Flag.DEADLINE, self.milliseconds),
            (Flag.PARENT, self.parent),
            (Flag.PROMISE, self.promise),
        ):
            if number is not None:
                flags |= flag
                out.u32(number)
        if self.metadata:
            flags |= Flag.METADATA
            out.u32(len(self.metadata))
            for key, value in self.metadata.items():
                out.text(key)
                out.text(value)
        out.align(8)
        return flags | (Flag.ONEWAY if self.oneway else 0), bytes(out.out)

    @classmethod
    def read(cls, flags: int, content: bytes) -> Tuple[Extras, int]:
        """The extras, and where the arguments begin."""
        source, extras = Reader(content, NO_SCHEMA), cls(
            oneway=bool(flags & Flag.ONEWAY)
        )
        if flags & Flag.DEADLINE:
            extras.milliseconds = source.u32()
        if flags & Flag.PARENT:
            extras.parent = source.u32()
        if flags & Flag.PROMISE:
            extras.promise = source.u32()
        if flags & Flag.METADATA:
            for _ in range(source.count(8)):
                key = source.text()
                extras.metadata[key] = source.text()
        source.align(8)
        return extras, source.at


def unpack_release(content: bytes, count: int) -> List[Tuple[int, int]]:
    if len(content) != count * 8:
        raise ProtocolError(f"a release of {count} objects has {len(content)} bytes")
    numbers = struct.unpack(f"<{count * 2}I", content)
    return list(zip(numbers[::2], numbers[1::2]))


def pack_error(error: BaseException, schema: Schema, send_trace: bool = False) -> bytes:
    """Content of an error frame, a go-away or the end of a stream."""
    code, type_name = errors.RemoteError.code, type(error).__name__
    message = errors.text_of(error)
    fields: Any = None
    if isinstance(error, errors.Error):
        code, type_name, message = error.code, error.type_name, error.message
    else:
        for declared in schema.exceptions.values():
            if declared.python is type(error):
                code = errors.DECLARED
                type_name = message = declared.name
                fields = AnyRecord(declared.name, described_fields(declared, error))
    notes = list(error.notes) if isinstance(error, errors.Error) else []
    described = Writer(schema)
    try:
        described.write(_ANY, fields)
    except Exception as unfit:  # whatever it holds, the caller waits for an answer
        code, described = errors.RemoteError.code, Writer(schema)
        described.write(_ANY, None)
        notes.append(f"its fields could not be sent: {unfit}")
    out = Writer(schema)
    out.u32(code)
    out.text(_printable(type_name))
    out.text(_printable(message))
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    out.text(_printable(trace) if send_trace else "")
    out.u32(len(notes))
    for note in notes:
        out.text(_printable(note))
    return bytes(out.out + described.out)


def _printable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def read_error(content: bytes, schema: Schema) -> BaseException:
    """The exception that an error stands for: a declared one as itself where its type is known."""
    source = Reader(content, NO_SCHEMA)
    code, type_name, message, trace = (
        source.u32(),
        source.text(),
        source.text(),
        source.text(),
    )
    notes = [source.text() for _ in range(source.count(4))]
    fields = source.read(_ANY)
    source.finish()
    if (
        code == errors.DECLARED
        and type_name in schema.exceptions
        and isinstance(fields, AnyRecord)
    ):
        try:
            made = from_any(Type(Kind.RECORD, type_name), fields, schema)
            if isinstance(made, BaseException):
                return made
        except (errors.Error, AttributeError, TypeError, ValueError, KeyError):
            notes.append(
                f"its fields are not those of {type_name} as this side knows it"
            )
    return errors.of_code(code, message, type_name=type_name, trace=trace, notes=notes)


def from_any(type: Type, value: Any, schema: Schema) -> Any:
    """A value that described itself as one of a type, checked."""
    if type.kind == Kind.RECORD:
        declared = schema.record(type.name)
        if not isinstance(value, AnyRecord):
            raise errors.TypeMismatch(f"expected a {type.name}")
        known = {
            name: from_any(each.type, value.fields[each.name], schema)
            for each, name in zip(declared.fields, declared.attributes)
            if each.name in value.fields
        }
        return declared.python(**known)
    if type.kind == Kind.ENUM:
        return schema.enums[type.name].python(value.number)
    if type.kind == Kind.OPTIONAL:
        return None if value is None else from_any(type.arguments[0], value, schema)
    if type.kind == Kind.LIST:
        return [from_any(type.arguments[0], each, schema) for each in value]
    if type.kind == Kind.MAP:
        key, item = type.arguments
        return {
            from_any(key, each, schema): from_any(item, content, schema)
            for each, content in value.items()
        }
    if type.kind == Kind.TUPLE:
        return tuple(
            from_any(item, each, schema) for item, each in zip(type.arguments, value)
        )
    if type.kind == Kind.VARIANT:
        index = type.cases.index(value.case)
        return value.case, from_any(type.arguments[index], value.value, schema)
    Writer(schema).write(type, value)  # refuses what is no value of the type
    return value


def check_head(head: Head, most: int) -> None:
    """What can be said of a frame before its content is there."""
    if head.size < HEADER.size:
        raise ProtocolError(
            f"found a frame of {head.size} bytes, expected {HEADER.size} at least"
        )
    if head.size > most:
        raise LimitExceeded(f"found a frame of {head.size} bytes, allowed are {most}")
    if head.type < 128 and not Frame.HELLO <= head.type <= Frame.BYE:
        raise ProtocolError(f"found a frame of the unknown type {head.type}")
    if head.type in EMPTY and head.size != HEADER.size:
        raise ProtocolError(
            f"found {head.size - HEADER.size} bytes in a frame of type {head.type}"
        )


def find_method(methods: List[Method], number: int, name: str) -> Method:
    if number >= len(methods):
        raise errors.UnknownMethod(
            f"interface {name} has {len(methods)} methods; the peer called number {number}"
        )
    return methods[number]
