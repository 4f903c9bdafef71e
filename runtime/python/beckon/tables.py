"""What the two sides have lent each other: numbers, counts, identity."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Iterable, Optional, Tuple

from . import errors
from .frames import PROMISED
from .objects import Object, Remote, interface_of, proxy
from .reader import Reader
from .schema import Interface
from .writer import Writer

if TYPE_CHECKING:
    from .session import Session

MAX_EXPORTS = 65_536


@dataclass
class Export:
    """An object of ours that the peer holds. A failed promise has an error in its place."""

    number: int
    value: Any
    interface: Optional[Interface]
    count: int = 0
    error: Optional[BaseException] = None


class Tables:
    """Thread-safety: any thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.RLock()
        self._exports: Dict[int, Export] = {}
        self._numbers: Dict[Tuple[int, str], int] = {}  # by identity and interface
        self._last = 0
        self._imports: Dict[int, "weakref.ref[Remote]"] = {}

    def exported(self) -> int:
        """How many objects the peer holds."""
        return len(self._exports)

    def borrowed(self) -> int:
        """How many objects of the peer this side holds."""
        return sum(1 for each in list(self._imports.values()) if each() is not None)

    def find(self, number: int) -> Optional[Export]:
        with self._lock:
            return self._exports.get(number)

    def clear(self) -> None:
        with self._lock:
            self._exports.clear()
            self._numbers.clear()

    # Ours, which the peer borrows.

    def write(self, out: Writer, value: Any, interface: Optional[Interface]) -> None:
        actual = interface_of(value)
        if interface is not None and actual.name != interface.name:
            raise errors.TypeMismatch(
                f"found a {actual.name}, expected a {interface.name}"
            )
        remote: Optional[Remote] = value._beckon_remote_
        if remote is not None and remote.session is self._session:
            if remote.is_promise:
                raise errors.Unsupported(
                    "a promised object cannot be passed before it is there"
                )
            out.u8(2)
            out.u32(remote.number)
            return
        with self._lock:
            key = (id(remote or value), actual.name)
            number = self._numbers.get(key)
            if number is None:
                number = self._add(value, actual)
                self._numbers[key] = number
            out.lent.append(self._exports[number])
        out.u8(1)
        out.u32(number)

    def _add(self, value: Any, interface: Interface) -> int:
        if len(self._exports) >= MAX_EXPORTS:
            raise errors.LimitExceeded(f"this side lends {MAX_EXPORTS} objects already")
        self._last = self._last % (PROMISED - 1) + 1
        while self._last in self._exports:
            self._last = self._last % (PROMISED - 1) + 1
        self._exports[self._last] = Export(self._last, value, interface)
        return self._last

    def is_lent(self, value: Any) -> bool:
        remote = value._beckon_remote_
        if remote is not None and remote.session is self._session:
            return True
        with self._lock:
            return (id(remote or value), interface_of(value).name) in self._numbers

    def keep_promise(self, number: int, value: Any, *, is_new: bool) -> None:
        """An object that the peer may call by the number it has asked for."""
        with self._lock:
            found = Export(number, value, interface_of(value), 1)
            self._exports[number] = found
            if is_new:
                remote = value._beckon_remote_
                self._numbers[(id(remote or value), interface_of(value).name)] = number

    def break_promise(self, number: int, error: BaseException) -> None:
        with self._lock:
            self._exports[number] = Export(number, None, None, 1, error)

    def count(self, lent: Iterable[Export]) -> None:
        """A message that lends these goes out."""
        with self._lock:
            for each in lent:
                each.count += 1
                self._exports[each.number] = each

    def forget(self, lent: Iterable[Export], times: int = 0) -> None:
        """A message that would have lent these did not go out, or was refused."""
        with self._lock:
            for each in lent:
                self.release(each.number, times)

    def release(self, number: int, times: int) -> None:
        with self._lock:
            found = self._exports.get(number)
            if found is None or times > found.count:
                return
            found.count -= times
            if found.count == 0:
                del self._exports[number]
                for key, each in list(self._numbers.items()) if found.interface else ():
                    if each == number:
                        del self._numbers[key]

    # The peer's, which we borrow.

    def read(
        self, source: Reader, kind: int, number: int, interface: Optional[Interface]
    ) -> Any:
        if kind == 2:
            found = self.find(number)
            if found is None or found.error is not None:
                raise errors.UnknownObject(
                    f"the peer passed back #{number}, which is not lent to it"
                )
            return found.value
        if kind == 3:
            if source.promised is None:
                raise errors.ProtocolError(
                    "the peer kept a promise that was not asked for"
                )
            remote = source.promised
        else:
            if number == 0 or number & PROMISED:
                raise errors.ProtocolError(f"the peer lent an object as #{number}")
            remote = self.remote(number)
            source.borrowed.append(remote)
        if interface is None or interface.python is None:
            return proxy(Object, remote)
        return proxy(
            interface.asynchronous if source.asynchronous else interface.python, remote
        )

    def remote(self, number: int) -> Remote:
        with self._lock:
            known = self._imports.get(number)
            found = known() if known is not None else None
            if found is None:
                found = Remote(self._session, number)
                self._imports[number] = weakref.ref(found)
            return found

    def borrow(self, borrowed: Iterable[Remote]) -> None:
        """A message that lends these was right."""
        with self._lock:
            for each in borrowed:
                each.count += 1

    def given_back(self, number: int) -> None:
        with self._lock:
            known = self._imports.get(number)
            if known is not None and known() is None:
                del self._imports[number]
