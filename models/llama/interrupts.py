"""Ctrl-C while llama.cpp is at work.

llama.cpp calls back into Python to log. An interrupt that arrives there would be printed by ctypes
and lost; so it is held back during such a call, and raised after it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def held_interrupts() -> Iterator[Callable[[], bool]]:
    """Hold Ctrl-C back until the end, then raise `KeyboardInterrupt`; yields whether one waits."""
    waiting = threading.Event()
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield waiting.is_set
        return
    signal.signal(signal.SIGINT, lambda *_: waiting.set())
    try:
        yield waiting.is_set
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if waiting.is_set():
            raise KeyboardInterrupt
