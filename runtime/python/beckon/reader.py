"""Bytes to values: the native codec (docs/wire/native.md, "Values").

`any` is in any_reader.py. Nothing is made for a count before the bytes for it are seen to be there.
"""

from __future__ import annotations

import struct
import sys
from array import array
from typing import Any, Callable, Dict, List, Protocol

from .errors import LimitExceeded, ProtocolError, TypeMismatch, Unsupported
from .schema import Kind, Schema, Type
from .values import (
    NANOSECONDS_OF_DAY,
    DateTime,
    Duration,
    TimeOfDay,
    date_of,
)
from .writer import INTEGERS, MAX_DEPTH, NUMBERS

MAX_NODES = 1_000_000
#: The fewest bytes that a value of the kind takes; 1 where it is not said.
_LEAST: Dict[Kind, int] = {
    **{kind: size for kind, (_, size) in NUMBERS.items()},
    Kind.STRING: 4,
    Kind.BYTES: 4,
    Kind.DATE: 4,
    Kind.TIME: 8,
    Kind.DATETIME: 12,
    Kind.DURATION: 8,
    Kind.ENUM: 4,
    Kind.RECORD: 4,
    Kind.LIST: 4,
    Kind.MAP: 4,
    Kind.STREAM: 4,
}


class Borrower(Protocol):
    """Who turns numbers into objects and streams: a session."""

    def read_reference(
        self, source: Reader, kind: int, number: int, interface: Any
    ) -> Any:
        ...

    def read_stream(self, source: Reader, number: int, item: Type) -> Any:
        ...


class Reader:
    """One message, or a part of one. What is borrowed in it counts once all of it was right."""

    def __init__(
        self,
        content: bytes,
        schema: Schema,
        borrower: "Borrower | None" = None,
        asynchronous: bool = False,
    ) -> None:
        self.content = content
        self.schema = schema
        self.borrower = borrower
        #: Whether references become objects with coroutines for methods.
        self.asynchronous = asynchronous
        self.at = 0
        self.end = len(content)
        self.nodes = 0
        self.depth = 0
        self.borrowed: List[Any] = []
        self.streams: List[Any] = []
        self.promised: Any = None

    def take(self, size: int) -> bytes:
        if size > self.end - self.at:
            raise ProtocolError(
                f"offset {self.at}: found {self.end - self.at} bytes, expected {size}"
            )
        self.at += size
        return self.content[self.at - size : self.at]

    def unpack(self, form: str, size: int) -> Any:
        return struct.unpack("<" + form, self.take(size))[0]

    def u8(self) -> int:
        return self.take(1)[0]

    def u32(self) -> int:
        return int(self.unpack("I", 4))

    def block(self) -> bytes:
        return self.take(self.u32())

    def text_of(self, size: int) -> str:
        try:
            return self.take(size).decode()
        except UnicodeDecodeError as error:
            raise ProtocolError(
                f"offset {self.at}: a string is no UTF-8: {error.reason}"
            ) from None

    def text(self) -> str:
        return self.text_of(self.u32())

    def count(self, least: int) -> int:
        """A count of elements of at least so many bytes, which must be there."""
        count = self.u32()
        if count * least > self.end - self.at:
            raise ProtocolError(
                f"offset {self.at}: found {self.end - self.at} bytes, "
                f"expected {count} elements of {least} at least"
            )
        self.nodes += count
        if self.nodes > MAX_NODES:
            raise LimitExceeded(
                f"a message has more values than max_nodes, {MAX_NODES}"
            )
        return count

    def align(self, size: int) -> None:
        self.take(-self.at % size)

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LimitExceeded(f"a value nests deeper than max_depth, {MAX_DEPTH}")

    def numbers(self, kind: Kind) -> List[Any]:
        letter, size = NUMBERS[kind]
        at = self.at
        count = self.u32()
        self.at = at
        self.nodes += count
        self.u32()
        self.align(size)
        packed = array(letter)
        packed.frombytes(self.take(count * size))
        if self.nodes > MAX_NODES:
            raise LimitExceeded(
                f"a message has more values than max_nodes, {MAX_NODES}"
            )
        if sys.byteorder == "big":
            packed.byteswap()
        return packed.tolist()

    def read(self, type: Type) -> Any:
        return READERS[type.kind](self, type)

    def finish(self) -> None:
        if self.at != self.end:
            raise ProtocolError(
                f"offset {self.at}: {self.end - self.at} bytes too many"
            )


def _integer(source: Reader, type: Type) -> Any:
    letter, size, _, _ = INTEGERS[type.kind]
    return source.unpack(letter, size)


def _float(source: Reader, type: Type) -> Any:
    letter, size = NUMBERS[type.kind]
    return source.unpack(letter, size)


def read_flag(source: Reader) -> bool:
    found = source.u8()
    if found > 1:
        raise ProtocolError(f"offset {source.at - 1}: found {found}, expected 0 or 1")
    return bool(found)


def _date(source: Reader, type: Type) -> Any:
    days = source.unpack("i", 4)
    try:
        return date_of(days)
    except OverflowError:
        raise TypeMismatch(
            f"the date {days} days from 1970 is beyond what Python holds"
        ) from None


def _nanoseconds(source: Reader) -> int:
    found = int(source.unpack("Q", 8))
    if found >= NANOSECONDS_OF_DAY:
        raise ProtocolError(
            f"offset {source.at - 8}: a time of {found} ns is beyond a day"
        )
    return found


def _datetime(source: Reader, type: Type) -> DateTime:
    days = source.unpack("i", 4)
    return DateTime(days, _nanoseconds(source))


def _enum(source: Reader, type: Type) -> Any:
    declared = source.schema.enums[type.name]
    number = source.unpack("i", 4)
    if number not in declared.names:
        raise ProtocolError(f"enum {type.name} has no value {number}")
    return declared.python(number) if declared.python is not None else number


def _optional(source: Reader, type: Type) -> Any:
    if not read_flag(source):
        return None
    source.enter()
    value = source.read(type.arguments[0])
    source.depth -= 1
    return value


def _list(source: Reader, type: Type) -> Any:
    item = type.arguments[0]
    if item.kind in NUMBERS:
        return source.numbers(item.kind)
    source.enter()
    count = source.count(_LEAST.get(item.kind, 1))
    values = [source.read(item) for _ in range(count)]
    source.depth -= 1
    return values


def _map(source: Reader, type: Type) -> Any:
    key, item = type.arguments
    source.enter()
    count = source.count(_LEAST.get(key.kind, 1) + _LEAST.get(item.kind, 1))
    values = {}
    for _ in range(count):
        each = source.read(key)
        values[each] = source.read(item)
    if len(values) != count:
        raise ProtocolError(f"offset {source.at}: a map has the same key twice")
    source.depth -= 1
    return values


def _tuple(source: Reader, type: Type) -> Any:
    source.enter()
    value = tuple(source.read(each) for each in type.arguments)
    source.depth -= 1
    return value


def _variant(source: Reader, type: Type) -> Any:
    index = source.u8()
    if index >= len(type.cases):
        raise ProtocolError(
            f"a variant of {len(type.cases)} cases has none of number {index}"
        )
    source.enter()
    asynchronous, source.asynchronous = source.asynchronous, False  # as in records
    value = source.read(type.arguments[index])
    source.asynchronous = asynchronous
    source.depth -= 1
    return type.cases[index], value


def _record(source: Reader, type: Type) -> Any:
    declared = source.schema.record(type.name)
    source.enter()
    size = source.u32()
    if size > source.end - source.at:
        raise ProtocolError(
            f"record {type.name}: {source.end - source.at} of {size} bytes are there"
        )
    outer, source.end = source.end, source.at + size
    # What a record holds is shared by both kinds of callers.
    asynchronous, source.asynchronous = source.asynchronous, False
    values = []
    for field in declared.fields:
        if source.at == source.end and field.has_default:
            break
        values.append(source.read(field.type))
    source.at, source.end, source.asynchronous = source.end, outer, asynchronous
    source.depth -= 1
    return declared.python(*values)


def read_reference(source: Reader, interface: Any) -> Any:
    kind = source.u8()
    if kind == 0:
        return None
    if kind > 3:
        raise ProtocolError(f"found a reference of kind {kind}, expected 0 to 3")
    if source.borrower is None:
        raise Unsupported("a reference outside of a session")
    number = source.u32() if kind < 3 else 0
    return source.borrower.read_reference(source, kind, number, interface)


def _reference(source: Reader, type: Type) -> Any:
    return read_reference(source, source.schema.interfaces[type.name])


def read_stream(source: Reader, type: Type) -> Any:
    if source.borrower is None:
        raise Unsupported("a stream outside of a session")
    return source.borrower.read_stream(source, source.u32(), type.arguments[0])


READERS: Dict[Kind, Callable[[Reader, Type], Any]] = {
    **{kind: _integer for kind in INTEGERS},
    Kind.VOID: lambda source, type: None,
    Kind.BOOL: lambda source, type: read_flag(source),
    Kind.FLOAT32: _float,
    Kind.FLOAT64: _float,
    Kind.STRING: lambda source, type: source.text(),
    Kind.BYTES: lambda source, type: source.block(),
    Kind.DATE: _date,
    Kind.TIME: lambda source, type: TimeOfDay(_nanoseconds(source)),
    Kind.DATETIME: _datetime,
    Kind.DURATION: lambda source, type: Duration(source.unpack("q", 8)),
    Kind.OPTIONAL: _optional,
    Kind.LIST: _list,
    Kind.MAP: _map,
    Kind.TUPLE: _tuple,
    Kind.VARIANT: _variant,
    Kind.STREAM: read_stream,
    Kind.ENUM: _enum,
    Kind.RECORD: _record,
    Kind.INTERFACE: _reference,
}
