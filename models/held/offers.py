"""What there is to choose from when an edit is applied: the lines of region and fragment.

Lines that both surely share (`anchors.py`) pair region and fragment off into segments, and
an answer is made segment by segment. Where a segment of the fragment is a gap with no news, its
region lines stay; else region lines may go, and new lines come where the model puts them. Lines
of the fragment count as equal to those of the file whatever their white space.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from fastapply.models.held.anchors import anchors_of, unique_pairs
from fastapply.models.held.asides import bare, is_aside, understood

SHIFTS = 2
"""How many indentations of its own, besides none, a fragment's lines are offered in."""

LEAST_OUTSIDE = 10
"""How many characters a line outside the region needs to be told from others."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What lies between two anchors: lines [start, stop) of region and fragment.

    The next anchor stands at both stops, except after the last segment. `stays`: no line of the
    region goes, and none comes.
    """

    region_start: int
    region_stop: int
    fragment_start: int
    fragment_stop: int
    stays: bool


@dataclass(frozen=True, slots=True)
class Offers:
    """The lines to choose from, by number, and where they stand.

    `pieces` is the fragment as it was understood, gaps None, of which shown lines are counted.
    `region[i]` is the number of a region's line, `fragment[j]` those of the forms a fragment's
    line is offered in; `required[j]` is the first line that must come at or after `j` of the
    fragment, the number of its lines where none must. Where `bound[j]`, line `j` follows line
    `j - 1`, once that has come, with nothing between.
    """

    pieces: tuple[str | None, ...]
    texts: tuple[str, ...]
    region: tuple[int, ...]
    fragment: tuple[tuple[int, ...], ...]
    required: tuple[int, ...]
    bound: tuple[bool, ...]
    segments: tuple[Segment, ...]
    anchored: bool

    @property
    def anchors(self) -> int:
        """How many lines pair region and fragment off."""
        return len(self.segments) - 1


def offers(
    region: Sequence[str],
    fragment: Sequence[str | None],
    *,
    known: Collection[str] = (),
    lenient: bool = False,
    anchored: bool = True,
) -> Offers:
    """The lines of an answer for `region` and `fragment`, whose gaps are None.

    `known` are lines of the file outside the region: where the fragment shows them, they are no
    news. Where the fragment also says what becomes of other regions, nothing is required:
    `lenient`. Without anchors (not `anchored`) lines may come in any order that both keep.
    """
    old = {"", *(bare(line) for line in (*region, *known))}
    pieces = understood(fragment, old) if anchored else fragment
    shown = [line for line in pieces if line is not None]
    news = [bare(line) not in old for line in shown]
    gaps = _gaps(pieces)
    pairs = unique_pairs(region, shown) if anchored else []
    anchors = anchors_of(pairs, region, shown, gaps, news) if anchored else []
    outside = _outside(shown, region, known) if anchored else set()
    ours = _ours(gaps, outside, anchors) if lenient else [True] * len(shown)
    must = [
        new and own and not is_aside(line) for new, own, line in zip(news, ours, shown, strict=True)
    ]
    if lenient and not anchored:
        must = [False] * len(shown)
    bound = _bound(must, gaps, anchors) if anchored else (False,) * (len(shown) + 1)
    barred = outside | _trailing(shown, region, must, anchors) if anchored else outside
    numbers: dict[str, int] = {}
    shifts = _shifts(region, shown)
    lines = tuple(numbers.setdefault(line, len(numbers)) for line in region)
    forms = tuple(
        ()
        if at in barred and not bound[at]
        else tuple(numbers.setdefault(form, len(numbers)) for form in _forms(line, shifts))
        for at, line in enumerate(shown)
    )
    moved = set(pairs) - set(anchors) if anchored else None
    segments = tuple(_segments(len(region), news, gaps, anchors, moved))
    return Offers(
        tuple(pieces), tuple(numbers), lines, forms, _next(must), bound, segments, anchored
    )


def _ours(
    gaps: Sequence[bool], outside: Collection[int], anchors: Sequence[tuple[int, int]]
) -> list[bool]:
    """Which lines stand in a run with an anchor; lines of elsewhere end a run."""
    held = {at for _, at in anchors}
    runs: list[list[int]] = [[]]
    for at in range(len(gaps) - 1):
        if gaps[at] or at in outside:
            runs.append([])
        runs[-1].append(at)
    own = {at for run in runs if held.intersection(run) for at in run}
    return [at in own for at in range(len(gaps) - 1)]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _shifts(region: Sequence[str], shown: Sequence[str]) -> list[tuple[str, str]]:
    """What most fragment lines that the region has lack (left out, put in) before them there."""
    counts = Counter(bare(line) for line in region)
    indents = {bare(line): _indent(line) for line in region if counts[bare(line)] == 1}
    seen: Counter[tuple[str, str]] = Counter()
    for line in shown:
        mine, theirs = _indent(line), indents.get(bare(line))
        if not line.strip() or theirs is None:
            continue
        if theirs.endswith(mine):
            seen["", theirs[: len(theirs) - len(mine)]] += 1
        elif mine.endswith(theirs):
            seen[mine[: len(mine) - len(theirs)], ""] += 1
        else:
            seen[mine, theirs] += 1
    straight = seen.pop(("", ""), 0)
    return [shift for shift, count in seen.most_common(SHIFTS) if count > straight]


def _forms(line: str, shifts: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The line as it is, then as each shift makes it."""
    yield line
    if line.strip():
        for out, put in shifts:
            if line.startswith(out):
                yield put + line[len(out) :]


def _gaps(fragment: Sequence[str | None]) -> list[bool]:
    """Whether a gap stands before each shown line, and after the last."""
    gaps = [False]
    for line in fragment:
        if line is None:
            gaps[-1] = True
        else:
            gaps.append(False)
    return gaps


def _next(must: Sequence[bool]) -> tuple[int, ...]:
    """For each place, the first at or after it where a line must come."""
    found = [len(must)]
    for at in range(len(must) - 1, -1, -1):
        found.append(at if must[at] else found[-1])
    return tuple(reversed(found))


def _outside(shown: Sequence[str], region: Sequence[str], known: Collection[str]) -> set[int]:
    """The shown lines that the file has once, outside the region: they only tell where."""
    elsewhere = Counter(bare(line) for line in known)
    ours = {bare(line) for line in region}
    told = [bare(line) for line in shown]
    return {
        at
        for at, line in enumerate(told)
        if len(line) >= LEAST_OUTSIDE and elsewhere[line] == 1 and line not in ours
    }


def _trailing(
    shown: Sequence[str],
    region: Sequence[str],
    must: Sequence[bool],
    anchors: Sequence[tuple[int, int]],
) -> set[int]:
    """The blank lines after all that counts, where the region does not end in one."""
    if not region or not region[-1].strip():
        return set()
    last = max([-1, *(at for at, required in enumerate(must) if required)])
    last = max([last, *(at for _, at in anchors)])
    return {at for at in range(last + 1, len(shown)) if not shown[at].strip()}


def _bound(
    must: Sequence[bool], breaks: Sequence[bool], anchors: Sequence[tuple[int, int]]
) -> tuple[bool, ...]:
    """Which lines follow the one before: those of a run from one new line or anchor to the next.

    Two anchors in a row are free: people leave out gaps.
    """
    held = {at for _, at in anchors}
    bound = [False] * (len(must) + 1)
    start: int | None = None
    for at, required in enumerate(must):
        if breaks[at]:
            start = None
        if required or at in held:
            if start is not None and (required or must[start]):
                bound[start + 1 : at + 1] = [True] * (at - start)
            start = at
    return tuple(bound)


def _segments(
    size: int,
    news: Sequence[bool],
    gaps: Sequence[bool],
    anchors: Sequence[tuple[int, int]],
    moved: Collection[tuple[int, int]] | None,
) -> Iterator[Segment]:
    """The parts between anchors; `moved` are other pairs, which changed places with one.

    What the fragment does not reach at either end is a gap, too. None: nothing is sure to stay.
    """
    region_start = fragment_start = 0
    for number, (i, j) in enumerate([*anchors, (size, len(news))]):
        unseen = number in (0, len(anchors)) and fragment_start == j
        stays = (
            moved is not None
            and (unseen or any(gaps[fragment_start : j + 1]))
            and not any(news[fragment_start:j])
            and not any(region_start <= a < i or fragment_start <= b < j for a, b in moved)
        )
        yield Segment(region_start, i, fragment_start, j, stays)
        region_start, fragment_start = i + 1, j + 1
