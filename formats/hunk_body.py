"""The body of a hunk, shared by unified diffs and apply-patch.

    line = "+" text | "-" text | " " text | "" | text | "\\ No newline at end of file"
    header = "@@" [ "-" n [ "," n ] "+" n [ "," n ] ] [ "@@" ] [ anchor ] [ "@@" ]

A line that starts with none of the signs is a context line that lost its space. Whether the
context lines that do start with a space have lost theirs is decided for the hunk as a whole, by
the indentation of its other lines. Counts are never trusted, line numbers are a hint.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from fastapply.core.edits import Hunk, Op, Step
from fastapply.core.regex import regex
from fastapply.formats.elisions import Steps, resolve_context, resolve_drops

_NUMBERS = regex(r"^@@+\s*-(\d+)(?:,(\d+))?\s+\+(\d+)(?:,(\d+))?\s*(?:@@+|$)\s?(.*)$")
_HEADER = regex(r"^@@+(?:\s(.*))?$")
_NUMBERISH = regex(r"^[-+\d,.\s…xXyYnN]*$")
_UNITS = (2, 4, 8)  # columns that code is indented by


class Header(NamedTuple):
    """A ``@@`` line: the claimed first line (0-based) and counts, if any, and the anchor.

    Where the header counts no old lines, `line` is the one that the new lines come before.
    """

    anchor: str = ""
    line: int | None = None
    counts: tuple[int, int] | None = None


def parse_header(line: str) -> Header | None:
    """Read a ``@@`` line, None where it is none."""
    if not line.startswith("@@"):
        return None
    numbers = _NUMBERS.match(line)
    if numbers is not None:
        start, old, _, new, rest = numbers.groups()
        counts = (_count(old), _count(new))
        return Header(_anchor(rest), max(_count(start) - (counts[0] > 0), 0), counts)
    header = _HEADER.match(line)
    if header is None:
        text = line.strip("@")
        return Header(_anchor(text)) if line.endswith("@@") or not text.strip() else None
    return Header(_anchor(header[1] or ""))


def _count(digits: str | None) -> int:
    """A number of a header; absent means 1, and nobody has files of more than 10^9 lines."""
    return 1 if digits is None else int(digits[:10])


def _anchor(text: str) -> str:
    text = text.rstrip()
    if text.endswith("@@"):
        text = text.rstrip("@").rstrip()
    return "" if _NUMBERISH.match(text) else text


def changes(hunk: Hunk) -> bool:
    """Whether a hunk does anything but show what is there."""
    return any(not isinstance(step, Step) or step.op is not Op.KEEP for step in hunk.steps)


def lacks_signs(lines: Sequence[str]) -> bool:
    """Whether a context line of the hunk surely lacks the space that is its sign."""
    return any(line[0] not in " \t+-\\" for line in lines if line)


def steps_of_body(lines: Sequence[str]) -> Steps:
    """The steps that the lines of a hunk say."""
    lines = _without_loose_end(lines)
    lost = _context_lost_its_space(lines)
    steps: list[Step] = []
    for line in lines:
        sign, text = line[:1], line[1:]
        if sign == "+":
            steps.append(Step(Op.ADD, text))
        elif sign == "-":
            steps.append(Step(Op.DROP, text))
        elif line.startswith("\\ No newline"):
            continue
        else:
            spaced = sign == " " and not (lost and line.strip())
            steps.append(Step(Op.KEEP, text if spaced else line))
    return resolve_context(resolve_drops(steps))


def _without_loose_end(lines: Sequence[str]) -> Sequence[str]:
    """The lines without the empty ones at the end, which are space between hunks."""
    stop = len(lines)
    while stop and not lines[stop - 1]:
        stop -= 1
    return lines[:stop]


def _context_lost_its_space(lines: Sequence[str]) -> bool:
    """Whether context lines begin with the file's own indentation, without the diff's space.

    Of the two ways to read them, that one holds in which indentations agree best with those of the
    changed lines, and on a unit that these have; hardly any code is indented by one column.
    """
    changed = {_indent(line[1:]) for line in lines if line[:1] in ("+", "-") and _tells(line[1:])}
    changed -= {0}  # a multiple of every unit says nothing
    lost = kept = 0.0
    spaced: list[int] = []
    for line in lines:
        if not line.strip() or line[0] in "+-\\":
            continue
        if line[0] != " ":
            lost += 1
        elif line.startswith(" \t"):
            kept += 1
        elif _tells(line):
            spaced.append(_indent(line))
            kept += spaced[-1] == 1
    units = [unit for unit in _UNITS if 2 * _multiples(changed, unit) >= len(changed)]
    lost += sum(indent in changed for indent in spaced)
    kept += sum(indent - 1 in changed for indent in spaced)
    lost += _agreement(spaced, units or _UNITS)
    kept += _agreement([indent - 1 for indent in spaced], units or _UNITS)
    return lost > kept


def _tells(text: str) -> bool:
    """Whether a line has the indentation of code: not that of the lines of a C comment."""
    return bool(text.strip()) and not text.lstrip().startswith("*")


def _agreement(indents: Collection[int], units: Sequence[int]) -> float:
    """How many of `indents` are multiples of one of `units`, less what chance would make so."""
    return max((1 - 1 / unit) * _multiples(indents, unit) for unit in units)


def _multiples(numbers: Collection[int], unit: int) -> int:
    return sum(number % unit == 0 for number in numbers)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
