"""remcall's binary schemas (docs/wire/remcall.md, section 4), read to compare them."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Tuple

from ..errors import LimitExceeded, ParseError
from .source import Source

MAGIC = b"REMCALLSCHEMA"
MAX_BYTES = 1 << 20
MAX_NODES = 65_536
MAX_NAME_BYTES = 1024
_DECLARED = 16

#: Types are shown by name, arrays with a minus before it: numbers depend on what else there is.
_PRIMITIVES = (
    "void boolean int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64 "
    "string date time datetime"
).split()


@dataclass
class Document:
    """All that calls depend on. Neither the label nor the order of methods does."""

    widths: Tuple[int, int] = (2, 4)
    enums: Dict[str, List[str]] = field(default_factory=dict)
    records: Dict[str, List[str]] = field(default_factory=dict)
    interfaces: Dict[str, Dict[str, List[str]]] = field(default_factory=dict)

    def difference(self, other: Document) -> str:
        """What is otherwise in the other; empty where nothing is."""
        if self.widths != other.widths:
            return (
                f"it has references of {other.widths} bytes in place of {self.widths}"
            )
        return (
            _difference("enum", self.enums, other.enums)
            or _difference("record", self.records, other.records)
            or _difference("interface", self.interfaces, other.interfaces)
        )


def _difference(kind: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    for name in sorted({*ours, *theirs}):
        if name not in theirs:
            return f"it has no {kind} {name}"
        if name not in ours:
            return f"it has another {kind}, {name}"
        if ours[name] != theirs[name]:
            return f"{kind} {name} is another one there"
    return ""


class _Reader:
    """A schema as it arrives. Types are resolved when all are known."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.taken = bytearray()
        self.nodes = 0
        self.names: Dict[int, str] = dict(enumerate(_PRIMITIVES))

    def take(self, size: int) -> bytes:
        if len(self.taken) + size > MAX_BYTES:
            raise LimitExceeded(f"a schema of more than {MAX_BYTES} bytes")
        self.taken += self.source.take(size)
        return bytes(self.taken[len(self.taken) - size :])

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def name(self) -> str:
        size = self.u32()
        if size > MAX_NAME_BYTES:
            raise LimitExceeded(f"a name of {size} bytes in a schema")
        try:
            return self.take(size).decode("ascii")
        except UnicodeDecodeError:
            raise ParseError("a schema has a name that is none") from None

    def count(self) -> int:
        found = self.u32()
        self.nodes += found
        if self.nodes > MAX_NODES:
            raise LimitExceeded(f"a schema of more than {MAX_NODES} declarations")
        return found

    def declared(self, kind: int) -> str:
        if self.take(1)[0] != kind:
            raise ParseError(
                f"a schema has no declaration of kind {kind} where it must"
            )
        number = struct.unpack(">i", self.take(4))[0]
        name = self.name()
        if number in self.names or number < _DECLARED:
            raise ParseError(f"a schema has {name} under the number {number}")
        self.names[number] = name
        return name

    def members(self) -> List[Tuple[int, str]]:
        """Each type's number, and the name."""
        made = []
        for _ in range(self.count()):
            number = struct.unpack(">i", self.take(4))[0]
            made.append((number, self.name()))
        return made

    def shown(self, number: int) -> str:
        name = self.names.get(abs(number))
        if name is None:
            raise ParseError(f"a schema uses the type number {number}")
        return "-" + name if number < 0 else name


_Members = List[Tuple[int, str]]
_Method = Tuple[str, _Members, int]


def read_from(source: Source) -> Document:
    """Reads a schema with the digest behind it. Errors: ParseError, LimitExceeded."""
    reader, made = _Reader(source), Document()
    if reader.take(len(MAGIC)) != MAGIC:
        raise ParseError("what the peer sent is no schema of remcall")
    reader.take(reader.u32())
    made.widths = (reader.u32(), reader.u32())
    if not set(made.widths) <= {1, 2, 4, 8}:
        raise ParseError(f"a schema has references of {made.widths} bytes")
    counts = reader.count(), reader.count(), reader.count()
    for _ in range(counts[0]):
        name = reader.declared(2)
        made.enums[name] = [reader.name() for _ in range(reader.count())]
    records: Dict[str, _Members] = {}
    for _ in range(counts[1]):
        name = reader.declared(3)
        records[name] = reader.members()
    interfaces: Dict[str, List[_Method]] = {}
    for _ in range(counts[2]):
        methods = interfaces[reader.declared(4)] = []
        for _ in range(reader.count()):
            reader.take(made.widths[0])
            method, arguments = reader.name(), reader.members()
            methods.append((method, arguments, struct.unpack(">i", reader.take(4))[0]))
    found = hashlib.sha256(reader.taken).digest()
    if reader.take(len(found)) != found:
        raise ParseError("a schema's digest is not that of its bytes")
    for name, fields in records.items():
        made.records[name] = [f"{reader.shown(type)} {each}" for type, each in fields]
    for name, methods in interfaces.items():
        made.interfaces[name] = {
            each: [f"{reader.shown(type)} {word}" for type, word in arguments]
            + [reader.shown(result)]
            for each, arguments, result in methods
        }
    return made


def read(encoded: bytes) -> Document:
    parts = iter([encoded])
    return read_from(Source(lambda: next(parts, b""), "the schema", MAX_BYTES))


def relabelled(encoded: bytes, label: str) -> bytes:
    """The same schema under a label, where it has none: what C++ does for interfaces that it has no IDL of."""
    at = len(MAGIC)
    size = int.from_bytes(encoded[at : at + 4], "big")
    if size:
        return encoded
    text = label.encode()
    made = MAGIC + struct.pack(">I", len(text)) + text + encoded[at + 4 : -32]
    return made + hashlib.sha256(made).digest()
