"""Runs of lines that a fragment and a file share: the stones an alignment steps on."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.lines.brackets import balance
from fastapply.core.lines.plain import plain
from fastapply.core.lines.shift import indent_of

STRONG = 0.25
FLOOR = 0.12
FAINT = 0.09
ASKEW = 0.7
MANY = 250
FEW = 3
SOME = 6


class Block(NamedTuple):
    """Fragment lines [start, start + size) are the file's lines from `place` on.

    `weights` has size + 1 entries: the sum of the first k lines' weights, so that a block can be
    trimmed at either end at no cost. `shift` is how much deeper the file indents its first line
    that is not blank, in characters. `lead` is how many file lines before `place` go with it.
    """

    start: int
    place: int
    size: int
    weights: tuple[float, ...]
    shift: int = 0
    lead: int = 0

    @property
    def stop(self) -> int:
        """The first fragment line after the block."""
        return self.start + self.size

    @property
    def end(self) -> int:
        """The first file line after the block."""
        return self.place + self.size

    @property
    def weight(self) -> float:
        """How much the block says about where the fragment belongs."""
        return self.weights[-1]

    def worth(self, factor: float) -> Block:
        """The block, worth `factor` times as much."""
        return self._replace(weights=tuple(weight * factor for weight in self.weights))

    @property
    def numbers(self) -> range:
        """The fragment lines of the block."""
        return range(self.start, self.stop)

    def shares_line_with(self, other: Block) -> bool:
        """Whether both say of some line of the fragment that it is the same line of the file."""
        on_diagonal = self.place - self.start == other.place - other.start
        return on_diagonal and self.start < other.stop and other.start < self.stop

    def covers(self, other: Block) -> bool:
        """Whether `other` is part of the block."""
        on_diagonal = self.place - self.start == other.place - other.start
        return on_diagonal and self.start <= other.start and other.stop <= self.stop

    def heavier(self, number: int, weight: float) -> Block:
        """The block, with fragment line `number` worth `weight` more."""
        first = number - self.start + 1
        weights = self.weights[:first] + tuple(w + weight for w in self.weights[first:])
        return self._replace(weights=weights)

    def outside(self, spans: Sequence[Span]) -> Iterator[Block]:
        """The parts of the block whose fragment lines lie in none of `spans` (disjoint, rising)."""
        start = self.start
        for span in spans:
            if span.stop <= start or span.start >= self.stop:
                continue
            if span.start > start:
                yield self._part(start, span.start)
            start = span.stop
        if start < self.stop:
            yield self._part(start, self.stop)

    def inside(self, span: Span) -> Block:
        """The part of the block whose fragment lines lie in `span`, which it holds all of."""
        return self._part(span.start, span.stop)

    def _part(self, start: int, stop: int) -> Block:
        first, last = start - self.start, stop - self.start
        weights = tuple(w - self.weights[first] for w in self.weights[first : last + 1])
        lead = 0 if first else self.lead
        return Block(start, self.place + first, stop - start, weights, self.shift, lead)

    def until(self, line: int) -> Block:
        """The block up to fragment line `line`, one of its own."""
        return self._part(self.start, line)

    def without_head(self, count: int) -> Block:
        """The block but for its first `count` lines."""
        base = self.weights[count]
        weights = tuple(weight - base for weight in self.weights[count:])
        return Block(self.start + count, self.place + count, self.size - count, weights, self.shift)


class FileIndex(NamedTuple):
    """A file's lines, their plain text as `keys`, and where each key stands."""

    lines: tuple[str, ...]
    keys: tuple[str, ...]
    places: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, lines: Sequence[str]) -> FileIndex:
        """Index `lines`."""
        keys = tuple(map(plain, lines))
        places: dict[str, list[int]] = defaultdict(list)
        for number, key in enumerate(keys):
            places[key].append(number)
        return cls(tuple(lines), keys, places)

    def indents(self, line: str) -> frozenset[str]:
        """The indents the file has for a line that is plainly `line`."""
        return frozenset(indent_of(self.lines[place]) for place in self.places.get(plain(line), ()))

    def weight(self, key: str) -> float:
        """How much it says that this plain line was found: rare and long says much, `}` little."""
        said = say(key)
        return max(min(FLOOR, said), said / math.sqrt(max(1, len(self.places.get(key, ())))))


def say(key: str) -> float:
    """How much a stripped line says by itself, from 0.05 (blank) to 2."""
    letters = sum(map(str.isalnum, key))
    if letters == 0:
        return 0.15 if key else 0.05
    return 0.3 + min(letters, 24) / 24 * 1.7 if letters > 3 else 0.3


def common_blocks(
    lines: Sequence[str], index: FileIndex, gaps: frozenset[int]
) -> tuple[list[Block], list[Block]]:
    """All maximal runs of lines, plainly equal, that the two share.

    A run does not cross a gap. Those that say something come first; the second list holds the
    weak ones, which mean something only beside others. Blank lines alone say nothing.
    """
    keys = [*map(plain, lines)]
    weights = [index.weight(key) for key in keys]
    runs: list[Block] = []
    open_runs: dict[int, int] = {}
    for number, key in enumerate(keys):
        following: dict[int, int] = {}
        places = index.places.get(key, ())
        for place in places:
            diagonal = place - number
            start = open_runs.get(diagonal) if number not in gaps else None
            if start is not None:
                following[diagonal] = start
            else:
                following[diagonal] = _back(number, diagonal, keys, index, gaps)
        for diagonal, start in open_runs.items():
            if diagonal not in following or number in gaps:
                runs.append(_block(start, number, diagonal, weights, lines, index))
        open_runs = following
    for diagonal, start in open_runs.items():
        runs.append(_block(start, len(keys), diagonal, weights, lines, index))
    strong = [run for run in runs if run.weight >= STRONG]
    return strong, [run for run in runs if FAINT <= run.weight < STRONG]


def heaviest(blocks: list[Block], size: int) -> list[Block]:
    """`blocks`, or where they are very many the heaviest few for each line of either text.

    `size` is the number of the fragment's lines.
    """
    if len(blocks) <= MANY:
        return blocks
    taken = [0] * size
    met: Counter[int] = Counter()
    kept: list[Block] = []
    for block in sorted(blocks, key=lambda block: -block.weight):
        places = range(block.place, block.end)
        if min(taken[block.start : block.stop]) < FEW and min(map(met.__getitem__, places)) < FEW:
            kept.append(block)
            met.update(places)
            for number in range(block.start, block.stop):
                taken[number] += 1
    return kept


def _back(
    number: int, diagonal: int, keys: Sequence[str], index: FileIndex, gaps: frozenset[int]
) -> int:
    """Where a run through `number` begins: frequent lines before it belong to it."""
    start = number
    while (
        start > 0
        and start not in gaps
        and start + diagonal > 0
        and keys[start - 1] == index.keys[start - 1 + diagonal]
    ):
        start -= 1
    return start


def _block(
    start: int,
    stop: int,
    diagonal: int,
    weights: Sequence[float],
    lines: Sequence[str],
    index: FileIndex,
) -> Block:
    sums = [0.0]
    for number in range(start, stop):
        same_indent = lines[number] == index.lines[number + diagonal]
        sums.append(sums[-1] + weights[number] * (1.0 if same_indent else 0.85))
    shift = next(
        (
            _deeper(lines[n], index.lines[n + diagonal])
            for n in range(start, stop)
            if lines[n].strip()
        ),
        0,
    )
    return Block(start, start + diagonal, stop - start, tuple(sums), shift)


def shorn(block: Block, lines: Sequence[str]) -> Iterator[Block]:
    """`block` without the brackets and blank lines it begins with, and without what they close.

    They may end what is new, while the rest is what follows it in the file.
    """
    count = 0
    while count < block.size and not any(map(str.isalnum, lines[block.start + count])):
        count += 1
    depths = [*accumulate(balance(lines[number]) for number in block.numbers)]
    least = min(depths)
    closed = depths.index(least) + 1 if least < 0 else 0
    for head in sorted({count, closed}):
        if 0 < head < block.size and (rest := block.without_head(head)).weight >= STRONG:
            yield rest


def pair(start: int, place: int, weight: float, lines: Sequence[str], file: Sequence[str]) -> Block:
    """A block of one line of the fragment and the line of the file it stands for."""
    return Block(start, place, 1, (0.0, weight), _deeper(lines[start], file[place]))


def _deeper(line: str, other: str) -> int:
    return (len(other) - len(other.lstrip())) - (len(line) - len(line.lstrip()))


def upright(blocks: Sequence[Block]) -> list[Block]:
    """`blocks`, those indented otherwise than most of the fragment worth less.

    One that is a part of another has no voice of its own.
    """
    votes: Counter[int] = Counter()
    ends = Counter((block.stop, block.end) for block in blocks)
    for block in blocks:
        if ends[block.stop, block.end] == 1 or not _is_part(block, blocks):
            votes[block.shift] += round(1000 * block.weight)
    usual = votes.most_common(1)[0][0] if votes else 0
    return [block if block.shift == usual else block.worth(ASKEW) for block in blocks]


def _is_part(block: Block, blocks: Sequence[Block]) -> bool:
    return any(other.size > block.size and other.covers(block) for other in blocks)


def between(weak: Sequence[Block], stones: Sequence[Block], reach: int) -> list[Block]:
    """The weak blocks that fit between two stones, at most `reach` lines astray from one.

    For each line of the fragment the few least astray.
    """
    found: list[tuple[int, Block]] = []
    for block in weak:
        before = max((s for s in stones if s.stop <= block.start), key=_stop, default=None)
        after = min((s for s in stones if s.start >= block.stop), key=_start, default=None)
        if before is not None and before.end >= block.end:
            continue
        if after is not None and after.place <= block.place:
            continue
        near = [abs(_astray(block, stone)) for stone in (before, after) if stone is not None]
        if near and min(near) <= reach:
            found.append((min(near), block))
    kept: list[Block] = []
    taken: Counter[int] = Counter()
    for _, block in sorted(found, key=lambda pair: pair[0]):
        if taken[block.start] < SOME:
            taken[block.start] += 1
            kept.append(block)
    return kept


def _stop(block: Block) -> int:
    return block.stop


def _start(block: Block) -> int:
    return block.start


def _astray(block: Block, stone: Block) -> int:
    return (block.place - block.start) - (stone.place - stone.start)
