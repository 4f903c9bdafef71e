"""Values of any type to bytes: a tag says what follows (docs/wire/native.md, "Any")."""

from __future__ import annotations

import datetime
import math
import struct
from typing import Any, Callable, Dict, Tuple

from .errors import TypeMismatch
from .schema import Kind, Record, Type
from .values import (
    AnyEnum,
    AnyException,
    AnyRecord,
    AnyVariant,
    DateTime,
    Duration,
    Extension,
    Float32,
    TimeOfDay,
)
from .writer import (
    INTEGERS,
    WRITERS,
    Writer,
    write_date,
    write_datetime,
    write_duration,
    write_time,
)

_MOST_FLOAT32 = 3.4028234663852886e38
_PACKED = (
    (0x30, Kind.INT8),
    (0x31, Kind.INT16),
    (0x32, Kind.INT32),
    (0x33, Kind.INT64),
)


def _any_integer(out: Writer, value: int) -> None:
    if -32 <= value <= 31:
        out.u8(0xE0 + value & 0xFF)
        return
    for tag, kind in zip(
        (3, 4, 5, 6, 7), (Kind.INT8, Kind.INT16, Kind.INT32, Kind.INT64, Kind.UINT64)
    ):
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


def described_fields(record: Record, value: Any) -> Dict[str, Any]:
    """What the instance of a generated class holds, as values that describe themselves."""
    return {
        each.name: _described(each.type, getattr(value, name))
        for each, name in zip(record.fields, record.attributes)
    }


def _described(type_: Type, value: Any) -> Any:
    """Gives back what a plain value of Python's does not say of its type; what does not fit stays."""
    kind, inner = type_.kind, type_.arguments
    if kind == Kind.VARIANT and isinstance(value, tuple) and len(value) == 2:
        if value[0] in type_.cases:
            at = type_.cases.index(value[0])
            return AnyVariant(value[0], _described(inner[at], value[1]))
    elif kind == Kind.OPTIONAL and value is not None:
        return _described(inner[0], value)
    elif kind == Kind.LIST and isinstance(value, (list, tuple)):
        return [_described(inner[0], each) for each in value]
    elif kind == Kind.MAP and isinstance(value, dict):
        return {
            key: _described(inner[1], each)  # no key holds a variant or a float
            for key, each in value.items()
        }
    elif kind == Kind.TUPLE and isinstance(value, tuple) and len(value) == len(inner):
        return tuple(_described(item, each) for item, each in zip(inner, value))
    elif kind == Kind.FLOAT32 and isinstance(value, (int, float)):
        is_long = _MOST_FLOAT32 < abs(value) < math.inf
        return value if is_long else Float32(value)
    elif kind == Kind.FLOAT64 and isinstance(value, int):
        return float(value)
    return value


def _any_generated(out: Writer, value: Any) -> bool:
    """Instances of generated classes describe themselves."""
    for record in out.schema.records.values():
        if type(value) is record.python:
            _any_record(out, record.name, described_fields(record, value).items())
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
        raise TypeMismatch(
            f"{type(value).__module__}.{type(value).__name__} has no form in `any`"
        )
    out.depth -= 1


_ANY = Type(Kind.ANY)
_ANY_TIMES: Tuple[Tuple[int, Any, Callable[[Writer, Type, Any], None]], ...] = (
    (0x10, (DateTime, datetime.datetime), write_datetime),
    (0x0E, datetime.date, write_date),
    (0x0F, (TimeOfDay, datetime.time), write_time),
    (0x11, (Duration, datetime.timedelta), write_duration),
)
WRITERS[Kind.ANY] = _any
