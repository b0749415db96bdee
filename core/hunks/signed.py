"""Lines of a diff whose sign, or whose meaning, only the file at hand tells.

Context lines may lack the space that they begin with, and an ellipsis may be code.

`formats` must say of each hunk whether its context lost that space, and knows nothing but the hunk.
Here the file says it: where its lines are those of the context with one space less, or one more,
that is what they are, unless the added lines are indented as the context is. In a hunk that lacks
the space, a line that begins with ``-`` or ``+`` may be one that stays: it is where the file has
it, sign and all, and not the line without. An ellipsis that the file has nowhere stands for others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import replace

from fastapply.core.edits import Elision, FileEdit, Hunk, Op, Step
from fastapply.core.lines.shift import indent_of

_ELLIPSIS = "..."
_MOST = 4  # but one context line in so many must be the file's
_READINGS: Sequence[Callable[[str], str]] = (
    lambda text: text.removeprefix(" "),
    lambda text: f" {text}",
)


def as_signed(edit: FileEdit, lines: Sequence[str]) -> FileEdit:
    """`edit`, which is a diff, with its context lines as the file of `lines` has them."""
    file = frozenset(map(str.rstrip, lines))
    code = any(line.lstrip() == _ELLIPSIS for line in file)
    parts = (
        _hunk(part if code else _elided(part), file) if isinstance(part, Hunk) else part
        for part in edit.edits
    )
    return replace(edit, edits=tuple(parts))


def _elided(hunk: Hunk) -> Hunk:
    """`hunk`, each ellipsis in context, or between lines that go, one that stands for others."""
    steps = list(hunk.steps)
    for index in range(1, len(steps) - 1):
        around = {each.op for each in steps[index - 1 : index + 2] if isinstance(each, Step)}
        step = steps[index]
        if not isinstance(step, Step) or step.text.strip() != _ELLIPSIS:
            continue
        if step.op is Op.KEEP or around == {Op.DROP}:
            steps[index] = Elision(kept=step.op is Op.KEEP)
    return replace(hunk, steps=tuple(steps))


def _hunk(hunk: Hunk, file: frozenset[str]) -> Hunk:
    if hunk.unsigned:
        found = (_stays(step, file) if isinstance(step, Step) else step for step in hunk.steps)
        return replace(hunk, steps=tuple(found))
    steps = [step for step in hunk.steps if isinstance(step, Step) and step.text.strip()]
    if all(step.text.rstrip() in file for step in steps if step.op is not Op.ADD):
        return hunk
    if any(step.text.rstrip() not in file for step in steps if step.op is Op.DROP):
        return hunk
    kept = [step.text.rstrip() for step in steps if step.op is Op.KEEP]
    added = {_margin(step.text) for step in steps if step.op is Op.ADD}
    right = sum(text in file for text in kept)
    for reading in _READINGS:
        read = [*map(reading, kept)]
        fewer = len(added & {*map(_margin, read)}) < len(added & {*map(_margin, kept)})
        hits = sum(text in file for text in read)
        if not fewer and hits > right and _MOST * hits >= (_MOST - 1) * len(kept):
            return replace(hunk, steps=tuple(_respaced(step, reading) for step in hunk.steps))
    return hunk


def _margin(text: str) -> tuple[str, bool]:
    """The indentation of a line, and whether it is that of a C comment's, one column deeper."""
    return indent_of(text), text.lstrip().startswith("*")


def _stays(step: Step, file: Set[str]) -> Step:
    """A line that goes or comes, as one that stays whose sign is missing, if the file has that."""
    text = f"{step.op.value}{step.text}"
    if step.op is not Op.KEEP and step.text.rstrip() not in file and text.rstrip() in file:
        return Step(Op.KEEP, text)
    return step


def _respaced(step: Step | Elision, reading: Callable[[str], str]) -> Step | Elision:
    if isinstance(step, Step) and step.op is Op.KEEP and step.text.strip():
        return Step(Op.KEEP, reading(step.text))
    return step
