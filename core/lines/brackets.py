"""Brackets of a line, and what lines say whatever their breaks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fastapply.core.regex import regex

# In single quotes what is no word: Rust's lifetimes have one of them only.
_QUOTED = regex(r""" "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\\w])+' """, re.VERBOSE)
_TRAILING_COMMA = regex(r",([)\]}])")


def balance(line: str) -> int:
    """How many brackets a line opens beyond those it closes; quoted ones do neither."""
    if "'" in line or '"' in line:
        line = _QUOTED.sub("", line)
    opened = line.count("(") + line.count("[") + line.count("{")
    return opened - line.count(")") - line.count("]") - line.count("}")


def squeeze(lines: Sequence[str]) -> str:
    """The text of `lines` without white space, and without commas before closing brackets."""
    text = "".join("".join(line.split()) for line in lines)
    return _TRAILING_COMMA.sub(r"\1", text)
