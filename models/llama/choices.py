"""The greedy choices among logits: one row after another, or shared out among threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fastapply.models.decoding.constraint import Allowed
from fastapply.models.decoding.tokens import Token
from fastapply.models.held.guide import Weighed

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

# From so many rows on threads are worth waking.
_MANY = 16
_MOST_THREADS = 8


class Chooser:
    """Chooses the best token of each row of logits, with up to `threads` threads.

    One thread takes some 50 us for a vocabulary of 152,000: nothing beside what a CPU takes for
    the logits, and more than what a GPU does.
    """

    def __init__(self, threads: int) -> None:
        """Nothing is started yet."""
        self._threads = min(threads, _MOST_THREADS)
        self._pool: ThreadPoolExecutor | None = None

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def choices(self, logits: NDArray[np.float32], asked: Sequence[Allowed]) -> list[Token]:
        """The best token of each row, among what is allowed there."""
        count = len(asked)
        if self._threads < 2 or count < _MANY:
            return _choices(logits, asked)
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(self._threads)
        share = -(-count // self._threads)
        starts = range(0, count, share)
        parts = self._pool.map(
            _choices,
            [logits[start : start + share] for start in starts],
            [asked[start : start + share] for start in starts],
        )
        return [choice for part in parts for choice in part]


def _choices(logits: NDArray[np.float32], asked: Sequence[Allowed]) -> list[Token]:
    """The choice of each row, one after another."""
    chosen: list[Token] = []
    for row, allowed in zip(logits, asked, strict=True):
        if allowed is None:
            chosen.append(int(row.argmax()))
        elif isinstance(allowed, Weighed):
            chosen.append(allowed.choice(row))
        else:
            among = sorted(allowed)  # of equals the first, as argmax takes it
            chosen.append(among[int(row[among].argmax())])
    return chosen
