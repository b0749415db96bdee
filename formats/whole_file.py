"""Whole files.

A fence is the complete new text of a file where the document leaves no doubt: the path stands right
above it or in its info string, the text before it (or after the last one) says that the file is
complete, and no line stands for others. Every other fence is a sketch; the core recognises one that
happens to be complete.
"""

from __future__ import annotations

import re

from fastapply.core.regex import regex
from fastapply.formats.elisions import is_elision, is_stub_header

NAME = "whole"

_COMPLETE = regex(
    r"\b(?:complete|full|entire|whole)\b(?:\s+\w+){0,2}?\s+"
    r"(?:file|source|script|module|content|contents|listing)s?\b",
    re.IGNORECASE,
)
_SAID = regex(
    r"(?:this|that|the above|above|it)(?: is|'s|\u2019s) (?:now )?(?:the|your) (?:new |updated )?"
    r"(?:complete|full|entire|whole) (?:\w+ )?(?:file|source|script|module)\b"
    r"(?! (?:except|but|minus)\b)",
    re.IGNORECASE,
)
_DOCSTRING = regex(r"\"{3}|'{3}")
_NEGATED = regex(r"\b(?:not|isn't|without|don't need|no need)\b[^.]{0,40}$", re.IGNORECASE)


def says_complete(prose: str) -> bool:
    """Whether the text before a fence says that the fence holds a whole file."""
    tail = prose[-600:]
    match = _COMPLETE.search(tail)
    return match is not None and not _NEGATED.search(tail[: match.start()])


def said_complete(after: str) -> bool:
    """Whether the text after a fence begins with ``This is the complete file`` or the like."""
    return _SAID.match(after) is not None


def is_whole(lines: tuple[str, ...], *, named: bool) -> bool:
    """Whether a fence said to be complete is; `named` says that its path stands above it."""
    return named and not _elides(lines)


def _elides(lines: tuple[str, ...]) -> bool:
    """Whether a line stands for others; not an ellipsis of Python's, in a docstring or a stub."""
    quoted, above = False, ""
    for line in lines:
        is_code = line.strip() == "..." and (quoted or is_stub_header(above))
        if is_elision(line) and not is_code:
            return True
        quoted ^= len(_DOCSTRING.findall(line)) % 2 == 1
        above = line if line.strip() else above
    return False
