"""A change of one version of a file, made to another version of it (git's index, say)."""

from __future__ import annotations

from collections.abc import Sequence

from fastapply.core.edits import Span
from fastapply.core.plan import Plan, Replacement
from fastapply.core.stretches import Stretch, stretches
from fastapply.core.text import SourceText


def transplant(plan: Plan, origin: SourceText, onto: SourceText) -> SourceText | None:
    """`onto` after the change that `plan` is to `origin`; None where it does not fit cleanly.

    It fits where the lines that go, and one line on each side of them, stand in a stretch that
    both versions share; the beginning and the end of a file count as such a line.
    """
    if origin == onto:
        return plan.apply(onto)
    shared = [each for each in stretches(origin.lines, onto.lines) if each.same]
    moved: list[Replacement] = []
    for replacement in plan.trimmed(origin.lines).replacements:
        offset = _offset(replacement.span, shared, (len(origin.lines), len(onto.lines)))
        if offset is None:
            return None
        start, stop = replacement.start + offset, replacement.stop + offset
        moved.append(Replacement(start, stop, replacement.lines))
    return Plan(tuple(moved)).apply(onto)


def _offset(span: Span, shared: Sequence[Stretch], sizes: tuple[int, int]) -> int | None:
    """How far `span` moves from one version to the other, if it stands in a shared stretch."""
    first, last = max(span.start - 1, 0), min(span.stop + 1, sizes[0])
    for stretch in shared:
        if not (stretch.old.start <= first and last <= stretch.old.stop):
            continue
        begins = span.start > 0 or stretch.new.start == 0
        ends = span.stop < sizes[0] or stretch.new.stop == sizes[1]
        return stretch.new.start - stretch.old.start if begins and ends else None
    return None
