"""Values to bytes: the native codec (docs/wire/native.md, "Values")."""

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
    AnyEnum,
    AnyException,
    AnyRecord,
    AnyVariant,
    DateTime,
    Duration,
    Extension,
    Float32,
    TimeOfDay,
    days_of,
)

#: struct's letter, size, and least and largest value.
INTEGERS: Dict[Kind, Tuple[str, int, int, int]] = {
    kind: (letter, size, -(1 << 8 * size - 1) if letter.islower() else 0, (1 << 8 * size - letter.islower()) - 1)
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
_PACKED = ((0x30, Kind.INT8), (0x31, Kind.INT16), (0x32, Kind.INT32), (0x33, Kind.INT64))


class Lender(Protocol):
    """Who turns objects and streams into numbers: a session."""

    def write_reference(self, out: Writer, value: Any, interface: Any) -> None:
        ...

    def write_stream(self, out: Writer, source: Any, item: Type, schema: Schema) -> None:
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
            raise TypeMismatch(f"a string has no UTF-8: {error.reason} at {error.start}") from None

    def align(self, size: int) -> None:
        self.out += bytes(-len(self.out) % size)

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LimitExceeded(f"a value nests deeper than max_depth, {MAX_DEPTH}")

    def write(self, type: Type, value: Any) -> None:
        _WRITERS[type.kind](self, type, value)

    def numbers(self, kind: Kind, values: Any) -> None:
        letter, size = NUMBERS[kind]
        self.u32(len(values))
        self.align(size)
        try:
            packed = array(letter, values)
        except (OverflowError, TypeError) as error:
            raise TypeMismatch(f"a list of {kind.name.lower()}: {error}") from None
        if sys.byteorder == "big":
            packed.byteswap()
        self.out += packed.tobytes()


def wrong(expected: str, found: Any) -> TypeMismatch:
    return TypeMismatch(f"found {type(found).__name__}, expected {expected}")


def _integer(out: Writer, type: Type, value: Any) -> None:
    letter, _, least, most = INTEGERS[type.kind]
    name = type.kind.name.lower()
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong(f"an integer for {name}", value)
    if not least <= value <= most:
        raise TypeMismatch(f"found {value}, expected {name}: {least} to {most}")
    out.out += struct.pack("<" + letter, value)


def _float(out: Writer, type: Type, value: Any) -> None:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise wrong(f"a number for {type.kind.name.lower()}", value)
    try:
        out.out += struct.pack("<" + NUMBERS[type.kind][0], value)
    except OverflowError:
        raise TypeMismatch(f"found {value}, which does not fit {type.kind.name.lower()}") from None


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


def _date(out: Writer, type: Type, value: Any) -> None:
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise wrong("datetime.date", value)
    out.out += struct.pack("<i", days_of(value))


def _time(out: Writer, type: Type, value: Any) -> None:
    if isinstance(value, datetime.time):
        value = TimeOfDay.of(value)
    if not isinstance(value, TimeOfDay):
        raise wrong("TimeOfDay", value)
    if not 0 <= value.nanoseconds < NANOSECONDS_OF_DAY:
        raise TypeMismatch(f"found {value.nanoseconds} ns as a time, expected those of one day")
    out.out += struct.pack("<Q", value.nanoseconds)


def _datetime(out: Writer, type: Type, value: Any) -> None:
    if isinstance(value, datetime.datetime):
        value = DateTime.of(value)
    if not isinstance(value, DateTime):
        raise wrong("DateTime", value)
    _integer(out, Type(Kind.INT32), value.days)
    _time(out, type, TimeOfDay(value.nanoseconds))


def _duration(out: Writer, type: Type, value: Any) -> None:
    if isinstance(value, datetime.timedelta):
        value = Duration.of(value)
    if not isinstance(value, Duration):
        raise wrong("Duration", value)
    _integer(out, Type(Kind.INT64), value.nanoseconds)


def _enum(out: Writer, type: Type, value: Any) -> None:
    declared = out.schema.enums[type.name]
    if not isinstance(value, int) or int(value) not in declared.names:
        raise wrong(f"a value of enum {type.name}", value)
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
    for each in value:
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


def _any_integer(out: Writer, value: int) -> None:
    if -32 <= value <= 31:
        out.u8(0xE0 + value & 0xFF)
        return
    for tag, kind in zip((3, 4, 5, 6, 7), (Kind.INT8, Kind.INT16, Kind.INT32, Kind.INT64, Kind.UINT64)):
        letter, _, least, most = INTEGERS[kind]
        if least <= value <= most:
            out.u8(tag)
            out.out += struct.pack("<" + letter, value)
            return
    out.u8(8)
    out.u8(value < 0)
    magnitude = abs(value)
    out.block(magnitude.to_bytes((magnitude.bit_length() + 7) // 8, "big"))


def _any_text(out: Writer, value: str) -> None:
    content = value.encode(errors="surrogatepass")
    if len(content) <= 63:
        content.decode()  # refuses what is no UTF-8
        out.u8(0x80 + len(content))
        out.out += content
    else:
        out.u8(0x0C)
        out.text(value)


def _any_sequence(out: Writer, tag: int, values: Any) -> None:
    out.u8(tag)
    out.u32(len(values))
    for each in values:
        _any(out, _ANY, each)


def _any_list(out: Writer, values: Any) -> None:
    if len(values) >= 4:
        kinds = {type(each) for each in values}
        if kinds == {int}:
            least, most = min(values), max(values)
            for tag, kind in _PACKED:
                if INTEGERS[kind][2] <= least and most <= INTEGERS[kind][3]:
                    out.u8(tag)
                    out.numbers(kind, values)
                    return
        elif kinds in ({Float32}, {float}):
            is_short = kinds == {Float32}
            out.u8(0x34 if is_short else 0x35)
            out.numbers(Kind.FLOAT32 if is_short else Kind.FLOAT64, values)
            return
    _any_sequence(out, 0x20, values)


def _any_map(out: Writer, values: Dict[Any, Any]) -> None:
    out.u8(0x24)
    out.u32(len(values))
    for key, each in values.items():
        _any(out, _ANY, key)
        _any(out, _ANY, each)


def _any_record(out: Writer, name: str, fields: Any) -> None:
    out.u8(0x27)
    out.u32(len(fields))
    _any_text(out, name)
    for field, value in fields:
        _any_text(out, field)
        _any(out, _ANY, value)


def _any_generated(out: Writer, value: Any) -> bool:
    """Instances of generated classes describe themselves."""
    for record in out.schema.records.values():
        if type(value) is record.python:
            fields = zip(record.fields, record.attributes)
            _any_record(out, record.name, [(each.name, getattr(value, name)) for each, name in fields])
            return True
    for enum in out.schema.enums.values():
        if type(value) is enum.python:
            _any(out, _ANY, AnyEnum(enum.name, enum.names[int(value)], int(value)))
            return True
    interface = getattr(value, "_beckon_interface_", None)
    if interface is not None and out.lender is not None:
        out.u8(0x12)
        _any_text(out, interface.name)
        out.lender.write_reference(out, value, interface)
        return True
    return False


def _any_container(out: Writer, value: Any) -> bool:
    if isinstance(value, list):
        _any_list(out, value)
    elif isinstance(value, dict):
        _any_map(out, value)
    elif isinstance(value, AnyEnum):
        out.u8(0x26)
        _any_text(out, value.type_name)
        _any_text(out, value.name)
        _any_integer(out, value.number)
    elif isinstance(value, AnyRecord):
        _any_record(out, value.type_name, value.fields.items())
    elif isinstance(value, AnyVariant):
        out.u8(0x28)
        _any_text(out, value.case)
        _any(out, _ANY, value.value)
    elif isinstance(value, AnyException):
        out.u8(0x29)
        _any_text(out, value.type_name)
        _any_text(out, value.message)
        _any(out, _ANY, value.arguments)
        _any(out, _ANY, value.fields)
        _any_text(out, value.trace)
    elif isinstance(value, Extension):
        out.u8(0x2A)
        _any_integer(out, value.type)
        _any(out, _ANY, value.content)
    elif isinstance(value, tuple):
        _any_sequence(out, 0x21, value)
    elif isinstance(value, set):
        _any_sequence(out, 0x22, value)
    elif isinstance(value, frozenset):
        _any_sequence(out, 0x23, value)
    elif isinstance(value, slice):
        out.u8(0x25)
        for each in (value.start, value.stop, value.step):
            _any(out, _ANY, each)
    else:
        return False
    return True


def _any_scalar(out: Writer, value: Any) -> bool:
    if value is None:
        out.u8(0)
    elif isinstance(value, bool):
        out.u8(2 if value else 1)
    elif isinstance(value, Float32):
        out.out += b"\x09" + struct.pack("<f", value)
    elif isinstance(value, float):
        out.out += b"\x0a" + struct.pack("<d", value)
    elif isinstance(value, str):
        _any_text(out, value)
    elif type(value) is int:
        _any_integer(out, value)
    elif isinstance(value, complex):
        out.out += b"\x0b" + struct.pack("<dd", value.real, value.imag)
    elif isinstance(value, (bytes, bytearray)):
        out.u8(0x0D)
        out.block(bytes(value))
    else:
        for tag, kinds, writer in _ANY_TIMES:
            if isinstance(value, kinds):
                out.u8(tag)
                writer(out, _ANY, value)
                return True
        return False
    return True


def _any(out: Writer, type_: Type, value: Any) -> None:
    if _any_scalar(out, value):
        return
    out.enter()
    if not _any_container(out, value) and not _any_generated(out, value):
        raise TypeMismatch(f"{type(value).__module__}.{type(value).__name__} has no form in `any`")
    out.depth -= 1


_ANY = Type(Kind.ANY)
_ANY_TIMES: Tuple[Tuple[int, Any, Callable[[Writer, Type, Any], None]], ...] = (
    (0x10, (DateTime, datetime.datetime), _datetime),
    (0x0E, datetime.date, _date),
    (0x0F, (TimeOfDay, datetime.time), _time),
    (0x11, (Duration, datetime.timedelta), _duration),
)
_WRITERS: Dict[Kind, Callable[[Writer, Type, Any], None]] = {
    **{kind: _integer for kind in INTEGERS},
    Kind.VOID: lambda out, type, value: None,
    Kind.BOOL: _bool,
    Kind.FLOAT32: _float,
    Kind.FLOAT64: _float,
    Kind.STRING: _string,
    Kind.BYTES: _bytes,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.DATETIME: _datetime,
    Kind.DURATION: _duration,
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
