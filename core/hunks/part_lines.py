"""A SEARCH that quotes parts of lines: the whole lines that it means.

Where its text stands in one place of the file, behind other code of a line, the block is read with
what stands before and after it there. What it opens and leaves open, or closes, REPLACE must too;
else it was cut off, and is no part.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from fastapply.core.edits import Elision, FileEdit, Hunk, steps_between
from fastapply.core.regex import regex

_LEAST = 8  # characters that a part must have
_INSIDE_WORD = regex(r"\w\w")
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))
_QUOTES = "\"'`"


def as_whole_lines(edit: FileEdit, lines: Sequence[str]) -> FileEdit:
    """`edit`, which is of blocks, with the lines of the file that its parts of lines mean."""
    file = frozenset(map(str.strip, lines))
    parts = (_hunk(p, lines, file) if isinstance(p, Hunk) else p for p in edit.edits)
    return replace(edit, edits=tuple(parts))


def _hunk(hunk: Hunk, lines: Sequence[str], file: Set[str]) -> Hunk:
    if not hunk.old or hunk.old[0].strip() in file:
        return hunk
    if any(isinstance(step, Elision) for step in hunk.steps):
        return hunk
    sought, new = "\n".join(hunk.old).strip(), "\n".join(hunk.new).strip()
    text = "\n".join(lines)
    if len(sought) < _LEAST or text.count(sought) != 1 or _balance(sought) != _balance(new):
        return hunk
    start = text.index(sought)
    stop = start + len(sought)
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", stop)
    before, after = text[first:start], text[stop : last if last >= 0 else None]
    if not before.strip() or any(map(_INSIDE_WORD.match, (text[start - 1 :], text[stop - 1 :]))):
        return hunk
    whole = (tuple(f"{before}{each}{after}".split("\n")) for each in (sought, new))
    return replace(hunk, steps=steps_between(*whole))


def _balance(text: str) -> tuple[int, ...]:
    """How many brackets of each kind a text leaves open, and whether quotes."""
    brackets = (text.count(left) - text.count(right) for left, right in _PAIRS)
    return (*brackets, *(text.count(quote) % 2 for quote in _QUOTES))
