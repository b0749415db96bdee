"""Anchors: lines that region and fragment surely share, which pair the two off.

First the lines that both have once. From each, on to its neighbours as long as both go on alike.
Then, between two anchors, what stands beside a gap to say where the gap ends, if it is there once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from fastapply.models.held.asides import bare

LEAST = 4
"""How many characters a line needs to be an anchor by itself, white space aside."""

Pair = tuple[int, int]
"""A line of the region, and the fragment's line that it is."""


def anchors_of(
    pairs: Sequence[Pair],
    region: Sequence[str],
    shown: Sequence[str],
    gaps: Sequence[bool],
    news: Sequence[bool],
) -> list[Pair]:
    """All anchors, in order, that follow from the unique `pairs`."""
    found = _extended(_rising(pairs), region, shown, gaps)
    more = _beside_gaps(found, region, shown, gaps, news)
    return _extended(_rising(sorted({*found, *more})), region, shown, gaps)


def unique_pairs(region: Sequence[str], shown: Sequence[str]) -> list[Pair]:
    """The pairs of equal lines that region and fragment have once."""
    ours, theirs = ([bare(line) for line in lines] for lines in (region, shown))
    counts = Counter(ours), Counter(theirs)
    places = {line: at for at, line in enumerate(theirs)}
    return [
        (at, places[line])
        for at, line in enumerate(ours)
        if len(line) >= LEAST and counts[0][line] == counts[1][line] == 1
    ]


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest run of `pairs` whose second parts rise; the first do already."""
    ends: list[list[Pair]] = []
    tops: list[int] = []
    for pair in pairs:
        depth = bisect_left(tops, pair[1])
        chain = [*ends[depth - 1], pair] if depth else [pair]
        tops[depth : depth + 1] = [pair[1]]
        ends[depth : depth + 1] = [chain]
    return ends[-1] if ends else []


def _extended(
    anchors: Sequence[Pair], region: Sequence[str], shown: Sequence[str], gaps: Sequence[bool]
) -> list[Pair]:
    """The anchors and their neighbours that are alike, up to a gap."""
    found = dict(anchors)
    taken = set(found.values())
    for step in (1, -1):
        for i, j in sorted(found.items(), reverse=step < 0):
            a, b = i + step, j + step
            while (
                0 <= a < len(region)
                and 0 <= b < len(shown)
                and a not in found
                and b not in taken
                and not gaps[max(b, b - step)]
                and region[a] == shown[b]
            ):
                found[a] = b
                taken.add(b)
                a, b = a + step, b + step
    return _rising(sorted(found.items()))


def _beside_gaps(
    anchors: Sequence[Pair],
    region: Sequence[str],
    shown: Sequence[str],
    gaps: Sequence[bool],
    news: Sequence[bool],
) -> Iterator[Pair]:
    """The pairs between anchors of what stands beside a gap and is there once."""
    start = (0, 0)
    for stop in [*anchors, (len(region), len(shown))]:
        ours, theirs = region[start[0] : stop[0]], shown[start[1] : stop[1]]
        counts = Counter(ours), Counter(theirs)
        for at in range(start[1], stop[1]):
            line = shown[at]
            lone = counts[0][line] == counts[1][line] == 1
            if line.strip() and lone and _touches_gap(at, gaps, news):
                yield start[0] + ours.index(line), at
        start = (stop[0] + 1, stop[1] + 1)


def _touches_gap(at: int, gaps: Sequence[bool], news: Sequence[bool]) -> bool:
    """Whether only known lines lie between a line and a gap."""
    before = at
    while before > 0 and not gaps[before] and not news[before - 1]:
        before -= 1
    after = at + 1
    while after < len(news) and not gaps[after] and not news[after]:
        after += 1
    return gaps[before] or gaps[after]
