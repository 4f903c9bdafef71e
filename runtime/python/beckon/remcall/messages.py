"""remcall's messages: commands, features, failures (docs/wire/remcall.md, sections 5 and 15)."""

from __future__ import annotations

import logging
import struct
import traceback
from enum import IntEnum
from typing import Dict

from .. import errors
from ..schema import Schema

LOG = logging.getLogger("beckon")
MAX_MESSAGE_BYTES = 16 << 20
#: What says, at the very beginning, that a Beckon sends it.
KNOCK = b"\x07" * 8
VERSION = 1
HELLO = struct.Struct(">BHI32s")


class Command(IntEnum):
    REQUEST_SCHEMA, SEND_SCHEMA = 0x00, 0x01
    CALL_METHOD, RETURN_FROM_METHOD, NOOP = 0x05, 0x06, 0x07
    DISCONNECT, ACKNOWLEDGE_DISCONNECT = 0x08, 0x09
    # Of Beckon alone.
    HELLO, FAIL_METHOD, RELEASE_OBJECTS, CANCEL = 0x10, 0x11, 0x12, 0x13
    CALL_WITH_DEADLINE = 0x14


class Feature:
    VALUES, FAILURES, RELEASES, CANCELLING, DEADLINES, SCHEMAS = (
        1 << bit for bit in range(6)
    )
    ALL = (1 << 6) - 1


class Failed(IntEnum):
    """Kinds of FAIL_METHOD."""

    IMPLEMENTATION, NO_METHOD, NO_OBJECT, BAD_ARGUMENT = 0, 1, 2, 3
    CANCELLED, DEADLINE, INTERNAL = 4, 5, 6


_KINDS: Dict[type, Failed] = {
    errors.RemoteError: Failed.IMPLEMENTATION,
    errors.UnknownMethod: Failed.NO_METHOD,
    errors.UnknownObject: Failed.NO_OBJECT,
    errors.InvalidArgument: Failed.BAD_ARGUMENT,
    errors.TypeMismatch: Failed.BAD_ARGUMENT,
    errors.SchemaMismatch: Failed.BAD_ARGUMENT,
    errors.Cancelled: Failed.CANCELLED,
    errors.Timeout: Failed.DEADLINE,
}
_CLASSES = {
    Failed.NO_METHOD: errors.UnknownMethod,
    Failed.NO_OBJECT: errors.UnknownObject,
    Failed.CANCELLED: errors.Cancelled,
    Failed.DEADLINE: errors.Timeout,
}
#: What a callee can say of itself by name. A peer cannot claim that our connection broke.
_TOLD = {
    each.name: each
    for each in (
        errors.ProtocolError,
        errors.AccessDenied,
        errors.Overloaded,
        errors.LimitExceeded,
        errors.TypeMismatch,
        errors.Unsupported,
        errors.WouldDeadlock,
        errors.SchemaMismatch,
    )
}


def _text(text: str) -> bytes:
    content = text.encode(errors="backslashreplace")
    return struct.pack(">I", len(content)) + content


def pack_failure(
    request: int, error: BaseException, schema: Schema, send_trace: bool
) -> bytes:
    """FAIL_METHOD for what a handler raised, or for what was wrong with the call."""
    kind, name, message = (
        Failed.IMPLEMENTATION,
        type(error).__name__,
        errors.text_of(error),
    )
    if isinstance(error, errors.Error):
        kind = _KINDS.get(type(error), Failed.INTERNAL)
        name, message = error.name, "; ".join([error.message, *error.notes])
        if kind == Failed.IMPLEMENTATION and error.type_name:
            name = error.type_name
    else:
        for declared in schema.exceptions.values():
            if declared.python is type(error):
                name = declared.name
    details = ""
    if send_trace:
        trace = traceback.format_exception(type(error), error, error.__traceback__)
        details = "".join(trace)
    head = struct.pack(">BIB", Command.FAIL_METHOD, request, kind)
    return head + _text(name) + _text(message) + _text(details)


def failure(kind: int, name: str, message: str, details: str) -> errors.Error:
    """The exception that a FAIL_METHOD stands for."""
    text = message or "the peer told no reason"
    known = _CLASSES.get(Failed(kind)) if kind <= Failed.INTERNAL else None
    if known is not None:
        return known(text, trace=details)
    if kind == Failed.BAD_ARGUMENT:
        return _TOLD.get(name, errors.InvalidArgument)(text, trace=details)
    if kind == Failed.INTERNAL:
        return _TOLD.get(name, errors.Internal)(text, trace=details)
    thrown = "" if name == errors.RemoteError.name else name
    return errors.RemoteError(text, type_name=thrown, trace=details)
