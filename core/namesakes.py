"""What the syntax of fragment and file says about where the fragment goes.

A definition of the fragment belongs to the definition of the file that has its name; scopes the
prose names are favoured; between two definitions of the fragment there may be a gap the model did
not mark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from fastapply.core.alignment import balance
from fastapply.core.blocks import Block, pair
from fastapply.core.edits import Span
from fastapply.core.fragment import Fragment
from fastapply.core.fresh import fresh
from fastapply.core.homes import MOST_NAMESAKES, Homes, homes
from fastapply.core.kinds import CONTAINERS, SOLID, every
from fastapply.core.likeness import subject
from fastapply.core.markers import inline_gap
from fastapply.core.overloads import overloaded
from fastapply.core.plain import plain
from fastapply.core.prose import deleted_names
from fastapply.core.regex import regex
from fastapply.core.syntax import Definition, faults, language_of, outline

HEADER = 1.2
END = 1.2
REWRITTEN = 2.4
"""What the last line says of a definition that is shown anew, from its first line to its last."""
SCOPE = 1.0
_QUOTED = regex(r"`([^`\n]+)`|\"([^\"\n]+)\"|'([\w ]+)'")
_NAME = regex(r"[A-Za-z_$][\w$]*")
_LEAVING = frozenset({"return", "raise", "throw", "break", "continue"})


class Structure(NamedTuple):
    """Syntax, as far as an alignment needs it.

    `own` are the fragment's definitions, `held` the file's. `pairs` are one-line blocks: headers
    and last lines of definitions of one name. `fresh` are the spans of definitions the file has
    not. `joints` are positions of the fragment between two definitions; `definitions` the header
    lines of the file's definitions that nothing says are deleted; `scopes` the spans of the file
    that the prose names. `homes` are the spans that the fragment's lines may stand in.
    """

    language: str | None
    own: tuple[Definition, ...]
    held: tuple[Definition, ...]
    pairs: tuple[Block, ...]
    fresh: tuple[Span, ...]
    joints: tuple[int, ...]
    definitions: tuple[int, ...]
    scopes: tuple[Span, ...]
    overloaded: frozenset[str] = frozenset()
    homes: Homes = ()

    @property
    def headers(self) -> tuple[int, ...]:
        """The header lines of the fragment's definitions."""
        return tuple(sorted(each.header.start for each in every(self.own) if each.kind in SOLID))

    def by_name(self, blocks: Iterable[Block]) -> list[Block]:
        """One-line blocks, but for those that find a definition the file has in another one.

        The blocks pair changed lines: one of an overloaded name finds nothing.
        """
        mine = {each.header.start: each.name for each in every(self.own)}
        theirs = {each.header.start: each.name for each in every(self.held)}
        names = frozenset(theirs.values())
        return [
            block
            for block in blocks
            if mine.get(block.start) not in names
            or theirs.get(block.place) in (None, mine.get(block.start))
            if mine.get(block.start) not in self.overloaded
        ]

    def anchored(self, blocks: Sequence[Block]) -> list[Block]:
        """`blocks` with the pairs: one that is part of a block makes it worth more."""
        strong = [*blocks]
        for stone in self.pairs:
            for number, block in enumerate(strong):
                if block.covers(stone):
                    strong[number] = block.heavier(stone.start, stone.weight)
                    break
            else:
                strong.append(stone)
        return strong

    def favoured(self, block: Block) -> Block:
        """`block`, worth more where it stands in a scope that the prose names."""
        inside = any(
            scope.start <= block.place and block.end <= scope.stop for scope in self.scopes
        )
        if not inside or block.weight <= 0:
            return block
        return block.worth((block.weight + SCOPE) / block.weight)


def structure_of(fragment: Fragment, lines: Sequence[str], path: str) -> Structure:
    """The structure of `fragment` and of the file's `lines`; empty for an unknown language."""
    language = language_of(path)
    if language is None:
        return Structure(None, (), (), (), (), (), (), ())
    held = outline(lines, language)
    own = _own(fragment, language)
    namesakes = _by_name(held)
    overloads = overloaded(own, held)
    stones = _pairs(fragment, own, namesakes, lines, overloads)
    return Structure(
        language,
        own,
        held,
        (*stones, *_import_pairs(fragment, own, held, lines)),
        tuple(fresh(fragment, own, held, (lines, language))),
        tuple(sorted(set(_joints(fragment, own, namesakes, lines)))),
        tuple(sorted(set(_kept(fragment, own, held, lines)))),
        tuple(_scopes(fragment.prose, held)),
        overloads,
        homes(fragment, own, namesakes),
    )


def _own(fragment: Fragment, language: str) -> tuple[Definition, ...]:
    """The fragment's definitions; where it does not parse as one, those of its sections too."""
    own = outline(fragment.lines, language)
    if not faults(fragment.lines, language):
        return own
    found = [*own]
    seen = {each.header.start for each in every(own)}
    for section in fragment.sections:
        for each in outline(fragment.lines[section.start : section.stop], language):
            if each.header.start + section.start not in seen:
                found.append(_moved(each, section.start))
    return tuple(sorted(found, key=lambda each: each.span))


def _moved(definition: Definition, by: int) -> Definition:
    return definition._replace(
        span=Span(definition.span.start + by, definition.span.stop + by),
        header=Span(definition.header.start + by, definition.header.stop + by),
        children=tuple(_moved(child, by) for child in definition.children),
    )


def _kept(
    fragment: Fragment,
    own: Sequence[Definition],
    held: Sequence[Definition],
    lines: Sequence[str],
) -> Iterator[int]:
    """Header lines of definitions that neither the fragment shows nor the prose deletes.

    One that it only uses is not shown, and rather stays than goes. A statement that a text which
    does not parse makes look like a definition is none.
    """
    said = deleted_names(fragment.prose) | {each.name for each in every(own)}
    shown: dict[str, set[str]] = defaultdict(set)
    for line in fragment.lines:
        for word in _NAME.findall(line):
            shown[word].add(_first_word(line))
    for each in every(held):
        header = lines[each.header.start]
        names = {each.name, each.name.rsplit(".", 1)[-1]}
        is_shown = any(_first_word(header) in shown.get(name, ()) for name in names)
        quoted = _QUOTED.search(each.name) if each.kind == "test" else None
        is_shown = is_shown or (
            quoted is not None
            and any(quoted[0] in line for line in fragment.lines if _same_word(line, header))
        )
        is_statement = len(each.span) == 1 and header.rstrip().endswith(";")
        if each.kind in SOLID and not (is_shown or is_statement or names & said):
            yield each.header.start


def _first_word(line: str) -> str:
    found = _NAME.search(line)
    return found.group() if found else ""


def _same_word(line: str, other: str) -> bool:
    return _first_word(line) == _first_word(other)


def _by_name(definitions: Iterable[Definition]) -> Mapping[str, Sequence[Definition]]:
    found: dict[str, list[Definition]] = defaultdict(list)
    for definition in every(definitions):
        found[definition.name].append(definition)
    return found


def _joints(
    fragment: Fragment,
    own: Sequence[Definition],
    namesakes: Mapping[str, Sequence[Definition]],
    lines: Sequence[str],
) -> Iterator[int]:
    """Where the fragment may pass over definitions of the file without a marker.

    Between two whole definitions of which one changes, and between the header of one and a member
    that does. Definitions that are as the file has them, or cut short, are there for context, and
    context is shown without holes.
    """

    def changes(definition: Definition) -> bool:
        shown = _said(fragment.lines, definition.span)
        return not any(
            _is_part(shown, _said(lines, other.span))
            for other in namesakes.get(definition.name, ())
        )

    def is_whole(definition: Definition) -> bool:
        others = namesakes.get(definition.name, ())
        return not others or any(
            _is_complete(fragment, definition, other, lines) for other in others
        )

    for before, after in pairwise(own):
        if not {before.kind, after.kind} & SOLID or not (is_whole(before) and is_whole(after)):
            continue
        if changes(before) or changes(after):
            yield before.span.stop
            yield after.span.start
    for definition in own:
        for first in definition.children[:1]:
            between = fragment.lines[definition.header.stop : first.span.start]
            is_member = definition.kind in CONTAINERS and first.kind in SOLID
            if is_member and changes(first) and not any(map(str.strip, between)):
                yield first.span.start
        yield from _joints(fragment, definition.children, namesakes, lines)


def _said(lines: Sequence[str], span: Span) -> list[str]:
    """What a definition says, blank lines left out."""
    return [text for line in lines[span.start : span.stop] if (text := plain(line))]


def _is_part(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether `part` stands in `whole` in one piece."""
    size = len(part)
    return any(whole[at : at + size] == part for at in range(len(whole) - size + 1))


def _pairs(
    fragment: Fragment,
    own: Sequence[Definition],
    namesakes: Mapping[str, Sequence[Definition]],
    lines: Sequence[str],
    overloads: Collection[str],
) -> Iterator[Block]:
    def stone(start: int, place: int, weight: float) -> Block:
        return pair(start, place, weight, fragment.lines, lines)

    for definition in every(own):
        candidates = namesakes.get(definition.name, ())
        if definition.name in overloads:
            header = plain(fragment.lines[definition.header.start])
            candidates = [c for c in candidates if plain(lines[c.header.start]) == header]
        if definition.kind == "import" or len(candidates) > MOST_NAMESAKES:
            continue
        share = len(candidates) ** 0.5
        for candidate in candidates:
            likeness = _likeness(fragment, definition, candidate, lines) if share > 1 else 1.0
            weight = HEADER * likeness / share
            if _is_put_on_one_line(fragment, definition, candidate):
                yield stone(definition.span.start, candidate.span.stop - 1, weight + END / share)
                continue
            yield stone(definition.header.start, candidate.header.start, weight)
            if (
                definition.span.start < definition.header.start
                and candidate.span.start < candidate.header.start
            ):
                yield stone(definition.span.start, candidate.span.start, END / share)
            if _is_complete(fragment, definition, candidate, lines):
                anew = _is_shown_anew(fragment, definition, candidate, lines)
                end = REWRITTEN if anew else END
                yield stone(definition.span.stop - 1, candidate.span.stop - 1, end / share)


def _is_put_on_one_line(fragment: Fragment, own: Definition, held: Definition) -> bool:
    """Whether a whole definition of the fragment is one line, and several in the file.

    Then the line stands for the last of those: all before it go too.
    """
    line = fragment.lines[own.span.start].rstrip()
    if len(own.span) > 1 or len(held.span) < 2 or own.kind not in SOLID:
        return False
    return line.endswith("}") and not balance(line) and inline_gap(line) is None


def _likeness(fragment: Fragment, own: Definition, held: Definition, lines: Sequence[str]) -> float:
    """How much more than others of its name a definition is meant, by its header: 0.5 to 1.5."""
    from rapidfuzz import fuzz

    ours, theirs = fragment.lines[own.header.start], lines[held.header.start]
    return 0.5 + fuzz.ratio(plain(ours), plain(theirs)) / 100


def _import_pairs(
    fragment: Fragment,
    own: Sequence[Definition],
    held: Sequence[Definition],
    lines: Sequence[str],
) -> Iterator[Block]:
    """Imports from one source that take another number of lines."""
    places = {
        source: each
        for each in held
        if each.kind == "import" and (source := _source(lines, each.span))
    }
    for each in own:
        other = places.get(_source(fragment.lines, each.span)) if each.kind == "import" else None
        if other is not None and len(other.span) != len(each.span):
            start, last = each.span.start, each.span.stop - 1
            yield pair(start, other.span.start, HEADER, fragment.lines, lines)
            if last > start and len(other.span) > 1:
                yield pair(last, other.span.stop - 1, END, fragment.lines, lines)


def _source(lines: Sequence[str], span: Span) -> str:
    """Where an import imports from."""
    about = {subject(line) for line in lines[span.start : span.stop]}
    return next((name for name in sorted(about) if name.startswith("import ")), "")


def _is_complete(
    fragment: Fragment, own: Definition, held: Definition, lines: Sequence[str]
) -> bool:
    """Whether the fragment shows how the definition ends.

    Not where a gap ends it, nor where its last line stands in the middle of the file's
    definition: then the fragment just stops there. What follows a gap rather comes after all that
    the gap keeps, unless both leave the definition.
    """
    last = own.span.stop - 1
    if own.span.stop in fragment.gaps or last <= own.header.start:
        return False
    text, its = fragment.lines[last].strip(), lines[held.span.stop - 1].strip()
    if not any(map(str.isalnum, text)) or text == its:
        return True
    if own.kind not in SOLID:
        return False
    if any(own.span.start < gap for gap in fragment.gaps if gap < own.span.stop):
        return leaves(text) and leaves(its)
    middle = lines[held.span.start : held.span.stop - 1]
    return text not in {line.strip() for line in middle}


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
    return _first_word(line) in _LEAVING


def _scopes(prose: str, held: Sequence[Definition]) -> Iterator[Span]:
    """The spans of definitions whose names the prose quotes, where only one has that name."""
    named: dict[str, list[Definition]] = defaultdict(list)
    for definition in every(held):
        named[definition.name].append(definition)
        named[definition.name.rsplit(".", 1)[-1]].append(definition)
    for match in _QUOTED.finditer(prose):
        quoted = next(group for group in match.groups() if group)
        for name in {quoted, *_NAME.findall(quoted)}:
            found = {each.span: each for each in named.get(name, ())}
            if len(found) == 1:
                yield next(iter(found))
