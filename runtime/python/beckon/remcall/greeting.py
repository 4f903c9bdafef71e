"""Who the peer is: remcall itself, or a Beckon, which knocks and says HELLO; and whether its schema is ours."""

from __future__ import annotations

import struct
from enum import Enum
from typing import TYPE_CHECKING, Optional

from .. import errors
from .document import read_from
from .messages import HELLO, KNOCK, LOG, VERSION, Command, Feature
from .options import Options
from .source import Source

if TYPE_CHECKING:
    from .session import RemcallSession


class _Peer(Enum):
    UNKNOWN, PLAIN, BECKON = range(3)


_OF_BECKON = {
    Command.FAIL_METHOD,
    Command.RELEASE_OBJECTS,
    Command.CANCEL,
    Command.CALL_WITH_DEADLINE,
}


class Greeting:
    """Guarded by the session's `state`."""

    def __init__(self, session: RemcallSession, options: Options) -> None:
        self._session = session
        self._options = options
        self._state = session.state
        self._peer = _Peer.UNKNOWN
        self._features = 0
        if options.peer == "plain":
            self._peer = _Peer.PLAIN
        if options.peer == "beckon":
            self._peer = _Peer.BECKON
            self._features = Feature.ALL  # until it says which of them it has
        self._noops = 0
        self._has_said_hello = False
        self._has_heard_hello = False
        self._their_digest: Optional[bytes] = None
        self._has_said_bye = False
        self._is_comparing = False

    # What the session asks.

    def may_use(self, feature: int) -> bool:
        is_announced = self._has_said_hello and self._has_heard_hello
        return bool(self._features & feature) and (
            is_announced or self._options.peer == "beckon"
        )

    def is_beckon(self) -> bool:
        return self._peer == _Peer.BECKON

    def is_comparing(self) -> bool:
        """Whether the peer has been asked for its schema, which is not there yet."""
        return self._is_comparing

    def other_digests(self) -> str:
        theirs, ours = self._their_digest or b"", self._session.agreed().digest
        return f"schema has digest {theirs.hex()}; ours has {ours.hex()}"

    def is_over(self) -> bool:
        return self._has_said_hello and self._has_heard_hello

    def may_become_known(self) -> bool:
        """Whether it may yet turn out that the peer has what is missing."""
        return self._peer != _Peer.PLAIN and not self.is_over()

    def check(self, command: Command) -> None:
        """Whether the peer may send it now. Errors: ProtocolError."""
        with self._state:
            self._note(command)
            if command != Command.HELLO and command not in _OF_BECKON:
                return
            if self._peer != _Peer.BECKON:
                raise errors.ProtocolError(
                    f"the peer sent {command.name}, which is Beckon's, and did not begin as a Beckon does"
                )
            is_early = not self._has_heard_hello and self._options.peer != "beckon"
            if command in _OF_BECKON and is_early:
                raise errors.ProtocolError(
                    f"the peer sent {command.name} before its HELLO"
                )

    def _note(self, command: Command) -> None:
        """The first bytes tell a Beckon."""
        if self._peer != _Peer.UNKNOWN:
            return
        if command != Command.NOOP:
            self._peer = _Peer.PLAIN
            self._session.calling.refuse_held()
            return
        self._noops += 1
        if self._noops == len(KNOCK):
            self._peer = _Peer.BECKON
            self._say_hello()

    # What this side says.

    def begin(self) -> None:
        if self._options.peer != "plain":
            self._session.send(KNOCK)
        with self._state:
            self._say_hello()

    def agreed(self) -> None:
        """This side has come to know the schema."""
        self._say_hello()
        if self._has_heard_hello:
            self._greeted()

    def _say_hello(self) -> None:
        contract = self._session.contract()
        if self._peer != _Peer.BECKON or self._has_said_hello or contract is None:
            return
        self._has_said_hello = True
        self._session.send(
            HELLO.pack(Command.HELLO, VERSION, Feature.ALL, contract.digest)
        )

    def bye(self) -> bytes:
        with self._state:
            said, self._has_said_bye = self._has_said_bye, True
        return b"" if said else bytes([Command.DISCONNECT])

    def say_bye(self) -> None:
        self._session.send(self.bye())

    # What the peer says.

    def take(self, command: Command, source: Source) -> None:
        if command == Command.HELLO:
            self._take_hello(source)
        elif command == Command.REQUEST_SCHEMA:
            self._send_schema()
        elif command == Command.SEND_SCHEMA:
            self._take_schema(source)

    def _take_hello(self, source: Source) -> None:
        version, features = source.unsigned(2), source.u32()
        digest = source.take(32)
        if version == 0:
            raise errors.ProtocolError("the peer said HELLO in version 0")
        with self._state:
            if self._has_heard_hello:
                LOG.warning(
                    "BKN-REMCALL-HELLO: %s said HELLO twice", self._session.endpoint
                )
                return
            self._has_heard_hello = True
            self._features = features & Feature.ALL
            self._their_digest = digest
            self._say_hello()
            if self._has_said_hello:
                self._greeted()

    def _greeted(self) -> None:
        """Both have said HELLO."""
        session, contract = self._session, self._session.agreed()
        theirs, check = self._their_digest or b"", self._options.check
        if check != "none" and theirs != contract.digest:
            if check != "structure" or not self.may_use(Feature.SCHEMAS):
                session.end(
                    errors.SchemaMismatch(
                        f"the peer's {self.other_digests()} "
                        "(check=structure disregards labels and the order of methods)"
                    )
                )
                return
            self._is_comparing = True
            session.send(bytes([Command.REQUEST_SCHEMA]))
        session.serving.tell_untold()
        session.calling.cancel_given_up()
        if self.may_use(Feature.VALUES):
            session.calling.send_held()
        else:
            session.calling.refuse_held()

    def _send_schema(self) -> None:
        session, contract = self._session, self._session.contract()
        if contract is None:
            LOG.warning(
                "BKN-REMCALL-SCHEMA: %s asks for a schema that is not known yet",
                session.endpoint,
            )
            return
        session.check_answers()
        session.send(struct.pack("B", Command.SEND_SCHEMA) + contract.encoded)

    def _take_schema(self, source: Source) -> None:
        try:
            theirs = read_from(source)
        except errors.ParseError as error:
            raise errors.ProtocolError(
                f"the peer sent what is no schema: {error}"
            ) from None
        contract = self._session.contract()
        if contract is None or self._options.check == "none":
            return
        differs = contract.document.difference(theirs)
        if differs:
            raise errors.SchemaMismatch(f"the peer's schema is not ours: {differs}")
        with self._state:
            self._is_comparing = False
        self._session.calling.settle_unsure()
