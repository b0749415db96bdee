"""Two versions of a file, as stretches that are the same and stretches that differ.

`difflib` finds what stays, once the beginning and the end that both versions share are set aside;
that keeps it fast where little changes in a long file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.plan import common_ends


class Stretch(NamedTuple):
    """Lines `old` of one version stand where lines `new` of the other do; `same` if equal."""

    old: Span
    new: Span
    same: bool


def stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[Stretch]:
    """How `new` came from `old`, in order; together they cover both."""
    head, tail = common_ends(old, new)
    if head:
        yield Stretch(Span(0, head), Span(0, head), same=True)
    inner = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    for tag, old_start, old_stop, new_start, new_stop in inner.get_opcodes():
        before = Span(old_start + head, old_stop + head)
        yield Stretch(before, Span(new_start + head, new_stop + head), same=tag == "equal")
    if tail:
        yield Stretch(Span(len(old) - tail, len(old)), Span(len(new) - tail, len(new)), same=True)
