"""Lines of fragment and file that syntax pairs: where definitions of one name begin and end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from fastapply.core.edits import Span
from fastapply.core.lines.brackets import balance
from fastapply.core.lines.markers import inline_gap
from fastapply.core.lines.plain import first_word, plain
from fastapply.core.lines.shift import indent_of
from fastapply.core.regex import regex
from fastapply.core.sketches.blocks import Block, pair
from fastapply.core.sketches.fragment import Fragment
from fastapply.core.sketches.homes import MOST_NAMESAKES
from fastapply.core.sketches.likeness import subject
from fastapply.core.syntax.kinds import SOLID, Definition

HEADER = 1.2
END = 1.2
REWRITTEN = 2.4
"""What the last line says of a definition that is shown anew, from its first line to its last."""
_WORD = regex(r"\w+")
_LEAVING = frozenset({"return", "raise", "throw", "break", "continue"})


def name_pairs(
    fragment: Fragment,
    own: Sequence[Definition],
    namesakes: Mapping[str, Sequence[Definition]],
    lines: Sequence[str],
    overloads: Collection[str],
) -> Iterator[Block]:
    """One-line blocks of definitions that the fragment has and the file: first and last lines."""

    def stone(start: int, place: int, weight: float) -> Block:
        return pair(start, place, weight, fragment.lines, lines)

    for definition, candidates in _kin(own, namesakes):
        if definition.name in overloads:
            header = plain(fragment.lines[definition.header.start])
            candidates = [c for c in candidates if plain(lines[c.header.start]) == header]
        if definition.kind == "import" or len(candidates) > MOST_NAMESAKES:
            continue
        is_solid = definition.kind in SOLID
        candidates = [each for each in candidates if (each.kind in SOLID) == is_solid]
        candidates = _as_deep(fragment, definition, candidates, lines)
        share = len(candidates) ** 0.5
        for candidate in candidates:
            likeness = _likeness(fragment, definition, candidate, lines) if share > 1 else 1.0
            weight = HEADER * likeness / share
            if _is_put_on_one_line(fragment, definition, candidate):
                last = candidate.span.stop - 1
                one = stone(definition.header.start, last, weight + END / share)
                yield one._replace(lead=last - candidate.header.start)
                continue
            yield stone(definition.header.start, candidate.header.start, weight)
            if (
                definition.span.start < definition.header.start
                and candidate.span.start < candidate.header.start
            ):
                yield stone(definition.span.start, candidate.span.start, END / share)
            if is_complete(fragment, definition, candidate, lines):
                anew = _is_shown_anew(fragment, definition, candidate, lines)
                end = REWRITTEN if anew else END
                yield stone(definition.span.stop - 1, candidate.span.stop - 1, end / share)
                yield from _last_words(fragment, definition, candidate, lines)


def _as_deep(
    fragment: Fragment, own: Definition, held: Sequence[Definition], lines: Sequence[str]
) -> Sequence[Definition]:
    """Of `held` those that stand as deep as `own` does, unless that may have lost its indent."""
    depth = indent_of(fragment.lines[own.header.start])
    alike = [each for each in held if indent_of(lines[each.header.start]) == depth]
    return alike if depth and alike else held


def _kin(
    own: Sequence[Definition],
    namesakes: Mapping[str, Sequence[Definition]],
    parents: Sequence[Definition] | None = None,
) -> Iterator[tuple[Definition, Sequence[Definition]]]:
    """Each definition of the fragment with those of the file that it may stand for.

    A key or a field is only that of its parent's namesakes, `parents`.
    """
    for definition in own:
        found = namesakes.get(definition.name, ())
        if parents is not None:
            inside = [
                each
                for each in found
                if any(p.span.start <= each.span.start < p.span.stop for p in parents)
            ]
            found = inside or (found if definition.kind in SOLID else ())
        yield definition, found
        yield from _kin(definition.children, namesakes, found)


def _is_put_on_one_line(fragment: Fragment, own: Definition, held: Definition) -> bool:
    """Whether a whole definition of the fragment is one line, and several in the file.

    Then the line stands for the last of those: all before it go too.
    """
    line = fragment.lines[own.header.start].rstrip()
    is_one = own.header.start == own.span.stop - 1
    if not is_one or held.span.stop - held.header.start < 2 or own.kind not in SOLID:
        return False
    return line.endswith("}") and not balance(line) and inline_gap(line) is None


def _likeness(fragment: Fragment, own: Definition, held: Definition, lines: Sequence[str]) -> float:
    """How much more than others of its name a definition is meant, by its header: 0.25 to 1.5."""
    from rapidfuzz import fuzz

    ours, theirs = plain(fragment.lines[own.header.start]), plain(lines[held.header.start])
    words, others = frozenset(_WORD.findall(ours)), frozenset(_WORD.findall(theirs))
    share = len(words & others) / max(len(words | others), 1)
    return 0.25 + 1.25 * share**2 * fuzz.ratio(ours, theirs) / 100


def import_pairs(
    fragment: Fragment,
    own: Sequence[Definition],
    held: Sequence[Definition],
    lines: Sequence[str],
) -> Iterator[Block]:
    """Imports from one source that take another number of lines.

    Of several from that source, one for types say, it is the one with most of the same words.
    """
    places: dict[str, list[Definition]] = {}
    for each in held:
        if each.kind == "import" and (source := _source(lines, each.span)):
            places.setdefault(source, []).append(each)
    for each in own:
        found = places.get(_source(fragment.lines, each.span), []) if each.kind == "import" else []
        other = _most_alike(fragment.lines, each.span, found, lines)
        if other is not None and len(other.span) != len(each.span):
            start, last = each.span.start, each.span.stop - 1
            yield pair(start, other.span.start, HEADER, fragment.lines, lines)
            if last > start and len(other.span) > 1:
                yield pair(last, other.span.stop - 1, END, fragment.lines, lines)


def _most_alike(
    ours: Sequence[str], span: Span, found: Sequence[Definition], lines: Sequence[str]
) -> Definition | None:
    """The one of `found` that shares the greatest part of its words with `span` of `ours`."""
    words = _words(ours, span)

    def share(each: Definition) -> float:
        others = _words(lines, each.span)
        return len(words & others) / max(len(words | others), 1)

    return max(reversed(found), key=share, default=None)


def _words(lines: Sequence[str], span: Span) -> set[str]:
    return {word for line in lines[span.start : span.stop] for word in _WORD.findall(line)}


def _source(lines: Sequence[str], span: Span) -> str:
    """Where an import imports from."""
    about = {subject(line) for line in lines[span.start : span.stop]}
    return next((name for name in sorted(about) if name.startswith("import ")), "")


def is_complete(
    fragment: Fragment, own: Definition, held: Definition, lines: Sequence[str]
) -> bool:
    """Whether the fragment shows how the definition ends.

    Not where a gap ends it, nor where its last line stands in the middle of the definition, or
    another key does: then the fragment just stops there. What follows a gap rather comes after
    all that the gap keeps, unless both leave the definition.
    """
    last = own.span.stop - 1
    if own.span.stop in fragment.gaps or last <= own.header.start:
        return False
    if sum(map(balance, fragment.lines[own.header.start : own.span.stop])) > 0:
        return False
    text, its = fragment.lines[last].strip(), lines[held.span.stop - 1].strip()
    if not any(map(str.isalnum, text)) or text == its:
        return True
    if own.kind not in SOLID:
        return False
    if any(own.span.start < gap for gap in fragment.gaps if gap < own.span.stop):
        return leaves(text) and leaves(its)
    if leaves(its) and _leaves_body(fragment.lines, own):
        return True
    middle = lines[held.span.start : held.span.stop - 1]
    return text not in {line.strip() for line in middle} and not _ends_on_another_key(own, held)


def _leaves_body(lines: Sequence[str], definition: Definition) -> bool:
    """Whether the last line leaves the definition, as deep as its body: nothing is below that."""
    body = (line for line in lines[definition.header.stop : definition.span.stop] if line.strip())
    last = lines[definition.span.stop - 1]
    return leaves(last) and len(indent_of(last)) == len(indent_of(next(body, "")))


def _ends_on_another_key(own: Definition, held: Definition) -> bool:
    """Whether the last key of a definition that nothing closes is not the last in the file."""
    last = own.children[-1] if own.children else None
    if last is None or last.kind in SOLID or last.span.stop != own.span.stop:
        return False
    return bool(held.children) and held.children[-1].name != last.name


def _last_words(
    fragment: Fragment, own: Definition, held: Definition, lines: Sequence[str]
) -> Iterator[Block]:
    """What leaves a definition before its last line, after a gap, and what left it in the file."""
    ours, theirs = own.span.stop - 2, held.span.stop - 2
    gaps = [gap for gap in fragment.gaps if own.span.start < gap <= ours]
    if (
        not gaps
        or min(theirs, ours) < 0
        or not all(map(leaves, (fragment.lines[ours], lines[theirs])))
    ):
        return
    if not any(map(str.isalnum, fragment.lines[ours + 1])):
        yield pair(ours, theirs, END, fragment.lines, lines)


def _is_shown_anew(
    fragment: Fragment, own: Definition, held: Definition, lines: Sequence[str]
) -> bool:
    """Whether a whole definition is shown without a gap, and at such length that no line stays.

    A short one may be some lines to put into it.
    """
    start, stop = own.span.start, own.span.stop
    if own.kind not in SOLID or any(start < gap < stop for gap in fragment.gaps):
        return False
    if sum(map(balance, fragment.lines[start:stop])):
        return False
    ours, theirs = fragment.lines[stop - 1], lines[held.span.stop - 1]
    return 2 * len(own.span) >= len(held.span) or (leaves(ours) and leaves(theirs))


def leaves(line: str) -> bool:
    """Whether nothing that follows a statement in its block is ever reached."""
    return first_word(line) in _LEAVING
