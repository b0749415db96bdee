"""How deep lines are indented, and where a scope ends, without a grammar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fastapply.core.lines.shift import indent_of

CLOSERS = ("}", ")", "]", "end", "</", "fi", "done", "esac")
OPENERS = ("{", "(", "[", ":")


def closes(line: str) -> bool:
    """Whether a line begins with what closes a block or a bracket."""
    return line.strip().startswith(CLOSERS)


def text_above(lines: Sequence[str], place: int) -> int:
    """The last line before `place` that is not blank; -1 where there is none."""
    return next((n for n in range(place - 1, -1, -1) if lines[n].strip()), -1)


def text_below(lines: Sequence[str], place: int) -> int:
    """The first line from `place` on that is not blank; `len(lines)` where there is none."""
    return next((n for n in range(place, len(lines)) if lines[n].strip()), len(lines))


class Depths(NamedTuple):
    """For each line of a file its indent in characters (a tab counts 4), and its neighbours.

    `leaving[i]` is the first line after `i` that is indented less, `closing[i]` the first that is
    not indented more, `opening[i]` the last line before `i` that is indented less; blank lines
    do not count.
    """

    indents: tuple[int, ...]
    leaving: tuple[int, ...]
    closing: tuple[int, ...]
    opening: tuple[int, ...]
    closers: frozenset[int]

    @classmethod
    def of(cls, lines: Sequence[str]) -> Depths:
        """Find all of them in one pass each way."""
        size = len(lines)
        indents = tuple(
            len(indent_of(line).expandtabs(4)) if line.strip() else -1 for line in lines
        )
        return cls(
            indents,
            _next(indents, range(size), size, strict=True),
            _next(indents, range(size), size, strict=False),
            _next(indents, range(size - 1, -1, -1), -1, strict=True),
            frozenset(n for n, line in enumerate(lines) if closes(line)),
        )

    def leaves_scope(self, before: int, after: int) -> bool:
        """Whether the lines between `before` and `after` are not all inside the scope they share.

        Between a line that opens a scope and the line that closes it, all are deeper.
        """
        while before > 0 and self.indents[before] < 0:
            before -= 1
        while after < len(self.indents) - 1 and self.indents[after] < 0:
            after += 1
        depth, other = self.indents[before], self.indents[after]
        if depth < 0 or other < 0:
            return False
        if after in self.closers and depth == other:
            return self.closing[before] < after
        if depth <= other:
            return self.leaving[before] < after
        return self.opening[after] > before


def _next(
    indents: Sequence[int], order: Sequence[int], none: int, *, strict: bool
) -> tuple[int, ...]:
    """For each line the next one in `order` that is indented less (or as much, if not strict)."""
    found = [none] * len(indents)
    waiting: list[int] = []
    for line in order:
        if indents[line] < 0:
            continue
        while waiting and (
            indents[waiting[-1]] > indents[line]
            or (not strict and indents[waiting[-1]] == indents[line])
        ):
            found[waiting.pop()] = line
        waiting.append(line)
    return tuple(found)
