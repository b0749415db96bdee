"""Lines that a model wraps otherwise than the file: a call on one line that the file has on three.

The text of the lines sought, without white space, must stand in one place of the file, from the
beginning of a line to the end of one. There the file's own lines take the place of the edit's,
piece by piece from one line break of both to the next: a piece of which something goes goes whole,
and what the edit has there comes. Braces that the file has on lines of their own stay there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

from fastapply.core.edits import Elision, Hunk, Op, Step
from fastapply.core.lines.reindent import reindent, unit_of

LEAST = 16
"""How many characters the lines sought must have for that."""


class _Group(NamedTuple):
    """Steps from one common line break to the next, and the lines of the file they stand for."""

    steps: tuple[Step, ...]
    lines: tuple[str, ...]


def rewrapped(hunk: Hunk, lines: Sequence[str]) -> Hunk | None:
    """`hunk` with its old lines as the file wraps them; None where that cannot be said."""
    steps = [step for step in hunk.steps if isinstance(step, Step)]
    steps = [step for step in steps if step.op is not Op.KEEP or step.text.strip()]
    if any(step.op is Op.DROP and not step.text.strip() for step in steps):
        return None
    if any(isinstance(step, Elision) for step in hunk.steps):
        return None
    shown = [line for line in lines if line.strip()]
    start = _place(hunk.old, shown)
    if start is None:
        return None
    groups = [*_groups(steps, shown[start:])]
    pairs = [(_first(group), group.lines[0]) for group in groups if group.lines]
    shift = reindent(pairs, unit_of(step.text for step in steps))
    if shift is None:
        return None
    found: list[Step] = []
    for group in groups:
        ops = {step.op for step in group.steps}
        if ops == {Op.KEEP}:
            found += [Step(Op.KEEP, line) for line in group.lines]
            continue
        found += [Step(Op.DROP, line) for line in group.lines]
        new = (step.text for step in group.steps if step.op is not Op.DROP)
        found += [Step(Op.ADD, shift.apply(text)) for text in new]
    steps = [step for kept, run in groupby(found, _stays) for step in _braced([*run], kept=kept)]
    return Hunk(tuple(steps), hunk.at, hunk.anchors, hunk.line, hunk.at_end)


def _stays(step: Step) -> bool:
    return step.op is Op.KEEP


def _braced(steps: Sequence[Step], *, kept: bool) -> Sequence[Step]:
    """A change in which the braces that the file has on lines of their own stay there."""
    old = [step.text for step in steps if step.op is Op.DROP]
    new = [step.text for step in steps if step.op is Op.ADD]
    if kept or len(old) < 2 or not new or old[-1].strip() != "{" or new[-1].strip() == "{":
        return steps
    head, brace, rest = new[-1].rpartition("{")
    if not brace or rest.strip():
        return steps
    return (
        *(Step(Op.DROP, line) for line in old[:-1]),
        *(Step(Op.ADD, line) for line in (*new[:-1], head.rstrip())),
        Step(Op.KEEP, old[-1]),
    )


def _squeezed(line: str) -> str:
    return "".join(line.split())


def _place(old: Sequence[str], shown: Sequence[str]) -> int | None:
    """The line of `shown` at which the text of `old` begins, if it stands there alone."""
    sought = "".join(map(_squeezed, old))
    keys = [*map(_squeezed, shown)]
    text = "".join(keys)
    if len(sought) < LEAST or text.count(sought) != 1:
        return None
    starts = [*accumulate(map(len, keys), initial=0)]
    start = text.find(sought)
    if start not in starts or start + len(sought) not in starts:
        return None
    return starts.index(start)


def _groups(steps: Sequence[Step], shown: Sequence[str]) -> Iterator[_Group]:
    """The steps, cut where a line of the edit and one of the file end together.

    Lines that come between two such breaks stand alone.
    """
    taken: list[Step] = []
    held: list[str] = []
    ours = theirs = 0
    following = iter(shown)
    for step in steps:
        if step.op is Op.ADD and ours == theirs:
            yield _Group((step,), ())
            continue
        taken.append(step)
        if step.op is not Op.ADD:
            ours += len(_squeezed(step.text))
        while theirs < ours:
            held.append(next(following))
            theirs += len(_squeezed(held[-1]))
        if ours == theirs and held:
            yield _Group(tuple(taken), tuple(held))
            taken, held = [], []


def _first(group: _Group) -> str:
    return next(step.text for step in group.steps if step.op is not Op.ADD and step.text.strip())
