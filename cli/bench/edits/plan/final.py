"""Replacements: which lines of a text give way to which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from fastapply.core.edits import Span
from fastapply.core.text import SourceText


@dataclass(frozen=True, slots=True)
class Replacement:
    """Lines [start, stop) of a text give way to `lines` (start == stop inserts)."""

    start: int
    stop: int
    lines: tuple[str, ...]

    @property
    def growth(self) -> int:
        """How many lines the text gains; negative where it loses some."""
        return len(self.lines) - (self.stop - self.start)

    @property
    def span(self) -> Span:
        """The lines that go."""
        return Span(self.start, self.stop)


@dataclass(frozen=True, slots=True)
class Plan:
    """All replacements of one text: sorted, disjoint, none touching the next."""

    replacements: tuple[Replacement, ...] = ()

    def __post_init__(self) -> None:
        """Refuse replacements that are out of order, overlap or meet."""
        for before, after in pairwise(self.replacements):
            if after.start <= before.stop:
                raise ValueError(f"replacements overlap or meet: {before.span}, {after.span}")

    @classmethod
    def from_origins(cls, size: int, lines: Iterable[tuple[str, int | None]]) -> Plan:
        """The plan that turns a text of `size` lines into `lines`.

        Each new line comes with the index of the old line it is, or None where it is new; the
        indices must rise.
        """
        replacements: list[Replacement] = []
        start = 0
        fresh: list[str] = []
        for text, origin in (*lines, ("", size)):
            if origin is None:
                fresh.append(text)
                continue
            if origin < start:
                raise ValueError(f"line {origin} is used twice or out of order")
            if fresh or origin > start:
                replacements.append(Replacement(start, origin, tuple(fresh)))
            fresh, start = [], origin + 1
        return cls(tuple(replacements))

    def trimmed(self, lines: Sequence[str]) -> Plan:
        """The same change of `lines` without the lines that a replacement puts back as they were.

        Lines equal at both ends of a replacement are left alone, so they keep their endings.
        """
        kept = (_trim(change, lines) for change in self.replacements)
        return Plan(tuple(change for change in kept if change.lines or change.stop > change.start))

    def apply(self, text: SourceText) -> SourceText:
        """The text after the change; untouched lines keep their bytes.

        Lines that take the place of as many lines keep their endings; other new lines take the
        ending their neighbours agree on, else the usual one. Whether the text ends in a newline
        stays as it was.
        """
        if not self.replacements:
            return text
        usual = text.ending
        endings = [ending or usual for ending in text.endings]
        result: list[str] = []
        position = 0
        for change in self.replacements:
            result += endings[position : change.start]
            old = endings[change.start : change.stop]
            if len(old) == len(change.lines):
                result += old
            else:
                around = {*endings[max(change.start - 1, 0) : change.stop + 1]}
                ending = around.pop() if len(around) == 1 else usual
                result += [ending] * len(change.lines)
            position = change.stop
        result += endings[position:]
        if result and not text.ends_with_newline:
            result[-1] = ""
        lines = apply_to_lines(text.lines, self.replacements)
        return replace(text, lines=tuple(lines), endings=tuple(result))


def _trim(change: Replacement, lines: Sequence[str]) -> Replacement:
    head, tail = common_ends(lines[change.start : change.stop], change.lines)
    new = change.lines[head : len(change.lines) - tail]
    return Replacement(change.start + head, change.stop - tail, new)


def common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines the two share at the start, and how many of the rest at the end."""
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    return head, tail


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines the two share at the start."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(old), len(new)))


def apply_to_lines(lines: Sequence[str], changes: Iterable[Replacement]) -> list[str]:
    """`lines` after `changes`, which are sorted and disjoint."""
    result: list[str] = []
    position = 0
    for change in changes:
        result += lines[position : change.start]
        result += change.lines
        position = change.stop
    result += lines[position:]
    return result
