"""What goes wrong, as exceptions: one class for each code of the wire."""

from __future__ import annotations

from typing import Any, Optional, Sequence


class Error(Exception):
    """The base of all that this package raises for a call or a session."""

    code = 0
    name = "internal"

    def __init__(
        self,
        message: str = "",
        *,
        type_name: str = "",
        trace: str = "",
        notes: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        #: Name of the exception that the peer's handler threw, where it threw one.
        self.type_name = type_name
        #: The peer's stack trace, where it is set to send it.
        self.trace = trace
        #: What was being done, innermost first.
        self.notes = list(notes)

    def __str__(self) -> str:
        head = f"{self.type_name}: " if self.type_name else ""
        return head + "; ".join([self.message, *self.notes])


def text_of(error: BaseException) -> str:
    """What it says, also where that itself raises: a caller waits for the answer."""
    try:
        return str(error)
    except Exception as failed:
        return f"its words cannot be told: {type(failed).__name__}"


class Internal(Error):
    """Something went wrong inside the peer, or it used a code unknown here."""


class Timeout(Error):
    code, name = 1, "timeout"


class Cancelled(Error):
    code, name = 2, "cancelled"


class Disconnected(Error):
    code, name = 3, "disconnected"


class ProtocolError(Error):
    code, name = 4, "protocol_error"


class SchemaMismatch(Error):
    code, name = 5, "schema_mismatch"


class UnknownMethod(Error):
    code, name = 6, "unknown_method"


class UnknownObject(Error):
    code, name = 7, "unknown_object"


class AccessDenied(Error):
    code, name = 8, "access_denied"


class Overloaded(Error):
    code, name = 9, "overloaded"


class LimitExceeded(Error):
    code, name = 10, "limit_exceeded"


class RemoteError(Error):
    """An exception of the peer's handler that its interface does not declare."""

    code, name = 11, "remote_error"


class InvalidArgument(Error):
    code, name = 13, "invalid_argument"


class TypeMismatch(Error):
    code, name = 14, "type_mismatch"


class Unsupported(Error):
    code, name = 15, "unsupported"


class WouldDeadlock(Error):
    code, name = 16, "would_deadlock"


class IoError(Error):
    code, name = 17, "io_error"


class ParseError(Error):
    code, name = 18, "parse_error"


class AddressInUse(Error):
    code, name = 19, "address_in_use"


class NotFound(Error):
    code, name = 20, "not_found"


class DeclaredError(Exception):
    """The base of exceptions that an interface declares: generated dataclasses."""

    def __str__(self) -> str:
        return repr(self)


DECLARED = 12
_BY_CODE = {
    each.code: each
    for each in (
        Internal,
        Timeout,
        Cancelled,
        Disconnected,
        ProtocolError,
        SchemaMismatch,
        UnknownMethod,
        UnknownObject,
        AccessDenied,
        Overloaded,
        LimitExceeded,
        RemoteError,
        InvalidArgument,
        TypeMismatch,
        Unsupported,
        WouldDeadlock,
        IoError,
        ParseError,
        AddressInUse,
        NotFound,
    )
}


def of_code(code: int, message: str, **details: Any) -> Error:
    """The exception for a code; an unknown one counts as internal."""
    kind = RemoteError if code == DECLARED else _BY_CODE.get(code, Internal)
    return kind(message, **details)


def copy_of(error: Optional[BaseException]) -> BaseException:
    """An exception to raise once more, from another place, with a trace of its own."""
    if isinstance(error, Error):
        return type(error)(
            error.message,
            type_name=error.type_name,
            trace=error.trace,
            notes=error.notes,
        )
    return error if error is not None else Internal("no reason was given")
