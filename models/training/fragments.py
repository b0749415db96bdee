"""Fragments: how a chat model would show a change, drawn from randomised templates.

A fragment is a tuple of pieces: lines, and `GAP` where lines of the region are left out. Its
styles follow what models do: markers around every elided run, the changed lines with a little
context and no marker at all, the whole changed block, the whole region. On top of that come
flaws: dedent, drifted white space, blank lines lost. `spell` turns gaps into the comments that
stand for them, in one of many spellings.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapply.models.training.changes import Change, Op, indentation, reindent
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
    "(unchanged {})",
    "... {}",
    "...",
    "…",
)
"""Spellings of a marker; {} is one of `NOUNS`."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """What the model wrote, and in which style it wrote it."""

    pieces: tuple[Piece, ...]
    style: str


def show(rng: random.Random, change: Change) -> Fragment:
    """A change as a fragment in a random style."""
    style = rng.choices(("markers", "bare", "block", "whole"), weights=(60, 12, 20, 8))[0]
    context = 10**6 if style == "whole" else rng.choice((1, 1, 2, 2, 3, 4))
    if style == "block":
        pieces = _shown(change, _hull(change, context))
    else:
        pieces = _shown(change, _near(change, context))
    if style in ("bare", "block") or rng.random() < 0.1:
        pieces = _strip_ends(pieces)
    if style == "bare" and sum(piece is GAP for piece in pieces) > 0:
        style = "markers"
    return Fragment(_flawed(rng, pieces), style)


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
                left -= change[here].op is Op.KEEP and bool(change[here].line.strip())
                here += direction
    return shown


def _hull(change: Change, context: int) -> list[bool]:
    """Which steps are shown: all from a little before the first change to after the last."""
    near = _near(change, context)
    if True not in near:
        return near
    first, last = near.index(True), len(near) - 1 - near[::-1].index(True)
    return [first <= at <= last for at in range(len(near))]


def _shown(change: Change, shown: Sequence[bool]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for step, visible in zip(change, shown, strict=True):
        if step.op is Op.DROP:
            continue
        if visible:
            pieces.append(step.line)
        elif not pieces or pieces[-1] is not GAP:
            pieces.append(GAP)
    return tuple(pieces)


def _strip_ends(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    start, stop = 0, len(pieces)
    while start < stop and pieces[start] is GAP:
        start += 1
    while stop > start and pieces[stop - 1] is GAP:
        stop -= 1
    return pieces[start:stop]


def _flawed(rng: random.Random, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Now and then: all lines dedented (their final place is then for the model to find)."""
    if rng.random() > 0.06:
        return pieces
    lines = iter(reindent([piece for piece in pieces if piece is not GAP], ""))
    return tuple(GAP if piece is GAP else next(lines) for piece in pieces)


def spell(rng: random.Random, pieces: Sequence[Piece], suffix: str) -> tuple[str, ...]:
    """The fragment as text lines: each gap a comment, the same wording throughout."""
    comment = COMMENTS[suffix]
    wording = rng.choice(MARKERS).format(rng.choice(NOUNS))
    margin, lines = "", []
    for at, piece in enumerate(pieces):
        if piece is not GAP:
            lines.append(piece)
            margin = indentation(piece) if piece.strip() else margin
            continue
        following = next((p for p in pieces[at + 1 :] if p), None)
        lines.append((indentation(following) if following else margin) + comment.format(wording))
    return tuple(lines)
