"""Tasks to learn from: region + fragment -> new region.

`TaskSource` draws endless tasks from a corpus and from pairs of releases; `Task` is one of them.
The mix: real changes where pairs are at hand (`REAL_SHARE`), synthetic ones otherwise; gaps
mostly as the special token that the prompt renders them to (`SPELLED_SHARE` keep their comment);
a few no-ops. Small regions are not favoured: their size is drawn first.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from fastapply.models.training.changes import (
    Change,
    Op,
    after,
    before,
    real_change,
    synthetic_change,
)
from fastapply.models.training.corpus import SourceFile
from fastapply.models.training.fragments import Piece, show, spell

REAL_SHARE = 0.3
SPELLED_SHARE = 0.2
SAME_LANGUAGE = 0.95
MOST_CHANGED = 40


@dataclass(frozen=True, slots=True)
class Task:
    """One application of a fragment; `kind` is what the change is and how it is shown."""

    kind: str
    region: tuple[str, ...]
    fragment: tuple[Piece, ...]
    final: tuple[str, ...]


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
        self._weights = [min(len(by_suffix[s]), 400) ** 0.5 for s in self._suffixes]
        self._real = [change for pair in pairs for change in _real_regions(pair)]

    def draw(self) -> Task:
        """The next task."""
        while True:
            real = bool(self._real) and self._rng.random() < REAL_SHARE
            suffix, change = self._draw_real() if real else self._draw_synthetic()
            if change is None or kind_of(change) == "none" or not after(change):
                continue
            fragment = show(self._rng, change)
            pieces = fragment.pieces
            spelled = self._rng.random() < SPELLED_SHARE
            if spelled:
                pieces = spell(self._rng, pieces, suffix)
            name = f"{'real' if real else 'made'}-{kind_of(change)}-{fragment.style}"
            return Task(name + "-spelled" * spelled, before(change), pieces, after(change))

    def _draw_synthetic(self) -> tuple[str, Change | None]:
        suffix = self._rng.choices(self._suffixes, weights=self._weights)[0]
        region = self._window(suffix, self._size())
        return suffix, synthetic_change(self._rng, region, lambda n: self._lend(suffix, n))

    def _draw_real(self) -> tuple[str, Change | None]:
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
        return suffix, window if 0 < changed <= MOST_CHANGED and len(window) < 2 * size else None

    def _size(self) -> int:
        return self._rng.randint(*self.sizes)

    def _window(self, suffix: str, size: int) -> tuple[str, ...]:
        lines = self._rng.choice(self._by_suffix[suffix]).lines
        start = self._rng.randrange(max(1, len(lines) - size))
        for shift in range(6):
            if start + shift < len(lines) and lines[start + shift][:1].strip():
                start += shift
                break
        return lines[start : start + size]

    def _lend(self, suffix: str, size: int) -> tuple[str, ...]:
        other = suffix if self._rng.random() < SAME_LANGUAGE else self._rng.choice(self._suffixes)
        return self._window(other, size)


def _real_regions(pair: Pair) -> list[tuple[str, Change]]:
    change = real_change(pair.old.lines, pair.new.lines)
    changed = sum(step.op is not Op.KEEP for step in change)
    few = 0 < changed < 0.4 * len(change)
    return [(pair.new.suffix, change)] if few else []
