"""Tasks to learn from: region + fragment -> new region.

`TaskSource` draws endless tasks from a corpus and from pairs of releases; `Task` is one of them.
The mix: real changes where pairs are at hand (`REAL_SHARE`), synthetic ones otherwise; gaps
mostly as the special token that the prompt renders them to (`SPELLED_SHARE` keep their comment);
sizes are drawn first, so that small regions are not favoured.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from fastapply.core.edits import Op, Step, steps_between
from fastapply.models.training.changes import Change, after, before, synthetic_change
from fastapply.models.training.corpus import SourceFile
from fastapply.models.training.fragments import Piece, show, spell, surround

REAL_SHARE = 0.7
SPELLED_SHARE = 0.2
SAME_LANGUAGE = 0.95
PLAIN = {".json", ".xml", ".svg", ".vim", ".md", ".pyi"}
"""Languages that look much the same all over: drawn from a third as often as their size asks."""
MOST_CHANGED = 40
MARGINS = (1, 1, 1, 1, 2, 2, 3, 4, 6, 6, 6, 8, 12, 20)
"""Kept lines around a change: a line at least, six often, or those of a definition."""


@dataclass(frozen=True, slots=True)
class Task:
    """One application of a fragment; `kind` is what the change is and how it is shown.

    `known` are lines of the file outside the region; `lenient` tells that the fragment may concern
    other regions, too (`models/lattice.py`).
    """

    kind: str
    region: tuple[str, ...]
    fragment: tuple[Piece, ...]
    final: tuple[str, ...]
    known: tuple[str, ...] = ()
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Two releases of one file."""

    old: SourceFile
    new: SourceFile


def kind_of(change: Change) -> str:
    """Whether a change only adds, only drops, or replaces."""
    ops = {step.op for step in change}
    if Op.ADD in ops:
        return "replace" if Op.DROP in ops else "add"
    return "drop" if Op.DROP in ops else "none"


@dataclass(frozen=True, slots=True)
class Window:
    """A change of a region, and the lines above and below it."""

    suffix: str
    change: Change
    above: tuple[str, ...]
    below: tuple[str, ...]


def framed(rng: random.Random, window: Window) -> Window:
    """The window with as many kept lines around its change as the rewriter leaves."""
    change, above, below = window.change, window.above, window.below
    touched = [at for at, step in enumerate(change) if step.op is not Op.KEEP]
    lead, rest = touched[0], len(change) - 1 - touched[-1]
    first, last = rng.choice(MARGINS) - lead, rng.choice(MARGINS) - rest
    kept = before(change)
    if first > 0:
        cut = max(0, len(above) - first)
        change = (*(Step(Op.KEEP, line) for line in above[cut:]), *change)
        above = above[:cut]
    elif first < 0:
        change, above = change[-first:], (*above, *kept[:-first])
    if last > 0:
        change = (*change, *(Step(Op.KEEP, line) for line in below[:last]))
        below = below[last:]
    elif last < 0:
        change, below = change[:last], (*kept[last:], *below)
    return Window(window.suffix, change, above, below)


class TaskSource:
    """Draws tasks; the same seed draws the same ones."""

    def __init__(
        self, files: Sequence[SourceFile], pairs: Sequence[Pair], seed: int, sizes: tuple[int, int]
    ) -> None:
        self.sizes = sizes
        self._rng = random.Random(seed)
        by_suffix: dict[str, list[SourceFile]] = defaultdict(list)
        for source in files:
            by_suffix[source.suffix].append(source)
        self._by_suffix = dict(by_suffix)
        self._suffixes = sorted(by_suffix)
        self._weights = [
            min(len(by_suffix[s]), 400) ** 0.5 / (3 if s in PLAIN else 1) for s in self._suffixes
        ]
        self._real = [change for pair in pairs for change in _real_regions(pair)]

    def draw(self) -> Task:
        """The next task."""
        while True:
            real = bool(self._real) and self._rng.random() < REAL_SHARE
            drawn = self._draw_real() if real else self._draw_synthetic()
            if drawn is None or kind_of(drawn.change) == "none":
                continue
            window = framed(self._rng, drawn)
            change, suffix = window.change, window.suffix
            fragment = show(self._rng, change, suffix)
            pieces, known = surround(self._rng, fragment.pieces, window.above, window.below)
            spelled = self._rng.random() < SPELLED_SHARE
            if spelled:
                pieces = spell(self._rng, pieces, suffix)
            name = f"{'real' if real else 'made'}-{kind_of(change)}-{fragment.style}"
            name += "-spelled" * spelled
            return Task(name, before(change), pieces, after(change), known)

    def _draw_synthetic(self) -> Window | None:
        suffix = self._rng.choices(self._suffixes, weights=self._weights)[0]
        lines = self._rng.choice(self._by_suffix[suffix]).lines
        start, stop = self._cut(lines, self._size())
        change = synthetic_change(self._rng, lines[start:stop], lambda n: self._lend(suffix, n))
        return Window(suffix, change, lines[:start], lines[stop:])

    def _draw_real(self) -> Window | None:
        suffix, steps = self._rng.choice(self._real)
        touched = [at for at, step in enumerate(steps) if step.op is not Op.KEEP]
        size = max(self._size(), 4)
        start = max(0, self._rng.choice(touched) - self._rng.randrange(size))
        # A window ends in kept lines: a change cut in half would not be the human's change.
        while start and steps[start - 1].op is not Op.KEEP:
            start -= 1
        stop = min(len(steps), start + size)
        while stop < len(steps) and steps[stop].op is not Op.KEEP:
            stop += 1
        window = steps[start:stop]
        changed = sum(step.op is not Op.KEEP for step in window)
        if not 0 < changed <= MOST_CHANGED or len(window) >= 2 * size:
            return None
        return Window(suffix, window, before(steps[:start]), before(steps[stop:]))

    def _size(self) -> int:
        """A number of lines: small ones as often as large ones by their orders of magnitude."""
        least, most = self.sizes
        return round(math.exp(self._rng.uniform(math.log(least), math.log(most))))

    def _cut(self, lines: Sequence[str], size: int) -> tuple[int, int]:
        """Where a part of a file starts and stops: outside of any block, if that is near."""
        start = self._rng.randrange(max(1, len(lines) - size))
        for shift in range(6):
            if start + shift < len(lines) and lines[start + shift][:1].strip():
                start += shift
                break
        return start, min(len(lines), start + size)

    def _lend(self, suffix: str, size: int) -> tuple[str, ...]:
        other = suffix if self._rng.random() < SAME_LANGUAGE else self._rng.choice(self._suffixes)
        lines = self._rng.choice(self._by_suffix[other]).lines
        start, stop = self._cut(lines, size)
        return lines[start:stop]


def _real_regions(pair: Pair) -> list[tuple[str, Change]]:
    change = steps_between(pair.old.lines, pair.new.lines)
    changed = sum(step.op is not Op.KEEP for step in change)
    few = 0 < changed < 0.4 * len(change)
    return [(pair.new.suffix, change)] if few else []
