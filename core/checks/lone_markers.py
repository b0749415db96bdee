"""Which lines are lazy markers beyond doubt, with nothing but the file around them to tell.

An edit vouches for its markers (`core.lines.markers`); in a file the same words may be an honest
comment's. What counts is an ellipsis on both sides, or words that as a whole say that something
stays (``rest of the class unchanged``), in a comment that stands alone: a line of a longer comment
is prose or a sample, and so is what a documentation comment says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fastapply.core.lines.markers import Kind, inline_gap, marker
from fastapply.core.regex import regex

_THINGS = "code|methods|functions|imports|tests|cases|fields"
_STAYS = (
    r"(?:existing|unchanged|untouched|unmodified|unaltered|intact|rest|remaining|remainder|previous"
    r"|others?|original|keep|the same|same as|as (?:before|above|is|it was|they were)|omitted"
    rf"|snip(?:ped)?|elided|truncated|more (?:{_THINGS})|your code|code (?:above|below)|brevity"
    r"|(?:needs? )?no (?:other |further )?changes?|not changed|(?:does|do)(?: not|n't) change)"
)
_SAYS_WHAT_STAYS = regex(
    rf"(?:(?:the|all|your|any|and|some|of|keep|leave) )*{_STAYS}\b"
    rf"|.{{0,80}}\b{_STAYS}(?: (?:here|above|below|for brevity))?$",
    re.IGNORECASE,
)
_SAYS_SO_TWICE = regex(
    rf"(?:the )?(?:rest|remainder|remaining|others?|existing)\b.{{0,60}}\b{_STAYS}$", re.IGNORECASE
)
_GOES_ON = regex(r"(?:and|or|but|then|else|now|so|if|which|because|when|to|with|for|an?)\b")
_COMMENT = regex(r"\s*(?:#+|//+|--+|;+|%+|/\*+|\*+|<!--|\{/\*)")
_DOC_COMMENT = regex(r"\s*(?:///|//!|#:|#'|--\||/\*\*)")
_SAMPLE = regex(r"\s*(?:#+|//+|--+|;+|%+)(?:\t| {2,})")
_ELLIPSIS = r"(?:\.{3,}|…+|\. \. \.)"
_AT_THE_START = regex(rf"{_ELLIPSIS}\s*")
_AT_THE_END = regex(rf"\s*{_ELLIPSIS}$")
_STUB_WITH_COMMENT = regex(rf"{_ELLIPSIS}\s*(?:#|//)(.*)")
_RULE = regex(r"\.{8}|(?:\. ){4}")
_LONG = 5  # words of a comment that only ends in an ellipsis: more are a sentence
_FRAME = " \t-=*#/<>(){}[]!\"'"
_INLINE_COMMENT = regex(r"/\*(.*?)\*/|<!--(.*?)-->")


def is_lone_marker(lines: Sequence[str], number: int, language: str) -> bool:
    """Whether the line `number` stands for code, whatever edit it came from."""
    line = lines[number]
    found = marker(line, language)
    if found is None:
        inside = inline_gap(line)
        return inside is not None and inside.certain and any(map(_elides, _comments_in(line)))
    if found.kind is not Kind.GAP or _DOC_COMMENT.match(line) or _RULE.search(line):
        return False
    stub = _STUB_WITH_COMMENT.match(found.text)
    if stub:
        return _stays(stub[1])
    return (found.certain and _is_beyond_doubt(lines, number)) or _says_so_twice(lines, number)


def _is_beyond_doubt(lines: Sequence[str], number: int) -> bool:
    line = lines[number]
    opening = _COMMENT.match(line)
    text = (line if opening is None else line[opening.end() :]).strip().removesuffix("*/").strip()
    body = text.strip(_FRAME)
    leads, trails = bool(_AT_THE_START.match(body)), bool(_AT_THE_END.search(body))
    both = leads and trails
    is_sample, in_a_comment = bool(_SAMPLE.match(line)), _is_part_of_a_comment(lines, number)
    if _stays(body) and (both or text[:1] in "([-="):
        return not (is_sample and in_a_comment)
    if opening is None or is_sample or in_a_comment:
        return False
    if trails and not leads and len(body.split()) > _LONG:
        return False
    return _stays(body) or (both and not _GOES_ON.match(_words(body)))


def _says_so_twice(lines: Sequence[str], number: int) -> bool:
    """Whether a comment names the rest and says that it stays: ``the rest of f() is as before``."""
    opening = _COMMENT.match(lines[number])
    if opening is None or _is_part_of_a_comment(lines, number):
        return False
    return bool(_SAYS_SO_TWICE.match(lines[number][opening.end() :].strip(_FRAME + ".")))


def _comments_in(line: str) -> list[str]:
    return ["".join(bodies).strip() for bodies in _INLINE_COMMENT.findall(line)]


def _elides(body: str) -> bool:
    return bool(_AT_THE_START.match(body) or _AT_THE_END.search(body)) and _stays(body)


def _words(body: str) -> str:
    return _AT_THE_END.sub("", _AT_THE_START.sub("", body)).strip(_FRAME + ".:;,")


def _stays(body: str) -> bool:
    """Whether a comment without its signs says that something stays as it is."""
    return bool(_SAYS_WHAT_STAYS.match(_words(body.strip())))


def _is_part_of_a_comment(lines: Sequence[str], number: int) -> bool:
    around = [lines[near] for near in (number - 1, number + 1) if 0 <= near < len(lines)]
    return any(map(_COMMENT.match, around))
