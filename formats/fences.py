"""Markdown code fences, as models write them.

    opening  = indent ( "```" | "~~~" , any longer run ) info NEWLINE
    closing  = indent, a run of the same sign at least as long, nothing after

After CommonMark 0.31, with the leniency that chat answers need:

- A fence inside a list item is indented; its content loses as much indentation as the opening has.
- A run with an info word inside an open fence opens a nested one if it is closed before the outer
  fence is: always in Markdown, elsewhere where the signs of the rest of the document add up. Else
  the outer fence lacks its closing sign, and ends where the prose before the inner one begins.
- A fence that is never closed is marked so: the formats decide whether it was cut off.
- Signs indented four columns deeper than the opening belong to the code (a docstring); in a diff,
  signs indented at all are context lines, and so are those before lines that come or a hunk's head.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.regex import regex
from fastapply.formats.languages import DIFF, family_of_language
from fastapply.formats.paths import split_info

_PROSE_END = regex(r"[\w`)*][.:!?]\**\s*$|^[\w./*`-]+\.\w+[`*:]*\s*$")
_LONGEST_INFO = 500
_SIGN = regex(r"^([ \t]*)(`{3,}|~{3,})(.*)$")


class Opening(NamedTuple):
    """An opening sign: its line, indentation, sign, and what the info string says."""

    line: int
    indent: str
    sign: str
    language: str
    path: str | None


class End(Enum):
    """What ends a fence: its closing sign, the next fence, or the end of the document."""

    SIGN = "sign"
    FENCE = "fence"
    DOCUMENT = "document"


class Fence(NamedTuple):
    """A code fence: `at` is its content's lines, `stop` the line after all that belongs to it."""

    opening: Opening
    at: Span
    stop: int
    end: End

    def content(self, lines: Sequence[str]) -> tuple[str, ...]:
        """The code, without the indentation of the fence."""
        return tuple(
            dedent(line, self.opening.indent) for line in lines[self.at.start : self.at.stop]
        )


def dedent(line: str, indent: str) -> str:
    """`line` without as much of `indent` as it has."""
    if not indent:
        return line
    if line.startswith(indent):
        return line[len(indent) :]
    shared = len(line) - len(line.lstrip(" \t"))
    return line[min(shared, len(indent)) :]


class Signs:
    """Every fence sign of a document, found once, with the counts that nesting needs."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Scan the lines."""
        self._lines = lines
        self._matches: dict[int, re.Match[str]] = {}
        for index, line in enumerate(lines):
            if "```" in line or "~~~" in line:
                match = _SIGN.match(line)
                if match is not None and not ("`" in match[3] and match[2][0] == "`"):
                    self._matches[index] = match
        self._order = sorted(self._matches)
        self._rank = {line: rank for rank, line in enumerate(self._order)}
        self._surplus = self._closing_surplus()

    def _closing_surplus(self) -> list[int]:
        """For each sign, how many more bare signs than signs with info follow (itself included)."""
        surplus = [0] * (len(self._order) + 1)
        for rank in range(len(self._order) - 1, -1, -1):
            bare = not self._matches[self._order[rank]][3].strip()
            surplus[rank] = surplus[rank + 1] + (1 if bare else -1)
        return surplus

    def opening(self, line: int) -> Opening | None:
        """The opening sign at `line`, None where there is no sign."""
        match = self._matches.get(line)
        if match is None:
            return None
        language, path = split_info(match[3].strip()[:_LONGEST_INFO])
        return Opening(line, match[1], match[2], language, path)

    def closes(self, line: int, opening: Opening) -> bool:
        """Whether the sign at `line` can close `opening`."""
        match = self._matches.get(line)
        return (
            match is not None
            and match[2][0] == opening.sign[0]
            and len(match[2]) >= len(opening.sign)
            and not match[3].strip()
            and _level(match[1], opening)
        )

    def fence(self, opening: Opening) -> Fence:
        """The fence that `opening` opens."""
        depth = 0
        nests = family_of_language(opening.language) == "markdown"
        for rank in range(self._rank[opening.line] + 1, len(self._order)):
            line = self._order[rank]
            match = self._matches[line]
            if self.closes(line, opening):
                if depth == 0 and self._goes_on(rank, opening):
                    continue
                if depth == 0:
                    return Fence(opening, Span(opening.line + 1, line), line + 1, End.SIGN)
                depth -= 1
            elif self._nestable(match, opening):
                if nests or self._surplus[rank] > 0:
                    depth += 1
                    continue
                stop = self._end_of_code(opening.line + 1, line)
                return Fence(opening, Span(opening.line + 1, stop), stop, End.FENCE)
        last = len(self._lines)
        while last > opening.line + 1 and not self._lines[last - 1]:
            last -= 1
        return Fence(opening, Span(opening.line + 1, last), len(self._lines), End.DOCUMENT)

    def _goes_on(self, rank: int, opening: Opening) -> bool:
        """Whether a diff goes on behind a bare sign, in a stretch up to another one.

        A stretch that begins as a diff is one of its own, in a fence that does not say so.
        """
        if family_of_language(opening.language) != DIFF:
            return False
        bounds = itertools.pairwise(self._order[rank:])
        for start, stop in itertools.takewhile(lambda each: self.closes(each[1], opening), bounds):
            shown = [line for line in self._lines[start + 1 : stop] if line.strip()]
            its_own = start != self._order[rank] and shown and shown[0][0] in "+-@ "
            if not its_own and any(line.startswith(("+", "@@")) for line in shown):
                return True
        return False

    def _nestable(self, match: re.Match[str], opening: Opening) -> bool:
        return (
            match[2][0] == opening.sign[0]
            and len(match[2]) >= len(opening.sign)
            and bool(match[3].strip())
            and _level(match[1], opening)
        )

    def _end_of_code(self, start: int, stop: int) -> int:
        """Where the code before the next fence ends: before the last paragraph, if it is prose."""
        end = self._without_blanks(start, stop)
        if end == start or not _PROSE_END.search(self._lines[end - 1][-200:]):
            return end
        while end > start and self._lines[end - 1].strip():
            end -= 1
        return self._without_blanks(start, end) if end > start else stop

    def _without_blanks(self, start: int, stop: int) -> int:
        while stop > start and not self._lines[stop - 1].strip():
            stop -= 1
        return stop


def _level(indent: str, opening: Opening) -> bool:
    """Whether a sign with this indentation can belong to the fence, not to its text."""
    if family_of_language(opening.language) == DIFF:
        return _width(indent) <= _width(opening.indent)
    return _width(indent) < _width(opening.indent) + 4


def _width(indent: str) -> int:
    return len(indent.expandtabs(4))
