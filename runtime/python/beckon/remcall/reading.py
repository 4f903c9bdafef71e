"""Values of remcall, read as they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional

from .. import errors
from ..objects import Remote
from ..reader import MAX_NODES
from ..schema import Kind, Schema, Type
from ..values import NANOSECONDS_OF_DAY, DateTime, TimeOfDay, date_of
from ..writer import INTEGERS, MAX_DEPTH, NUMBERS
from .source import Source
from .values import least_bytes, referred

if TYPE_CHECKING:
    from .tables import RemcallTables


class ValueReader:
    """The values of one message. All of them are read, whatever is wrong with one: else the next message is lost.

    `problem` is the first thing that was wrong. What leaves the end of the message unknown is raised.
    """

    def __init__(
        self,
        source: Source,
        schema: Schema,
        tables: Optional[RemcallTables] = None,
        asynchronous: bool = False,
    ) -> None:
        self.source = source
        self.schema = schema
        self.tables = tables
        self.asynchronous = asynchronous
        self.borrowed: List[Remote] = []
        self.problem: Optional[errors.Error] = None
        self.nodes = 0
        self.depth = 0

    def read(self, type: Type) -> Any:
        self.count(1)
        return _READERS[type.kind](self, type)

    def blame(self, error: errors.Error) -> None:
        if self.problem is None:
            self.problem = error

    def misfit(self, message: str) -> None:
        self.blame(errors.SchemaMismatch(message))

    def count(self, values: int) -> None:
        self.nodes += values
        if self.nodes > MAX_NODES:
            raise errors.LimitExceeded(
                f"a message has more values than max_nodes, {MAX_NODES}"
            )

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise errors.LimitExceeded(
                f"a value nests deeper than max_depth, {MAX_DEPTH}"
            )

    def text(self) -> str:
        content = self.source.take(self.source.u32())
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            self.misfit(f"expected a string of UTF-8: {error.reason} at {error.start}")
            return ""


def _integer(reader: ValueReader, type: Type) -> Any:
    return reader.source.unpack(INTEGERS[type.kind][0])


def _float(reader: ValueReader, type: Type) -> Any:
    return reader.source.unpack(NUMBERS[type.kind][0])


def _bool(reader: ValueReader, type: Type) -> bool:
    found = reader.source.u8()
    if found > 1:
        reader.misfit(f"expected a boolean, 0 or 1, found {found}")
    return bool(found)


def _bytes(reader: ValueReader, type: Type) -> bytes:
    return reader.source.take(reader.source.u32())


def _date(reader: ValueReader, type: Type) -> Any:
    days = reader.source.signed(4)
    try:
        return date_of(days)
    except OverflowError:
        reader.misfit(f"the date {days} days from 1970 is beyond what Python holds")
        return None


def _time(reader: ValueReader, type: Type) -> TimeOfDay:
    found = reader.source.unsigned(8)
    if found >= NANOSECONDS_OF_DAY:
        reader.misfit(f"expected a time within a day, found {found} ns")
    return TimeOfDay(found)


def _datetime(reader: ValueReader, type: Type) -> DateTime:
    days = reader.source.signed(4)
    return DateTime(days, _time(reader, type).nanoseconds)


def _enum(reader: ValueReader, type: Type) -> Any:
    declared, index = reader.schema.enums[type.name], reader.source.u8()
    numbers = list(declared.names)
    if index >= len(numbers):
        reader.misfit(
            f"expected {type.name}, found index {index}; it has {len(numbers)} values"
        )
        return None
    number = numbers[index]
    return declared.python(number) if declared.python is not None else number


def _list(reader: ValueReader, type: Type) -> Any:
    item, source = type.arguments[0], reader.source
    width = reader.tables.width if reader.tables is not None else 4
    reader.enter()
    count = source.u32()
    least = least_bytes(item, reader.schema, width)
    if count * least > source.room():
        raise errors.LimitExceeded(
            f"an array of {count} elements; a message has at most {source.most} bytes"
        )
    if count > MAX_NODES - reader.nodes:
        reader.count(count)  # raises
    values = [reader.read(item) for _ in range(count)]
    reader.depth -= 1
    return values


def _record(reader: ValueReader, type: Type) -> Any:
    declared = reader.schema.record(type.name)
    reader.enter()
    # What a record holds is shared by both kinds of callers.
    asynchronous, reader.asynchronous = reader.asynchronous, False
    values = [reader.read(each.type) for each in declared.fields]
    reader.asynchronous = asynchronous
    reader.depth -= 1
    return declared.python(*values) if reader.problem is None else None


def _reference(reader: ValueReader, type: Type) -> Any:
    tables = reader.tables
    assert tables is not None
    number = reader.source.signed(tables.width)
    interface = reader.schema.interfaces[referred(type).name]
    try:
        return tables.object_of(reader, number, interface)
    except errors.Error as error:
        reader.blame(error)
        return None


_READERS: Dict[Kind, Callable[[ValueReader, Type], Any]] = {
    **{kind: _integer for kind in INTEGERS},
    Kind.VOID: lambda reader, type: None,
    Kind.BOOL: _bool,
    Kind.FLOAT32: _float,
    Kind.FLOAT64: _float,
    Kind.STRING: lambda reader, type: reader.text(),
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
