"""Lines that elide a part of themselves, against the lines they stand for."""

from __future__ import annotations

from collections.abc import Sequence

from fastapply.core.lines.markers import inline_gap
from fastapply.core.lines.sightings import squeeze
from fastapply.core.regex import regex

# No code by itself in most languages: the parameters of a definition that is there already.
_PARAMETERS = regex(r"^(?P<head>\s*[^\"'#]*\w\s*\((?:self, |&self, |this, )?)\.\.\.\)[^()]*$")
# C++'s handler of everything, Lua's function of any arguments.
_MEANS_ANY = regex(r".*\bcatch\s*\(\.\.\.\)|.*\bfunction\b[^(]*\(\.\.\.\)\s*$")


def elides(line: str, full: str) -> bool:
    """Whether `line` is `full` with a part of it elided: ``f(...):`` for ``f(self, path):``."""
    if line == full or "..." in full:
        return False
    head = elided_head(line)
    if head is not None:
        return squeeze(full).startswith(squeeze(head))
    gap = inline_gap(line)
    return gap is not None and fits(squeeze(full), [*map(squeeze, gap.pieces)])


def elided_head(line: str) -> str | None:
    """What `line` says before the parameters that it elides; None where it elides none."""
    found = _PARAMETERS.match(line)
    return found["head"] if found and not _MEANS_ANY.match(line) else None


def fits(key: str, pieces: Sequence[str]) -> bool:
    """Whether `key` is `pieces` with something in the places between them."""
    first, *middle, last = pieces
    if not (key.startswith(first) and key.endswith(last) and len(key) >= len(first) + len(last)):
        return False
    position = len(first)
    for piece in middle:
        position = key.find(piece, position)
        if position < 0:
            return False
        position += len(piece)
    return bool(first or last) and position <= len(key) - len(last)
