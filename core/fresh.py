"""Definitions of a fragment that the file has not: no line of theirs is an old one's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from math import sqrt

from fastapply.core.blocks import say
from fastapply.core.edits import Span
from fastapply.core.fragment import Fragment
from fastapply.core.kinds import CONTAINERS, SOLID, every
from fastapply.core.plain import plain
from fastapply.core.syntax import Definition, outline

SAME_BODY = 0.8
LIKE_BODY = 0.5
LIKE_HEADER = 75


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
    names = {each.name for each in every(held) if each.kind in SOLID}
    there = set(map(plain, lines))
    for definition in own:
        if definition.kind not in SOLID:
            continue
        if definition.name in names or (
            definition.kind not in CONTAINERS and _holds_one_of(definition, names)
        ):
            yield from fresh(fragment, definition.children, held, file)
        elif (
            plain(_header(fragment, definition)) not in there
            and _stands_alone(fragment, definition, language)
            and not _is_renamed(fragment, definition, held, lines)
        ):
            yield definition.span


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


def _is_renamed(
    fragment: Fragment, own: Definition, held: Sequence[Definition], lines: Sequence[str]
) -> bool:
    """Whether what a definition says stands under another name in the file.

    Nearly all of it does, or half of it under a header that is much like its own.
    """
    from rapidfuzz import fuzz

    common = Counter(map(plain, lines))
    said = Counter(map(plain, fragment.lines[own.header.stop : own.span.stop]))

    def weight(shared: Counter[str]) -> float:
        """What lines say, those less that many definitions have."""
        return sum(n * say(line) / sqrt(max(common[line], 1)) for line, n in shared.items())

    total = weight(said)
    header = plain(fragment.lines[own.header.start])
    elided = any(own.span.start < gap < own.span.stop for gap in fragment.gaps)
    for definition in every(held):
        much_longer = not elided and len(definition.span) > 2 * len(own.span)
        if definition.kind != own.kind or much_longer or not total:
            continue
        there = Counter(map(plain, lines[definition.span.start : definition.span.stop]))
        share = weight(said & there) / total
        if share >= SAME_BODY:
            return True
        if share >= LIKE_BODY:
            other = plain(lines[definition.header.start])
            if fuzz.ratio(header, other) >= LIKE_HEADER:
                return True
    return False
