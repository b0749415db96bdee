"""A sketch read with the file at hand: shown lines, and the gaps between them.

Whether a comment is a marker can depend on the file: a stock phrase always is one, prose such as
``# same as before`` only where the file does not hold that very line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from fastapply.core.edits import Sketch, Span
from fastapply.core.lines.depths import OPENERS
from fastapply.core.lines.markers import Kind, Marker, marker
from fastapply.core.lines.plain import plain
from fastapply.core.lines.shift import indent_of


class Elided(NamedTuple):
    """A marker: the gap it makes, its words, and how deep it stands, in columns."""

    gap: int
    text: str
    depth: int


class Fragment(NamedTuple):
    """The shown lines of a sketch, without markers and notes.

    `gaps` are positions between shown lines, 0 to ``len(lines)``: before line `g` the sketch has a
    marker, so any run of the file may stay there. `numbers` are the lines of the document the
    shown lines are. `doubts` are the gaps whose marker may be an honest comment: position and
    offset in the sketch. `notes` are the comments about deletions that were left out.
    """

    lines: tuple[str, ...]
    gaps: frozenset[int]
    numbers: tuple[int, ...]
    at: Span
    prose: str = ""
    doubts: tuple[tuple[int, int], ...] = ()
    markers: tuple[Elided, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sections(self) -> tuple[Span, ...]:
        """The runs of shown lines between gaps."""
        bounds = sorted({0, len(self.lines), *self.gaps})
        return tuple(Span(start, stop) for start, stop in pairwise(bounds))


def read_fragment(
    sketch: Sketch, present: Collection[str], honest: Collection[int] = ()
) -> Fragment:
    """`sketch` against a file whose plain lines are `present`.

    The lines at the offsets `honest` are no markers, whatever they look like. A note goes with
    one of the blank lines around it.
    """
    lines: list[str] = []
    numbers: list[int] = []
    gaps: set[int] = set()
    notes: list[str] = []
    skips_blank = False
    doubts: list[tuple[int, int]] = []
    markers: list[Elided] = []
    for offset, line in enumerate(sketch.lines):
        sign = None if offset in honest else _sign(line, present)
        if sign is None and skips_blank and not line.strip():
            skips_blank = False
        elif sign is None:
            skips_blank = False
            lines.append(line)
            numbers.append(sketch.at.start + offset)
        elif sign.kind is Kind.NOTE:
            notes.append(sign.text)
            skips_blank = not lines or not lines[-1].strip()
        elif sign.kind is Kind.GAP:
            gaps.add(len(lines))
            depth = len(indent_of(line).expandtabs(4))
            markers.append(Elided(len(lines), sign.text, depth))
            if not sign.certain:
                doubts.append((len(lines), offset))
    return Fragment(
        tuple(lines),
        frozenset(gaps),
        tuple(numbers),
        sketch.at,
        sketch.prose,
        tuple(doubts),
        tuple(markers),
        tuple(notes),
    )


def with_first_indent(sketch: Sketch, indents_of: Callable[[str], Collection[str]]) -> Sketch:
    """`sketch`, its first line indented as the file has it where only that line lost its indent.

    Models begin a quotation at its first letter. `indents_of` says which the file has for a
    line. Where other lines stand as much deeper in the file, the whole fragment lost its indent.
    """
    shown = [number for number, line in enumerate(sketch.lines) if line.strip()]
    if len(shown) < 2 or indent_of(sketch.lines[shown[0]]):
        return sketch
    first, second = sketch.lines[shown[0]], sketch.lines[shown[1]]
    found = indents_of(first)
    if len(found) != 1 or not first.rstrip().endswith(OPENERS):
        return sketch
    (indent,) = found
    if not 0 < len(indent) < len(indent_of(second)):
        return sketch
    rest = ((indent_of(line), indents_of(line)) for line in sketch.lines if line is not first)
    if any(indent + own in there and own not in there for own, there in rest):
        return sketch
    lines = [*sketch.lines]
    lines[shown[0]] = indent + first
    return replace(sketch, lines=tuple(lines))


def _sign(line: str, present: Collection[str]) -> Marker | None:
    sign = marker(line)
    if sign is None or plain(line) in present:
        return None
    return sign
