"""Object 0: what a side publishes by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List

from . import errors
from .objects import Object, interface_of
from .schema import Field, Interface, Kind, Method, Record, Schema, Type

_STRING, _BYTES = Type(Kind.STRING), Type(Kind.BYTES)


@dataclass
class ServiceInfo:
    """A published object."""

    name: str
    interface: str
    digest: bytes


_INFO = Record(
    "service_info",
    [Field("name", _STRING), Field("interface", _STRING), Field("digest", _BYTES)],
    ServiceInfo,
    ("name", "interface", "digest"),
)
_SCHEMA = Schema(records={"service_info": _INFO})
_ANY_INTERFACE = Interface("", [])
DIRECTORY = Interface(
    "directory",
    [
        Method(
            "get",
            [
                Field("name", _STRING),
                Field("interface", _STRING),
                Field("digest", _BYTES),
            ],
            Type(Kind.INTERFACE, "reference"),
        ),
        Method("list", [], Type(Kind.LIST, "", (Type(Kind.RECORD, "service_info"),))),
        Method("describe", [Field("name", _STRING)], _BYTES),
    ],
    schema=_SCHEMA,
)
#: An object of any interface: the codec looks up the one it has.
_SCHEMA.interfaces["reference"] = Interface("", [], schema=_SCHEMA)


class Directory(Object):
    """Both the peer's directory, for those who call it, and our own."""

    _beckon_interface_ = DIRECTORY
    _beckon_methods_ = ("get", "list", "describe")

    def __init__(self, published: Dict[str, Any]) -> None:
        self._published = published

    def _find(self, name: str) -> Any:
        if self._beckon_remote_ is None and name not in self._published:
            there = ", ".join(sorted(self._published)) or "nothing"
            raise errors.UnknownObject(
                f"nothing is published as '{name}'; there is {there}"
            )
        return self._published[name]

    def get(self, name: str, interface: str, digest: bytes) -> Any:
        if self._beckon_remote_ is not None:
            return self._beckon_call_(0, name, interface, digest)
        found = self._find(name)
        actual = interface_of(found)
        if interface and interface != actual.name:
            raise errors.SchemaMismatch(
                f"'{name}' is a {actual.name}, the peer expects a {interface}"
            )
        if digest and digest != actual.digest:
            raise errors.SchemaMismatch(
                f"'{name}': interface {actual.name} has the digest {actual.digest.hex()[:16]}..., "
                f"the peer's has {digest.hex()[:16]}..."
            )
        return found

    def list(self) -> List[ServiceInfo]:
        if self._beckon_remote_ is not None:
            return self._beckon_call_(1)
        described = []
        for name, value in sorted(self._published.items()):
            interface = interface_of(value)
            described.append(ServiceInfo(name, interface.name, interface.digest))
        return described

    def describe(self, name: str) -> bytes:
        if self._beckon_remote_ is not None:
            return self._beckon_call_(2, name)
        return interface_of(self._find(name)).description
