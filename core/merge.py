"""The deterministic merge: all edits of a file, one after another, without a model.

Hunks and sketches are placed by rooms of their own; here their replacements are composed, so that
the plan that comes out speaks of the lines of the original.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TypeVar

from fastapply.core.edits import Edit, FileEdit, Hunk, Sketch, WholeFile
from fastapply.core.evolving import Evolving
from fastapply.core.plan import Replacement
from fastapply.core.result import Merged, Placed, Placement, Rung, Unresolved
from fastapply.core.text import SourceText


def merge(text: SourceText, edit: FileEdit, path: str) -> Merged | Unresolved:
    """Place all edits of `edit` in `text`, the text of the file `path`.

    Each run of edits of one kind works on what the runs before it made.
    """
    current = Evolving.of(text.lines)
    placements: list[Placement] = []
    for edits in _runs(edit.edits):
        placed = _place(current.lines, edits, edit, path)
        if isinstance(placed, Unresolved):
            return current.in_the_original(placed)
        current = current.after(placed.replacements)
        placements += placed.placements
    return Merged(current.plan(), tuple(placements))


def _place(
    lines: tuple[str, ...], edits: tuple[Edit, ...], edit: FileEdit, path: str
) -> Placed | Unresolved:
    first = edits[0]
    match first:
        case Hunk():
            from fastapply.core.hunks.place import place_hunks

            hunks = tuple(_only(edits, Hunk))
            return place_hunks(lines, hunks, ordered=edit.is_diff)
        case Sketch():
            from fastapply.core.sketches.place import place_sketches

            return place_sketches(lines, tuple(_only(edits, Sketch)), path)
        case _:
            new = first.for_file(lines)
            whole = Replacement(0, len(lines), new)
            placement = Placement(first.at, whole.span, Rung.WHOLE, already=new == lines)
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
