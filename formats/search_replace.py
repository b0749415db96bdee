"""SEARCH/REPLACE blocks.

    block   = search { hint } old divider new replace
    search  = 4 to 9 "<" or 3 or more "-", " SEARCH" [ ">" ] [ path ]
    hint    = ":start_line:" n | ":end_line:" n | "-------" (after a hint)
    divider = 5 to 9 "=", or 4 as in search
    replace = 4 to 9 ">" or 3 or more "+", " REPLACE" [ "<" ] [ text ]

ORIGINAL and UPDATED stand for SEARCH and REPLACE too, at arrows in any case. One sign of the two is
enough: then arrows that say anything else, or nothing, are the other (``<<<<<<< HEAD``). The path
is in the block's first line, in the fence's info string, or in one of the three lines before; a
block that names none is for the file of the block before it.

Tolerated: no fence; the whole block indented; a missing REPLACE sign (or a divider in its place)
where the fence is closed or the next block begins behind a closed fence; signs escaped with a
backslash in the text; lines numbered ``12 | code``, or the old ones alone. Where the text holds
dividers of its own, the one that leaves the most similar halves counts. Refused: a missing divider,
a second SEARCH sign inside a block, a block that the document's end cuts off.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from fastapply.core.edits import FileEdit, Hunk, Span
from fastapply.core.errors import MalformedEditError
from fastapply.core.regex import regex
from fastapply.formats.elisions import steps_of_halves
from fastapply.formats.fences import Opening, Signs, dedent
from fastapply.formats.paths import as_path, path_in_line, path_in_pointer

NAME = "search-replace"

_SEARCH = regex(
    r"^([ \t]*)(?:<{4,9}[ \t]?(?i:SEARCH|ORIGINAL)|-{3,}[ \t]?(?:SEARCH|ORIGINAL))>?"
    r"(?:[ \t]+(\S.*))?[ \t]*$"
)
_SHORT_SEARCH = regex(r"^[ \t]*<{4}(?!<)")
_SHORT_DIVIDER = regex(r"^[ \t]*={4}[ \t]*$")
_DIVIDER = regex(r"^[ \t]*={5,9}[ \t]*$")
_REPLACE = regex(
    r"^[ \t]*(?:>{4,9}[ \t]?(?i:REPLACE|UPDATED)<?(?:[ \t]+\S.*)?"
    r"|\+{3,}[ \t]?(?:REPLACE|UPDATED)<?)[ \t]*$"
)
_ARROWS = regex(r"^([ \t]*)(?:<{5,9}|>{5,9})(?:[ \t]?([\w./].*))?$")
_HINT = regex(r"^[ \t]*:(start|end)_line:[ \t]*(\d{1,9})[ \t]*$")
_HINT_END = regex(r"^[ \t]*-{5,}[ \t]*$")
_ESCAPED = regex(r"^([ \t]*)\\(<{5,9}|={5,9}|>{5,9}|-{5,9}|:(?:start|end)_line:)")
_CONFLICT_START = regex(r"^[ \t]*<{7} (?!(?i:SEARCH|ORIGINAL))\S")
_CONFLICT_END = regex(r"^[ \t]*>{7} (?!(?i:REPLACE|UPDATED))\S")
_NUMBERED = regex(r"^[ \t]*(\d{1,7})(?:[ \t]?\|(?:[ \t]|$)|\u2192)")

_LOOK_BACK = 3


class _Bounds(NamedTuple):
    """The lines of a block: its text from `start` to `stop`, and the line after the block."""

    start: int
    stop: int
    end: int
    dividers: tuple[int, ...]


def starts(lines: Sequence[str], index: int) -> bool:
    """Whether a block begins at this line."""
    line = lines[index].lstrip(" \t")
    return _is_search(line) or (line.startswith("<<<<<") and _is_answered(lines, index))


def _is_search(line: str) -> bool:
    return line.lstrip(" \t")[:1] in ("<", "-") and _SEARCH.match(line) is not None


def _is_answered(lines: Sequence[str], index: int) -> bool:
    """Whether the next arrows after those at `index` are a REPLACE sign behind a divider."""
    if not _ARROWS.match(lines[index]):
        return False
    divided = False
    for line in itertools.islice(lines, index + 1, None):
        if _REPLACE.match(line):
            return divided
        if _ARROWS.match(line):
            return False
        divided = divided or _DIVIDER.match(line) is not None
    return False


def is_torn(lines: Sequence[str]) -> bool:
    """Whether the lines hold the end of a block without its beginning."""
    ends = sum(1 for line in lines if line[:1] in (">", "+") and _REPLACE.match(line))
    return ends > sum(map(_is_search, lines))


def block(lines: Sequence[str], start: int, signs: Signs, fence: Opening | None) -> FileEdit:
    """The block that begins at line `start`, inside `fence` if it is not None.

    Raise `MalformedEditError` where it is broken.
    """
    search = _SEARCH.match(lines[start]) or _ARROWS.match(lines[start])
    assert search is not None
    bounds = _bounds(lines, start, signs, fence)
    at = Span(start, bounds.end)
    divider = _division(lines, bounds, at)
    indent = search[1]
    old = [dedent(line, indent) for line in lines[bounds.start : divider]]
    new = [dedent(line, indent) for line in lines[divider + 1 : bounds.stop]]
    line, old = _hints(old)
    old, new = _unnumbered([_unescaped(t) for t in old], [_unescaped(t) for t in new])
    if not old and not new:
        raise MalformedEditError("an empty SEARCH/REPLACE block", at)
    hunk = Hunk(steps_of_halves(tuple(old), tuple(new)), at, line=line)
    path = _path(lines, start, fence, search[2])
    return FileEdit(path, (hunk,), NAME, at)


def _bounds(lines: Sequence[str], start: int, signs: Signs, fence: Opening | None) -> _Bounds:
    """Find where the block ends."""
    dividers: list[int] = []
    conflict = False
    closing: int | None = None
    arrows: int | None = None
    short = _SHORT_SEARCH.match(lines[start]) is not None
    for index in range(start + 1, len(lines)):
        line = lines[index]
        if _REPLACE.match(line):
            if not dividers:
                raise MalformedEditError(
                    "a SEARCH block without a divider (=======) before its REPLACE sign",
                    Span(start, index + 1),
                )
            return _Bounds(start + 1, index, index + 1, tuple(dividers))
        if _is_search(line):
            break
        if arrows is None and dividers and not conflict and line.lstrip(" \t").startswith(">>>>>"):
            arrows = index if _ARROWS.match(line) else None
        if fence is not None and closing is None and dividers and signs.closes(index, fence):
            closing = index
        conflict = (conflict or bool(_CONFLICT_START.match(line))) and not _CONFLICT_END.match(line)
        if not conflict and (_DIVIDER.match(line) or (short and _SHORT_DIVIDER.match(line))):
            dividers.append(index)
    else:
        index = len(lines)
    if arrows is not None and (closing is None or arrows < closing):
        inside = tuple(divider for divider in dividers if divider < arrows)
        return _Bounds(start + 1, arrows, arrows + 1, inside)
    return _without_replace(lines, Span(start, index), dividers, closing)


def _without_replace(
    lines: Sequence[str], at: Span, dividers: list[int], closing: int | None
) -> _Bounds:
    """The bounds of a block that lacks its REPLACE sign: it ends where its fence does."""
    if closing is None or not dividers:
        what = "REPLACE sign" if dividers else "divider (=======)"
        raise MalformedEditError(f"a SEARCH block without its {what}: is it cut off?", at)
    inside = [divider for divider in dividers if divider < closing]
    last = closing
    while not lines[last - 1].strip():
        last -= 1
    if len(inside) > 1 and inside[-1] == last - 1:
        return _Bounds(at.start + 1, last - 1, closing, tuple(inside[:-1]))
    return _Bounds(at.start + 1, closing, closing, tuple(inside))


def _division(lines: Sequence[str], bounds: _Bounds, at: Span) -> int:
    """Which of the dividers divides: the one that leaves the most similar halves."""
    if len(bounds.dividers) == 1:
        return bounds.dividers[0]
    after = Counter(line.strip() for line in lines[bounds.start : bounds.stop])
    before: Counter[str] = Counter()
    shared = 0
    scored: list[tuple[int, int]] = []
    dividers = set(bounds.dividers)
    for index in range(bounds.start, bounds.stop):
        text = lines[index].strip()
        shared -= min(before[text], after[text])
        after[text] -= 1
        shared += min(before[text], after[text])
        if index in dividers:
            scored.append((shared, index))
        shared -= min(before[text], after[text])
        before[text] += 1
        shared += min(before[text], after[text])
    scored.sort(reverse=True)
    if scored[0][0] == scored[1][0]:
        raise MalformedEditError("a SEARCH block with several dividers (=======)", at)
    return scored[0][1]


def _hints(old: list[str]) -> tuple[int | None, list[str]]:
    """The 0-based line that hints before the old lines claim, and the old lines."""
    line: int | None = None
    count = 0
    while count < len(old) and (hint := _HINT.match(old[count])):
        if hint[1] == "start":
            line = max(int(hint[2]) - 1, 0)
        count += 1
    if count and count < len(old) and _HINT_END.match(old[count]):
        count += 1
    return line, old[count:]


def _unescaped(line: str) -> str:
    return _ESCAPED.sub(r"\1\2", line)


def _unnumbered(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """The halves without the line numbers that a listing put before every line of them.

    The new lines may have none though the old ones do.
    """
    numbers = [_NUMBERED.match(line) for line in old]
    values = [int(number[1]) for number in numbers if number is not None]
    first = values[0] if values else 0
    if not old or values != list(range(first, first + len(old))):
        return old, new
    numbered = sum(_NUMBERED.match(line) is not None for line in new)
    if 0 < numbered < len(new):
        return old, new
    return [_NUMBERED.sub("", line) for line in old], [_NUMBERED.sub("", line) for line in new]


def _path(
    lines: Sequence[str], start: int, fence: Opening | None, inline: str | None
) -> str | None:
    if inline is not None:
        path = as_path(inline.strip()) or path_in_line(inline)
        if path is not None:
            return path
    above = range(start - 1, max(start - 1 - _LOOK_BACK, -1), -1)
    fence_line = fence.line if fence is not None else -1
    for index in above:
        if index == fence_line:
            break
        if _REPLACE.match(lines[index]):
            return None
        path = path_in_line(lines[index])
        if path is not None:
            return path
    if fence is None:
        return None
    if fence.path is not None:
        return fence.path
    return path_before(lines, fence.line)


def path_before(lines: Sequence[str], line: int) -> str | None:
    """The path in the lines right before a fence, at most three lines up."""
    for index in range(line - 1, max(line - 1 - _LOOK_BACK, -1), -1):
        text = lines[index]
        if _REPLACE.match(text) or text.lstrip().startswith(("```", "~~~")):
            return None
        path = path_in_line(text) or path_in_pointer(text)
        if path is not None:
            return path
        if text.strip():
            return None
    return None
