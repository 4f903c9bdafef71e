"""What an endpoint's options say of a conversation in remcall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Sequence

from ..errors import InvalidArgument

#: Those that other layers read.
_OTHERS = {"ca", "cert", "key", "client_ca", "name"}


@dataclass(frozen=True)
class Options:
    """`peer=plain` says that the peer is remcall itself, `peer=beckon` that it is a Beckon; else it shows."""

    is_server: bool
    peer: str = ""
    check: str = "digest"
    label: str = ""
    max_unanswered: int = 65_536
    first_request: int = 1

    @classmethod
    def read(cls, given: Dict[str, str], *, listens: bool) -> Options:
        """Errors: InvalidArgument."""
        known = {"role", "peer", "check", "label", "unanswered", "first_request"}
        unknown = sorted(set(given) - known - _OTHERS)
        if unknown:
            raise InvalidArgument(f"remcall has no option {unknown[0]}")
        role = _word(given, "role", ("server", "client"))
        return cls(
            role == "server" if role else listens,
            _word(given, "peer", ("plain", "beckon")),
            _word(given, "check", ("digest", "structure", "none")) or "digest",
            given.get("label", ""),
            _number(given, "unanswered", 65_536, 1, 1 << 20),
            _number(given, "first_request", 1, 0, (1 << 32) - 1),
        )


def _word(given: Dict[str, str], option: str, words: Sequence[str]) -> str:
    found = given.get(option, "")
    if found or option in given:
        if found not in words:
            raise InvalidArgument(
                f"option {option} is {found!r}; expected {' or '.join(words)}"
            )
    return found


def _number(
    given: Dict[str, str], option: str, default: int, least: int, most: int
) -> int:
    text = given.get(option, str(default))
    if not text.isdigit() or not least <= int(text) <= most:
        raise InvalidArgument(
            f"option {option} is {text!r}; expected a number from {least} to {most}"
        )
    return int(text)
