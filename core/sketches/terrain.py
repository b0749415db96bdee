"""What the steps of an alignment cost, given fragment and file."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.lines.brackets import balance, squeeze
from fastapply.core.lines.depths import OPENERS, Depths, closes
from fastapply.core.lines.shift import indent_of
from fastapply.core.sketches.blocks import STRONG, Block

NEW_LINE = 0.04
ECHO = 0.5
LOST_LINE = 0.1
LOST_UNREPLACED = 0.13
CHANGE = 0.2
ASKEW = 2.0
LOST_DEFINITION = 2.5
MOST_LOST = 3.5
EMPTY_GAP = 1.2
SILENT_GAP = 1.0
LEFT_SCOPE = 0.6
WRAPPED = 2.0
SILENT_LOSS = 0.3
TILT = 1.5
MOST_REFLOWED = 16


class Marks(NamedTuple):
    """Positions that matter: the fragment's gaps and joints, the file's definitions.

    `passed` is documentation of the file that the fragment passes over, `fresh` where what is new
    in the fragment begins, `bare` the joints at which what the file has stays.
    """

    gaps: Collection[int]
    joints: Collection[int] = ()
    definitions: Collection[int] = ()
    passed: Collection[Span] = ()
    fresh: Collection[int] = ()
    bare: Collection[int] = ()


class Terrain(NamedTuple):
    """What the steps of an alignment cost, given fragment and file.

    `gaps` are the fragment's gaps. `joints` are positions of the fragment where one whole
    definition ends and another begins: a silent gap may be there. `definitions` are the first
    lines of the file's definitions, rising: to lose one costs more than to lose a line, as it does
    for documentation that is `passed` over, from each of these lines to its `passed_ends`. `fresh`
    are the first lines of the fragment's definitions that the file has not. At `bare` joints goes
    nothing. `changes` says that the fragment has a line which the file has not. `known`
    are the costs of steps taken before: a chain is looked for many times over.
    """

    fragment: tuple[str, ...]
    file: tuple[str, ...]
    gaps: tuple[int, ...]
    joints: tuple[int, ...]
    definitions: tuple[int, ...]
    passed: tuple[int, ...]
    passed_ends: tuple[int, ...]
    fresh: tuple[int, ...]
    bare: frozenset[int]
    changes: bool
    newness: tuple[float, ...]
    shown: tuple[int, ...]
    held: tuple[int, ...]
    opened: tuple[int, ...]
    open_there: tuple[int, ...]
    depths: Depths
    tilt: float
    known: dict[tuple[int, ...], float]

    @classmethod
    def of(
        cls, fragment: Sequence[str], file: Sequence[str], marks: Marks, echoes: Sequence[float]
    ) -> Terrain:
        """Count the lines that are not blank once, so that a step costs no scan.

        `echoes` says for each fragment line how much it speaks against the line being new: the
        file has it already.
        """
        costs = (
            NEW_LINE + ECHO * echo if line.strip() else 0.0
            for line, echo in zip(fragment, echoes, strict=True)
        )
        ground = _ground(tuple(file))
        passed = sorted(marks.passed)
        return cls(
            tuple(fragment),
            tuple(file),
            tuple(sorted(marks.gaps)),
            tuple(sorted(marks.joints)),
            tuple(sorted({*marks.definitions, *(span.start for span in passed)})),
            tuple(span.start for span in passed),
            tuple(span.stop for span in passed),
            tuple(sorted(marks.fresh)),
            frozenset(marks.bare),
            any(line not in ground.texts for line in map(str.strip, fragment) if line),
            tuple(accumulate(costs, initial=0.0)),
            tuple(accumulate((bool(line.strip()) for line in fragment), initial=0)),
            ground.held,
            tuple(accumulate(_balances(fragment, ground.texts), initial=0)),
            ground.opened,
            ground.depths,
            TILT,
            {},
        )

    def gap_between(self, start: int, stop: int) -> bool:
        """Whether the fragment has a gap at a position from `start` to `stop`, both included."""
        return _any_within(self.gaps, start, stop)

    def joint_between(self, start: int, stop: int) -> int | None:
        """The last joint at a position from `start` to `stop`, both included."""
        found = bisect_left(self.joints, stop + 1) - 1
        return self.joints[found] if found >= 0 and self.joints[found] >= start else None

    def resumes(self, start: int, stop: int) -> int:
        """Where what is shown goes on after a silent gap over file lines [start, stop).

        Behind documentation, if that is all that is passed over; else at `stop`.
        """
        first = bisect_left(self.passed, start)
        if _count(self.passed, start, stop) != 1 or self.lost(start, stop) != 1:
            return stop
        return min(self.passed_ends[first], stop)

    def passed_above(self, start: int, stop: int) -> Span:
        """The documentation from file line `start` on that is passed over and ends at `stop`."""
        spans = map(Span, self.passed, self.passed_ends)
        found = (span for span in spans if start <= span.start < span.stop == stop)
        return next(found, Span(stop, stop))

    def lost(self, start: int, stop: int) -> int:
        """How many definitions of the file begin in [start, stop)."""
        return _count(self.definitions, start, stop)

    def documented(self, start: int, stop: int) -> int:
        """How many of them are documentation that the fragment passes over."""
        return _count(self.passed, start, stop)

    def came(self, start: int, stop: int, headers: Sequence[int]) -> int:
        """How many of the fragment's definitions, by their `headers`, begin in [start, stop)."""
        return _count(headers, start, stop)

    def brings_new(self, before: Block, after: Block) -> bool:
        """Whether a definition that the file has not begins between two blocks."""
        return _count(self.fresh, before.stop, after.start) > 0

    def is_silent(self, before: Block, after: Block) -> bool:
        """Whether the step between two blocks is better read as a gap the model did not mark."""
        joint = self.joint_between(before.stop, after.start)
        if joint is None or self.gap_between(before.stop, after.start):
            return False
        if self.lost(before.end, after.place) > 0:
            return self._change(before, after) > SILENT_GAP + self._news(before, after)
        return joint in self.bare and self._is_between(before.end, after.place)

    def _is_between(self, start: int, stop: int) -> bool:
        """Whether file lines [start, stop) are of the scope that `stop` is in, and no part of more.

        What is deeper than the definition at `stop` is the end of the one before.
        """
        indents = self.depths.indents
        if self.held[start] == self.held[stop] or self.depths.leaves_scope(start - 1, stop):
            return False
        first, following = (
            next((n for n in range(at, len(indents)) if indents[n] >= 0), 0) for at in (start, stop)
        )
        return indents[first] <= indents[following]

    def step(self, before: Block, after: Block) -> float:
        """What it costs to go from one block to the next; never less than nothing."""
        ends = (before.start, before.stop, before.place, after.start, after.place)
        cost = self.known.get(ends)
        if cost is None:
            cost = self.known[ends] = self._step(before, after)
        return cost

    def _step(self, before: Block, after: Block) -> float:
        if self.gap_between(before.stop, after.start):
            closed = EMPTY_GAP if after.place == before.end else 0.0
            left = LEFT_SCOPE if self.depths.leaves_scope(before.end - 1, after.place) else 0.0
            left += WRAPPED if self._wraps(before, after) else 0.0
            news = self._news(before, after)
            is_faint = after.weight < STRONG and after.shift != before.shift
            left += ASKEW if news and is_faint else 0.0
            return closed + left + news + self._tilt(before, after.start)
        change = self._change(before, after)
        if self.is_silent(before, after):
            left = LEFT_SCOPE if self.depths.leaves_scope(before.end - 1, after.place) else 0.0
            joint = self.joint_between(before.stop, after.start) or before.stop
            left += self._tilt(before, joint)
            return min(change, SILENT_GAP + left + self._news(before, after))
        return change

    def _wraps(self, before: Block, after: Block) -> bool:
        """Whether a new line opens a block around lines that are not indented deeper than it."""
        gap = self.gaps[bisect_left(self.gaps, before.stop)]
        if gap == before.stop or before.end >= after.place:
            return False
        opener = self.fragment[gap - 1]
        if not opener.rstrip().endswith(OPENERS):
            return False
        inner = next(
            (n for n in range(before.end, after.place) if self.depths.indents[n] >= 0), None
        )
        if inner is None:
            return False
        return len(indent_of(self.file[inner])) <= len(indent_of(opener)) + before.shift

    def head(self, first: Block) -> float:
        """What it costs that the chain begins with `first`."""
        return _edge(self.newness[first.start]) + self._tilted(self.opened[first.start])

    def tail(self, last: Block) -> float:
        """What it costs that the chain ends with `last`."""
        new = self.newness[-1] - self.newness[last.stop]
        return _edge(new) + self._tilt(last, len(self.fragment))

    def rough(self) -> Terrain:
        """The same, where brackets may stay open: for a first chain, which has no lone brackets."""
        return self._replace(tilt=0.0, known={})

    def _tilted(self, difference: int) -> float:
        return self.tilt * min(abs(difference), 3)

    def _tilt(self, before: Block, stop: int) -> float:
        """What it costs that fragment lines up to `stop` open more brackets than they replace.

        What a changed line opens may have been settled by what came before it.
        """
        after = self.opened[stop] - self.opened[before.stop]
        if after < 0 and before.shift < 0 and before.weight >= STRONG:
            return 0.0  # what closes here wrapped the lines before
        return self._tilted(min(after, after + self._own_tilt(before), key=abs))

    def _tilt_between(self, before: Block, after: Block) -> float:
        """The same where lines give way; a changed line at the end may settle what they open."""
        ours = self.opened[after.start] - self.opened[before.start]
        theirs = self.open_there[after.place] - self.open_there[before.place]
        until = ours - theirs
        inner = after if until > 0 else before
        if inner.weight >= STRONG and until * (before.shift - after.shift) > 0:
            return 0.0  # what opens or closes here wraps lines
        return self._tilted(min(until, until + self._own_tilt(after), key=abs))

    def _own_tilt(self, block: Block) -> int:
        """How many brackets more a block opens than the lines it stands for."""
        ours = self.opened[block.stop] - self.opened[block.start]
        return ours - self.open_there[block.end] + self.open_there[block.place]

    def statement_end(self, last: Block, stop: int) -> int:
        """Where in the file ends what `last` and the fragment's lines up to `stop` stand for.

        That is where `last` does, or further on where it opens brackets that those lines close.
        """
        open_there = self.open_there[last.place]
        if self.opened[stop] != self.opened[last.start] or self.open_there[last.end] <= open_there:
            return last.end
        ends = range(last.end + 1, min(last.end + MOST_REFLOWED, len(self.file)) + 1)
        return next((end for end in ends if self.open_there[end] == open_there), last.end)

    def _news(self, before: Block, after: Block) -> float:
        return self.newness[after.start] - self.newness[before.stop]

    def _change(self, before: Block, after: Block) -> float:
        new = self.shown[after.start] - self.shown[before.stop]
        old = self.held[after.place] - self.held[before.end]
        if not new and not old:
            return 0.02 * abs(after.start - before.stop - after.place + before.end)
        excess = max(0, old - new)
        if self._is_reflow(before, after):
            return CHANGE / 2
        lost = self.lost(before.end, after.place)
        named = lost - self.documented(before.end, after.place)
        joints = _count(self.joints, before.stop, after.start + 1)
        stays = self.brings_new(before, after) or (not new and self._only_frames(before, after))
        unsaid = 0 if stays else min(named, joints)
        loss = (
            LOST_LINE * min(old, new, 12)
            + LOST_UNREPLACED * min(excess, 12)
            + LOST_LINE / 2 * max(0, old - 12)
            + LOST_DEFINITION * (lost - unsaid)
            + (0.0 if new else SILENT_LOSS)
        )
        return (
            CHANGE
            + (ASKEW if self._is_askew(before, after) else 0.0)
            + self._news(before, after)
            + min(loss, MOST_LOST)
            + self._tilt_between(before, after)
        )

    def _only_frames(self, before: Block, after: Block) -> bool:
        """Whether a fragment that changes lines shows but what is around them beside a step.

        What closes on both sides, or an opening bracket alone, does not say that something goes.
        """
        last = next(filter(str.strip, reversed(self.fragment[before.start : before.stop])), "")
        first = next(filter(str.strip, self.fragment[after.start : after.stop]), "")
        frames = (closes(last) and closes(first)) or last.strip() in OPENERS
        return self.changes and frames

    def _is_askew(self, before: Block, after: Block) -> bool:
        """Whether lines go deeper in one text than in the other, and nothing wraps them so.

        What wraps them stands between, as deep as the outer of the two, and no more goes there than
        comes: a guard leaves as the code after it does. The way back is free.
        """
        if abs(before.shift) >= abs(after.shift):
            return False
        line = next((n for n in after.numbers if self.fragment[n].strip()), None)
        last = next((n for n in reversed(before.numbers) if self.fragment[n].strip()), None)
        if line is None or last is None:
            return False
        place, above = after.place + line - after.start, before.place + last - before.start
        if closes(self.fragment[line]) and not closes(self.file[place]):
            return False  # braces come round what had none
        ours, theirs = len(indent_of(self.fragment[line])), len(indent_of(self.file[place]))
        before_ours, before_theirs = map(
            len, map(indent_of, (self.fragment[last], self.file[above]))
        )
        if (ours - before_ours) * (theirs - before_theirs) > 0:
            return False
        shift = before_theirs - before_ours
        ours += shift
        shown = filter(str.strip, self.fragment[before.stop : line])
        new = [len(indent_of(text)) + shift for text in shown]
        old = [len(indent_of(text)) for text in self.file[before.end : place] if text.strip()]
        if ours == theirs:
            return False
        return theirs not in new or len(old) > len(new) if ours > theirs else ours not in old

    def _is_reflow(self, before: Block, after: Block) -> bool:
        """Whether the lines that come say what the lines that go said, in other lines."""
        if after.place - before.place > MOST_REFLOWED or after.start - before.start > MOST_REFLOWED:
            return False
        ours = squeeze(self.fragment[before.start : after.start])
        return ours == squeeze(self.file[before.place : after.place])


class _Ground(NamedTuple):
    """What a terrain has from the file alone: running counts, and its indentation."""

    held: tuple[int, ...]
    opened: tuple[int, ...]
    depths: Depths
    texts: frozenset[str]


@lru_cache(maxsize=4)  # all terrains of a file stand on the same ground
def _ground(file: tuple[str, ...]) -> _Ground:
    return _Ground(
        tuple(accumulate((bool(line.strip()) for line in file), initial=0)),
        tuple(accumulate(map(balance, file), initial=0)),
        Depths.of(file),
        frozenset(map(str.strip, file)),
    )


def _edge(new: float) -> float:
    return CHANGE / 2 + new if new else 0.0


def _balances(fragment: Sequence[str], texts: Collection[str]) -> list[int]:
    """What each line opens; braces around what the file, of `texts`, has without count nothing."""
    found = [*map(balance, fragment)]
    for number, line in enumerate(fragment):
        text = line.strip()
        if text[-1:] != "{" or found[number] != 1 or text in texts:
            continue
        depths = accumulate(found[number:])
        last = next((n for n, depth in enumerate(depths, number) if depth <= 0), number)
        if text[:-1].rstrip() in texts and fragment[last].strip().startswith("}"):
            found[number] -= 1
            found[last] += 1
    return found


def _any_within(positions: Sequence[int], start: int, stop: int) -> bool:
    found = bisect_left(positions, start)
    return found < len(positions) and positions[found] <= stop


def _count(positions: Sequence[int], start: int, stop: int) -> int:
    """How many of `positions`, which rise, lie in [start, stop)."""
    return bisect_left(positions, stop) - bisect_left(positions, start)
