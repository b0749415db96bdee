"""What the prose around a snippet says about where new code goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from fastapply.core.regex import regex

_QUOTE = r"(?:`(?P<tick>[^`\n]+)`|\"(?P<double>[^\"\n]+)\"|“(?P<curly>[^”\n]+)”)"
_WORDS = r"(?:[\w'\u2019-]+\s+){0,4}?"


class Side(Enum):
    """Where new code stands, seen from what the prose names."""

    AFTER = "after"
    BEFORE = "before"
    END = "at the end of"
    TOP = "at the top of"


class Cue(NamedTuple):
    """A side and the name it refers to; no name means the file."""

    side: Side
    name: str | None


_CUES = (
    (
        Side.AFTER,
        r"\b(?:after|below|behind|beneath|underneath|under|following|next\s+to|beside"
        r"|between)\b",
    ),
    (Side.BEFORE, r"\b(?:before|above|ahead\s+of|in\s+front\s+of|preceding)\b"),
    (
        Side.END,
        r"\b(?:(?:at|to)\s+the\s+(?:very\s+)?(?:end|bottom)\s+(?:of|in)|"
        r"(?:(?:as\s+the\s+)?last\s+(?:\w+\s+)?(?:in|of))|append(?:ed)?(?:\s+\w+){0,3}?\s+to|end\s+of)\b",
    ),
    (
        Side.TOP,
        r"\b(?:(?:at|to)\s+the\s+(?:very\s+)?(?:top|start|beginning)\s+(?:of|in)|"
        r"(?:(?:as\s+the\s+)?first\s+(?:\w+\s+)?(?:in|of))|top\s+of)\b",
    ),
)
# What a match must contain: the patterns of a side the prose does not speak of stay uncompiled.
_STEMS = {
    Side.AFTER: (
        "after",
        "below",
        "behind",
        "beneath",
        "under",
        "following",
        "next",
        "beside",
        "between",
    ),
    Side.BEFORE: ("before", "above", "ahead", "front", "preceding"),
    Side.END: ("end", "bottom", "last"),
    Side.TOP: ("top", "start", "beginning", "first"),
}
_NAMED = tuple(
    (side, regex(rf"{words}\s+{_WORDS}{_QUOTE}", re.IGNORECASE)) for side, words in _CUES
)
_FILE = tuple(
    (side, regex(rf"{words}\s+(?:the|this|your)\s+(?:file|module|script)", re.IGNORECASE))
    for side, words in _CUES
    if side in (Side.END, Side.TOP)
)


_KIND = (
    r"(?:(?:the|that|this|our|your|old|unused|obsolete|deprecated|dead|legacy|redundant|whole|entire"
    r"|now-unused|function|method|class|helper|test|case|component|rule|section|key|also|both|and"
    r"|type|interface|struct|enum|constant|now|no-longer-used)\s+){0,5}"
)
_NOUN = (
    r"(?:\s+(?:methods?|functions?|overloads?|constructors?|classes|types|helpers?|tests?|fields?"
    r"|constants?|variables?|setters?|getters?))?"
)
# What a match must contain; most prose does not, and then the pattern need not be compiled.
_DELETION_STEMS = ("delet", "remov", "drop", "rid", "go")
_RECEIVER = regex(r"^\(\*?(\w+)\)(?=\.)")
_ARGUMENTS = regex(r"(?<=\w)\([^()]*\)$")
_DELETED = regex(
    rf"\b(?:delet(?:e[sd]?|ing)|remov(?:e[sd]?|ing)|drop(?:s|ped|ping)?|get(?:s|ting)?\s+rid\s+of)"
    rf"\s+{_KIND}`(?P<after>[^`\n]+)`(?P<more>(?:{_NOUN}(?:,|\s+and|,\s+and)\s+`[^`\n]+`)*)"
    r"|(?P<listed>(?:`[^`\n]+`(?:,\s+and\s+|,\s+|\s+and\s+))*)`(?P<before>[^`\n]+)`\s+(?:is|are|was|were|has\s+been|can\s+be|can|should\s+be|has\s+to)"
    r"\s+(?:now\s+|simply\s+|also\s+)?(?:gone|removed|deleted|dropped|go)\b"
    r"|`(?P<then>[^`\n]+)`\s[^`.!?\n]{0,80}?(?:,|;|:|\bso|\band|\u2013|\u2014|-)\s+(?:so\s+|just\s+"
    r"|simply\s+|please\s+|you\s+can\s+|we\s+can\s+|I(?:'d)?\s+)*(?:delete|remove|drop)\s+(?:it|both)\b",
    re.IGNORECASE,
)


def deleted_names(prose: str) -> frozenset[str]:
    """The names that `prose` says are deleted: as the object, not as the place, of a deletion."""
    names: set[str] = set()
    if not any(stem in prose.lower() for stem in _DELETION_STEMS):
        return frozenset()
    for match in _DELETED.finditer(prose):
        quoted = match["after"] or match["before"] or match["then"]
        names.update(
            name.strip()
            for name in [
                quoted,
                *re.findall("`([^`]+)`", (match["listed"] or "") + (match["more"] or "")),
            ]
        )
    return frozenset(_ARGUMENTS.sub("", name) for name in names)


def tells_of_deletion(prose: str) -> bool:
    """Whether `prose` says of anything that it goes."""
    return any(stem in prose.lower() for stem in ("delet", "remov", "drop"))


def cues(prose: str) -> Iterator[Cue]:
    """The places that `prose` names, most telling first: beside something, then within it."""
    lowered = prose.lower()
    sides = {side for side, stems in _STEMS.items() if any(stem in lowered for stem in stems)}
    for side, pattern in _NAMED:
        for match in pattern.finditer(prose) if side in sides else ():
            name = match["tick"] or match["double"] or match["curly"]
            yield Cue(side, _RECEIVER.sub(r"\1", name.strip().rstrip("()")))
    for side, pattern in _FILE:
        if side in sides and pattern.search(prose):
            yield Cue(side, None)
