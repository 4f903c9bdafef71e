"""Handlers of calls: run in threads or as coroutines, ended by deadlines and cancellation, whatever the protocol."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, List, Optional, TypeVar

from . import errors
from .objects import Call, current
from .schema import Interface, Method

if TYPE_CHECKING:
    from .session import Session


@dataclass
class Served:
    """A call between its arrival and its answer."""

    call: Call
    interface: Optional[Interface] = None
    method: Optional[Method] = None
    target: Any = None
    is_answered: bool = False
    arguments: List[Any] = field(default_factory=list)


S = TypeVar("S", bound=Served)


class _Escaped(Exception):
    """Holds what the loop would end for: sys.exit() ends the call, not the server."""

    def __init__(self, what: BaseException) -> None:
        super().__init__()
        self.what = what


async def _within(handler: Any) -> Any:
    try:
        return await handler
    except (Exception, asyncio.CancelledError, GeneratorExit):
        raise
    except BaseException as error:
        raise _Escaped(error) from None


class Handlers(Generic[S]):
    """What the servings of all protocols share. They say how a call is answered."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def _serve(self, served: S) -> None:
        assert served.interface is not None and served.method is not None
        call, session = served.call, self._session
        token = current.set(call)
        try:
            call.check()
            index = served.interface.methods.index(served.method)
            name = served.target._beckon_methods_[index]
            result = getattr(served.target, name)(*served.arguments)
            served.arguments = []
            if inspect.isawaitable(result):
                running = asyncio.run_coroutine_threadsafe(
                    self._await(served, result), self._session.loop
                )
                # One that is cancelled before it has begun would not answer.
                running.add_done_callback(
                    lambda done: self._cancelled(served) if done.cancelled() else None
                )
                call._on_cancel.append(running.cancel)
                if call.is_cancelled:
                    running.cancel()
                return
        except BaseException as error:  # sys.exit() ends the call, not the server
            self._answer(served, None, error)
        else:
            session.wait_for_room()
            self._answer(served, result, None)
        finally:
            current.reset(token)

    async def _await(self, served: S, result: Any) -> None:
        current.set(served.call)
        try:
            value = await asyncio.wait_for(_within(result), served.call.remaining())
        except asyncio.CancelledError:
            self._cancelled(served)
        except asyncio.TimeoutError as error:
            left = served.call.remaining()
            passed = left is not None and left <= 0
            timeout = errors.Timeout("the deadline of the call has passed")
            self._answer(served, None, timeout if passed else error)
        except _Escaped as escaped:
            self._answer(served, None, escaped.what)
        except Exception as error:
            self._answer(served, None, error)
        else:
            if not self._session.has_room():
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(None, self._session.wait_for_room)
            self._answer(served, value, None)

    def _cancelled(self, served: S) -> None:
        self._answer(served, None, errors.Cancelled("the caller cancelled the call"))

    def _answer(self, served: S, value: Any, error: Optional[BaseException]) -> None:
        """Once for each call, whoever comes first."""
        raise NotImplementedError
