"""Sessions with who listens somewhere: connect(), by whatever protocol the endpoint names."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, Optional

from . import errors
from .channels import Endpoint, dial
from .frames import Hello
from .native import NativeSession
from .objects import interface_of
from .remcall.contract import contract_of
from .remcall.options import Options
from .remcall.session import RemcallSession, main_of
from .session import HANDSHAKE_SECONDS, Session, published_of


def running_loop() -> Optional[asyncio.AbstractEventLoop]:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def connect(
    endpoint: str,
    *,
    publish: Optional[Dict[str, Any]] = None,
    user: str = "",
    secret: bytes = b"",
    within: float = HANDSHAKE_SECONDS,
    hello: Optional[Hello] = None,
) -> Session:
    """A session with who listens there.

    `publish` names objects that the peer may get. `user` and `secret` are what the peer's authenticator is told.
    `within` is how many seconds there are to connect, and how many to the peer's hello.
    Raises Disconnected where nobody listens.
    """
    return _connect(endpoint, publish, user, secret, within, hello, running_loop())


async def connect_async(
    endpoint: str,
    *,
    publish: Optional[Dict[str, Any]] = None,
    user: str = "",
    secret: bytes = b"",
    within: float = HANDSHAKE_SECONDS,
    hello: Optional[Hello] = None,
) -> Session:
    """The same in a coroutine; handlers that are coroutines run in its loop."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(
        None, _connect, endpoint, publish, user, secret, within, hello, loop
    )


def _connect(
    endpoint: str,
    publish: Optional[Dict[str, Any]],
    user: str,
    secret: bytes,
    within: float,
    hello: Optional[Hello],
    loop: Optional[asyncio.AbstractEventLoop],
) -> Session:
    published = published_of(publish or {})
    parsed = Endpoint.parse(endpoint)
    if parsed.protocol == "remcall":
        if user or secret:
            raise errors.InvalidArgument(f"{endpoint}: remcall has no names of users")
        options = remcall_options(parsed, published, listens=False)
        if published and not options.is_server:
            raise errors.InvalidArgument(
                f"{endpoint}: a client of remcall publishes nothing; ?role=server does"
            )
        channel = dial(parsed, within)
        return RemcallSession(channel, endpoint, options, published, loop=loop)
    greeting = hello or Hello()
    greeting.user, greeting.secret = user or greeting.user, secret or greeting.secret
    channel = dial(parsed, within)
    return NativeSession(
        channel, endpoint, greeting, published, loop=loop, greeted_within=within
    )


def remcall_options(
    endpoint: Endpoint, published: Dict[str, Any], *, listens: bool
) -> Options:
    """Errors: InvalidArgument; Unsupported, where remcall has no words for the main object."""
    options = Options.read(endpoint.options, listens=listens)
    main = main_of(published)
    if options.is_server and main is not None:
        contract_of(interface_of(main), options.label)
    return options
