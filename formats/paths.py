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

from fastapply.core.regex import regex
from fastapply.formats.languages import family_of_language, is_known_file

_TOKEN = regex(r"[\w.@+~()\[\]{}$/\\:-]+(?: [\w.@+~()\[\]-]+)*")
_UNKNOWN_KIND = regex(r"\.{0,2}/?[\w.@+-]+(?:/[\w.@+()\[\]-]+)+")
_NOT_PATHS = regex(r"://|\.\.\.|^[\d.]+$|^\W+$|^(?:e\.g|i\.e)\.?$", re.IGNORECASE)
_PRODUCTS = regex(
    r"^(?:node|next|nuxt|vue|react|angular|ember|backbone|express|nest|three|d3|chart|moment|socket"
    r"|electron|alpine|discord|p5|require|ext|solid|deno)\.(?:js|io)$",
    re.IGNORECASE,
)
_RANGE_BEFORE = regex(r"^\d+:\d+:")
_RANGE_AFTER = regex(r"(?::L?\d+(?:[-:]L?\d+)?|#L\d+(?:-L?\d+)?)$")

_LEADER = regex(
    r"^(?:\s|#{1,6}(?=\W|\w)|//+(?=\s|\W)|/\*+|<!--|\{/\*|\d+[.)](?=\s)|[^\w\s`*./@~(\[\\{$]+)+"
)
_COMMENT = regex(r"^(?:#+|//+|--+|;+|%+|/\*+|<!--|\{/\*)\s*(?=\S)")
_TRAILER = regex(r"(?:\*+/\}?|-->|=+|-+|#+)$")
_NOTE = regex(r"\s(?:[-\u2013\u2014]{1,2}\s.*|\([^()]*\)\s*:?|\[[^\[\]]*\]\s*:?)$")
_LINK = regex(r"\[`?([^\[\]`]+)`?\]\([^()]*\)")
_TAG = regex(r"</?[a-z]+>", re.IGNORECASE)
_DRESS = regex(r"[`*\"']+")
_DECOR = frozenset(
    """add added also and at change changed changes code content contents create created current
    edit edited edits existing file filename filepath final finally first for full here
    heres in into is line lines location modified modify name new next now of open original
    part patch path replace rewrite second section snippet step the then third to top update
    updated updates version whole write""".split()  # noqa: SIM905
)
_QUOTED = regex(r"`([^`\s]+)`|\*\*`?([^*`\s]+)`?\*\*")
_POINTER = regex(
    r"\b(?:in|into|to|of|update|edit|modify|change|create|open)\s+(?:the\s+)?(?:new\s+)?(?:file\s+)?$",
    re.IGNORECASE,
)
_ATTRIBUTE = regex(
    r"(?:title|file|filename|path|filepath|name)\s*[=:]\s*[\"'{]?([^\"'{}\s]+)", re.IGNORECASE
)
_HEADING = regex(
    r"^(?:#{1,6}\s|<|\*\*|`|\d+[.)]\s+[*`]|(?:File|Path)\b|\S+\.\w+:?$)", re.IGNORECASE
)
_LONGEST = 200  # characters of a line that can name a file


def as_path(text: str) -> str | None:
    """`text` if it is spelt as the path of a file: known by its suffix or its name.

    A range of lines before or after it is left out.
    """
    text = _RANGE_AFTER.sub("", _RANGE_BEFORE.sub("", text[: _LONGEST + 1]))
    if not text or len(text) > _LONGEST or _NOT_PATHS.search(text) or not _TOKEN.fullmatch(text):
        return None
    name = posixpath.basename(text.replace("\\", "/"))
    if not is_known_file(name) or "(" in name or _PRODUCTS.match(text):
        return None
    return None if " " in text and "/" not in text else text


def path_in_line(line: str, *, strict: bool = False) -> str | None:
    """The path that `line` consists of, but for decoration; None where it says anything else.

    Unless `strict`, a lone word with slashes is a path too, whatever its suffix.
    """
    text = line.strip()
    if not text or len(text) > _LONGEST:
        return None
    if text[0] == "<":
        attribute = _ATTRIBUTE.search(text)
        text = attribute[1] if attribute else _TAG.sub(" ", text)
    text = _DRESS.sub("", _LINK.sub(r"\1", text)).strip()
    text = _TRAILER.sub("", _LEADER.sub("", text)).strip()
    text = _NOTE.sub("", text)
    words = [word.rstrip(",:;").strip() for word in text.split()]
    if len(words) > 1 and "/" in words[0] and (whole := as_path(" ".join(words))) is not None:
        return whole
    paths = [path for word in words if (path := as_path(word)) is not None]
    if len(paths) == 1:
        others = (word for word in words if as_path(word) is None)
        if all(word.lower() in _DECOR or not re.search(r"[A-Za-z]", word) for word in others):
            return paths[0]
        return None
    if not strict and len(words) == 1 and _UNKNOWN_KIND.fullmatch(words[0]):
        return words[0]
    return None


def path_in_heading(line: str) -> str | None:
    """The path in a line that can stand over more than what follows at once."""
    return path_in_line(line, strict=True) if _HEADING.match(line[:_LONGEST]) else None


def path_in_pointer(line: str) -> str | None:
    """The one path that a short introduction names, as ``In `src/app.py`, add:``."""
    if len(line) > _LONGEST or not line.rstrip().endswith(":"):
        return None
    paths = paths_in_prose(line)
    if len(paths) != 1:
        return None
    before = re.split(r"[`*]", line.lstrip("*# "), maxsplit=1)[0]
    return paths[0] if _POINTER.search(before) else None


def paths_in_prose(text: str) -> tuple[str, ...]:
    """The different paths that are quoted in a text, in order."""
    found = (as_path(match[1] or match[2]) for match in _QUOTED.finditer(text))
    return tuple(dict.fromkeys(path for path in found if path is not None))


def path_in_comment(line: str) -> str | None:
    """The path that a comment line consists of."""
    text = line.strip()
    if text.startswith("#!") or not _COMMENT.match(text):
        return None
    return path_in_line(text, strict=True)


def split_info(info: str) -> tuple[str, str | None]:
    """The language and the path of a fence's info string; "" and None where it has none."""
    attribute = _ATTRIBUTE.search(info)
    named = as_path(attribute[1]) if attribute else None
    words = info.replace("{", " ").replace("}", " ").replace("|", " ").split()
    if not words:
        return "", named
    language = words[0].lstrip(".").rstrip(",").lower()
    head, colon, tail = words[0].partition(":")
    if named is not None:
        return head.lstrip(".").lower(), named
    if colon and family_of_language(head) is not None:
        return head.lower(), as_path(tail)
    if family_of_language(language) is None:
        path = as_path(words[0])
        if path is not None:
            return posixpath.basename(path).rpartition(".")[2].lower(), path
    rest = " ".join(words[1:]).strip("()[]\"'` ")
    return language, as_path(rest) or (as_path(words[-1].strip("()[]\"'` ")) if rest else None)
