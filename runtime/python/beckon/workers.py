"""Threads for handlers, kept for a while; and an event loop for coroutines where the program has none."""

from __future__ import annotations

import asyncio
import queue
import threading
from typing import Callable, Optional

_IDLE_SECONDS = 5.0
_lock = threading.Lock()
_idle = 0
_work: "queue.SimpleQueue[Callable[[], None]]" = queue.SimpleQueue()
_loop: Optional[asyncio.AbstractEventLoop] = None


def run(work: Callable[[], None]) -> None:
    """Runs it on a thread of its own, at once: one that waits for work, or a new one."""
    global _idle
    with _lock:
        if _idle > 0:
            _idle -= 1
            _work.put(work)
            return
    threading.Thread(target=_serve, args=(work,), name="beckon", daemon=True).start()


def _serve(work: Callable[[], None]) -> None:
    global _idle
    while True:
        work()
        with _lock:
            _idle += 1
        try:
            work = _work.get(timeout=_IDLE_SECONDS)
        except queue.Empty:
            with _lock:
                if _idle > 0:
                    _idle -= 1
                    return
            work = _work.get()  # run() has counted on this thread


def background_loop() -> asyncio.AbstractEventLoop:
    """One loop for all sessions that were not begun in a coroutine."""
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            thread = threading.Thread(
                target=_loop.run_forever, name="beckon loop", daemon=True
            )
            thread.start()
        return _loop
