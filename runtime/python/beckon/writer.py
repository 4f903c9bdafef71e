"""Values to bytes: the native codec (docs/wire/native.md, "Values"). `any` is in any_writer.py."""

from __future__ import annotations

import datetime
import struct
import sys
from array import array
from typing import Any, Callable, Dict, List, Protocol, Tuple

from .errors import LimitExceeded, TypeMismatch, Unsupported
from .schema import Kind, Schema, Type
from .values import (
    NANOSECONDS_OF_DAY,
    DateTime,
    Duration,
    TimeOfDay,
    days_of,
)

#: struct's letter, size, and least and largest value.
INTEGERS: Dict[Kind, Tuple[str, int, int, int]] = {
    kind: (
        letter,
        size,
        -(1 << 8 * size - 1) if letter.islower() else 0,
        (1 << 8 * size - letter.islower()) - 1,
    )
    for kind, letter, size in (
        (Kind.INT8, "b", 1),
        (Kind.UINT8, "B", 1),
        (Kind.INT16, "h", 2),
        (Kind.UINT16, "H", 2),
        (Kind.INT32, "i", 4),
        (Kind.UINT32, "I", 4),
        (Kind.INT64, "q", 8),
        (Kind.UINT64, "Q", 8),
    )
}
#: Letter and size of an element, for lists whose elements lie side by side.
NUMBERS: Dict[Kind, Tuple[str, int]] = {
    **{kind: (letter, size) for kind, (letter, size, _, _) in INTEGERS.items()},
    Kind.FLOAT32: ("f", 4),
    Kind.FLOAT64: ("d", 8),
}
MAX_DEPTH = 64


class Lender(Protocol):
    """Who turns objects and streams into numbers: a session."""

    def write_reference(self, out: Writer, value: Any, interface: Any) -> None:
        ...

    def write_stream(
        self, out: Writer, source: Any, item: Type, schema: Schema
    ) -> None:
        ...


class Writer:
    """One message. What is lent in it counts once the session has sent it."""

    def __init__(self, schema: Schema, lender: "Lender | None" = None) -> None:
        self.schema = schema
        self.lender = lender
        self.out = bytearray()
        self.depth = 0
        self.lent: List[Any] = []
        self.streams: List[Any] = []

    def u8(self, number: int) -> None:
        self.out.append(number)

    def u32(self, number: int) -> None:
        self.out += struct.pack("<I", number)

    def block(self, content: bytes) -> None:
        self.u32(len(content))
        self.out += content

    def text(self, value: str) -> None:
        try:
            self.block(value.encode())
        except UnicodeEncodeError as error:
            raise TypeMismatch(
                f"a string has no UTF-8: {error.reason} at {error.start}"
            ) from None

    def align(self, size: int) -> None:
        self.out += bytes(-len(self.out) % size)

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LimitExceeded(f"a value nests deeper than max_depth, {MAX_DEPTH}")

    def write(self, type: Type, value: Any) -> None:
        WRITERS[type.kind](self, type, value)

    def numbers(self, kind: Kind, values: Any) -> None:
        letter, size = NUMBERS[kind]
        self.u32(len(values))
        self.align(size)
        try:
            packed = array(letter, values)
        except (OverflowError, TypeError, ValueError) as error:
            self._refuse_one(Type(kind), values)
            raise TypeMismatch(f"a list of {kind.name.lower()}: {error}") from None
        if sys.byteorder == "big":
            packed.byteswap()
        self.out += packed.tobytes()

    def _refuse_one(self, type: Type, values: Any) -> None:
        """Raises for the first of them that does not fit."""
        with in_items() as place:
            for place.index, each in enumerate(values):
                WRITERS[type.kind](self, type, each)


class in_items:
    """Where an item does not fit, says which."""

    index = 0

    def __enter__(self) -> "in_items":
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, TypeMismatch):
            error.notes.append(f"in item {self.index}")


def shown(number: Any) -> str:
    """As messages have it; Python does not write integers of any length."""
    if isinstance(number, int) and number.bit_length() > 128:
        return f"an integer of {number.bit_length()} bits"
    return str(number)


def wrong(expected: str, found: Any) -> TypeMismatch:
    return TypeMismatch(f"found {type(found).__name__}, expected {expected}")


def _integer(out: Writer, type: Type, value: Any) -> None:
    letter, _, least, most = INTEGERS[type.kind]
    name = type.kind.name.lower()
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong(f"an integer for {name}", value)
    if not least <= value <= most:
        raise TypeMismatch(
            f"found {shown(value)}, expected {name}, from {least} to {most}"
        )
    out.out += struct.pack("<" + letter, value)


def _float(out: Writer, type: Type, value: Any) -> None:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise wrong(f"a number for {type.kind.name.lower()}", value)
    try:
        out.out += struct.pack("<" + NUMBERS[type.kind][0], value)
    except (OverflowError, struct.error):
        raise TypeMismatch(
            f"found {shown(value)}, which does not fit {type.kind.name.lower()}"
        ) from None


def _bool(out: Writer, type: Type, value: Any) -> None:
    if not isinstance(value, bool):
        raise wrong("bool", value)
    out.u8(value)


def _string(out: Writer, type: Type, value: Any) -> None:
    if not isinstance(value, str):
        raise wrong("str", value)
    out.text(value)


def _bytes(out: Writer, type: Type, value: Any) -> None:
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise wrong("bytes", value)
    out.block(bytes(value))


def write_date(out: Writer, type: Type, value: Any) -> None:
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise wrong("datetime.date", value)
    out.out += struct.pack("<i", days_of(value))


def write_time(out: Writer, type: Type, value: Any) -> None:
    if isinstance(value, datetime.time):
        value = TimeOfDay.of(value)
    if not isinstance(value, TimeOfDay):
        raise wrong("TimeOfDay", value)
    if not 0 <= value.nanoseconds < NANOSECONDS_OF_DAY:
        raise TypeMismatch(
            f"found {value.nanoseconds} ns as a time, expected those of one day"
        )
    out.out += struct.pack("<Q", value.nanoseconds)


def write_datetime(out: Writer, type: Type, value: Any) -> None:
    if isinstance(value, datetime.datetime):
        value = DateTime.of(value)
    if not isinstance(value, DateTime):
        raise wrong("DateTime", value)
    _integer(out, Type(Kind.INT32), value.days)
    write_time(out, type, TimeOfDay(value.nanoseconds))


def write_duration(out: Writer, type: Type, value: Any) -> None:
    if isinstance(value, datetime.timedelta):
        value = Duration.of(value)
    if not isinstance(value, Duration):
        raise wrong("Duration", value)
    _integer(out, Type(Kind.INT64), value.nanoseconds)


def _enum(out: Writer, type: Type, value: Any) -> None:
    declared = out.schema.enums[type.name]
    if not isinstance(value, int):
        raise wrong(f"a value of enum {type.name}", value)
    if int(value) not in declared.names:
        raise TypeMismatch(f"enum {type.name} has no value {int(value)}")
    out.out += struct.pack("<i", int(value))


def _optional(out: Writer, type: Type, value: Any) -> None:
    if value is None:
        out.u8(0)
        return
    out.u8(1)
    out.enter()
    out.write(type.arguments[0], value)
    out.depth -= 1


def _list(out: Writer, type: Type, value: Any) -> None:
    item = type.arguments[0]
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__len__"):
        raise wrong("a list", value)
    if item.kind in NUMBERS:
        out.numbers(item.kind, value)
        return
    out.enter()
    out.u32(len(value))
    with in_items() as place:
        for place.index, each in enumerate(value):
            out.write(item, each)
    out.depth -= 1


def _map(out: Writer, type: Type, value: Any) -> None:
    if not isinstance(value, dict):
        raise wrong("a dict", value)
    out.enter()
    out.u32(len(value))
    for key, each in value.items():
        out.write(type.arguments[0], key)
        out.write(type.arguments[1], each)
    out.depth -= 1


def _tuple(out: Writer, type: Type, value: Any) -> None:
    if not isinstance(value, (tuple, list)) or len(value) != len(type.arguments):
        raise wrong(f"a tuple of {len(type.arguments)}", value)
    out.enter()
    for item, each in zip(type.arguments, value):
        out.write(item, each)
    out.depth -= 1


def _variant(out: Writer, type: Type, value: Any) -> None:
    if not isinstance(value, tuple) or len(value) != 2 or value[0] not in type.cases:
        raise wrong(f"a tuple of a case ({', '.join(type.cases)}) and its value", value)
    index = type.cases.index(value[0])
    out.u8(index)
    out.enter()
    out.write(type.arguments[index], value[1])
    out.depth -= 1


def _record(out: Writer, type: Type, value: Any) -> None:
    declared = out.schema.record(type.name)
    if not isinstance(value, declared.python):
        raise wrong(f"a {type.name}", value)
    out.enter()
    start = len(out.out)
    out.u32(0)
    for field, attribute in zip(declared.fields, declared.attributes):
        try:
            out.write(field.type, getattr(value, attribute))
        except TypeMismatch as error:
            error.notes.append(f"in field {type.name}.{field.name}")
            raise
    out.out[start : start + 4] = struct.pack("<I", len(out.out) - start - 4)
    out.depth -= 1


def _reference(out: Writer, type: Type, value: Any) -> None:
    if value is None:
        out.u8(0)
        return
    if out.lender is None:
        raise Unsupported("a reference outside of a session")
    out.lender.write_reference(out, value, out.schema.interfaces[type.name])


def _stream(out: Writer, type: Type, value: Any) -> None:
    if out.lender is None:
        raise Unsupported("a stream outside of a session")
    out.lender.write_stream(out, value, type.arguments[0], out.schema)


WRITERS: Dict[Kind, Callable[[Writer, Type, Any], None]] = {
    **{kind: _integer for kind in INTEGERS},
    Kind.VOID: lambda out, type, value: None,
    Kind.BOOL: _bool,
    Kind.FLOAT32: _float,
    Kind.FLOAT64: _float,
    Kind.STRING: _string,
    Kind.BYTES: _bytes,
    Kind.DATE: write_date,
    Kind.TIME: write_time,
    Kind.DATETIME: write_datetime,
    Kind.DURATION: write_duration,
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
