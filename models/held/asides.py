"""Asides: comments in an edit that speak of the file instead of belonging to it.

"The rest of run is as before" stands for lines that stay, as a marker does; "removed: the old
check" tells of lines that went and stands for nothing. Right before new lines either may be one of
those, unless its words are plain.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_COMMENT = re.compile(r"#|//|/\*|\*|--|<!--|\{/\*|;|%|\(\*|(\.\.\.|…)(\s|$)")
_ASIDE = re.compile(
    r"\.\.\.|…|\b(exist|rest|remain|unchanged|same|other|previous|befor|keep|kept|stay|here|chang"
    r"|remov|delet|drop|omit|gone|above|below|more|still|as (it )?(is|was)|no )",
    re.IGNORECASE,
)
"""Words of comments that talk about the file instead of belonging to it."""

_REMOVAL = re.compile(r"\b(remov|delet|drop|gone\b|no longer)", re.IGNORECASE)
_SURELY = re.compile(r"no changes?\b|unchanged|as before|the same\b|\.\.\.|…", re.IGNORECASE)
_REMOVED = re.compile(r"\W*(removed|deleted|dropped)\b", re.IGNORECASE)


def bare(line: str) -> str:
    """The line without white space: lines count as equal whatever theirs is."""
    return "".join(line.split())


def is_aside(line: str) -> bool:
    """Whether a line is a comment with words about the file."""
    comment = _COMMENT.match(line.lstrip())
    return comment is not None and _ASIDE.search(line) is not None


def understood(fragment: Sequence[str | None], old: Collection[str]) -> list[str | None]:
    """The fragment with gaps for asides, and without those that tell of lines that went.

    What looks like an aside before a new line belongs to that.
    """
    pieces: list[str | None] = []
    for at, line in enumerate(fragment):
        if line is not None and bare(line) not in old and is_aside(line):
            before, after = fragment[:at][::-1], fragment[at + 1 :]
            if not _is_theirs(line, before, after, old):
                pieces += () if _REMOVAL.search(line) else (None,)
                continue
        pieces.append(line)
    return pieces


def _is_theirs(
    line: str, before: Sequence[str | None], after: Sequence[str | None], old: Collection[str]
) -> bool:
    """Whether what looks like an aside belongs to the new lines around it."""
    if _REMOVED.match(line) or not _is_new(after, old):
        return False
    return not _SURELY.search(line) or _is_new(before, old)


def _is_new(lines: Sequence[str | None], old: Collection[str]) -> bool:
    """Whether the first line that says something, asides apart, is new."""
    for line in lines:
        if line is None:
            return False
        if line.strip() and not is_aside(line):
            return bare(line) not in old
    return False
