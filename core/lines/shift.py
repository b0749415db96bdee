"""Indentation between a fragment and the file: dedented, over-indented, spaces for tabs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import pairwise
from math import gcd
from typing import NamedTuple


def indent_of(line: str) -> str:
    """The white space a line begins with."""
    return line[: len(line) - len(line.lstrip())]


class Shift(NamedTuple):
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


def shift_between(
    pairs: Sequence[tuple[str, str]], shown: Sequence[str] = (), file: Sequence[str] = ()
) -> Shift:
    """The shift between a fragment's lines and the file's, from `pairs` of the same line in both.

    The lines indented least decide, in the fragment and among those in the file: they are context,
    while what is deeper may be indented anew. All lines `shown` tell how wide a level is. Where the
    pairs leave that open, blocks of the fragment and of the `file` tell whether theirs differ.
    """
    indents = [(indent_of(theirs), indent_of(ours)) for theirs, ours in pairs if ours.strip()]
    if not indents or all(ours == theirs for theirs, ours in pairs):
        return Shift()
    style = _style(indents, [indent_of(line) for line in shown if line.strip()])
    if style == Shift():
        levels = _levels(shown, file)
        is_one_depth = len({theirs for theirs, _ in indents}) == 1
        style = levels if is_one_depth or _moves_as_one(indents, levels) else style
    shallowest = min(len(theirs) for theirs, _ in indents)
    context = [(theirs, ours) for theirs, ours in indents if len(theirs) == shallowest]
    least = min(len(ours) for _, ours in context)
    votes = Counter(
        shift
        for theirs, ours in context
        if len(ours) == least and (shift := _shift(theirs, ours, style)) is not None
    )
    return votes.most_common(1)[0][0] if votes else style


def style_shift(lines: Sequence[str], file: Sequence[str]) -> Shift:
    """Tabs for spaces or spaces for tabs, where the lines have only the one, the file the other."""
    ours = [indent_of(line) for line in file if line.strip()]
    theirs = [indent_of(line) for line in lines if line.strip()]
    return _style([(indent, "") for indent in theirs] + [("", indent) for indent in ours])


def _shift(theirs: str, ours: str, style: Shift) -> Shift | None:
    """The shift from one indent to another, after the conversion `style`; None if there is none."""
    converted = indent_of(style.apply(theirs + "x"))
    if ours == converted:
        return style
    if ours.endswith(converted):
        return style._replace(more=ours[: len(ours) - len(converted)])
    if converted.endswith(ours):
        return style._replace(less=converted[: len(converted) - len(ours)])
    return None


def _style(indents: Sequence[tuple[str, str]], shown: Iterable[str] = ()) -> Shift:
    """Spaces for tabs or tabs for spaces, where the two texts differ in that; else no change."""
    theirs = {char for indent, _ in indents for char in indent}
    ours = {char for _, indent in indents for char in indent}
    if theirs == {" "} and ours == {"\t"}:
        return Shift(" " * _unit((*shown, *(indent for indent, _ in indents))), "\t")
    if theirs == {"\t"} and ours == {" "}:
        return Shift("\t", " " * _unit(indent for _, indent in indents))
    if theirs == ours == {" "}:
        return _steps(indents)
    return Shift()


def _steps(indents: Sequence[tuple[str, str]]) -> Shift:
    """Two spaces for four, or the other way round, where every indent says so.

    Lines of one depth cannot tell it from a fragment that stands further left; lines of three can,
    even if it stands further left too.
    """
    depths = {theirs for theirs, _ in indents}
    if sum(any(pair) for pair in indents) < 2:  # a lone line may be indented anew
        return Shift()
    for width, other in ((4, 2), (2, 4)):
        margins = {len(ours) * width - len(theirs) * other for theirs, ours in indents}
        if len(margins) == 1 and len(depths) > 1:
            (margin,) = margins
            if margin == 0 or (margin > 0 and len(depths) > 2):
                return Shift(" " * width, " " * other)
    return Shift()


def _levels(shown: Sequence[str], file: Sequence[str]) -> Shift:
    """From the width of a fragment's level to that of the file's, where its blocks have but one."""
    ours = Counter(_widths(shown))
    theirs = Counter(_widths(file)) if len(ours) == 1 else Counter()
    if not theirs:
        return Shift()
    (width,), (usual, _) = ours, theirs.most_common(1)[0]
    return Shift(" " * width, " " * usual) if width != usual else Shift()


def _moves_as_one(indents: Sequence[tuple[str, str]], style: Shift) -> bool:
    """Whether all stand as far from the file's after the conversion `style`."""
    margins = {len(ours) - len(indent_of(style.apply(theirs + "x"))) for theirs, ours in indents}
    return len(margins) == 1


def _widths(lines: Sequence[str]) -> Iterator[int]:
    """How much deeper in spaces each line stands that comes after one that opens a block."""
    text = [line for line in lines if line.strip()]
    for before, after in pairwise(text):
        more = indent_of(after).removeprefix(indent_of(before))
        if before.rstrip().endswith(("{", ":")) and more and not more.strip(" "):
            yield len(more)


def _unit(indents: Iterable[str]) -> int:
    """The width of one level: what divides all indents, 4 where they say nothing."""
    width = reduce(gcd, (len(indent) for indent in indents), 0)
    return width if width in (2, 3, 4, 8) else 4
