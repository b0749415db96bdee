"""Names of files as models write them near their code.

```python src/app.py            the info string: also ```src/app.py, ```python:src/app.py,
                                ```python title="src/app.py", ```python file=src/app.py
src/app.py                      a line of its own, bare, or dressed: **src/app.py**,
                                `src/app.py`, ### src/app.py, File: src/app.py, 1. src/app.py,
                                // src/app.py, [src/app.py](src/app.py), src/app.py (new):
In `src/app.py`:                a short line that ends in a colon and names one file
# src/app.py                    the first line of the code, as a comment
"""

from __future__ import annotations

import posixpath
import re

from fastapply.formats.languages import family_of_language, is_known_file

_TOKEN = re.compile(r"[\w.@+~()\[\]{}$/\\:-]+(?: [\w.@+~()\[\]-]+)*")
_LABEL = re.compile(
    r"^(?:file ?(?:name|path)?|path|modified|updated?|new|edit(?:ed)?|changes?(?: (?:to|in|for))?"
    r"|in|for|create[d]?|existing)(?: file)?\s*[:=]?\s+(?=\S)",
    re.IGNORECASE,
)
_LEADER = re.compile(r"^(?:#{1,6}|//+|--+|;+|%+|/\*+|<!--|\{/\*|\"|'|>|[-*+]|\d+[.)])\s*")
_TRAILER = re.compile(r"\s*(?:\*+/\}?|-->)\s*$")
_NOTE = re.compile(
    r"\s+(?:\([^()]*\)|[-\u2013\u2014] .*|\[(?:new|modified|updated)[^\]]*\])\s*:?$", re.I
)
_LINK = re.compile(r"^\[`?([^\]`]+)`?\]\([^)]*\)")
_QUOTED = re.compile(r"`([^`\s]+)`|\*\*`?([^*`\s]+)`?\*\*")
_POINTER = re.compile(
    r"^(?:(?:and|then|now|next|finally|first|second|also|here(?:'s| is| are))\b,?\s*)*"
    r"(?:(?:the )?(?:changes?|edits?|updates?|updated|new|modified|code)\s+)?"
    r"(?:in|for|to|of|at|edit|update|modify|change|create|add|open)?\s*"
    r"(?:the\s+)?(?:new\s+)?(?:file\s+)?$",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"(?:title|file|filename|path|filepath|name)\s*[=:]\s*[\"'{]?([^\"'{}\s]+)", re.IGNORECASE
)
_NOT_PATHS = re.compile(r"://|\.\.\.|^[\d.]+$|^\W+$|^(?:e\.g|i\.e)\.?$", re.IGNORECASE)


def as_path(text: str) -> str | None:
    """`text` if it is spelt as the path of a file: known by its suffix or its name."""
    if not text or len(text) > 300 or _NOT_PATHS.search(text) or not _TOKEN.fullmatch(text):
        return None
    name = posixpath.basename(text.replace("\\", "/"))
    if not is_known_file(name) or text.endswith(("/", "\\")):
        return None
    if " " in text and "/" not in text:
        return None
    return None if "(" in name else text


def path_in_line(line: str) -> str | None:
    """The path that `line` consists of, but for decoration; None where it says anything else."""
    text = line.strip()
    if len(text) > 300:
        return None
    for _ in range(3):
        text = _LEADER.sub("", text, count=1).strip()
    text = _TRAILER.sub("", text)
    text = text.strip("*_ ").removesuffix(":").strip("*_ ")
    link = _LINK.match(text)
    candidates = [text, _NOTE.sub("", text)]
    if link is not None:
        candidates.append(link[1])
    candidates += [_LABEL.sub("", text, count=1) for text in candidates]
    for candidate in candidates:
        bare = candidate.strip("`*_\"' ").removesuffix(":").strip("`*_\"' ")
        path = as_path(bare)
        if path is not None:
            return path
    return None


def path_in_pointer(line: str) -> str | None:
    """The one path that a short introduction names, as ``In `src/app.py`:``."""
    if len(line) > 200 or not line.rstrip().endswith(":"):
        return None
    paths = paths_in_prose(line)
    if len(paths) != 1:
        return None
    before = re.split(r"[`*]", line, maxsplit=1)[0].strip()
    return paths[0] if _POINTER.match(before) else None


def paths_in_prose(text: str) -> tuple[str, ...]:
    """The different paths that are quoted in a text, in order."""
    found = (as_path(match[1] or match[2]) for match in _QUOTED.finditer(text))
    return tuple(dict.fromkeys(path for path in found if path is not None))


def path_in_comment(line: str) -> str | None:
    """The path that a comment line consists of."""
    text = line.strip()
    if text.startswith("#!") or not _LEADER.match(text) or text[0] in "\"'>*+0123456789":
        return None
    return path_in_line(text)


def split_info(info: str) -> tuple[str, str | None]:
    """The language and the path of a fence's info string; "" and None where it has none."""
    attribute = _ATTRIBUTE.search(info)
    path = as_path(attribute[1]) if attribute else None
    words = info.replace("{", " ").replace("}", " ").split()
    if not words:
        return "", path
    language = words[0].lstrip(".")
    if path is not None:
        return language.split(":")[0], path
    if ":" in language:
        head, _, tail = language.partition(":")
        if family_of_language(head) and tail:
            return head, as_path(tail.split("#")[0]) or path_in_line(tail)
    if family_of_language(language) is None:
        path = as_path(language) or as_path(info.strip())
        if path is not None:
            return posixpath.basename(path).rpartition(".")[2].lower(), path
    rest = " ".join(words[1:]).strip("()[]\"'` ")
    return language.lower(), as_path(rest) or as_path(words[-1].strip("()[]\"'` "))


def same_file(one: str, other: str) -> bool:
    """Whether one of the two paths ends with the other, part by part."""
    ours, theirs = (posixpath.normpath(p.replace("\\", "/")).split("/") for p in (one, other))
    shared = min(len(ours), len(theirs))
    return ours[-shared:] == theirs[-shared:]
