"""What a hunk does to a file, once it is known where its lines sit.

Lines that stay are the file's own, however loosely they matched. Lines that come go right behind
the line before them in the hunk, else right before the line after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fastapply.core.edits import Elision, Hunk, Op, Step, steps_between
from fastapply.core.hunks.rungs import Fit, is_comment
from fastapply.core.plan import Replacement

_DOCUMENTATION = ('"""', "'''", 'r"""')


class Effect(NamedTuple):
    """The lines of the file that go, and the lines that come before a line of the file."""

    dropped: frozenset[int] = frozenset()
    added: tuple[tuple[int, tuple[str, ...]], ...] = ()

    def replacements(self) -> tuple[Replacement, ...]:
        """The same, sorted, with all that touches in one."""
        return replacements(self.dropped, self.added)


def replacements(
    dropped: Iterable[int], added: Iterable[tuple[int, tuple[str, ...]]]
) -> tuple[Replacement, ...]:
    """The lines `dropped` go; those `added` come before a line, in the order given."""
    coming: dict[int, tuple[str, ...]] = {}
    for place, lines in added:
        coming[place] = coming.get(place, ()) + lines
    going = set(dropped)
    result: list[Replacement] = []
    for place in sorted(going | coming.keys()):
        lines = coming.get(place, ())
        stop = place + (place in going)
        last = result[-1] if result else None
        if last is not None and last.stop == place:
            result[-1] = Replacement(last.start, stop, last.lines + lines)
        else:
            result.append(Replacement(place, stop, lines))
    return tuple(each for each in result if each.lines or each.stop > each.start)


def settled(hunk: Hunk) -> tuple[Step | Elision, ...]:
    """The steps of `hunk`, where a line that goes and comes again in one change stays."""
    result: list[Step | Elision] = []
    change: list[Step] = []
    for step in (*hunk.steps, Elision(kept=True)):
        if isinstance(step, Step) and step.op is not Op.KEEP:
            change.append(step)
            continue
        old = tuple(each.text for each in change if each.op is Op.DROP)
        new = tuple(each.text for each in change if each.op is Op.ADD)
        result += steps_between(old, new) if old and new else change
        result.append(step)
        change = []
    return tuple(result[:-1])


def effect(steps: Sequence[Step | Elision], fit: Fit, lines: Sequence[str]) -> Effect | None:
    """What `steps` do to `lines` where `fit` says they sit.

    None where it cannot be said: lines come between two elisions, where the file has more code than
    the edit shows, or at an edge of the edit beside a line that the file has not.
    """
    walk = _Walk(lines, fit)
    places = iter(fit.lines)
    for step in steps:
        if isinstance(step, Elision):
            if not walk.elide(step):
                return None
        elif step.op is Op.ADD:
            walk.add(step.text)
        else:
            walk.meet(next(places), step.op)
    return walk.effect() if walk.finish() and not walk.lost else None


@dataclass(slots=True)
class _Walk:
    """Where the walk along the steps of a hunk is in the file, and what it has done so far.

    `absent` says that a line which the file has not stands between the last line and the next that
    comes, or the lines that wait and the first line.
    """

    lines: Sequence[str]
    fit: Fit
    dropped: set[int] = field(default_factory=set)
    added: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    coming: list[str] = field(default_factory=list)
    last: tuple[int, Op] | None = None
    elision: Elision | None = None
    begun: bool = False
    lost: bool = False
    absent: bool = False

    def add(self, text: str) -> None:
        """A line comes."""
        self.coming.append(self.fit.reindent.apply(text, first=not self.begun))
        self.begun = True

    def elide(self, elision: Elision) -> bool:
        """An elision begins; lines that wait to come go behind the line before it."""
        if not self.finish():
            return False
        self.elision = elision
        return True

    def meet(self, place: int | None, op: Op) -> None:
        """The line at `place` stays or goes; lines that wait come before it."""
        self.begun = self.begun or op is Op.KEEP
        if place is None:
            self.absent = self.absent or bool(self.coming) == (self.last is None)
            return
        if self.coming and self.last is None and self.absent:
            self.lost = self.lost or (place > 0 and bool(self.lines[place - 1].strip()))
        between = range(self.last[0] + 1 if self.last else place, place)
        if self.elision is not None:
            if not self.elision.kept:
                self.dropped.update(between)
            self._come(place)
        elif self.coming:
            self._come_between(between, place)
        elif self.last is not None and self.last[1] is op is Op.DROP:
            self.dropped.update(between)
        if op is Op.DROP:
            self.dropped.add(place)
        self.last, self.elision, self.absent = (place, op), None, False

    def finish(self) -> bool:
        """Lines that still wait come behind the last line; false where there is none to go by."""
        if self.coming and (self.last is None or self.elision is not None):
            return False
        if self.last is not None:
            following = self.lines[self.last[0] + 1 : self.last[0] + 2]
            if self.coming and self.absent and any(map(str.strip, following)):
                self.lost = True
            self._come(self.last[0] + 1)
        return True

    def effect(self) -> Effect:
        """What was done."""
        return Effect(frozenset(self.dropped), tuple(self.added))

    def _come(self, place: int) -> None:
        if self.coming:
            self.added.append((place, tuple(self.coming)))
            self.coming = []

    def _come_between(self, between: range, place: int) -> None:
        """Lines come between two lines that the edit shows side by side; the file may not.

        The file's own blank lines stay on the side where the new lines bring none; where they
        bring some on both sides, or take the place of lines above, the file's take the place of
        the last ones; where they bring none at all, the new lines stay with the neighbour that
        begins with the same word.
        Comments belong to the line below them, documentation to the line above; where comments
        come beside comments that the edit does not show, nothing tells their order.
        """
        behind = any(line.strip() for line in self.coming) and not self.coming[-1].strip()
        shown = [self.lines[each] for each in between if self.lines[each].strip()]
        told = all(map(is_comment, shown)) and not (shown and all(map(is_comment, self.coming)))
        self.lost = self.lost or not told
        if not between or shown:
            documents = bool(shown) and shown[0].lstrip().startswith(_DOCUMENTATION)
            self._come(place if documents else between.start)
        elif not behind:
            below = self.coming[0].strip() and self._goes_below(between.start - 1, place)
            self._come(place if below else between.start)
        elif self.coming[0].strip() and not (self.last and self.last[1] is Op.DROP):
            self._come(place)
        else:
            for _ in between:
                if not self.coming[-1].strip():
                    self.coming.pop()
            self._come(between.start)

    def _goes_below(self, above: int, below: int) -> bool:
        """Whether the lines that come begin as the line `below` them does, not as that `above`."""
        first, last = _first_word(self.coming[0]), _first_word(self.coming[-1])
        return last == _first_word(self.lines[below]) and first != _first_word(self.lines[above])


def _first_word(line: str) -> str:
    return re.split(r"\W", line.strip(), maxsplit=1)[0] or line.strip()[:1]
