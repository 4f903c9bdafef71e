"""Schemas in binary form (docs/wire/schema.md), and the Python classes that belong to their names."""

from __future__ import annotations

import dataclasses
import hashlib
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .errors import ParseError


MAX_TYPE_DEPTH = 32


class Kind(IntEnum):
    VOID, BOOL, INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64, UINT64 = range(10)
    FLOAT32, FLOAT64, STRING, DATE, TIME, DATETIME, BYTES, DURATION, ANY = range(10, 19)
    OPTIONAL, LIST, MAP, TUPLE, VARIANT, STREAM = range(20, 26)
    ENUM, RECORD, INTERFACE = range(30, 33)


@dataclass(frozen=True)
class Type:
    """A use of a type. A declared one has a name, a composed one has arguments."""

    kind: Kind
    name: str = ""
    arguments: Tuple[Type, ...] = ()
    cases: Tuple[str, ...] = ()


@dataclass
class Enumeration:
    name: str
    names: Dict[int, str]
    python: Any = None


@dataclass
class Field:
    name: str
    type: Type
    has_default: bool = False


@dataclass
class Record:
    name: str
    fields: List[Field]
    python: Any = None
    attributes: Tuple[str, ...] = ()


@dataclass
class Method:
    name: str
    parameters: List[Field]
    result: Type
    oneway: bool = False
    idempotent: bool = False


@dataclass
class Interface:
    name: str
    methods: List[Method]
    digest: bytes = b""
    description: bytes = b""
    python: Any = None
    asynchronous: Any = None
    schema: Optional[Schema] = None


@dataclass
class Schema:
    """What the codec needs to know of the names in types."""

    enums: Dict[str, Enumeration] = field(default_factory=dict)
    records: Dict[str, Record] = field(default_factory=dict)
    exceptions: Dict[str, Record] = field(default_factory=dict)
    interfaces: Dict[str, Interface] = field(default_factory=dict)

    def record(self, name: str) -> Record:
        return self.records.get(name) or self.exceptions[name]


class _Cursor:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def take(self, size: int) -> bytes:
        if size > len(self.content) - self.at:
            raise ParseError(f"schema: cut off at offset {self.at}")
        self.at += size
        return self.content[self.at - size : self.at]

    def u8(self) -> int:
        return self.take(1)[0]

    def u32(self) -> int:
        number: int = struct.unpack("<I", self.take(4))[0]
        return number

    def text(self) -> str:
        return self.take(self.u32()).decode()


def _read_type(cursor: _Cursor, depth: int = 0) -> Type:
    if depth > MAX_TYPE_DEPTH:
        raise ParseError(f"schema: a type is nested deeper than {MAX_TYPE_DEPTH}")

    def inner() -> Type:
        return _read_type(cursor, depth + 1)

    kind = Kind(cursor.u8())
    if kind in (Kind.OPTIONAL, Kind.LIST, Kind.STREAM):
        return Type(kind, "", (inner(),))
    if kind == Kind.MAP:
        return Type(kind, "", (inner(), inner()))
    if kind == Kind.TUPLE:
        return Type(kind, "", tuple(inner() for _ in range(cursor.u32())))
    if kind == Kind.VARIANT:
        cases = [(cursor.text(), inner()) for _ in range(cursor.u32())]
        types = tuple(case[1] for case in cases)
        return Type(kind, "", types, tuple(case[0] for case in cases))
    if kind >= Kind.ENUM:
        return Type(kind, cursor.text())
    return Type(kind)


def _read_field(cursor: _Cursor) -> Field:
    return Field(cursor.text(), _read_type(cursor), bool(cursor.text()))


def _read_method(cursor: _Cursor) -> Method:
    name, flags = cursor.text(), cursor.u8()
    count = cursor.u32()
    parameters = [Field(cursor.text(), _read_type(cursor)) for _ in range(count)]
    return Method(
        name, parameters, _read_type(cursor), bool(flags & 1), bool(flags & 2)
    )


def _read(content: bytes) -> Tuple[Schema, int]:
    cursor = _Cursor(content)
    if cursor.take(4) != b"BKS\x01":
        raise ParseError("schema: expected the magic BKS and version 1")
    schema = Schema()
    for _ in range(cursor.u32()):
        name, names = cursor.text(), {}
        for _ in range(cursor.u32()):
            value = cursor.text()
            names[struct.unpack("<i", cursor.take(4))[0]] = value
        schema.enums[name] = Enumeration(name, names)
    for table in (schema.records, schema.exceptions):
        for _ in range(cursor.u32()):
            name = cursor.text()
            table[name] = Record(
                name, [_read_field(cursor) for _ in range(cursor.u32())]
            )
    for _ in range(cursor.u32()):
        name = cursor.text()
        methods = [_read_method(cursor) for _ in range(cursor.u32())]
        schema.interfaces[name] = Interface(name, methods, schema=schema)
    return schema, cursor.at


def read_description(content: bytes) -> Schema:
    """What a peer says of an interface of its own."""
    try:
        return _read(content)[0]
    except ValueError as error:  # a kind that there is not, text that is no UTF-8
        raise ParseError(f"schema: {error}")


def bind(
    document: str,
    descriptions: Mapping[str, str],
    types: Mapping[str, Any],
    interfaces: Mapping[str, Tuple[Any, Any]],
) -> Schema:
    """Joins a schema with the classes generated for it, by the names of the IDL.

    `document` and `descriptions`, one for each interface, are binary forms in hexadecimal.
    """
    schema, _ = _read(bytes.fromhex(document))
    for name, python in types.items():
        if name in schema.enums:
            schema.enums[name].python = python
            continue
        record = schema.record(name)
        record.python = python
        record.attributes = tuple(each.name for each in dataclasses.fields(python))
    for name, (plain, asynchronous) in interfaces.items():
        interface = schema.interfaces[name]
        interface.description = bytes.fromhex(descriptions[name])
        _, canonical = _read(interface.description)
        interface.digest = hashlib.sha256(interface.description[:canonical]).digest()
        interface.python, interface.asynchronous = plain, asynchronous
        plain._beckon_interface_ = asynchronous._beckon_interface_ = interface
    return schema
