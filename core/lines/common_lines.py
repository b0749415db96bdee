"""The lines that two texts have in common, in the same order: as many as can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

_MOST = 16_000_000_000  # pairs of lines, which take a bit of memory each


class TooManyLinesError(Exception):
    """Two texts are too long to be compared."""


class Common(NamedTuple):
    """`size` lines that both texts have, from `here` on in the one and `there` in the other."""

    here: int
    there: int
    size: int


def common_lines(one: Sequence[str], other: Sequence[str]) -> Iterator[Common]:
    """A longest common subsequence, run by run; raise `TooManyLinesError`."""
    if len(one) * len(other) > _MOST:
        raise TooManyLinesError
    from rapidfuzz.distance import LCSseq

    for block in LCSseq.opcodes(one, other):
        if block.tag == "equal":
            yield Common(block.src_start, block.dest_start, block.src_end - block.src_start)
