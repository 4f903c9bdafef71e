"""Objects: what generated interfaces derive from, and what stands behind a reference to a peer's object."""

from __future__ import annotations

import contextlib
import contextvars
import copy
import threading
import time
from dataclasses import dataclass, field, replace
from typing import (
    TYPE_CHECKING,
    Any,
    AsyncIterator,
    Dict,
    Iterator,
    List,
    Optional,
    Type,
    TypeVar,
)

from . import errors
from .schema import Interface

if TYPE_CHECKING:
    from .session import Session

T = TypeVar("T")
DEFAULT_SECONDS = 10.0


@dataclass(frozen=True)
class Options:
    """How the methods of one view of an object are called."""

    timeout: Optional[float] = None
    metadata: Dict[str, str] = field(default_factory=dict)


class Remote:
    """An object that the peer lent us, under its number. When the last proxy is gone it is given back."""

    def __init__(self, session: Session, number: int) -> None:
        self.session = session
        self.number = number
        self.count = 0  # how often we received it
        self.is_promise = False  # the call that will give it is not answered

    def __del__(self) -> None:
        # Runs wherever the garbage collector does, so nothing here may take a lock.
        if self.count:
            self.session.release(self.number, self.count)


class Object:
    """The base of all generated interfaces. Derive from those, not from this.

    An instance of a derived class is an object to lend. What a peer lent us is an instance of the generated class
    itself, whose methods call the peer. Two of those are equal if they mean the same object.
    """

    _beckon_interface_: Interface
    _beckon_methods_: tuple[str, ...] = ()
    _beckon_asynchronous_ = False
    _beckon_remote_: Optional[Remote] = None
    _beckon_options_ = Options()

    def __eq__(self, other: object) -> bool:
        remote = self._beckon_remote_
        if remote is None or not isinstance(other, Object):
            return self is other
        return remote is other._beckon_remote_

    def __hash__(self) -> int:
        return id(self._beckon_remote_ or self)

    def _beckon_session_(self, index: int) -> Session:
        if self._beckon_remote_ is None:
            interface = self._beckon_interface_
            raise errors.UnknownMethod(
                f"{type(self).__name__} implements {interface.name} without {interface.methods[index].name}"
            )
        return self._beckon_remote_.session

    def _beckon_call_(self, index: int, *arguments: Any) -> T:  # type: ignore[type-var]
        """What the method gives; generated code says of which type that is."""
        session = self._beckon_session_(index)
        how = _how.get()
        result: T
        if how is not None:
            result = how.start(self, index, arguments)
        else:
            result = session.start(self, index, arguments).result()
        return result

    def _beckon_void_(self, index: int, *arguments: Any) -> None:
        """The same for methods without a result, whose call submit() must be given all the same."""
        result: None = self._beckon_call_(index, *arguments)
        return result


class AsyncObject(Object):
    """The base of the generated interfaces whose methods are coroutines."""

    _beckon_asynchronous_ = True

    async def _beckon_await_(self, index: int, *arguments: Any) -> T:
        session = self._beckon_session_(index)
        result: T = await session.start_async(self, index, arguments)
        return result

    async def _beckon_iterate_(self, index: int, *arguments: Any) -> AsyncIterator[Any]:
        """For methods that give a stream: the call is made once somebody asks for the first item."""
        session = self._beckon_session_(index)
        stream = await session.start_async(self, index, arguments)
        try:
            async for item in stream:
                yield item
        finally:
            stream.close()


class _How:
    """What to do with the next call of this thread instead of waiting for it."""

    def __init__(self, pipelined: bool) -> None:
        self.pipelined = pipelined

    def start(self, target: Object, index: int, arguments: Any) -> Any:
        _how.set(None)  # for this one call
        assert target._beckon_remote_ is not None
        session = target._beckon_remote_.session
        if self.pipelined:
            return session.start_pipelined(target, index, arguments)
        return session.start(target, index, arguments)


_how: contextvars.ContextVar[Optional[_How]] = contextvars.ContextVar(
    "beckon_how", default=None
)


@contextlib.contextmanager
def next_call(pipelined: bool) -> Iterator[None]:
    token = _how.set(_How(pipelined))
    try:
        yield
    finally:
        _how.reset(token)


def interface_of(value: Any) -> Interface:
    found = getattr(type(value), "_beckon_interface_", None)
    if not isinstance(found, Interface):
        raise errors.TypeMismatch(
            f"{type(value).__name__} implements no interface; derive it from a generated one"
        )
    return found


def proxy(cls: Type[T], remote: Remote) -> T:
    made = object.__new__(cls)
    made.__dict__["_beckon_remote_"] = remote
    return made


def cast(interface: Type[T], value: Any) -> T:
    """The same peer's object as another interface, or as its other kind: AsyncCounter of a Counter."""
    if isinstance(value, interface):
        return value
    remote = getattr(value, "_beckon_remote_", None)
    if remote is None:
        raise errors.TypeMismatch(
            f"found a {type(value).__name__} of this side, expected a {interface.__name__} or a peer's object"
        )
    return proxy(interface, remote)


def with_options(
    value: T,
    *,
    timeout: Optional[float] = None,
    metadata: Optional[Dict[str, str]] = None,
) -> T:
    """The same object; calls through it have these options. `timeout` is in seconds."""
    made = copy.copy(value)
    options: Options = getattr(value, "_beckon_options_")
    if timeout is not None:
        options = replace(options, timeout=timeout)
    if metadata is not None:
        options = replace(options, metadata={**options.metadata, **metadata})
    made.__dict__["_beckon_options_"] = options
    return made


@dataclass
class Call:
    """A call that this side is serving: what current_call() tells its handler."""

    session: Session
    number: int
    metadata: Dict[str, str]
    deadline: Optional[float]
    oneway: bool = False
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _on_cancel: List[Any] = field(default_factory=list)

    @property
    def user(self) -> str:
        """Who the caller is, as the authenticator says; empty without one."""
        return self.session.user

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def remaining(self) -> Optional[float]:
        """Seconds until nobody waits any more, or None where there is no deadline."""
        return None if self.deadline is None else self.deadline - time.monotonic()

    def check(self) -> None:
        """Raises what ends the call, where something does. For long handlers that make no calls."""
        if self._cancelled.is_set():
            raise errors.Cancelled("the caller cancelled the call")
        left = self.remaining()
        if left is not None and left <= 0:
            raise errors.Timeout("the deadline of the call has passed")

    def sleep(self, seconds: float) -> None:
        """As time.sleep(), but ends with the call; other calls of the session may run meanwhile."""
        left = self.remaining()
        with self.session.turns.given_away():
            self._cancelled.wait(
                seconds if left is None else min(seconds, max(left, 0))
            )
        self.check()

    def cancel(self) -> None:
        self._cancelled.set()
        for each in list(self._on_cancel):
            each()


current: contextvars.ContextVar[Optional[Call]] = contextvars.ContextVar(
    "beckon_call", default=None
)


def current_call() -> Call:
    """The call that the running handler serves. Raises LookupError outside of handlers."""
    found = current.get()
    if found is None:
        raise LookupError("no call is being served here")
    return found
