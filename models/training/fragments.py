"""Fragments: how a chat model would show a change, drawn from randomised templates.

A fragment is a tuple of pieces: lines, and `GAP` where lines of the region are left out. Its
styles follow what models do: markers around every elided run, the changed lines with a little
context and no marker at all, the whole changed block, the whole region. On top of that come
flaws: other indentation, blank lines lost or added. `surround` adds lines of elsewhere in the
file; `spell` turns gaps into the comments that stand for them, in one of many spellings.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapply.core.edits import Op
from fastapply.models.training.changes import WORD, Change, indentation, reindent
from fastapply.models.training.corpus import COMMENTS

GAP: Final = None
"""The piece that stands for elided lines."""

Piece = str | None

NOUNS = ("code", "methods", "imports", "rest", "fields", "lines", "logic", "file", "function")
MARKERS = (
    "... existing {} ...",
    "... rest of the {} ...",
    "... {} unchanged ...",
    "... other {} remain the same ...",
    "... (same {} as before) ...",
    "[{} unchanged]",
    "keep existing {}",
    "... keep the {} here ...",
    "rest of {} stays the same",
    "existing {} here",
    "... previous {} ...",
    "{}: nothing changes here",
    "{} as it was",
    "the remaining {} stay as they are",
    "(rest of {})",
    "(unchanged {})",
    "... {}",
    "...",
    "…",
)
"""Spellings of a marker; {} is one of `NOUNS`, or a name."""

REMARKS = ("removed {}", "(removed: {})", "{} is gone", "no {} any more", "dropped the {} part")
"""What a comment says in place of lines that go."""

AIRY, TIGHT, DEDENTED, REMARKED, NAMED = 0.15, 0.08, 0.08, 0.06, 0.4
ABOVE, BELOW = 0.25, 0.15


@dataclass(frozen=True, slots=True)
class Fragment:
    """What the model wrote, and in which style it wrote it."""

    pieces: tuple[Piece, ...]
    style: str


def show(rng: random.Random, change: Change, suffix: str) -> Fragment:
    """A change as a fragment in a random style."""
    style = rng.choices(("markers", "bare", "block", "whole"), weights=(60, 12, 20, 8))[0]
    context = 10**6 if style == "whole" else rng.choice((1, 1, 2, 2, 3, 4, 6))
    remark = _remark(rng, change, suffix) if rng.random() < REMARKED else None
    visible = _hull(change, context) if style == "block" else _near(change, context)
    pieces = _shown(change, visible, remark)
    ends = style in ("bare", "block")
    pieces = _strip_ends(pieces, ends or rng.random() < 0.3, ends)
    if style == "bare" and sum(piece is GAP for piece in pieces) > 0:
        style = "markers"
    return Fragment(_flawed(rng, pieces), style)


def surround(
    rng: random.Random, pieces: tuple[Piece, ...], above: Sequence[str], below: Sequence[str]
) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """The fragment with lines that stand outside the region, to say where it goes; and those."""
    known: list[str] = []
    if above and rng.random() < ABOVE:
        lines = _heading(above) if rng.random() < 0.6 else _run(rng, above)
        gap = () if pieces[:1] == (GAP,) or rng.random() < 0.15 else (GAP,)
        pieces, known = (*lines, *gap, *pieces), [*known, *lines]
    if below and rng.random() < BELOW:
        lines = _run(rng, below)
        gap = () if pieces[-1:] == (GAP,) or rng.random() < 0.15 else (GAP,)
        pieces, known = (*pieces, *gap, *lines), [*known, *lines]
    return pieces, tuple(known)


def _heading(above: Sequence[str]) -> tuple[str, ...]:
    """The nearest line that is indented less than the last of `above`: what it belongs to."""
    depth = len(indentation(above[-1])) if above[-1].strip() else 4
    inner = (line for line in reversed(above) if line.strip())
    return next(((line,) for line in inner if len(indentation(line)) < max(depth, 1)), ())


def _run(rng: random.Random, lines: Sequence[str]) -> tuple[str, ...]:
    size = min(len(lines), rng.choice((1, 1, 2, 3, 5)))
    start = rng.randrange(len(lines) - size + 1)
    return tuple(lines[start : start + size])


def _remark(rng: random.Random, change: Change, suffix: str) -> str:
    """A comment on what goes, named after a word of it."""
    gone = [step.text for step in change if step.op is Op.DROP]
    words = WORD.findall("\n".join(gone)) or list(NOUNS)
    return COMMENTS[suffix].format(rng.choice(REMARKS).format(rng.choice(words)))


def _touched(change: Change) -> list[int]:
    return [at for at, step in enumerate(change) if step.op is not Op.KEEP]


def _near(change: Change, context: int) -> list[bool]:
    """Which steps are shown: those within `context` kept, non-blank lines of a changed one."""
    shown = [False] * len(change)
    for at in _touched(change):
        shown[at] = True
        for direction in (-1, 1):
            left, here = context, at + direction
            while left and 0 <= here < len(change):
                shown[here] = True
                left -= change[here].op is Op.KEEP and bool(change[here].text.strip())
                here += direction
    return shown


def _hull(change: Change, context: int) -> list[bool]:
    """Which steps are shown: all from a little before the first change to after the last."""
    near = _near(change, context)
    if True not in near:
        return near
    first, last = near.index(True), len(near) - 1 - near[::-1].index(True)
    return [first <= at <= last for at in range(len(near))]


def _shown(change: Change, shown: Sequence[bool], remark: str | None) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for step, visible in zip(change, shown, strict=True):
        dropped = step.op is Op.DROP
        if dropped and remark is not None:
            pieces.append(indentation(step.text) + remark)
            remark = None
        if dropped:
            continue
        if visible:
            pieces.append(step.text)
        elif not pieces or pieces[-1] is not GAP:
            pieces.append(GAP)
    return tuple(pieces)


def _strip_ends(pieces: tuple[Piece, ...], first: bool, last: bool) -> tuple[Piece, ...]:
    """The pieces without a gap at the `first` or the `last` end."""
    start = 1 if first and pieces[:1] == (GAP,) else 0
    stop = len(pieces) - (last and pieces[-1:] == (GAP,))
    return pieces[start:stop]


def _flawed(rng: random.Random, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Now and then: blank lines around gaps or nowhere, other indentation.

    What is left out so is for the model to find in the region.
    """
    draw = rng.random()
    if draw < AIRY:
        around = [("", GAP, "") if piece is GAP else (piece,) for piece in pieces]
        return _strip_blank([piece for run in around for piece in run])
    if draw < AIRY + TIGHT:
        return tuple(piece for piece in pieces if piece is GAP or piece.strip())
    if draw > 1 - DEDENTED:
        lines = [piece for piece in pieces if piece is not GAP]
        margin = rng.choice(("", "", "", "  ", "    ", "        "))
        moved = iter(reindent(lines, margin))
        return tuple(GAP if piece is GAP else next(moved) for piece in pieces)
    return pieces


def _strip_blank(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces without blank lines at the ends, and none beside another."""
    kept: list[Piece] = []
    for piece in pieces:
        if piece != "" or (kept and kept[-1] != ""):
            kept.append(piece)
    return tuple(kept[:-1] if kept and kept[-1] == "" else kept)


def spell(rng: random.Random, pieces: Sequence[Piece], suffix: str) -> tuple[str, ...]:
    """The fragment as text lines: each gap a comment, the same wording throughout."""
    comment = COMMENTS[suffix]
    words = WORD.findall("\n".join(piece for piece in pieces if piece)) or NOUNS
    noun = rng.choice(words if rng.random() < NAMED else NOUNS)
    wording = rng.choice(MARKERS).format(noun)
    margin, lines = "", []
    for at, piece in enumerate(pieces):
        if piece is not GAP:
            lines.append(piece)
            margin = indentation(piece) if piece.strip() else margin
            continue
        following = next((p for p in pieces[at + 1 :] if p), None)
        lines.append((indentation(following) if following else margin) + comment.format(wording))
    return tuple(lines)
