"""Definitions of a fragment that the file has not: no line of theirs is an old one's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from math import sqrt
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.lines.plain import plain
from fastapply.core.regex import regex
from fastapply.core.sketches.blocks import say
from fastapply.core.sketches.fragment import Fragment
from fastapply.core.sketches.prose import cues
from fastapply.core.syntax.kinds import CONTAINERS, DATA, SOLID, Definition, every
from fastapply.core.syntax.trees import outline

SAME_BODY = 0.8
LIKE_BODY = 0.5
LIKE_HEADER = 75
NO_MORE_LIKE = 0.02
_ADDS = regex(
    r"\b(?:add(?:s|ed|ing)?|insert(?:ed)?|append(?:ed)?|put|goes|go|new)\b"
    r"|\b(?:after|below|before|above|between)\s[^.\n]{0,60}`[^`\n]+`[^`.\n]{0,30}:\s*$",
    re.IGNORECASE | re.MULTILINE,
)


def fresh(
    fragment: Fragment,
    own: Sequence[Definition],
    held: Sequence[Definition],
    file: tuple[Sequence[str], str],
) -> Iterator[Span]:
    """Outermost definitions the file has neither by name nor, renamed, by half of its lines.

    `file` are its lines and its language.
    """
    lines, language = file
    names = {each.name for each in every(held) if _is_one(each, language)}
    there = set(map(plain, lines))
    old = _sorted_out(fragment, held, lines)

    def walk(definitions: Sequence[Definition]) -> Iterator[Span]:
        for each in definitions:
            if not _is_one(each, language):
                continue
            if each.name in names or _is_scope(fragment, each, names):
                yield from walk(each.children)
            elif (
                plain(_header(fragment, each)) not in there
                and _stands_alone(fragment, each, language)
                and not _is_renamed(fragment, each, old, lines)
            ):
                yield _without_old_tail(fragment, each, there)

    yield from walk(own)


def _is_one(definition: Definition, language: str) -> bool:
    """Whether it stands on its own; in data what takes several lines does: a job, a service."""
    return definition.kind in SOLID or (language in DATA and len(definition.span) > 1)


def _without_old_tail(fragment: Fragment, own: Definition, there: Collection[str]) -> Span:
    """The span of a definition, but for what the file has at the end of a section up to a gap.

    Nothing closes a section: a new heading comes above old lines, which are shown as context.
    """
    start, stop = own.span.start, own.span.stop
    if own.kind == "section" and stop in fragment.gaps:
        while stop > own.header.stop and plain(fragment.lines[stop - 1]) in there:
            stop -= 1
    return Span(start, stop)


class _Old(NamedTuple):
    """The file's definitions that the fragment may show under another name, and those it keeps."""

    open: tuple[Definition, ...]
    kept: tuple[Definition, ...]


def _sorted_out(fragment: Fragment, held: Sequence[Definition], lines: Sequence[str]) -> _Old:
    """Kept are those whose header is shown, and all where the prose puts new code beside one."""
    if _ADDS.search(fragment.prose):
        named = {cue.name for cue in cues(fragment.prose)}
        if any(each.name in named or each.name.rsplit(".", 1)[-1] in named for each in every(held)):
            return _Old((), ())
    shown = set(map(plain, fragment.lines))
    found: tuple[list[Definition], list[Definition]] = ([], [])
    for each in every(held):
        found[plain(lines[each.header.start]) in shown].append(each)
    return _Old(tuple(found[0]), tuple(found[1]))


def _is_scope(fragment: Fragment, definition: Definition, names: Collection[str]) -> bool:
    """Whether a definition of a new name is there for members that the file has."""
    start, stop = definition.span.start, definition.span.stop
    is_lazy = any(start < gap < stop for gap in fragment.gaps)
    may_be_new = (definition.kind in CONTAINERS or definition.kind == "rule") and not is_lazy
    return not may_be_new and _holds_one_of(definition, names)


def _holds_one_of(definition: Definition, names: Collection[str]) -> bool:
    return any(each.name in names for each in every(definition.children) if each.kind in SOLID)


def _header(fragment: Fragment, definition: Definition) -> str:
    return fragment.lines[definition.header.start]


def _stands_alone(fragment: Fragment, definition: Definition, language: str) -> bool:
    """Whether the lines of a definition are one without what the fragment shows around them.

    What a fragment cuts in two parses as anything: calls as methods, ``if`` as a function.
    """
    if _header(fragment, definition).rstrip().endswith(";") and definition.kind == "rule":
        return False
    span = definition.span
    alone = outline(fragment.lines[span.start : span.stop], language)
    return any(each.name == definition.name for each in every(alone))


def _is_renamed(fragment: Fragment, own: Definition, old: _Old, lines: Sequence[str]) -> bool:
    """Whether what a definition says stands under another name in the file, one that may go.

    Nearly all of it does, or half of it under a header that is much like its own. What several
    definitions say as much of, or one that is kept (of data: more of), is a copy.
    """
    from rapidfuzz import fuzz

    common = Counter(map(_pair, lines))
    said = Counter(map(_pair, fragment.lines[own.header.stop : own.span.stop]))

    def weight(shared: Counter[str]) -> float:
        """What lines say, those less that many definitions have."""
        return sum(n * say(line) / sqrt(max(common[line], 1)) for line, n in shared.items())

    total = weight(said)
    header = plain(fragment.lines[own.header.start])
    is_cut = own.kind not in SOLID and own.span.stop == len(fragment.lines)  # nothing closes data
    elided = is_cut or any(own.span.start < gap < own.span.stop for gap in fragment.gaps)

    def share(other: Definition) -> float:
        """How much of what the definition says, `other` says."""
        much_longer = not elided and len(other.span) > 2 * len(own.span)
        if other.kind != own.kind or much_longer or not total:
            return 0.0
        there = Counter(map(_pair, lines[other.span.start : other.span.stop]))
        return weight(said & there) / total

    shares = [(share(each), each) for each in old.open]
    most = max((each for each, _ in shares), default=0.0)
    kept = max(map(share, old.kept), default=0.0)
    if most < LIKE_BODY or kept > most or (kept == most and own.kind in SOLID):
        return False
    if sum(each >= most - NO_MORE_LIKE for each, _ in shares) > 1:
        return False
    return any(
        each >= SAME_BODY
        or (
            each >= LIKE_BODY
            and fuzz.ratio(header, plain(lines[other.header.start])) >= LIKE_HEADER
        )
        for each, other in shares
    )


def _pair(line: str) -> str:
    """The plain line, also where it is the first of an item of a list: others may come before."""
    return plain(line).removeprefix("- ")
