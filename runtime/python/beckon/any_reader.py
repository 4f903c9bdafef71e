"""Bytes to values of any type: a tag says what follows (docs/wire/native.md, "Any")."""

from __future__ import annotations

from typing import Any, Callable, Dict, List

from .errors import ProtocolError, TypeMismatch
from .reader import READERS, Reader, read_flag, read_reference, read_stream
from .schema import Kind, Type
from .values import AnyEnum, AnyException, AnyRecord, AnyVariant, Extension, Float32

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
        raise ProtocolError(
            f"offset {source.at - 1}: found the tag {tag:#04x} of no value"
        )
    source.enter()
    value = _ANY_CONTAINERS[tag](source)
    source.depth -= 1
    return value


def _named(source: Reader, kind: Any, what: str) -> Any:
    found = _any(source, _ANY)
    if not isinstance(found, kind) or isinstance(found, bool):
        raise ProtocolError(
            f"offset {source.at}: expected {what} in a value of any type"
        )
    return found


def _name(source: Reader) -> str:
    return str(_named(source, str, "a string"))


def _any_big(source: Reader) -> int:
    is_negative = read_flag(source)
    magnitude = int.from_bytes(source.block(), "big")
    return -magnitude if is_negative else magnitude


def _any_reference(source: Reader) -> Any:
    interface = source.schema.interfaces.get(_name(source))
    return read_reference(source, interface)


def _items(source: Reader) -> List[Any]:
    return [_any(source, _ANY) for _ in range(source.count(1))]


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        raise TypeMismatch(
            f"{type(value).__name__} can be no key or item of a set in Python"
        ) from None
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
    0x13: lambda source: read_stream(source, Type(Kind.STREAM, "", (_ANY,))),
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
READERS[Kind.ANY] = _any
