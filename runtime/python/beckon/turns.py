"""Whose turn it is among the handlers of one session.

Calls start in the order of their arrival, one at a time. A handler gives its turn away while it waits in a call of
its own, and gets it back before it goes on.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from typing import Callable, Deque, Iterator

from . import workers

_LOG = logging.getLogger("beckon")


class Turns:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_taken = False
        self._returning: Deque[threading.Event] = deque()
        self._ready: Deque[Callable[[], None]] = deque()
        self._mine = threading.local()

    def add(self, work: Callable[[], None]) -> None:
        """Runs it on another thread once its turn has come."""
        with self._lock:
            self._ready.append(work)
        self._next()

    def _next(self) -> None:
        with self._lock:
            if self._is_taken:
                return
            if self._returning:
                self._is_taken = True
                self._returning.popleft().set()
                return
            if not self._ready:
                return
            self._is_taken = True
        workers.run(self._serve)

    def _serve(self) -> None:
        """Runs what is ready, as long as nobody waits to get the turn back."""
        self._mine.held = True
        while True:
            with self._lock:
                if self._returning or not self._ready:
                    self._is_taken = False
                    break
                work = self._ready.popleft()
            try:
                work()
            except Exception:  # the others' turn comes all the same
                _LOG.exception("a call was not answered")
        self._mine.held = False
        self._next()

    @contextlib.contextmanager
    def given_away(self) -> Iterator[None]:
        """Around each wait: does nothing on threads that have no turn here."""
        if not getattr(self._mine, "held", False):
            yield
            return
        self._mine.held = False
        with self._lock:
            self._is_taken = False
        self._next()
        try:
            yield
        finally:
            back = threading.Event()
            with self._lock:
                if self._is_taken:
                    self._returning.append(back)
                else:
                    self._is_taken = True
                    back.set()
            back.wait()
            self._mine.held = True
