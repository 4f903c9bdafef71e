"""Bytes to values: the native codec (docs/wire/native.md, "Values").

Nothing is made for a count before the bytes for it are seen to be there.
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
    AnyEnum,
    AnyException,
    AnyRecord,
    AnyVariant,
    DateTime,
    Duration,
    Extension,
    Float32,
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

    def read_reference(self, source: Reader, kind: int, number: int, interface: Any) -> Any:
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
            raise ProtocolError(f"offset {self.at}: a string is no UTF-8: {error.reason}") from None

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
            raise LimitExceeded(f"a message has more values than max_nodes, {MAX_NODES}")
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
            raise LimitExceeded(f"a message has more values than max_nodes, {MAX_NODES}")
        if sys.byteorder == "big":
            packed.byteswap()
        return packed.tolist()

    def read(self, type: Type) -> Any:
        return _READERS[type.kind](self, type)

    def finish(self) -> None:
        if self.at != self.end:
            raise ProtocolError(f"offset {self.at}: {self.end - self.at} bytes too many")


def _integer(source: Reader, type: Type) -> Any:
    letter, size, _, _ = INTEGERS[type.kind]
    return source.unpack(letter, size)


def _float(source: Reader, type: Type) -> Any:
    letter, size = NUMBERS[type.kind]
    return source.unpack(letter, size)


def _flag(source: Reader) -> bool:
    found = source.u8()
    if found > 1:
        raise ProtocolError(f"offset {source.at - 1}: found {found}, expected 0 or 1")
    return bool(found)


def _date(source: Reader, type: Type) -> Any:
    days = source.unpack("i", 4)
    try:
        return date_of(days)
    except OverflowError:
        raise TypeMismatch(f"the date {days} days from 1970 is beyond what Python holds") from None


def _nanoseconds(source: Reader) -> int:
    found = int(source.unpack("Q", 8))
    if found >= NANOSECONDS_OF_DAY:
        raise ProtocolError(f"offset {source.at - 8}: a time of {found} ns is beyond a day")
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
    if not _flag(source):
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
        raise ProtocolError(f"a variant of {len(type.cases)} cases has none of number {index}")
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
        raise ProtocolError(f"record {type.name}: {source.end - source.at} of {size} bytes are there")
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


def _reference_of(source: Reader, interface: Any) -> Any:
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
    return _reference_of(source, source.schema.interfaces[type.name])


def _stream(source: Reader, type: Type) -> Any:
    if source.borrower is None:
        raise Unsupported("a stream outside of a session")
    return source.borrower.read_stream(source, source.u32(), type.arguments[0])


_ANY = Type(Kind.ANY)
_PACKED = (Kind.INT8, Kind.INT16, Kind.INT32, Kind.INT64, Kind.FLOAT32, Kind.FLOAT64)
_ANY_KINDS = {
    0x03: Kind.INT8,
    0x04: Kind.INT16,
    0x05: Kind.INT32,
    0x06: Kind.INT64,
    0x07: Kind.UINT64,
    0x0A: Kind.FLOAT64,
    0x0C: Kind.STRING,
    0x0D: Kind.BYTES,
    0x0E: Kind.DATE,
    0x0F: Kind.TIME,
    0x10: Kind.DATETIME,
    0x11: Kind.DURATION,
}


def _any(source: Reader, type: Type) -> Any:
    tag = source.u8()
    if tag >= 0xC0:
        return tag - 0xE0
    if tag >= 0x80:
        return source.text_of(tag - 0x80)
    if tag in _ANY_KINDS:
        return source.read(Type(_ANY_KINDS[tag]))
    if tag in _ANY_READERS:
        return _ANY_READERS[tag](source)
    if 0x30 <= tag <= 0x35:
        values = source.numbers(_PACKED[tag - 0x30])
        return [Float32(each) for each in values] if tag == 0x34 else values
    if tag not in _ANY_CONTAINERS:
        raise ProtocolError(f"offset {source.at - 1}: found the tag {tag:#04x} of no value")
    source.enter()
    value = _ANY_CONTAINERS[tag](source)
    source.depth -= 1
    return value


def _named(source: Reader, kind: Any, what: str) -> Any:
    found = _any(source, _ANY)
    if not isinstance(found, kind) or isinstance(found, bool):
        raise ProtocolError(f"offset {source.at}: expected {what} in a value of any type")
    return found


def _name(source: Reader) -> str:
    return str(_named(source, str, "a string"))


def _any_big(source: Reader) -> int:
    is_negative = _flag(source)
    magnitude = int.from_bytes(source.block(), "big")
    return -magnitude if is_negative else magnitude


def _any_reference(source: Reader) -> Any:
    interface = source.schema.interfaces.get(_name(source))
    return _reference_of(source, interface)


def _items(source: Reader) -> List[Any]:
    return [_any(source, _ANY) for _ in range(source.count(1))]


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        raise TypeMismatch(f"{type(value).__name__} can be no key or item of a set in Python") from None
    return value


def _any_set(source: Reader) -> Any:
    items = _items(source)
    made = {_hashable(each) for each in items}
    if len(made) != len(items):
        raise ProtocolError("a set has an item twice, or two that are equal in Python")
    return made


def _any_map(source: Reader) -> Any:
    count = source.count(2)
    values = {}
    for _ in range(count):
        key = _hashable(_any(source, _ANY))
        values[key] = _any(source, _ANY)
    if len(values) != count:
        raise ProtocolError("a map has a key twice, or two that are equal in Python")
    return values


def _any_record(source: Reader) -> AnyRecord:
    count = source.count(2)
    name = _name(source)
    fields = {}
    for _ in range(count):
        field = _name(source)
        fields[field] = _any(source, _ANY)
    return AnyRecord(name, fields)


def _any_slice(source: Reader) -> slice:
    start, stop, step = (_any(source, _ANY) for _ in range(3))
    return slice(start, stop, step)


def _any_enum(source: Reader) -> AnyEnum:
    type_name, name = _name(source), _name(source)
    return AnyEnum(type_name, name, int(_named(source, int, "an integer")))


def _any_exception(source: Reader) -> AnyException:
    type_name, message = _name(source), _name(source)
    arguments, fields = _any(source, _ANY), _any(source, _ANY)
    return AnyException(type_name, message, arguments, fields, _name(source))


def _any_variant(source: Reader) -> AnyVariant:
    case = _name(source)
    return AnyVariant(case, _any(source, _ANY))


def _any_extension(source: Reader) -> Extension:
    kind = int(_named(source, int, "an integer"))
    return Extension(kind, bytes(_named(source, bytes, "bytes")))


def _any_complex(source: Reader) -> complex:
    return complex(source.unpack("d", 8), source.unpack("d", 8))


_ANY_READERS: Dict[int, Callable[[Reader], Any]] = {
    0x00: lambda source: None,
    0x01: lambda source: False,
    0x02: lambda source: True,
    0x08: _any_big,
    0x09: lambda source: Float32(source.unpack("f", 4)),
    0x0B: _any_complex,
    0x12: _any_reference,
    0x13: lambda source: _stream(source, Type(Kind.STREAM, "", (_ANY,))),
}
_ANY_CONTAINERS: Dict[int, Callable[[Reader], Any]] = {
    0x20: _items,
    0x21: lambda source: tuple(_items(source)),
    0x22: _any_set,
    0x23: lambda source: frozenset(_any_set(source)),
    0x24: _any_map,
    0x25: _any_slice,
    0x26: _any_enum,
    0x27: _any_record,
    0x28: _any_variant,
    0x29: _any_exception,
    0x2A: _any_extension,
}
_READERS: Dict[Kind, Callable[[Reader, Type], Any]] = {
    **{kind: _integer for kind in INTEGERS},
    Kind.VOID: lambda source, type: None,
    Kind.BOOL: lambda source, type: _flag(source),
    Kind.FLOAT32: _float,
    Kind.FLOAT64: _float,
    Kind.STRING: lambda source, type: source.text(),
    Kind.BYTES: lambda source, type: source.block(),
    Kind.DATE: _date,
    Kind.TIME: lambda source, type: TimeOfDay(_nanoseconds(source)),
    Kind.DATETIME: _datetime,
    Kind.DURATION: lambda source, type: Duration(source.unpack("q", 8)),
    Kind.ANY: _any,
    Kind.OPTIONAL: _optional,
    Kind.LIST: _list,
    Kind.MAP: _map,
    Kind.TUPLE: _tuple,
    Kind.VARIANT: _variant,
    Kind.STREAM: _stream,
    Kind.ENUM: _enum,
    Kind.RECORD: _record,
    Kind.INTERFACE: _reference,
}
