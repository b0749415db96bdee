"""Lines that a model misremembers: the last rung, and the nearest place where nothing fits.

The lines sought are aligned with a stretch of the file around lines they share. What a hunk drops
must be nearly the file's own text; context may differ more, and comments most: they are retold.
Comments of the file that the edit lost may stand between. Code that differs in upper and lower case
alone is another name, and a line to drop with other numbers in it is another line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

from fastapply.core.edits import Op, Span
from fastapply.core.hunks.rungs import Fit, Haystack, Run, View, is_comment, pair_blanks, pairs
from fastapply.core.lines.reindent import AS_WRITTEN, Reindent, reindent
from fastapply.core.lines.shift import indent_of
from fastapply.core.regex import regex
from fastapply.core.result import Rung

_ALIKE = {Op.KEEP: 75.0, Op.DROP: 90.0, Op.ADD: 100.0}
_RETOLD = 50.0
_SPACED = 0.2
_LOST_COMMENT = 0.3
_LOST_LINE = 1.0
_MADE_UP = 1.5
_BUDGET = 0.3
_WINDOWS = 30
_NEAREST = 8
_COMMON = 20
_SLACK = 8
_NUMBER = regex(r"\d+")
_WORD = regex(r"\w+")
_SPACE = regex(r"\s+")


def drifted(run: Run, haystack: Haystack) -> tuple[Fit, ...]:
    """The places most like `run`, if any is like it; several only where none stands out.

    Lines that differ in spaces alone are the same lines; only where there are none such does
    likeness count.
    """
    needle, view = View.of(run.lines, Rung.BLANK_LINES), haystack.view(Rung.BLANK_LINES)
    found: list[tuple[_Alignment, Fit]] = []
    for aligned in _alignments(run, needle, haystack):
        places: list[int | None] = [None] * len(run.lines)
        for i, j in aligned.pairs:
            places[needle.numbers[i]] = view.numbers[j]
        pair_blanks(places, run.lines, haystack.lines)
        shift = _shift(run, places, haystack.lines)
        if shift is not None:
            found.append((aligned, Fit(tuple(places), Rung.DRIFT, shift, aligned.cost)))
    respaced = [fit for aligned, fit in found if _respaced(needle.keys, view.keys, aligned)]
    if respaced:
        return tuple(sorted(respaced, key=lambda fit: fit.start))
    fits = [fit for _, fit in found]
    if len(fits) > 1 and fits[1].cost >= 2 * fits[0].cost + 1:
        return (fits[0],)
    return tuple(sorted(fits, key=lambda fit: fit.start))


def _alignments(run: Run, needle: View, haystack: Haystack) -> list[_Alignment]:
    """Different ways to find the lines that are good enough, the best first."""
    lines = haystack.view(Rung.BLANK_LINES).keys
    ops = [run.ops[number] for number in needle.numbers]
    weights = [_burden(key, op) for key, op in zip(needle.keys, ops, strict=True)]
    good: list[_Alignment] = []
    for window in _telling(_windows(needle.keys, haystack)):
        for aligned in _align(needle.keys, ops, lines, window):
            same = (weights[i] for i, j in aligned.pairs if _same(needle.keys[i], lines[j]))
            remembered = len(ops) == 1 or 2 * sum(same) >= sum(weights)
            if _passes_over(needle.keys, lines, aligned):
                continue
            if remembered and aligned.cost <= _BUDGET * sum(weights):
                good.append(aligned)
    kept: list[_Alignment] = []
    for aligned in sorted(good, key=lambda each: each.cost):
        if not any(aligned.is_like(other) for other in kept):
            kept.append(aligned)
    return kept


def _passes_over(keys: Sequence[str], lines: Sequence[str], aligned: _Alignment) -> bool:
    """Whether a line sought stands right beside the one that is taken for it, and is not taken."""
    taken = {j for _, j in aligned.pairs}
    return any(
        keys[i] == lines[near]
        for i, j in aligned.pairs
        if keys[i] != lines[j]
        for near in range(max(j - 2, 0), min(j + 3, len(lines)))
        if near not in taken
    )


def _respaced(keys: Sequence[str], lines: Sequence[str], aligned: _Alignment) -> bool:
    """Whether all lines sought are there side by side, and differ in spaces alone."""
    first, last = aligned.pairs[0], aligned.pairs[-1]
    return last[1] - first[1] == last[0] - first[0] == len(keys) - 1 and all(
        _same(keys[i], lines[j]) for i, j in aligned.pairs
    )


def _same(sought: str, line: str) -> bool:
    return _SPACE.sub("", sought) == _SPACE.sub("", line)


def _weight(key: str) -> float:
    """How much a line says: brackets and the like say little."""
    return 1.0 if sum(map(str.isalnum, key)) > 2 else 0.25


def _burden(key: str, op: Op) -> float:
    """How much it counts that a line is not found as it is: little for a comment that stays."""
    return 0.5 * _weight(key) if op is Op.KEEP and is_comment(key) else _weight(key)


def _shift(run: Run, places: Sequence[int | None], lines: Sequence[str]) -> Reindent | None:
    """The shift of all lines, else none where most stand as written, else of those dropped.

    The latter not where a line that stays is indented as it is written: then one of both is a slip.
    """
    every = pairs(run.lines, places, lines)
    shift = reindent(every, run.unit)
    if shift is not None:
        return shift
    right = [pair for pair in every if reindent([pair], run.unit) == AS_WRITTEN]
    if 2 * len(right) > len(every):
        return AS_WRITTEN
    if any(indent_of(theirs) for theirs, _ in right):
        return None
    dropped = [place if op is Op.DROP else None for op, place in zip(run.ops, places, strict=True)]
    theirs = pairs(run.lines, dropped, lines)
    return reindent(theirs, run.unit) if theirs else None


class _Window(NamedTuple):
    """Diagonals [low, high]: position in the file less position in the lines sought."""

    low: int
    high: int
    votes: float


def _windows(keys: Sequence[str], haystack: Haystack) -> list[_Window]:
    """Where the lines sought could sit, by the rare lines they share with the file, best first."""
    votes = _votes(keys, haystack) or _alike(keys, haystack)
    windows: list[_Window] = []
    slack = min(2 + len(keys) // 4, _SLACK)
    for diagonal in sorted(votes):
        last = windows[-1] if windows else None
        if last is not None and diagonal - last.high <= slack and diagonal - last.low <= 3 * slack:
            windows[-1] = _Window(last.low, diagonal, last.votes + votes[diagonal])
        else:
            windows.append(_Window(diagonal, diagonal, votes[diagonal]))
    windows.sort(key=lambda window: -window.votes)
    return [_Window(w.low - slack, w.high + slack, w.votes) for w in windows]


def _telling(windows: Sequence[_Window]) -> Sequence[_Window]:
    """The best windows, few enough to look at; none that is as good as one left out."""
    left_out = windows[_WINDOWS].votes if len(windows) > _WINDOWS else 0.0
    return [window for window in windows[:_WINDOWS] if window.votes > left_out]


def _votes(keys: Sequence[str], haystack: Haystack) -> Mapping[int, float]:
    """For each diagonal what the lines on it say, a line less the more often the file has it."""
    where = haystack.where(Rung.BLANK_LINES)
    votes: defaultdict[int, float] = defaultdict(float)
    for index, key in enumerate(keys):
        positions = where.get(key, ())
        if _weight(key) == 1 and len(positions) <= _COMMON:
            for position in positions:
                votes[position - index] += 1 / len(positions)
    return votes


def _alike(keys: Sequence[str], haystack: Haystack) -> Mapping[int, float]:
    """For each diagonal how like it the longest line sought is; for lines that share none."""
    if not keys:
        return {}
    index = max(range(len(keys)), key=lambda i: len(keys[i]))
    choices = haystack.view(Rung.BLANK_LINES).keys
    best = process.extract(
        keys[index], choices, scorer=fuzz.ratio, limit=2 * _WINDOWS, score_cutoff=50.0
    )
    return {position - index: score / 100 for _, score, position in best}


class _Alignment(NamedTuple):
    """Which line sought is which line of the window, and what differs."""

    pairs: tuple[tuple[int, int], ...]
    cost: float

    def is_like(self, other: _Alignment) -> bool:
        """Whether most lines sought are the same lines of the file in both."""
        shared = len(set(self.pairs) & set(other.pairs))
        return 2 * shared >= min(len(self.pairs), len(other.pairs))


def _align(
    keys: Sequence[str], ops: Sequence[Op], lines: Sequence[str], window: _Window
) -> Iterator[_Alignment]:
    """For each line of the window the cheapest way to find all of `keys`, in order, up to it.

    Only cells near the window's diagonals are looked at, row by row; `back` remembers for each
    cell the cell before it.
    """
    infinite = float("inf")
    row: dict[int, float] = {
        j: 0.0 for j in range(max(window.low, 0), min(window.high, len(lines)) + 1)
    }
    back: dict[tuple[int, int], tuple[int, int]] = {}
    for i, (key, op) in enumerate(zip(keys, ops, strict=True)):
        following: dict[int, float] = {}
        for j in range(max(window.low + i, 0), min(window.high + i + 1, len(lines)) + 1):
            options: list[tuple[float, tuple[int, int]]] = []
            if j and j - 1 in row:
                options.append((row[j - 1] + _difference(key, lines[j - 1], op), (i, j - 1)))
            if j in row and op is Op.KEEP:
                options.append((row[j] + _MADE_UP, (i, j)))
            if j - 1 in following and i + 1 < len(keys):
                loss = _loss(lines[j - 1], op, ops[i + 1])
                options.append((following[j - 1] + loss, (i + 1, j - 1)))
            cost, cell = min(options, default=(infinite, (0, 0)))
            if cost < infinite:
                following[j] = cost
                back[i + 1, j] = cell
        row = following
    for stop, cost in row.items():
        if cost <= _BUDGET * len(keys):
            yield _Alignment(_trace(back, (len(keys), stop)), cost)


def _trace(
    back: dict[tuple[int, int], tuple[int, int]], cell: tuple[int, int]
) -> tuple[tuple[int, int], ...]:
    """The matches on the way back from `cell`."""
    matches: list[tuple[int, int]] = []
    while cell in back:
        before = back[cell]
        if before[0] < cell[0] and before[1] < cell[1]:
            matches.append(before)
        cell = before
    return tuple(reversed(matches))


def _loss(line: str, before: Op, after: Op) -> float:
    """What it costs that the edit does not show a line of the file."""
    if is_comment(line):
        return _LOST_COMMENT
    return _LOST_LINE if before is after is Op.KEEP else float("inf")


def _difference(sought: str, line: str, op: Op) -> float:
    """What it costs to take `line` for the line sought."""
    if sought == line:
        return 0.0
    if op is Op.KEEP and is_comment(sought) and is_comment(line):
        ratio = fuzz.token_sort_ratio(sought, line, score_cutoff=_RETOLD)
        return (100 - ratio) / 50 if ratio else float("inf")
    if sought.casefold() == line.casefold():
        return float("inf")
    if _same(sought, line):
        return _SPACED
    if op is Op.DROP and _NUMBER.findall(sought) != _NUMBER.findall(line):
        return float("inf")
    if op is Op.DROP and _dashes(sought) != _dashes(line):
        return float("inf")  # its sign may be the file's own
    ratio = fuzz.ratio(sought, line, score_cutoff=_ALIKE[op])
    return (100 - ratio) / 25 if ratio else float("inf")


def _dashes(text: str) -> int:
    return len(text) - len(text.lstrip("-"))


def words_misremembered(sought: str, line: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words that only the line sought has, and those that only the file's has."""
    theirs, ours = frozenset(_WORD.findall(sought)), frozenset(_WORD.findall(line))
    return theirs - ours, ours - theirs


class Near(NamedTuple):
    """The lines of a file most like those sought, from 0 to 1, and the first that differs."""

    span: Span
    ratio: float
    differs: int | None


def nearest(run: Run, haystack: Haystack) -> Near | None:
    """The place most like `run`, however unlike it is; None where nothing is."""
    needle = View.of(run.lines, Rung.BLANK_LINES)
    return max(_nears(needle, haystack), key=lambda near: near.ratio, default=None)


def _nears(needle: View, haystack: Haystack) -> Iterator[Near]:
    view = haystack.view(Rung.BLANK_LINES)
    size = len(needle.keys)
    for window in _windows(needle.keys, haystack)[:_NEAREST]:
        for start in range(max(window.low, 0), min(window.high, len(view.keys) - 1) + 1):
            there = view.keys[start : start + size]
            ratios = [fuzz.ratio(a, b) / 100 for a, b in zip(needle.keys, there, strict=False)]
            differs = next((i for i, ratio in enumerate(ratios) if ratio < 1), len(there))
            stop = view.numbers[start + len(there) - 1] + 1
            yield Near(
                Span(view.numbers[start], stop),
                sum(ratios) / size,
                needle.numbers[differs] if differs < size else None,
            )
