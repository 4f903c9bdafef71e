"""remcall's numbers for objects: the server's are above 0, the client's below, 0 is none, 1 the main object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from .. import errors
from ..objects import Object, interface_of, proxy
from ..schema import Interface
from ..tables import MAX_EXPORTS, Export, Tables
from ..writer import Writer

if TYPE_CHECKING:
    from .reading import ValueReader
    from .session import RemcallSession

MAIN = 1


class RemcallTables(Tables):
    """Thread-safety: any thread."""

    def __init__(
        self, session: RemcallSession, main: Any, *, is_server: bool, width: int = 4
    ) -> None:
        super().__init__(session)
        self.width = width
        self._main = None if main is None else Export(MAIN, main, interface_of(main), 1)
        self._is_server = is_server
        self._last = MAIN if is_server else 0

    def is_ours(self, number: int) -> bool:
        return (number > 0) == self._is_server

    def find(self, number: int) -> Optional[Export]:
        if number == MAIN and self._is_server:
            return self._main
        return super().find(number)

    def release(self, number: int, times: int) -> None:
        if number != MAIN or not self._is_server:  # the main object stays
            super().release(number, times)

    def number_of(self, out: Writer, value: Any, interface: Interface) -> int:
        """For a message: what is lent in it for the first time gets a number."""
        if value is None:
            return 0
        actual = interface_of(value)
        if actual.name != interface.name:
            raise errors.TypeMismatch(
                f"found a {actual.name}, expected a {interface.name}"
            )
        remote = value._beckon_remote_
        if remote is not None and remote.session is self._session:
            return int(remote.number)
        if self._main is not None and value is self._main.value:
            return MAIN
        with self._lock:
            key = (id(remote or value), actual.name)
            number = self._numbers.get(key)
            if number is None:
                number = self._numbers[key] = self._add(value, actual)
            out.lent.append(self._exports[number])
        return number

    def _add(self, value: Any, interface: Interface) -> int:
        if len(self._exports) >= MAX_EXPORTS:
            raise errors.LimitExceeded(f"this side lends {MAX_EXPORTS} objects already")
        number = self._last + (1 if self._is_server else -1)
        most = (1 << 8 * self.width - 1) - 1
        if not -most - 1 <= number <= most:
            raise errors.LimitExceeded(
                f"all numbers for objects of this side are given, to {self._last}: "
                f"references have {self.width} bytes in the schema"
            )
        self._last = number  # never given again
        self._exports[number] = Export(number, value, interface)
        return number

    def called(self, number: int, interface: Interface) -> Export:
        """The object of a call: one of ours, of the method's interface. The original would call any."""
        if number == 0:
            raise errors.UnknownObject("the peer called null")
        if not self.is_ours(number):
            raise errors.UnknownObject(
                f"the peer called object {number}, which is one of its own"
            )
        found = self.find(number)
        if found is None:
            raise errors.UnknownObject(
                f"object {number} is not lent to the peer; it was released, or never was"
            )
        if found.interface is not interface:
            name = found.interface.name if found.interface is not None else "nothing"
            raise errors.UnknownMethod(
                f"the peer called a method of {interface.name} of an object of {name}"
            )
        return found

    def object_of(self, reader: ValueReader, number: int, interface: Interface) -> Any:
        if number == 0:
            return None
        if self.is_ours(number):
            found = self.find(number)
            if found is None:
                raise errors.UnknownObject(
                    f"the peer passed back object {number}, which is not lent to it"
                )
            return found.value
        remote = self.remote(number)
        reader.borrowed.append(remote)
        made = interface.asynchronous if reader.asynchronous else interface.python
        return proxy(made or Object, remote)
