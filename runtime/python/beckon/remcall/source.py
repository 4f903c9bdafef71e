"""The bytes of a peer, as they are asked for. remcall's messages have no length: who reads one finds its end."""

from __future__ import annotations

import struct
from typing import Any, Callable

from ..errors import Disconnected, LimitExceeded

_KEPT = 64 << 10


class Source:
    """Waits for bytes that are not there yet. Belongs to the thread that reads.

    Nothing is kept for a size that is only claimed: memory grows with what arrives, up to `most` bytes a message.
    """

    def __init__(self, read: Callable[[], bytes], endpoint: str, most: int) -> None:
        self._read = read
        self._endpoint = endpoint
        self._buffered = bytearray()
        self._at = 0
        self._end = most
        self.most = most

    def begin(self) -> None:
        """What is taken from now on is another message."""
        if self._at >= _KEPT or self._at == len(self._buffered):
            del self._buffered[: self._at]
            self._at = 0
        self._end = self._at + self.most

    def room(self) -> int:
        """How many bytes the message may still have."""
        return self._end - self._at

    def take(self, size: int) -> bytes:
        """Errors: Disconnected, LimitExceeded."""
        if size > self.room():
            raise LimitExceeded(
                f"the peer sends a message of more than {self.most} bytes"
            )
        end = self._at + size
        while len(self._buffered) < end:
            content = self._read()
            if not content:
                raise Disconnected(f"{self._endpoint} closed the connection")
            self._buffered += content
        taken = bytes(self._buffered[self._at : end])
        self._at = end
        return taken

    def unpack(self, form: str) -> Any:
        layout = ">" + form
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def u8(self) -> int:
        return self.take(1)[0]

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def unsigned(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def signed(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big", signed=True)
