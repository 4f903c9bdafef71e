"""Whether two versions of an interface can talk: docs/guide/evolution.md."""

from __future__ import annotations

from typing import Dict, Iterator, List, Sequence, Set, Tuple

from .errors import ParseError, SchemaMismatch
from .schema import Enumeration, Field, Interface, Kind, Method, Record, Schema, Type
from .schema import read_description


class _Comparison:
    """Members are known by their position, so the shorter of two lists must be how the longer begins."""

    def __init__(self, theirs: Schema, ours: Schema) -> None:
        self.theirs = theirs
        self.ours = ours
        self.breaks: List[str] = []
        self.seen: Set[Tuple[Kind, str]] = set()
        self.wanted: List[Tuple[Kind, str]] = []

    def run(self, interface: str) -> List[str]:
        self.want(Type(Kind.INTERFACE, interface))
        for name in self.theirs.exceptions.keys() & self.ours.exceptions.keys():
            self.records(
                f"exception {name}",
                self.theirs.exceptions[name],
                self.ours.exceptions[name],
            )
        while self.wanted:
            self.declared(*self.wanted.pop())
        return self.breaks

    def want(self, type: Type) -> None:
        if type.name and (type.kind, type.name) not in self.seen:
            self.seen.add((type.kind, type.name))
            self.wanted.append((type.kind, type.name))
        for argument in type.arguments:
            self.want(argument)

    def declared(self, kind: Kind, name: str) -> None:
        # What only one of them knows by this name it calls a type of another kind, which has been told of.
        theirs, ours = self.theirs, self.ours
        if kind == Kind.ENUM and name in theirs.enums and name in ours.enums:
            self.enums(f"enum {name}", theirs.enums[name], ours.enums[name])
        elif kind == Kind.RECORD and name in theirs.records and name in ours.records:
            self.records(f"record {name}", theirs.records[name], ours.records[name])
        elif kind == Kind.INTERFACE and name in theirs.interfaces:
            if name in ours.interfaces:
                self.interfaces(theirs.interfaces[name], ours.interfaces[name])

    def types(self, path: str, theirs: Type, ours: Type) -> None:
        if theirs == ours:
            self.want(ours)
        else:
            self.breaks.append(
                f"{path}: is {_words(theirs)} there and {_words(ours)} here"
            )

    def members(
        self, path: str, word: str, theirs: Sequence[str], ours: Sequence[str]
    ) -> Iterator[int]:
        """The positions that both have, as long as the names are the same."""
        for at, (old, new) in enumerate(zip(theirs, ours)):
            if old != new:
                self.breaks.append(
                    f"{path}, {word} {at + 1}: is {old} there, {new} here"
                )
                return
            yield at

    def enums(self, path: str, theirs: Enumeration, ours: Enumeration) -> None:
        numbers: Dict[str, int] = {name: number for number, name in ours.names.items()}
        for number, name in theirs.names.items():
            here = numbers.get(name, number)
            if here != number:
                self.breaks.append(
                    f"{path}, value {name}: is {number} there and {here} here"
                )
            elif ours.names.get(number, name) != name:
                self.breaks.append(
                    f"{path}, value {number}: is {name} there, {ours.names[number]} here"
                )

    def records(self, path: str, theirs: Record, ours: Record) -> None:
        names = [[field.name for field in each.fields] for each in (theirs, ours)]
        both = 0
        for both, at in enumerate(self.members(path, "field", *names), 1):
            field = ours.fields[at]
            self.types(
                f"{path}, field {field.name}", theirs.fields[at].type, field.type
            )
        if both < min(map(len, names)):
            return
        more: List[Field] = theirs.fields[both:] + ours.fields[both:]
        for field in more:
            if not field.has_default:
                self.breaks.append(
                    f"{path}, field {field.name}: is at one side alone, without a default value"
                )

    def interfaces(self, theirs: Interface, ours: Interface) -> None:
        path = f"interface {ours.name}"
        names = [[method.name for method in each.methods] for each in (theirs, ours)]
        for at in self.members(path, "method", *names):
            here = f"{path}, method {ours.methods[at].name}"
            self.methods(here, theirs.methods[at], ours.methods[at])

    def methods(self, path: str, theirs: Method, ours: Method) -> None:
        self.types(f"{path}, result", theirs.result, ours.result)
        if theirs.oneway != ours.oneway:
            self.breaks.append(
                f"{path}: one side waits for a reply, the other does not"
            )
        if theirs.idempotent and not ours.idempotent:
            self.breaks.append(f"{path}: may be repeated there, but not here")
        if len(theirs.parameters) != len(ours.parameters):
            self.breaks.append(
                f"{path}: has {len(theirs.parameters)} parameters there and {len(ours.parameters)} here"
            )
            return
        known = {field.name for field in theirs.parameters}
        for at, (old, new) in enumerate(zip(theirs.parameters, ours.parameters), 1):
            self.types(f"{path}, parameter {at}", old.type, new.type)
            if old.name != new.name and new.name in known:
                self.breaks.append(
                    f"{path}, parameter {at}: is {old.name} there, {new.name} here"
                )


def _words(type: Type) -> str:
    if type.name:
        return type.name
    parts = [_words(each) for each in type.arguments]
    if type.cases:
        parts = [f"{case}: {part}" for case, part in zip(type.cases, parts)]
    word = type.kind.name.lower()
    return f"{word}<{', '.join(parts)}>" if parts else word


def check_versions(description: bytes, name: str, ours: Interface) -> bool:
    """Whether what a peer publishes as `name` is an interface called like ours; SchemaMismatch where the two cannot talk."""
    try:
        theirs = read_description(description)
    except ParseError as error:
        raise SchemaMismatch(f"'{name}' has a schema that cannot be read: {error}")
    if ours.name not in theirs.interfaces or ours.schema is None:
        return False
    breaks = _Comparison(theirs, ours.schema).run(ours.name)
    if breaks:
        raise SchemaMismatch(
            f"'{name}' has another version of {ours.name}: {'; '.join(breaks)}"
        )
    return True
