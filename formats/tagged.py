"""Files in tags, as agents write them.

    file    = "<" tag attribute path ">" NEWLINE text "</" tag ">"
    tag     = a word with "file" in it, as ``<file path="src/app.py">``

A tag is a fence in other dress: what it holds is read as the content of one. Where that begins with
a fence, the tag only names the file (`paths`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fastapply.core.edits import Span
from fastapply.core.regex import regex
from fastapply.formats.fences import End, Fence, Opening, Signs
from fastapply.formats.paths import path_in_line

_TAG = regex(r"^<(?=[\w-]*file)([A-Za-z][\w-]*)\s[^<>]*[^<>/]>\s*$", re.IGNORECASE)


def tagged_file(lines: Sequence[str], index: int, signs: Signs) -> Fence | None:
    """The file whose tag opens at line `index`, as a fence."""
    tag = _TAG.match(lines[index]) if lines[index].startswith("<") else None
    path = path_in_line(lines[index]) if tag is not None else None
    if tag is None or path is None:
        return None
    closing = f"</{tag[1]}>"
    stop = next((i for i in range(index + 1, len(lines)) if lines[i].rstrip() == closing), None)
    if stop is None:
        return None
    first = next((i for i in range(index + 1, stop) if lines[i].strip()), index)
    if signs.opening(first) is not None:
        return None
    return Fence(Opening(index, "", "", "", path), Span(index + 1, stop), stop + 1, End.SIGN)
