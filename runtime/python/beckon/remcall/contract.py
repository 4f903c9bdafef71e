"""What both sides of a conversation in remcall know: the schema, by the interface of the main object."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType
from typing import Dict, Optional, Tuple

from .. import errors
from ..schema import Interface, Method, Schema
from .document import Document, read, relabelled
from .values import is_extension


@dataclass(frozen=True)
class NumberedMethod:
    """A method, and its number in calls."""

    number: int
    interface: Interface
    index: int
    takes_extension: bool
    gives_extension: bool

    @property
    def method(self) -> Method:
        return self.interface.methods[self.index]

    @property
    def name(self) -> str:
        return f"{self.interface.name}.{self.method.name}"


class Contract:
    """Thread-safety: any thread."""

    def __init__(self, main: Interface, label: str = "") -> None:
        generated, schema = _generated_for(main), main.schema
        assert schema is not None
        if main.name not in generated.SCHEMAS:
            reason = generated.REFUSED.get(main.name, "").strip().lstrip(": ")
            raise errors.Unsupported(f"remcall cannot carry {main.name}: {reason}")
        self.main = main
        self.schema: Schema = schema
        self.encoded = bytes.fromhex(generated.SCHEMAS[main.name])
        if label:
            self.encoded = relabelled(self.encoded, label)
        self.digest = self.encoded[-32:]
        self.document: Document = read(self.encoded)
        self.methods = tuple(
            _numbered(number, schema, *name.split("."))
            for number, name in enumerate(generated.METHODS[main.name].split())
        )
        self._numbers = {
            (each.interface.name, each.index): each for each in self.methods
        }
        self._refused: Dict[str, str] = {}
        for line in generated.REFUSED.get(main.name, "").strip().splitlines():
            name, _, reason = line.partition(": ")
            self._refused[name] = reason

    def by_number(self, number: int) -> Optional[NumberedMethod]:
        return self.methods[number] if number < len(self.methods) else None

    def find(self, interface: Interface, index: int) -> NumberedMethod:
        """Errors: Unsupported, where remcall cannot carry the method; SchemaMismatch."""
        found = self._numbers.get((interface.name, index))
        if found is not None and found.interface is interface:
            return found
        name = f"{interface.name}.{interface.methods[index].name}"
        if self.schema.interfaces.get(interface.name) is not interface:
            raise errors.SchemaMismatch(
                f"the schema of the conversation, that of {self.main.name}, has no {name}"
            )
        reason = self._refused.get(name, "the main object does not lead to it")
        raise errors.Unsupported(f"remcall cannot carry {name}: {reason}")


def _numbered(number: int, schema: Schema, name: str, method: str) -> NumberedMethod:
    interface = schema.interfaces[name]
    index = next(at for at, each in enumerate(interface.methods) if each.name == method)
    found = interface.methods[index]
    takes = any(is_extension(each.type) for each in found.parameters)
    return NumberedMethod(number, interface, index, takes, is_extension(found.result))


def _generated_for(main: Interface) -> ModuleType:
    """What the generated package has for remcall beside its classes."""
    package = getattr(main.python, "__module__", "")
    try:
        return importlib.import_module(f"{package}._remcall")
    except ImportError:
        raise errors.Unsupported(
            f"the package of {main.name} has nothing for remcall; make it anew by this version's beckon compile"
        ) from None


_known: Dict[Tuple[int, str], Contract] = {}


def contract_of(main: Interface, label: str = "") -> Contract:
    """Made once for each interface and label."""
    key = (id(main), label)
    if key not in _known:
        _known[key] = Contract(main, label)
    return _known[key]
