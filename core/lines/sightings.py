"""Where the lines that an edit shows are seen in a text.

Texts are compared as squeezed lines, without any space, blank lines left out. A sketch's sections
(runs of lines between markers) are aligned with the text by a longest common subsequence, then
drawn together, for such a subsequence is free to find a lone ``}`` far from the lines beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.lines.common_lines import common_lines

_WELL_FOUND = 0.6
# How alike (0 to 100) two lines are that differ by drift only, and how far apart they may stand.
_DRIFTED = 60
_WINDOW = 40
_BESIDE = 3


def squeeze(line: str) -> str:
    """A line without its space: what is left when indentation and alignment are of no account."""
    return "".join(line.split())


class Section(NamedTuple):
    """A run of squeezed lines without a gap.

    `is_last` says that the edit ends there: what comes after the section is not said to stay.
    """

    keys: tuple[str, ...]
    is_last: bool

    @classmethod
    def of(cls, lines: Iterable[str], *, is_last: bool) -> Section:
        """The section that `lines` are."""
        return cls(tuple(filter(None, map(squeeze, lines))), is_last)


class Sighting(NamedTuple):
    """Lines [start, stop) of a text, where a section of a sketch is seen."""

    start: int
    stop: int
    is_last: bool

    def covers(self, place: Span) -> bool:
        """Whether what was replaced by the text's lines at `place` stood where the section is seen.

        Lines that just went from above the section are none of its business, unless the file
        begins there.
        """
        if len(place):
            return self.start < place.stop and place.start < self.stop
        first = self.start < place.start or place.start == 0
        return first and self.start <= place.start < self.stop + self.is_last


def sightings(sections: Sequence[Section], keys: Sequence[str]) -> Iterator[Sighting]:
    """Where the sections are seen in `keys`, as far as lines that are not found may reach.

    They are aligned as a whole; those that are not well found so, because they stand in another
    order, by themselves. A section is seen in several places where the text has lines between
    that it does not show: the gap was not marked.
    """
    for section, places in _placed(sections, keys):
        found = [(number, place) for number, place in enumerate(places) if place is not None]
        if not found:
            continue
        start = found[0][1] - found[0][0]
        for (number, place), (following, after) in pairwise(found):
            if after - place > following - number:
                yield Sighting(max(start, 0), place + following - number, is_last=True)
                start = after - (following - number - 1)
        stop = found[-1][1] + len(places) - found[-1][0]
        yield Sighting(max(start, 0), min(stop, len(keys)), section.is_last)


class Missed(NamedTuple):
    """A line of a section that a text lacks, and the place where it should be.

    `has_drifted` says that a line like it is there.
    """

    key: str
    place: int
    has_drifted: bool


def missed(sections: Sequence[Section], keys: Sequence[str]) -> Iterator[Missed]:
    """The lines of the sections that `keys` lacks."""
    from rapidfuzz import fuzz, process

    for section, places in _placed(sections, keys):
        taken = set(places)
        before = None
        for number, place in enumerate(places):
            if place is not None:
                before = place
                continue
            after = next((p for p in places[number:] if p is not None), None)
            free = [keys[n] for n in _window(before, after, len(keys)) if n not in taken]
            sought = section.keys[number]
            alike = process.extractOne(sought, free, scorer=fuzz.ratio, score_cutoff=_DRIFTED)
            yield Missed(sought, before or 0, alike is not None)


def _window(before: int | None, after: int | None, size: int) -> range:
    """The places where a line that drifted would be, between or beside those of its neighbours."""
    if before is not None and after is not None:
        return range(before + 1, min(after, before + 1 + _WINDOW))
    if before is not None:
        return range(before + 1, min(size, before + 1 + _BESIDE))
    return range(max(after - _BESIDE, 0), after) if after is not None else range(size)


def _placed(
    sections: Sequence[Section], keys: Sequence[str]
) -> Iterator[tuple[Section, tuple[int | None, ...]]]:
    """Each section with the places of its lines in `keys`."""
    pairs = aligned([key for section in sections for key in section.keys], keys)
    offset = 0
    for section in sections:
        size = len(section.keys)
        own = tuple(pairs.get(offset + number) for number in range(size))
        offset += size
        seen = size - own.count(None)
        if seen < _WELL_FOUND * size:
            alone = aligned(section.keys, keys)
            if len(alone) > seen:
                own = tuple(alone.get(number) for number in range(size))
        yield section, _compact(own, keys)


def _compact(places: Sequence[int | None], keys: Sequence[str]) -> tuple[int | None, ...]:
    """The same lines at places as near as can be to the longest run of neighbours."""
    found = [(number, place) for number, place in enumerate(places) if place is not None]
    if not found:
        return tuple(places)
    compact = list(places)
    first, last = _longest_run([place for _, place in found])
    bound = found[first][1]
    for number, place in reversed(found[:first]):
        bound = next(p for p in range(bound - 1, place - 1, -1) if keys[p] == keys[place])
        compact[number] = bound
    bound = found[last][1]
    for number, place in found[last + 1 :]:
        bound = next(p for p in range(bound + 1, place + 1) if keys[p] == keys[place])
        compact[number] = bound
    return tuple(compact)


def _longest_run(places: Sequence[int]) -> tuple[int, int]:
    """The first and last index of the longest run of places that follow each other."""
    best = (0, 0)
    start = 0
    for number in range(1, len(places)):
        if places[number] - places[number - 1] > 1:
            start = number
        if number - start > best[1] - best[0]:
            best = (start, number)
    return best


def aligned(sought: Sequence[str], keys: Sequence[str]) -> dict[int, int]:
    """A longest common subsequence: index into `sought` -> index into `keys`."""
    runs = common_lines(sought, keys)
    return {each.here + n: each.there + n for each in runs for n in range(each.size)}
