"""Commas of JSON at the seams of an edit.

A fragment ends its lists where it ends, the file where the file does. So what was shown last may
need a comma here, and what comes last may have one too many. Other languages allow one more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from fastapply.core.plan import Replacement

_OPEN = ("{", "[", ",", ":")
_CLOSING = ("}", "]")
_COMMENT = ("//", "/*", "*")


def with_commas(changes: Sequence[Replacement], file: Sequence[str]) -> Iterator[Replacement]:
    """`changes` of the JSON text `file`, with the commas that they need where they meet it."""
    for change in changes:
        before = _shown(file, range(change.start - 1, -1, -1))
        after = _shown(file, range(change.stop, len(file)))
        lines = [*change.lines]
        places = [number for number, line in enumerate(lines) if _is_code(line)]
        above = () if before is None else (file[before],)
        below = () if after is None else (file[after],)
        told = [*above, *(lines[place] for place in places), *below]
        mended = [_mended(line, following) for line, following in pairwise([*told, ""])]
        for place, line in zip(places, mended[len(above) :], strict=False):
            lines[place] = line
        start = change.start
        if before is not None and mended[0] != file[before]:
            lines = [mended[0], *file[before + 1 : start], *lines]
            start = before
        yield Replacement(start, change.stop, tuple(lines))


def _shown(file: Sequence[str], places: range) -> int | None:
    return next((place for place in places if _is_code(file[place])), None)


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.strip().startswith(_COMMENT)


def _mended(line: str, following: str) -> str:
    """`line` with a comma where an element follows, and with none where nothing does."""
    text = line.rstrip()
    if following.strip().startswith(_CLOSING):
        return text[:-1] if text.endswith(",") else line
    if not following or text.endswith(_OPEN):
        return line
    return f"{text},"
