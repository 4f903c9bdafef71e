"""Values in remcall: to bytes, and from them (docs/wire/remcall.md, sections 6 and 15.2)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Callable, Dict

from ..errors import TypeMismatch, Unsupported
from ..schema import Kind, Schema, Type
from ..values import DateTime, TimeOfDay, days_of
from ..writer import (
    INTEGERS,
    NUMBERS,
    Writer,
    in_items,
    shown,
    write_date,
    write_time,
    wrong,
)

if TYPE_CHECKING:
    from .tables import RemcallTables

_NAN = {Kind.FLOAT32: b"\x7f\xc0\0\0", Kind.FLOAT64: b"\x7f\xf8\0\0\0\0\0\0"}
#: What remcall itself can declare, and not send.
_EXTENSION = {
    Kind.BOOL,
    Kind.DATE,
    Kind.TIME,
    Kind.DATETIME,
    Kind.BYTES,
    Kind.LIST,
    Kind.RECORD,
}


def is_extension(type: Type) -> bool:
    return type.kind in _EXTENSION


def referred(type: Type) -> Type:
    """The reference in an optional one, which is nothing else here."""
    return type.arguments[0] if type.kind == Kind.OPTIONAL else type


class RemcallWriter(Writer):
    """Values of one message. What is lent in it counts once the message goes out."""

    def __init__(self, schema: Schema, tables: RemcallTables) -> None:
        super().__init__(schema)
        self.tables = tables

    def write(self, type: Type, value: Any) -> None:
        writer = _WRITERS.get(type.kind)
        if writer is None:
            raise Unsupported(f"remcall cannot carry {type.kind.name.lower()}")
        writer(self, type, value)

    def block(self, content: bytes) -> None:
        self.out += struct.pack(">I", len(content))
        self.out += content


def _integer(out: RemcallWriter, type: Type, value: Any) -> None:
    letter, _, least, most = INTEGERS[type.kind]
    name = type.kind.name.lower()
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong(f"an integer for {name}", value)
    if not least <= value <= most:
        raise TypeMismatch(
            f"found {shown(value)}, expected {name}, from {least} to {most}"
        )
    out.out += struct.pack(">" + letter, value)


def _float(out: RemcallWriter, type: Type, value: Any) -> None:
    name = type.kind.name.lower()
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise wrong(f"a number for {name}", value)
    try:
        packed = struct.pack(">" + NUMBERS[type.kind][0], value)
    except (OverflowError, struct.error):
        raise TypeMismatch(f"found {shown(value)}, which does not fit {name}") from None
    out.out += packed if value == value else _NAN[type.kind]


def _bool(out: RemcallWriter, type: Type, value: Any) -> None:
    if not isinstance(value, bool):
        raise wrong("bool", value)
    out.u8(value)


def _string(out: RemcallWriter, type: Type, value: Any) -> None:
    if not isinstance(value, str):
        raise wrong("str", value)
    out.text(value)


def _bytes(out: RemcallWriter, type: Type, value: Any) -> None:
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise wrong("bytes", value)
    out.block(bytes(value))


def _date(out: RemcallWriter, type: Type, value: Any) -> None:
    write_date(Writer(out.schema), type, value)  # refuses what is none
    out.out += struct.pack(">i", days_of(value))


def _time(out: RemcallWriter, type: Type, value: Any) -> None:
    write_time(Writer(out.schema), type, value)
    time = value if isinstance(value, TimeOfDay) else TimeOfDay.of(value)
    out.out += struct.pack(">Q", time.nanoseconds)


def _datetime(out: RemcallWriter, type: Type, value: Any) -> None:
    moment = value if isinstance(value, DateTime) else None
    if moment is None:
        if not hasattr(value, "tzinfo") or not hasattr(value, "date"):
            raise wrong("DateTime", value)
        moment = DateTime.of(value)
    _integer(out, Type(Kind.INT32), moment.days)
    _time(out, type, TimeOfDay(moment.nanoseconds))


def _enum(out: RemcallWriter, type: Type, value: Any) -> None:
    numbers = list(out.schema.enums[type.name].names)
    if not isinstance(value, int):
        raise wrong(f"a value of enum {type.name}", value)
    if int(value) not in numbers:
        raise TypeMismatch(f"enum {type.name} has no value {int(value)}")
    out.u8(numbers.index(int(value)))


def _list(out: RemcallWriter, type: Type, value: Any) -> None:
    item = type.arguments[0]
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__len__"):
        raise wrong("a list", value)
    out.enter()
    out.out += struct.pack(">I", len(value))
    with in_items() as place:
        for place.index, each in enumerate(value):
            out.write(item, each)
    out.depth -= 1


def _record(out: RemcallWriter, type: Type, value: Any) -> None:
    declared = out.schema.record(type.name)
    if not isinstance(value, declared.python):
        raise wrong(f"a {type.name}", value)
    out.enter()
    for field, attribute in zip(declared.fields, declared.attributes):
        try:
            out.write(field.type, getattr(value, attribute))
        except TypeMismatch as error:
            error.notes.append(f"in field {type.name}.{field.name}")
            raise
    out.depth -= 1


def _reference(out: RemcallWriter, type: Type, value: Any) -> None:
    interface = out.schema.interfaces[referred(type).name]
    number = out.tables.number_of(out, value, interface)
    width = out.tables.width
    out.out += number.to_bytes(width, "big", signed=True)


_WRITERS: Dict[Kind, Callable[[RemcallWriter, Type, Any], None]] = {
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
    Kind.ENUM: _enum,
    Kind.RECORD: _record,
    Kind.LIST: _list,
    Kind.INTERFACE: _reference,
    Kind.OPTIONAL: _reference,
}


def least_bytes(type: Type, schema: Schema, width: int) -> int:
    """The fewest bytes that a value takes."""
    if type.kind in NUMBERS:
        return NUMBERS[type.kind][1]
    if type.kind in (Kind.BOOL, Kind.ENUM):
        return 1
    if type.kind in (Kind.STRING, Kind.BYTES, Kind.LIST, Kind.DATE):
        return 4
    if type.kind in (Kind.TIME, Kind.DATETIME):
        return 8 if type.kind == Kind.TIME else 12
    if type.kind == Kind.RECORD:
        # Ends: a record holds itself only in lists.
        fields = schema.record(type.name).fields
        return sum(least_bytes(each.type, schema, width) for each in fields)
    return width
