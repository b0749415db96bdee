"""Lines of a hunk that stand for lines they do not show.

    elision = "..." | "…" | a marker (`core.lines.markers`) that surely stands for code that stays

``...`` is also Python, so such a line is taken for an elision only where the hunk itself says so:

- in both halves of a SEARCH/REPLACE pair, or as a context line: kept;
- in SEARCH alone, or among minus lines, with lines that go on both sides of it: dropped;
- in REPLACE alone, where the lines around it stand in SEARCH: the lines between them there, or all
  to its end where nothing comes after and it is a marker in words;
- at the edge of a hunk it says nothing, and is left out if lines remain without it.

Everywhere else it is text. A kept elision also matches the line itself, so nothing is lost where
the file holds such a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from fastapply.core.edits import Elision, Op, Step, steps_between
from fastapply.core.lines.markers import Kind, marker
from fastapply.core.regex import regex

Steps: TypeAlias = "tuple[Step | Elision, ...]"

_MOST_PAIRS = 4_000_000

# What a stub's body follows: the end of its signature, or its docstring.
_HEADER = regex(r"\s*(?:(?:async\s+def|def|class)\b.*:|.*\).*:|.*(?:\"{3}|'{3}))$")


def is_elision(text: str) -> bool:
    """Whether a line can stand for others."""
    found = marker(text)
    if found is None or found.kind is not Kind.GAP:
        return False
    return found.certain or not found.text.strip(".…")


def is_stub_header(line: str) -> bool:
    """Whether Python's ``...`` below `line` is the body of a stub."""
    return _HEADER.match(line.rstrip()) is not None


def _is_in_words(text: str) -> bool:
    found = marker(text)
    return found is not None and found.certain and any(map(str.isalpha, text))


def steps_of_halves(old: Sequence[str], new: Sequence[str]) -> Steps:
    """The steps of a SEARCH/REPLACE pair."""
    new = expand_elided(old, new)
    old_parts, new_parts = _split(old), _split(new)
    if len(old_parts) == len(new_parts) > 1:
        pairs = zip(old_parts, new_parts, strict=True)
        return _joined([_steps(before, after) for before, after in pairs])
    steps = _steps(tuple(old), new)
    return resolve_drops(_slid(steps)) if len(new_parts) == 1 else steps


def _slid(steps: Sequence[Step]) -> list[Step]:
    """The steps, an elision at the end of lines that go moved among them where it can be.

    Lines that go and begin as the lines behind them do may be said to begin later.
    """
    result = list(steps)
    for index, step in enumerate(steps):
        if step.op is not Op.DROP or not is_elision(step.text):
            continue
        start = index
        while start and result[start - 1].op is Op.DROP:
            start -= 1
        stop = index + 1
        while stop < len(result) and result[stop].op is Op.KEEP:
            if start == index or result[start].text != result[stop].text:
                break
            result[start], result[stop] = result[stop], result[start]
            start, stop = start + 1, stop + 1
    return result


def _steps(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[Step, ...]:
    """`steps_between`, where that takes no more than a moment (difflib is quadratic)."""
    if len(old) * len(new) <= _MOST_PAIRS:
        return steps_between(old, new)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return (
        *(Step(Op.KEEP, text) for text in old[:start]),
        *(Step(Op.DROP, text) for text in old[start : len(old) - end]),
        *(Step(Op.ADD, text) for text in new[start : len(new) - end]),
        *(Step(Op.KEEP, text) for text in old[len(old) - end :]),
    )


def expand_elided(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """`new` with the elisions that `old` spells out put in words.

    Only where the lines before and after the elision stand in one place of `old`, in order.
    """
    if any(is_elision(line) for line in old) or not any(is_elision(line) for line in new):
        return tuple(new)
    keys = [line.strip() for line in old]
    result: list[str] = []
    for index, line in enumerate(new):
        start = _behind(keys, [line.strip() for line in new[:index]]) if is_elision(line) else None
        rest = [line.strip() for line in reversed(new[index + 1 :])]
        stop = len(keys) if _is_in_words(line) else -1
        if start is not None and any(rest):
            end = _behind(keys[::-1], rest)
            stop = len(keys) - end if end is not None else -1
        result += old[start:stop] if start is not None and start < stop else (line,)
    return tuple(result)


def _behind(keys: Sequence[str], before: Sequence[str]) -> int | None:
    """The place in `keys` behind the one place where the last lines of `before` stand in a row.

    As many lines are looked at as it takes to tell the place; None where nothing tells it.
    """
    places = [place for place in range(1, len(keys) + 1) if before]
    for count, key in enumerate(reversed(before), 1):
        places = [place for place in places if place >= count and keys[place - count] == key]
        if len(places) < 2 and (key or not places):
            break
    return places[0] if len(places) == 1 else None


def resolve_drops(steps: Sequence[Step | Elision]) -> Steps:
    """Dropped elision lines with dropped lines on both sides become elisions."""
    result: list[Step | Elision] = list(steps)
    for index in range(1, len(result) - 1):
        step = result[index]
        elided = isinstance(step, Step) and step.op is Op.DROP and is_elision(step.text)
        if _is_body(steps, index):
            continue
        if elided and _drops(result[index - 1 :: -1]) and _drops(result[index + 1 :]):
            result[index] = Elision(kept=False)
    return tuple(result)


def _is_body(steps: Sequence[Step | Elision], index: int) -> bool:
    """Whether a bare ellipsis is code: what Python has for the body of a stub."""
    step = steps[index]
    if not isinstance(step, Step) or step.text.strip() != "...":
        return False
    above = (
        other.text.rstrip()
        for other in reversed(steps[:index])
        if isinstance(other, Step) and other.text.strip() and other.op in (Op.KEEP, step.op)
    )
    return step.text[:1].isspace() and is_stub_header(next(above, ""))


def resolve_context(steps: Sequence[Step | Elision]) -> Steps:
    """Context lines that are elisions become elisions; at an edge they are left out."""
    parts: list[list[Step | Elision]] = [[]]
    for index, step in enumerate(steps):
        elided = isinstance(step, Step) and step.op is Op.KEEP and is_elision(step.text)
        if elided and not _is_body(steps, index):
            parts.append([])
        else:
            parts[-1].append(step)
    if len(parts) == 1:
        return tuple(steps)
    if not any(_seeks(part) for part in parts):
        return tuple(steps)
    if any(part and not _seeks(part) for part in (parts[0], parts[-1])):
        return tuple(steps)
    return _joined(parts)


def _joined(parts: Sequence[Sequence[Step | Elision]]) -> Steps:
    """The parts with kept elisions between those that have lines."""
    result: list[Step | Elision] = []
    for part in parts:
        if part and result:
            result.append(Elision(kept=True))
        result += part
    return tuple(result)


def _split(lines: Sequence[str]) -> list[tuple[str, ...]]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if is_elision(line):
            parts.append([])
        else:
            parts[-1].append(line)
    return [tuple(part) for part in parts]


def _drops(steps: Sequence[Step | Elision]) -> bool:
    """Whether the steps begin with lines that go, one of them not blank."""
    for step in steps:
        if not isinstance(step, Step) or step.op is not Op.DROP:
            return False
        if step.text.strip():
            return True
    return False


def _seeks(part: Sequence[Step | Elision]) -> bool:
    return any(isinstance(s, Step) and s.op is not Op.ADD and s.text.strip() for s in part)
