"""One shift of indentation that explains every line, or none.

A model that copies lines may dedent them as a whole, indent them deeper, write spaces for tabs, or
trim the first line alone (zed 60302). Where one such mistake explains all lines it is undone in
what the model adds; where it takes two, the lines are not the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from math import gcd
from typing import NamedTuple

from fastapply.core.lines.shift import Shift, indent_of

_UNITS = (4, 2, 8, 3)
NO_SHIFT = Shift()


class Reindent(NamedTuple):
    """How the indentation of an edit becomes the file's.

    `body` holds for all lines but a first one that was trimmed; `trimmed` is what that one lacks.
    """

    body: Shift = NO_SHIFT
    trimmed: str = ""

    def apply(self, line: str, *, first: bool = False) -> str:
        """The line with the file's indentation; `first` says the edit begins with it."""
        if first and self.trimmed and not line.startswith((" ", "\t")):
            return self.trimmed + line
        return self.body.apply(line)


AS_WRITTEN = Reindent()


def unit_of(lines: Iterable[str]) -> int:
    """The number of spaces a level is indented by; 4 where the lines do not say."""
    indents = (indent_of(line) for line in lines if line.strip())
    unit = reduce(gcd, (len(indent) for indent in indents if "\t" not in indent), 0)
    return unit if unit in _UNITS else 4


def reindent(
    pairs: Sequence[tuple[str, str]], unit: int, added: Sequence[str] = ()
) -> Reindent | None:
    """What turns the indentation of each pair's first line into the second's, if one thing does.

    The lines of a pair are equal but for their indentation, or nearly; `unit` is the number of
    spaces the edit indents a level by, `added` are the lines it adds.
    """
    indents = [(indent_of(theirs), indent_of(ours)) for theirs, ours in pairs]
    if len(pairs) == 1 and _trimmed(*pairs[0], added):
        return Reindent(trimmed=indents[0][1])
    for shift in _shifts(indents, unit):
        if _explains(shift, indents):
            return Reindent(shift)
    if len(indents) > 1 and not indents[0][0] and indents[0][1]:
        for shift in _shifts(indents[1:], unit):
            if _explains(shift, indents[1:]):
                return Reindent(shift, trimmed=indents[0][1])
    return None


def _trimmed(theirs: str, ours: str, added: Sequence[str]) -> bool:
    """Whether a lone line was trimmed, for the lines added with it have the file's indentation."""
    indent = indent_of(ours)
    if indent_of(theirs) or not indent:
        return False
    rest = [line for line in added[not indent_of(added[0]) :] if line.strip()] if added else []
    deeper = ours.rstrip().endswith((":", "{", "(", "[", ">")) and not ours.endswith("::")
    return bool(rest) and all(
        line.startswith(indent) and (not deeper or len(indent_of(line)) > len(indent))
        for line in rest
    )


def _explains(shift: Shift, indents: Iterable[tuple[str, str]]) -> bool:
    """Whether `shift` makes the second of each pair of the first, taking all that it takes."""
    marked = ((theirs + "x", ours + "x") for theirs, ours in indents)
    if not shift.less:
        return all(shift.apply(theirs) == ours for theirs, ours in marked)
    style = Shift(shift.theirs, shift.ours)
    return all(style.apply(theirs) == shift.less + ours for theirs, ours in marked)


def _shifts(indents: Sequence[tuple[str, str]], unit: int) -> Iterator[Shift]:
    """The shifts that explain one of the pairs, the plainest first."""
    if not indents:
        return
    deepest = max(indents, key=lambda pair: len(pair[0]))
    yield NO_SHIFT
    yield from _added_or_taken(*deepest, NO_SHIFT)
    for style in _styles(indents, unit):
        if style.apply(deepest[0] + "x") == deepest[1] + "x":
            yield style
        yield from _added_or_taken(indent_of(style.apply(deepest[0] + "x")), deepest[1], style)


def _added_or_taken(theirs: str, ours: str, style: Shift) -> Iterator[Shift]:
    if ours.endswith(theirs):
        yield Shift(style.theirs, style.ours, more=ours[: len(ours) - len(theirs)])
    if theirs.endswith(ours):
        yield Shift(style.theirs, style.ours, less=theirs[: len(theirs) - len(ours)])


def _styles(indents: Sequence[tuple[str, str]], unit: int) -> Iterator[Shift]:
    """Spaces for tabs, tabs for spaces, and levels of another width."""
    theirs = {char for indent, _ in indents for char in indent}
    ours = {char for _, indent in indents for char in indent}
    widths = dict.fromkeys((unit, *_UNITS))
    if "\t" not in theirs and "\t" in ours:
        yield from (Shift(" " * width, "\t") for width in widths)
    if "\t" in theirs and "\t" not in ours:
        own = unit_of(indent + "x" for _, indent in indents)
        yield from (Shift("\t", " " * width) for width in dict.fromkeys((own, *_UNITS)))
    if "\t" not in theirs and "\t" not in ours:
        depths = {(len(a), len(b)) for a, b in indents if a}
        if len(depths) > 1:
            yield from (Shift(" " * a, " " * b) for a, b in ((2, 4), (4, 2)))
