"""Tasks to learn from: region + fragment -> new region, as the rewriting engine would cut them.

`TaskSource` draws endless tasks from a corpus and from revisions of files; `Task` is one of them.
A part of a file is changed - really, where revisions are at hand (`REAL_SHARE`), or by making a
change up - and shown as a fragment; then the engine's own `regions_at` and `narrowed` cut out what
a model would be given of both. Gaps are mostly the special token that the prompt renders them to
(`SPELLED_SHARE` keep their comment); sizes are drawn first, so that small parts are not favoured.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapply.core.edits import Op, Span
from fastapply.core.plan import Plan
from fastapply.models.held.narrow import narrowed
from fastapply.models.region import Region, regions_at, shared_spans
from fastapply.models.training.changes import Change, before, indentation, synthetic_change
from fastapply.models.training.corpus import SourceFile
from fastapply.models.training.fragments import Piece, show, spell

SIZES = 6, 200
"""How many lines the changed part of a file has, at least and at most."""

REAL_SHARE = 0.7
SPELLED_SHARE = 0.15
SAME_LANGUAGE = 0.95
UNFRAMED = 0.1
"""How often a change is drawn that has no kept line on one of its sides: what goes there is hard to
show."""
PLANNED, NARROWED, NOTHING = 0.5, 0.75, 0.3
"""How often the merge's plan is known; regions are narrowed; regions that stay are drawn."""
PLAIN = {".json", ".xml", ".svg", ".vim", ".md", ".pyi"}
"""Languages that look much the same all over: drawn from a third as often as their size asks."""
MOST_CHANGED = 80
MOST_TASKS = 3
"""How many regions of one change are drawn at most."""
MARGIN, LONGEST_BLOCK = 6, 60


@dataclass(frozen=True, slots=True)
class Task:
    """One application of a fragment; `kind` is what the change is and how it is shown.

    `known` are lines of the file outside the region; `lenient` tells that the fragment may concern
    other regions, too (`models/held/lattice.py`).
    """

    kind: str
    region: tuple[str, ...]
    fragment: tuple[Piece, ...]
    final: tuple[str, ...]
    known: frozenset[str] = frozenset()
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """What changed between two releases of one file; the suffix names its language."""

    suffix: str
    change: Change


def kind_of(change: Change) -> str:
    """Whether a change only adds, only drops, or replaces."""
    ops = {step.op for step in change}
    if Op.ADD in ops:
        return "replace" if Op.DROP in ops else "add"
    return "drop" if Op.DROP in ops else "none"


def is_framed(change: Change) -> bool:
    """Whether lines that say something are kept before and after all that changes."""
    touched = [at for at, step in enumerate(change) if step.op is not Op.KEEP]
    outside = change[: touched[0]], change[touched[-1] + 1 :]
    return all(any(step.text.strip() for step in steps) for steps in outside)


def after_inside(change: Change, span: Span) -> tuple[str, ...] | None:
    """What `span` of the lines before a change is after it; None if lines come at its very edge."""
    lines: list[str] = []
    at = 0
    size = len(before(change))
    for step in change:
        if step.op is Op.ADD:
            if at in (span.start, span.stop) and 0 < at < size:
                return None
            if span.start <= at <= span.stop:
                lines.append(step.text)
        else:
            if span.start <= at < span.stop and step.op is Op.KEEP:
                lines.append(step.text)
            at += 1
    return tuple(lines)


def plan_of(change: Change) -> Plan:
    """A change as replacements of the lines before it."""
    origins: list[tuple[str, int | None]] = []
    at = 0
    for step in change:
        if step.op is not Op.DROP:
            origins.append((step.text, at if step.op is Op.KEEP else None))
        at += step.op is not Op.ADD
    return Plan.from_origins(at, origins)


def regions_of(
    rng: random.Random, change: Change, pieces: Sequence[Piece]
) -> Iterator[tuple[Region, tuple[str, ...]]]:
    """What the engine would have rewritten, each with its lines after the change."""
    lines = before(change)
    plan = plan_of(change)
    known = plan if rng.random() < PLANNED else None
    spans = [replacement.span for replacement in plan.replacements]
    if known is None and rng.random() < 0.5:
        spans = list(shared_spans(lines, pieces)) or spans
    grow = _with_block if rng.random() < 0.5 else _with_margin
    regions = regions_at(lines, [tuple(pieces)], sorted(grow(lines, one) for one in spans), known)
    if rng.random() < NARROWED:
        regions = tuple(part for one in regions for part in narrowed(lines, one, known))
    for region in regions:
        new = after_inside(change, region.span)
        if new is not None:
            yield region, new


def _with_margin(lines: Sequence[str], span: Span) -> Span:
    return Span(max(span.start - MARGIN, 0), min(span.stop + MARGIN, len(lines)))


def _with_block(lines: Sequence[str], span: Span) -> Span:
    """A span with the lines before and after it that are indented as far, and the line above."""
    start, stop = span.start, max(span.stop, min(span.start + 1, len(lines)))
    shown = [line for line in lines[start:stop] if line.strip()]
    depth = min((len(indentation(line)) for line in shown), default=0)
    while start and (not lines[start - 1].strip() or len(indentation(lines[start - 1])) >= depth):
        start -= 1
    start = max(start - 1, 0)
    while stop < len(lines) and (not lines[stop].strip() or len(indentation(lines[stop])) >= depth):
        stop += 1
    if not depth or stop - start > LONGEST_BLOCK:
        return _with_margin(lines, span)
    return Span(start, min(stop + 1, len(lines)))


class TaskSource:
    """Draws tasks; the same seed draws the same ones."""

    def __init__(
        self,
        files: Sequence[SourceFile],
        revisions: Sequence[Revision],
        seed: int,
        sizes: tuple[int, int] = SIZES,
    ) -> None:
        self.sizes = sizes
        self._ready: list[Task] = []
        self._rng = random.Random(seed)
        by_suffix: dict[str, list[SourceFile]] = defaultdict(list)
        for source in files:
            by_suffix[source.suffix].append(source)
        self._by_suffix = dict(by_suffix)
        self._suffixes = sorted(by_suffix)
        self._weights = [
            min(len(by_suffix[s]), 400) ** 0.5 / (3 if s in PLAIN else 1) for s in self._suffixes
        ]
        self._revisions = revisions

    def draw(self) -> Task:
        """The next task."""
        while not self._ready:
            real = bool(self._revisions) and self._rng.random() < REAL_SHARE
            drawn = self._draw_real() if real else self._draw_synthetic()
            if drawn is None or kind_of(drawn[1]) == "none":
                continue
            if is_framed(drawn[1]) or self._rng.random() < UNFRAMED:
                self._ready = list(self._tasks("real" if real else "made", *drawn))
        return self._ready.pop()

    def _tasks(self, origin: str, suffix: str, change: Change) -> Iterator[Task]:
        """Tasks of one change."""
        rng = self._rng
        fragment = show(rng, change, suffix)
        pieces, spelled = fragment.pieces, rng.random() < SPELLED_SHARE
        if spelled:
            pieces = spell(rng, pieces, suffix)
        name = f"{origin}-{kind_of(change)}-{fragment.style}" + "-spelled" * spelled
        lines = before(change)
        drawn = list(regions_of(rng, change, pieces))
        for region, new in rng.sample(drawn, min(len(drawn), MOST_TASKS)):
            start, stop = region.span.start, region.span.stop
            if lines[start:stop] == new and rng.random() >= NOTHING:
                continue
            around = frozenset((*lines[:start], *lines[stop:]))
            yield Task(name, lines[start:stop], region.update, new, around, region.shared)

    def _draw_synthetic(self) -> tuple[str, Change] | None:
        suffix = self._rng.choices(self._suffixes, weights=self._weights)[0]
        lines = self._rng.choice(self._by_suffix[suffix]).lines
        start, stop = self._cut(lines, self._size())
        change = synthetic_change(self._rng, lines[start:stop], lambda n: self._lend(suffix, n))
        return suffix, change

    def _draw_real(self) -> tuple[str, Change] | None:
        revision = self._rng.choice(self._revisions)
        steps = revision.change
        touched = [at for at, step in enumerate(steps) if step.op is not Op.KEEP]
        size = max(self._size(), 4)
        start = max(0, self._rng.choice(touched) - self._rng.randrange(size))
        # A part ends in kept lines: a change cut in half would not be the human's change.
        while start and steps[start - 1].op is not Op.KEEP:
            start -= 1
        stop = min(len(steps), start + size)
        while stop < len(steps) and steps[stop].op is not Op.KEEP:
            stop += 1
        change = steps[start:stop]
        changed = sum(step.op is not Op.KEEP for step in change)
        if not 0 < changed <= MOST_CHANGED or len(change) >= 2 * size + 8:
            return None
        return revision.suffix, change

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
