"""Indentation between a fragment and the file: dedented, over-indented, spaces for tabs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import gcd


def indent_of(line: str) -> str:
    """The white space a line begins with."""
    return line[: len(line) - len(line.lstrip())]


@dataclass(frozen=True, slots=True)
class Shift:
    """How a fragment's indentation becomes the file's.

    First each leading `theirs` becomes `ours` (where the styles differ: four spaces for a tab),
    then `more` is put before, or `less` taken away.
    """

    theirs: str = ""
    ours: str = ""
    more: str = ""
    less: str = ""

    def apply(self, line: str) -> str:
        """`line` with the file's indentation; blank lines stay as they are."""
        indent = indent_of(line)
        if not line.strip():
            return line
        rest = line[len(indent) :]
        if self.theirs:
            count = 0
            while indent.startswith(self.theirs, count * len(self.theirs)):
                count += 1
            indent = self.ours * count + indent[count * len(self.theirs) :]
        if self.less and indent.startswith(self.less):
            indent = indent[len(self.less) :]
        return self.more + indent + rest

    def apply_all(self, lines: Iterable[str]) -> list[str]:
        """Each of `lines` with the file's indentation."""
        return [self.apply(line) for line in lines]


def shift_between(pairs: Sequence[tuple[str, str]]) -> Shift:
    """The shift that most of `pairs` (fragment line, the file's same line) agree on.

    A line with letters in its old place outweighs any number of shifted ones: then the fragment
    is not shifted, but indents some lines anew.
    """
    if all(ours == theirs for theirs, ours in pairs) or any(
        ours == theirs and any(map(str.isalnum, ours)) for theirs, ours in pairs
    ):
        return Shift()
    indents = [(indent_of(theirs), indent_of(ours)) for theirs, ours in pairs if ours.strip()]
    style = _style(indents)
    votes: Counter[Shift] = Counter()
    for theirs, ours in indents:
        converted = indent_of(style.apply(theirs + "x"))
        if ours == converted:
            votes[style] += 1
        elif ours.endswith(converted):
            votes[Shift(style.theirs, style.ours, more=ours[: len(ours) - len(converted)])] += 1
        elif converted.endswith(ours):
            less = converted[: len(converted) - len(ours)]
            votes[Shift(style.theirs, style.ours, less=less)] += 1
    return votes.most_common(1)[0][0] if votes else Shift()


def _style(indents: Sequence[tuple[str, str]]) -> Shift:
    """Spaces for tabs or tabs for spaces, where the two texts differ in that; else no change."""
    theirs = {char for indent, _ in indents for char in indent}
    ours = {char for _, indent in indents for char in indent}
    if theirs == {" "} and ours == {"\t"}:
        return Shift(" " * _unit(indent for indent, _ in indents), "\t")
    if theirs == {"\t"} and ours == {" "}:
        return Shift("\t", " " * _unit(indent for _, indent in indents))
    widths = [(_unit(indent for indent, _ in indents), _unit(indent for _, indent in indents))]
    steps = _steps(indents)
    if theirs == ours == {" "} and steps and widths[0][0] != widths[0][1]:
        return steps
    return Shift()


def _steps(indents: Sequence[tuple[str, str]]) -> Shift | None:
    """Two spaces for four, or the other way round, where every indent says so."""
    wide = [(len(theirs), len(ours)) for theirs, ours in indents if theirs and ours]
    ratios = {ours / theirs for theirs, ours in wide}
    if len(wide) < 2 or len(ratios) != 1 or len({theirs for theirs, _ in wide}) < 2:
        return None
    ratio = ratios.pop()
    if ratio not in (0.5, 2.0):
        return None
    unit = 4 if ratio == 0.5 else 2
    return Shift(" " * unit, " " * int(unit * ratio))


def _unit(indents: Iterable[str]) -> int:
    """The width of one level: what divides all indents, 4 where they say nothing."""
    width = reduce(gcd, (len(indent) for indent in indents), 0)
    return width if width in (2, 3, 4, 8) else 4
