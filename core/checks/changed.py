"""What differs between a file and a candidate, whatever became of indentation.

Lines are compared squeezed, without any space; blank lines are left out. Lines both texts begin or
end with are set aside first, so a small change of a long file is cheap to look at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.lines.common_lines import common_lines
from fastapply.core.lines.sightings import squeeze
from fastapply.core.plan import common_ends


class Run(NamedTuple):
    """Lines of the old text that are gone, by their numbers, and the place where they stood.

    `gone` are those the new text has less often than the old one had, so that they did not just
    move; `times` says how many fewer there are of each of `lines`. `place` counts the new text's
    lines without blank ones. Where `lines` begin as what follows them does, or end as what comes
    before, they could as well have gone `up` or `down` to so many lines from there.
    """

    lines: tuple[int, ...]
    times: tuple[int, ...]
    place: Span
    up: int = 0
    down: int = 0

    @property
    def places(self) -> tuple[Span, ...]:
        """All the places where the lines may have stood."""
        if len(self.place):
            return (self.place,)
        start = self.place.start
        return tuple(Span(n, n) for n in range(start - self.up, start + self.down + 1))

    @property
    def gone(self) -> tuple[int, ...]:
        """The lines that did not move."""
        return tuple(n for n, times in zip(self.lines, self.times, strict=True) if times > 0)


@dataclass(frozen=True, eq=False, repr=False)
class Changed:
    """Two texts; they differ only in lines `was` of the old and `now` of the new one."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    was: Span
    now: Span

    @classmethod
    def of(cls, old: tuple[str, ...], new: tuple[str, ...]) -> Changed:
        """Compare `old` with `new`."""
        head, tail = common_ends(old, new)
        return cls(old, new, Span(head, len(old) - tail), Span(head, len(new) - tail))

    @cached_property
    def rows(self) -> tuple[int, ...]:
        """The new text's lines that are not blank."""
        return tuple(number for number, line in enumerate(self.new) if line.strip())

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The same lines, squeezed."""
        return tuple(squeeze(self.new[number]) for number in self.rows)

    @cached_property
    def held(self) -> frozenset[str]:
        """The old text's lines, squeezed."""
        return frozenset(map(squeeze, self.old))

    @cached_property
    def _middle(self) -> Span:
        """Where in `keys` the difference lies."""
        start = next((n for n, row in enumerate(self.rows) if row >= self.now.start), None)
        if start is None:
            return Span(len(self.rows), len(self.rows))
        size = sum(1 for line in self.new[self.now.start : self.now.stop] if line.strip())
        return Span(start, start + size)

    @cached_property
    def _were(self) -> tuple[tuple[int, str], ...]:
        """The old lines in the difference, with their numbers."""
        numbers = range(self.was.start, self.was.stop)
        squeezed = ((number, squeeze(self.old[number])) for number in numbers)
        return tuple((number, key) for number, key in squeezed if key)

    @cached_property
    def fresh(self) -> tuple[int, ...]:
        """The new text's lines beyond those the old text has as often."""
        left = Counter(key for _, key in self._were)
        fresh: list[int] = []
        for number in range(self._middle.start, self._middle.stop):
            key = self.keys[number]
            left[key] -= 1
            if left[key] < 0:
                fresh.append(self.rows[number])
        return tuple(fresh)

    def runs(self) -> Iterator[Run]:
        """The old lines that are gone, run by run."""
        now = self.keys[self._middle.start : self._middle.stop]
        lost = Counter(key for _, key in self._were)
        lost.subtract(now)
        for was, place in _differences([key for _, key in self._were], now):
            if len(was):
                lines = self._were[was.start : was.stop]
                start = self._middle.start
                yield Run(
                    tuple(number for number, _ in lines),
                    tuple(lost[key] for _, key in lines),
                    Span(start + place.start, start + place.stop),
                    *self._slides([key for _, key in lines], start + place.start),
                )

    def _slides(self, run: Sequence[str], place: int) -> tuple[int, int]:
        """How far a run that is gone from `place` can move up and down, and leave the same."""
        size = len(run)
        up = 0
        while up < place and self.keys[place - 1 - up] == run[-1 - up % size]:
            up += 1
        down = 0
        while place + down < len(self.keys) and self.keys[place + down] == run[down % size]:
            down += 1
        return up, down


def _differences(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Span, Span]]:
    """Where two texts differ: lines of the one, and those in their place (either may be none)."""
    was = now = 0
    for each in common_lines(old, new):
        yield Span(was, each.here), Span(now, each.there)
        was, now = each.here + each.size, each.there + each.size
    yield Span(was, len(old)), Span(now, len(new))
