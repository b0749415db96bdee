"""What the prose around a fence says about it.

    Replace this: ```old``` with this: ```new```         a pair: the second takes the place of the
    Before: ```old``` After: ```new```                   first
    ```# Before ... # After ...```                       both in one fence
    Find this line: ```old``` and add below it: ```new```  an insertion at the first
    Delete this block: ```old```                         lines that go
    Currently: ```old``` ... ```new```                   the first shows what is there
    Usage: ```...```                                     a sample of use
    Output: ```...```, Run: ```...```                    what one types or sees

Only the last sentence before a fence speaks for it, and only in words that leave no doubt.
"""

from __future__ import annotations

import re
from enum import Enum

from fastapply.core.regex import regex

_I = re.IGNORECASE
_THIS = r"(?:this|these|that|the following|the (?:existing|current|old|original))\b"
_THING = r"[^.:;]{0,60}"

_OLD_LABEL = regex(
    r"^(?:(?:the )?(?:before|old|original|current(?:ly)?|existing|previous(?:ly)?|from|was|replace"
    r"|change|instead of|find|search(?: for)?)"
    r"(?: (?:code|version|implementation|line|lines|block|function|method|one|text|this))?)\s*:?$",
    _I,
)
_REPLACE_THIS = regex(
    rf"\b(?:replace|change|swap|substitute|turn|convert|rewrite)\s+{_THIS}{_THING}:?$", _I
)
_LOCATE = regex(
    rf"\b(?:find|locate|look for|search for|go to|there(?:'s| is))"
    rf"\s+(?:{_THIS}|the|a)\b{_THING}:?$",
    _I,
)
_CURRENT = regex(
    r"(?:\b(?:currently|right now|at the moment|as of now|today)\b"
    r"|\b(?:current|existing|old|original) (?:code|version|implementation|definition)\b"
    r"|\bthe (?:problem|bug|issue|culprit|offending (?:code|lines?|part))(?: is| was|:|$)"
    r"|\byou (?:currently |now )?have\b|\bused to (?:be|look)\b)"
    rf"{_THING}:?$",
    _I,
)
_NEW_LABEL = regex(
    r"^(?:and )?(?:(?:the )?(?:with|to|by|into|after|new|updated|fixed|now|becomes?|for))"
    r"(?: (?:code|version|implementation|line|lines|block|function|method|one|text|this|these"
    r"|that|the following))*\s*:?$",
    _I,
)
_BECOMES = regex(
    r"\b(?:becomes?|(?:replace|change|swap) (?:it|that|this|them|those) (?:with|by|to|for)"
    r"|with (?:this|these|the following)|to (?:this|the following)"
    r"|should (?:now )?(?:be|become|look like|read))\b"
    rf"{_THING}:?$",
    _I,
)
_ADD = regex(r"\b(?:add|insert|put|place|append|paste)\b", _I)
_BELOW = regex(
    r"\b(?:below|after|under(?:neath)?|beneath|following|right after|behind)\b"
    r"(?: (?:it|that|this|them|these|those)\b)?",
    _I,
)
_ABOVE = regex(r"\b(?:above|before|in front of)\b(?: (?:it|that|this|them|these|those)\b)?", _I)
_DELETE = regex(
    r"\b(?:delete|remove|drop|get rid of|take out)\s+(?:this|these|the following)\b"
    rf"(?!\s+(?:from|in)\b){_THING}:$",
    _I,
)
_SAMPLE = regex(
    r"(?:^(?:sample |example )?(?:output|usage|example)s?(?: examples?)?(?: of use)?:?$"
    r"|\b(?:you|we|callers|users|one) (?:can|could|would) (?:now |then )(?:also |just |simply )?"
    r"(?:call|use|do|write|say|run|invoke)"
    r"|\b(?:can|could) (?:now |then )?be (?:called|used|invoked|run)\b"
    r"|\b(?:use|call|invoke) it (?:like|as|with)\b"
    rf"|\bexample (?:usage|call|of use)\b){_THING}:?$",
    _I,
)
_OUTPUT = regex(
    r"(?:\b(?:outputs?|prints?|logs?|results? in|shows?|says?|expected|error|traceback|fails with)"
    r"|\b(?:you|we)(?:'ll| will| should| would)? (?:now |then )?(?:see|get)\b"
    r"|\b(?:run|running|execute|install|type|try|verify|test|check|build|commit)\b)"
    rf"{_THING}:?$",
    _I,
)
_COMMENT = regex(
    r"^\s*(?:#+|//+|--|/\*+|<!--|;+|%+)[\s=*-]*(?:the )?(?:(?P<old>before|old|original)|after|new)"
    r"(?: (?:code|version))?[\s:.=*-]*(?:\*/|-->)?\s*$",
    _I,
)


class Label(Enum):
    """What the words before a fence make of it."""

    NONE = "none"
    OLD = "old"
    LOCATED = "located"
    CURRENT = "current"
    DELETED = "deleted"
    SAMPLE = "sample"
    OUTPUT = "output"


class Sequel(Enum):
    """What the words between two fences make of the second."""

    NONE = "none"
    NEW = "new"
    BELOW = "below"
    ABOVE = "above"


def last_sentence(prose: str) -> str:
    """The last sentence of the last line that says something, without decoration."""
    tail = prose[-400:].rstrip()
    line = tail.rpartition("\n")[2]
    line = re.sub(r"^(?:[#>*+\-\s]+|\d+[.)])\s*", "", line).replace("**", "").replace("`", "")
    line = line.strip("*_ ")
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z])", line)
    return sentences[-1].strip()


def comment_sequel(line: str) -> bool | None:
    """Whether a comment says that new code follows (True) or old code (False); None: neither."""
    match = _COMMENT.match(line) if len(line) <= 100 else None
    return None if match is None else match["old"] is None


def label(prose: str) -> Label:
    """What `prose`, the text before a fence, makes of the fence."""
    sentence = last_sentence(prose)
    if not sentence or sentence.endswith("."):  # no pattern goes beyond a full stop
        return Label.NONE
    for pattern, meaning in (
        (_DELETE, Label.DELETED),
        (_OLD_LABEL, Label.OLD),
        (_REPLACE_THIS, Label.OLD),
        (_SAMPLE, Label.SAMPLE),
        (_LOCATE, Label.LOCATED),
        (_CURRENT, Label.CURRENT),
        (_OUTPUT, Label.OUTPUT),
    ):
        if pattern.search(sentence):
            return meaning
    return Label.NONE


def sequel(prose: str) -> Sequel:
    """What `prose`, the text between two fences, makes of the second."""
    sentence = last_sentence(prose)
    if len(prose) > 400:
        return Sequel.NONE
    if _NEW_LABEL.search(sentence) or _BECOMES.search(sentence):
        return Sequel.NEW
    if _ADD.search(sentence):
        if _BELOW.search(sentence):
            return Sequel.BELOW
        if _ABOVE.search(sentence):
            return Sequel.ABOVE
    return Sequel.NONE
