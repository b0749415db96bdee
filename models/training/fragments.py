"""Fragments: how a chat model would show a change, drawn from randomised templates.

A fragment is a tuple of pieces: lines, and `GAP` where lines of the file are left out. Its
styles follow what models do: markers around every elided run, the changed lines with a little
context and no marker at the ends, the whole changed block, the definitions that hold the changes,
all of it. On top of that come flaws: other indentation, blank lines lost or added, comments left
out, a marker forgotten. `spell` turns gaps into the comments that stand for them, in one of many
spellings.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fastapply.core.edits import Op
from fastapply.models.training.changes import WORD, Change, indentation, reindent
from fastapply.models.training.corpus import COMMENTS

GAP: Final = None
"""The piece that stands for elided lines."""

Piece = str | None

CLOSERS = (")", "]", "}", "end", "</")

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

STYLES = {"markers": 50, "owners": 15, "block": 18, "bare": 10, "whole": 7}
"""How often a fragment is shown how."""

CONTEXTS = (0, 1, 1, 1, 2, 2, 3, 4, 6)
"""How many kept lines are shown on one side of a changed run."""

AIRY, TIGHT, DEDENTED, REMARKED, NAMED = 0.3, 0.08, 0.08, 0.06, 0.4
HEADED = 0.35
"""How often the lines that a change belongs to are shown: a definition's, those around it."""
UNCOMMENTED, FORGOTTEN = 0.05, 0.05
LONGEST_OWNER = 60


@dataclass(frozen=True, slots=True)
class Fragment:
    """What the model wrote, and in which style it wrote it."""

    pieces: tuple[Piece, ...]
    style: str


def show(rng: random.Random, change: Change, suffix: str) -> Fragment:
    """A change as a fragment in a random style."""
    style = rng.choices([*STYLES], weights=[*STYLES.values()])[0]
    visible = _visible(rng, change, style)
    remark = _remark(rng, change, suffix) if rng.random() < REMARKED else None
    silent = _comments(change, suffix) if rng.random() < UNCOMMENTED else set()
    pieces = _shown(change, visible, remark, silent)
    ends = style in ("bare", "block")
    pieces = _strip_ends(pieces, ends or rng.random() < 0.3, ends)
    if rng.random() < FORGOTTEN:
        pieces = _forget(rng, pieces)
    if style == "bare" and GAP in pieces:
        style = "markers"
    return Fragment(_flawed(rng, pieces), style)


def _visible(rng: random.Random, change: Change, style: str) -> list[bool]:
    """Which steps are shown in a style."""
    if style == "whole":
        return [True] * len(change)
    shown = _near(rng, change)
    if style == "block":
        return _hull(shown)
    for at in _touched(change):
        if style == "owners":
            start, stop = _owner(change, at)
            shown[start:stop] = [True] * (stop - start)
    if style != "owners" and rng.random() < HEADED:
        for at in _touched(change):
            for head in _heads(change, at):
                shown[head] = True
    return shown


def _heads(change: Change, at: int) -> Iterator[int]:
    """The steps that one belongs to: lines above that are indented less, innermost first."""
    depth = _depth(change, at)
    for above in range(at - 1, -1, -1):
        if depth == 0:
            return
        step = change[above]
        if step.op is not Op.DROP and step.text.strip():
            own = len(indentation(step.text))
            if own < depth:
                depth = own
                yield above


def _depth(change: Change, at: int) -> int:
    """How far a step is indented, as the next is where it is blank."""
    texts = (step.text for step in change[at:] if step.text.strip())
    return len(indentation(next(texts, "")))


def _owner(change: Change, at: int) -> tuple[int, int]:
    """The steps of what a step belongs to: from the line it is indented under to its end."""
    start = next(_heads(change, at), None)
    if start is None:
        return at, at + 1
    depth = len(indentation(change[start].text))
    stop = at + 1
    while stop < len(change) and stop - start <= LONGEST_OWNER:
        text = change[stop].text
        if text.strip() and len(indentation(text)) <= depth:
            closes = len(indentation(text)) == depth and text.lstrip().startswith(CLOSERS)
            return start, stop + closes
        stop += 1
    return (start, stop) if stop - start <= LONGEST_OWNER else (at, at + 1)


def _comments(change: Change, suffix: str) -> set[int]:
    """The kept steps that are comments and nothing else."""
    sign = COMMENTS[suffix].split("{}", 1)[0].strip()
    kept = (at for at, step in enumerate(change) if step.op is Op.KEEP)
    return {at for at in kept if change[at].text.lstrip().startswith(sign)}


def _forget(rng: random.Random, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The pieces without one of the gaps that stand between lines."""
    inner = [at for at in range(1, len(pieces) - 1) if pieces[at] is GAP]
    if not inner:
        return pieces
    gone = rng.choice(inner)
    return (*pieces[:gone], *pieces[gone + 1 :])


def _remark(rng: random.Random, change: Change, suffix: str) -> str:
    """A comment on what goes, named after a word of it."""
    gone = [step.text for step in change if step.op is Op.DROP]
    words = WORD.findall("\n".join(gone)) or list(NOUNS)
    return COMMENTS[suffix].format(rng.choice(REMARKS).format(rng.choice(words)))


def _touched(change: Change) -> list[int]:
    return [at for at, step in enumerate(change) if step.op is not Op.KEEP]


def _near(rng: random.Random, change: Change) -> list[bool]:
    """Which steps are shown: the changed ones, and kept ones around each run of them."""
    shown = [False] * len(change)
    for start, stop in _runs(change):
        shown[start:stop] = [True] * (stop - start)
        ops = {step.op for step in change[start:stop]}
        above, below = rng.choice(CONTEXTS), rng.choice(CONTEXTS)
        # What goes and nothing else, or comes there, would not be seen next to a gap on that side.
        if ops == {Op.DROP} or not (above or below):
            above, below = max(above, 1), below if Op.ADD in ops else max(below, 1)
        for direction, left, here in ((-1, above, start - 1), (1, below, stop)):
            while left and 0 <= here < len(change):
                shown[here] = True
                left -= change[here].op is Op.KEEP and bool(change[here].text.strip())
                here += direction
    return shown


def _runs(change: Change) -> Iterator[tuple[int, int]]:
    """Where runs of changed steps start and stop."""
    start: int | None = None
    for at, step in enumerate((*change, None)):
        changed = step is not None and step.op is not Op.KEEP
        if changed and start is None:
            start = at
        elif not changed and start is not None:
            yield start, at
            start = None


def _hull(shown: Sequence[bool]) -> list[bool]:
    """All from the first shown step to the last."""
    if True not in shown:
        return [*shown]
    first, last = shown.index(True), len(shown) - 1 - shown[::-1].index(True)
    return [first <= at <= last for at in range(len(shown))]


def _shown(
    change: Change, shown: Sequence[bool], remark: str | None, silent: Collection[int]
) -> tuple[Piece, ...]:
    """The visible steps, without the `silent` ones, which nothing stands for."""
    pieces: list[Piece] = []
    for at, (step, visible) in enumerate(zip(change, shown, strict=True)):
        dropped = step.op is Op.DROP
        if dropped and remark is not None:
            pieces.append(indentation(step.text) + remark)
            remark = None
        if dropped or (visible and at in silent):
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
        airs = rng.choice((("", GAP, ""), ("", GAP, ""), (GAP, ""), ("", GAP)))
        around = [airs if piece is GAP else (piece,) for piece in pieces]
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
