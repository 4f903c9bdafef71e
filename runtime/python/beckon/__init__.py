"""Beckon for Python: live objects over the native protocol. What `beckon compile --python` makes stands on this.

    import beckon
    from shop import Shop

    with beckon.connect("tcp://127.0.0.1:7000") as session:
        print(session.get(Shop, "shop").stock())
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from . import any_reader, any_writer  # noqa: F401  they add `any` to the codec
from .calling import Pending
from .errors import (
    AccessDenied,
    AddressInUse,
    Cancelled,
    DeclaredError,
    Disconnected,
    Error,
    Internal,
    InvalidArgument,
    IoError,
    LimitExceeded,
    NotFound,
    Overloaded,
    ParseError,
    ProtocolError,
    RemoteError,
    SchemaMismatch,
    Timeout,
    TypeMismatch,
    UnknownMethod,
    UnknownObject,
    Unsupported,
    WouldDeadlock,
)
from .connecting import connect, connect_async
from .directory import ServiceInfo
from .frames import Hello
from .objects import (
    AsyncObject,
    Call,
    Object,
    cast,
    current_call,
    next_call,
    with_options,
)
from .schema import Schema, bind
from .server import Server
from .session import Session
from .streams import Stream
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

if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    P = ParamSpec("P")
T = TypeVar("T")


def submit(method: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Pending[T]:
    """Calls a method of a peer's object without waiting: submit(calculator.add, 2, 3).result()."""
    with next_call(pipelined=False):
        pending: Any = method(*arguments, **named)
    if not isinstance(pending, Pending):
        if inspect.iscoroutine(pending):
            pending.close()
        raise InvalidArgument(
            "submit() takes a method of a peer's object that is no coroutine: it made no call to wait for"
        )
    result: Pending[T] = pending
    return result


def pipelined(method: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Calls a method that gives an object, which can be called at once, before it is there.

    pipelined(shop.make_counter, 5).increment(2) costs one round trip.
    """
    with next_call(pipelined=True):
        return method(*arguments, **named)


__all__ = [
    "AccessDenied",
    "AddressInUse",
    "AnyEnum",
    "AnyException",
    "AnyRecord",
    "AnyVariant",
    "AsyncObject",
    "Call",
    "Cancelled",
    "DateTime",
    "DeclaredError",
    "Disconnected",
    "Duration",
    "Error",
    "Extension",
    "Float32",
    "Hello",
    "Internal",
    "InvalidArgument",
    "IoError",
    "LimitExceeded",
    "NotFound",
    "Object",
    "Overloaded",
    "ParseError",
    "Pending",
    "ProtocolError",
    "RemoteError",
    "Schema",
    "SchemaMismatch",
    "Server",
    "ServiceInfo",
    "Session",
    "Stream",
    "TimeOfDay",
    "Timeout",
    "TypeMismatch",
    "UnknownMethod",
    "UnknownObject",
    "Unsupported",
    "WouldDeadlock",
    "bind",
    "cast",
    "connect",
    "connect_async",
    "current_call",
    "pipelined",
    "submit",
    "with_options",
]
