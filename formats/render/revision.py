"""Two versions of a file, and the windows through which a document shows what differs.

A window is a run of steps: lines that stay, go and come. What lies between windows stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from fastapply.core.edits import Op, Span, Step
from fastapply.core.lines.markers import marker
from fastapply.core.stretches import stretches
from fastapply.core.syntax.trees import language_of

_FARTHEST = 25  # lines of context a document shows at one end to make a place unique


@dataclass(frozen=True)
class Revision:
    """The lines of a file before and after, and where it is."""

    path: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @cached_property
    def language(self) -> str | None:
        """The language of the file, where it is known."""
        return language_of(self.path, self.before[0] if self.before else "")

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every line of both versions, in order."""
        found: list[Step] = []
        for old, new, same in stretches(self.before, self.after):
            if same:
                found += (Step(Op.KEEP, text) for text in self.before[old.start : old.stop])
                continue
            found += (Step(Op.DROP, text) for text in self.before[old.start : old.stop])
            found += (Step(Op.ADD, text) for text in self.after[new.start : new.stop])
        return tuple(found)

    @cached_property
    def changes(self) -> tuple[Span, ...]:
        """The runs of steps that change something."""
        return tuple(_runs([step.op is not Op.KEEP for step in self.steps]))

    @cached_property
    def _counts(self) -> tuple[tuple[int, int], ...]:
        """How many lines of each version there are before each step, and at the end."""
        old = new = 0
        counts = [(0, 0)]
        for step in self.steps:
            old += step.op is not Op.ADD
            new += step.op is not Op.DROP
            counts.append((old, new))
        return tuple(counts)

    def place(self, step: int) -> tuple[int, int]:
        """How many lines of the two versions there are before `step`."""
        return self._counts[step]

    def old_span(self, window: Span) -> Span:
        """The lines of the file before that `window` covers."""
        return Span(self._counts[window.start][0], self._counts[window.stop][0])

    def new_span(self, window: Span) -> Span:
        """The lines of the file after that `window` shows."""
        return Span(self._counts[window.start][1], self._counts[window.stop][1])

    def old(self, window: Span) -> tuple[str, ...]:
        """The lines `window` covers, as they were."""
        span = self.old_span(window)
        return self.before[span.start : span.stop]

    def new(self, window: Span) -> tuple[str, ...]:
        """The lines of `window` as they shall be."""
        span = self.new_span(window)
        return self.after[span.start : span.stop]

    def hides_loss(self, per_new_line: int) -> bool:
        """Whether more goes somewhere than its place shows, at so many lines for each new one.

        Where a few lines take the place of many, or none do, a reader cannot tell that from lines
        that are only not shown.
        """
        return any(
            self.loss(change) > 3 + per_new_line * self.gain(change) for change in self.changes
        )

    def loss(self, window: Span) -> int:
        """How many lines go in `window`, blank ones not counted."""
        return self._count(window, Op.DROP)

    def gain(self, window: Span) -> int:
        """How many lines come in `window`, blank ones not counted."""
        return self._count(window, Op.ADD)

    def _count(self, window: Span, op: Op) -> int:
        steps = self.steps[window.start : window.stop]
        return sum(step.op is op and bool(step.text.strip()) for step in steps)

    @cached_property
    def holds_markers(self) -> bool:
        """Whether the file itself says what only snippets should: no reader could tell."""
        language = self.language or ""
        found = (marker(line, language) for line in {*self.before, *self.after})
        return any(sign is not None and sign.certain for sign in found)

    def windows(self, context: int) -> tuple[Span, ...]:
        """What is within `context` kept lines, blank ones not counted, of what changes."""
        shown = [False] * len(self.steps)
        for change in self.changes:
            start = self._stepped(change.start, -1, context)
            stop = self._stepped(change.stop - 1, 1, context) + 1
            shown[start:stop] = [True] * (stop - start)
        return tuple(_runs(_filled(shown)))

    def framed(self, context: int) -> tuple[Span, ...] | None:
        """Windows whose kept lines at both ends stand in one place of the file each.

        None where there are none: then the lines alone do not say where the change goes.
        """
        shown = [False] * len(self.steps)
        for window in self.windows(context):
            head, tail = self._heads(window)
            start, stop = window.start, window.stop
            while start > 0 and not self._is_unique(self.old(Span(start, head))):
                start -= 1
                if head - start > _FARTHEST:
                    return None
            while stop < len(self.steps) and not self._is_unique(self.old(Span(tail, stop))):
                stop += 1
                if stop - tail > _FARTHEST:
                    return None
            shown[start:stop] = [True] * (stop - start)
        found = tuple(self.trimmed(window) for window in _runs(_filled(shown)))
        return found if all(self._ends_show(window) for window in found) else None

    def sought(self, context: int) -> tuple[Span, ...] | None:
        """Windows whose old lines stand in one place each, also while others are replaced."""
        shown = [False] * len(self.steps)
        for window in self.windows(context):
            start, stop = window.start, window.stop
            while not self._is_sought(Span(start, stop)):
                if stop - start > len(window) + 2 * _FARTHEST or (
                    start == 0 and stop == len(self.steps)
                ):
                    return None
                start, stop = max(start - 1, 0), min(stop + 1, len(self.steps))
            shown[start:stop] = [True] * (stop - start)
        return tuple(self.trimmed(window) for window in _runs(shown))

    def trimmed(self, window: Span) -> Span:
        """`window` without the blank lines that it begins or ends with and that stay."""
        start, stop = window.start, window.stop
        while start < stop and self._is_blank(start):
            start += 1
        while stop > start and self._is_blank(stop - 1):
            stop -= 1
        return Span(start, stop)

    def _heads(self, window: Span) -> tuple[int, int]:
        """Where what changes in `window` begins and where it ends."""
        inside = [change for change in self.changes if window.start <= change.start < window.stop]
        return inside[0].start, inside[-1].stop

    def _ends_show(self, window: Span) -> bool:
        """Whether lines that go at an end of the file go between lines that are shown."""
        head, tail = self._heads(window)
        drops = [step.op is Op.DROP for step in self.steps]
        if head == window.start and any(drops[head : self._first_change(head).stop]):
            return False
        return tail != window.stop or not any(drops[self._last_change(tail).start : tail])

    def _first_change(self, start: int) -> Span:
        return next(change for change in self.changes if change.start == start)

    def _last_change(self, stop: int) -> Span:
        return next(change for change in self.changes if change.stop == stop)

    def _is_sought(self, window: Span) -> bool:
        old = self.old(window)
        return self._is_unique(old) and len(_places(self._squeezed_after, _squeeze(old))) <= 1

    def _is_unique(self, lines: Sequence[str]) -> bool:
        return len(_places(self._squeezed, _squeeze(lines))) == 1

    @cached_property
    def _squeezed(self) -> tuple[str, ...]:
        return _squeeze(self.before)

    @cached_property
    def _squeezed_after(self) -> tuple[str, ...]:
        return _squeeze(self.after)

    def _is_blank(self, at: int) -> bool:
        return self.steps[at].op is Op.KEEP and not self.steps[at].text.strip()

    def _stepped(self, at: int, direction: int, lines: int) -> int:
        """The step `lines` kept lines from `at`, blank ones not counted."""
        while lines and 0 <= at + direction < len(self.steps):
            at += direction
            step = self.steps[at]
            lines -= step.op is Op.KEEP and bool(step.text.strip())
        return at


def _runs(flags: Sequence[bool]) -> Iterator[Span]:
    start = None
    for at, flag in enumerate((*flags, False)):
        if flag and start is None:
            start = at
        elif not flag and start is not None:
            yield Span(start, at)
            start = None


def _filled(shown: Sequence[bool]) -> list[bool]:
    """`shown` with gaps of one or two lines shown too: nobody writes a marker for so little."""
    filled = list(shown)
    for gap in _runs([not flag for flag in shown]):
        if len(gap) <= 2 and gap.start > 0 and gap.stop < len(shown):
            filled[gap.start : gap.stop] = [True] * len(gap)
    return filled


def _squeeze(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines as a reader compares them: no blank ones, no space at either end."""
    return tuple(line.strip() for line in lines if line.strip())


def _places(text: Sequence[str], sought: Sequence[str]) -> list[int]:
    """Where the lines `sought` stand in `text`; everywhere, where they are none."""
    size = len(sought)
    first = sought[0] if sought else None
    return [
        at
        for at in range(len(text) - size + 1)
        if (first is None or text[at] == first) and tuple(text[at : at + size]) == tuple(sought)
    ]
