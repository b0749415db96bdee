"""The deterministic merge: all edits of a file, one after another, without a model.

Hunks and sketches are placed by rooms of their own; here their replacements are composed, so that
the plan that comes out speaks of the lines of the original.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

from fastapply.core.edits import Edit, FileEdit, Hunk, Sketch, Span, WholeFile
from fastapply.core.plan import Plan, Replacement
from fastapply.core.result import Merged, Placed, Placement, Reading, Rung, Unresolved
from fastapply.core.text import SourceText

ORDERED_FORMATS = frozenset({"udiff", "apply-patch"})


@dataclass(frozen=True, slots=True)
class _Text:
    """The lines so far, and which line of the original each one is (None: it is new)."""

    lines: tuple[str, ...]
    origins: tuple[int | None, ...]

    def after(self, changes: Sequence[Replacement]) -> _Text:
        """The text after `changes`, which are sorted, disjoint and speak of these lines."""
        lines: list[str] = []
        origins: list[int | None] = []
        position = 0
        for change in changes:
            lines += (*self.lines[position : change.start], *change.lines)
            origins += (*self.origins[position : change.start], *[None] * len(change.lines))
            position = change.stop
        lines += self.lines[position:]
        origins += self.origins[position:]
        return _Text(tuple(lines), tuple(origins))

    def plan(self, original: SourceText) -> Plan:
        """The plan that turns `original` into this text."""
        return Plan.from_origins(
            len(original.lines), zip(self.lines, self.origins, strict=True)
        ).trimmed(original.lines)


def merge(text: SourceText, edit: FileEdit, path: str) -> Merged | Unresolved:
    """Place all edits of `edit` in `text`, the text of the file `path`.

    Each run of edits of one kind works on what the runs before it made.
    """
    current = _Text(text.lines, tuple(range(len(text.lines))))
    placements: list[Placement] = []
    for edits in _runs(edit.edits):
        placed = _place(current.lines, edits, edit, path)
        if isinstance(placed, Unresolved):
            return _in_the_original(placed, current, text)
        current = current.after(placed.replacements)
        placements += placed.placements
    return Merged(current.plan(text), tuple(placements))


def _place(
    lines: tuple[str, ...], edits: tuple[Edit, ...], edit: FileEdit, path: str
) -> Placed | Unresolved:
    first = edits[0]
    match first:
        case Hunk():
            from fastapply.core.hunks import place_hunks

            hunks = tuple(_only(edits, Hunk))
            return place_hunks(lines, hunks, ordered=edit.format in ORDERED_FORMATS)
        case Sketch():
            from fastapply.core.sketch import place_sketches

            return place_sketches(lines, tuple(_only(edits, Sketch)), path)
        case _:
            whole = Replacement(0, len(lines), first.lines)
            placement = Placement(
                first.at, whole.span, Rung.WHOLE, already=tuple(first.lines) == lines
            )
            return Placed(() if placement.already else (whole,), (placement,))


def _runs(edits: tuple[Edit, ...]) -> Iterator[tuple[Edit, ...]]:
    """Stretches of edits of one kind, in order; whole files stand alone."""
    for kind, run in groupby(edits, key=type):
        if kind is WholeFile:
            yield from ((edit,) for edit in run)
        else:
            yield tuple(run)


_Kind = TypeVar("_Kind", Hunk, Sketch)


def _only(edits: tuple[Edit, ...], kind: type[_Kind]) -> Iterator[_Kind]:
    return (edit for edit in edits if isinstance(edit, kind))


def _in_the_original(unresolved: Unresolved, current: _Text, text: SourceText) -> Unresolved:
    """`unresolved`, speaking of the lines of the original instead of those of `current`."""
    readings = tuple(
        Reading(current.after(reading.replacements).plan(text).replacements, reading.cost)
        for reading in unresolved.readings
    )
    regions = tuple(_origin_span(region, current, text) for region in unresolved.regions)
    return replace(unresolved, readings=readings, regions=regions)


def _origin_span(span: Span, current: _Text, text: SourceText) -> Span:
    """The lines of the original from the last one before `span` to the first one after it."""
    before = [origin for origin in current.origins[: span.start] if origin is not None]
    after = [origin for origin in current.origins[span.stop :] if origin is not None]
    start = before[-1] + 1 if before else 0
    return Span(start, max(start, after[0] if after else len(text.lines)))
