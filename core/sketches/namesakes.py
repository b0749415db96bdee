"""What the syntax of fragment and file says about where the fragment goes.

A definition of the fragment belongs to the definition of the file that has its name; scopes the
prose names are favoured; between two definitions of the fragment there may be a gap the model did
not mark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.lines.plain import first_word, plain
from fastapply.core.regex import regex
from fastapply.core.sketches.blocks import Block
from fastapply.core.sketches.fragment import Fragment
from fastapply.core.sketches.fresh import fresh
from fastapply.core.sketches.homes import Homes, homes
from fastapply.core.sketches.overloads import overloaded
from fastapply.core.sketches.pairs import import_pairs, is_complete, name_pairs
from fastapply.core.sketches.passed import passed_over
from fastapply.core.sketches.prose import deleted_names, tells_of_deletion
from fastapply.core.syntax.kinds import CONTAINERS, DATA, FUNCTIONS, SOLID, Definition, every
from fastapply.core.syntax.trees import BRACES, dedented, faults, language_of, outline

SCOPE = 1.0
_QUOTED = regex(r"`([^`\n]+)`|\"([^\"\n]+)\"|'([\w ]+)'")
_NAME = regex(r"[A-Za-z_$][\w$]*")


class Structure(NamedTuple):
    """Syntax, as far as an alignment needs it.

    `own` are the fragment's definitions, `held` the file's. `pairs` are one-line blocks: headers
    and last lines of definitions of one name. `fresh` are the spans of definitions the file has
    not. `joints` are positions of the fragment between two definitions, `bare` those where nothing
    that the file has between them can be meant to go; `definitions` the header
    lines of the file's definitions that nothing says are deleted, `passed` the
    documentation of those shown without; `scopes` the spans of the file that the prose names.
    `homes` are the spans that the fragment's lines may stand in. `file_name` is what prose may call
    the file.
    """

    language: str | None
    own: tuple[Definition, ...]
    held: tuple[Definition, ...]
    pairs: tuple[Block, ...]
    fresh: tuple[Span, ...]
    joints: tuple[int, ...]
    bare: tuple[int, ...]
    definitions: tuple[int, ...]
    scopes: tuple[Span, ...]
    overloaded: frozenset[str] = frozenset()
    homes: Homes = ()
    passed: tuple[Span, ...] = ()
    file_name: str = ""

    @property
    def headers(self) -> tuple[int, ...]:
        """The header lines of the fragment's definitions, in data of its keys."""
        solid = {each.header.start for each in every(self.own) if each.kind in SOLID}
        return tuple(sorted(solid | {*_keys(self.own, self.language)}))

    @property
    def newcomers(self) -> tuple[int, ...]:
        """Where definitions that the file has not begin, but for those that serve one function."""
        bodies = [each.span for each in every(self.own) if each.kind in FUNCTIONS - {"test"}]
        return tuple(
            span.start
            for span in self.fresh
            if not any(body.start < span.start < body.stop for body in bodies)
        )

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
    """The structure of `fragment` and of the file's `lines`."""
    language = language_of(path) or BRACES
    held = outline(lines, language)
    own = _own(fragment, language)
    namesakes = _by_name(held)
    overloads = overloaded(own, held, fragment.prose)
    stones = name_pairs(fragment, own, namesakes, lines, overloads)
    passed = [*passed_over(fragment, every(own), namesakes, lines)]
    joints = {*_joints(fragment, own, namesakes, lines), *_seams(own, language)}
    joints |= {each.joint for each in passed}
    return Structure(
        language,
        own,
        held,
        (*stones, *import_pairs(fragment, own, held, lines)),
        tuple(fresh(fragment, own, held, (lines, language))),
        tuple(sorted(joints)),
        () if tells_of_deletion(fragment.prose) else tuple(_bare(fragment, own, joints, namesakes)),
        tuple(sorted(_kept(fragment, own, namesakes, held, (lines, language)))),
        tuple(_scopes(fragment.prose, held)),
        overloads,
        homes(fragment, own, namesakes),
        tuple(each.held for each in passed),
        PurePosixPath(path).name,
    )


def _own(fragment: Fragment, language: str) -> tuple[Definition, ...]:
    """The fragment's definitions; where it does not parse as one, those of its sections too."""
    own = outline(fragment.lines, language)
    if not faults(dedented(fragment.lines), language):
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
    namesakes: Mapping[str, Sequence[Definition]],
    held: Sequence[Definition],
    file: tuple[Sequence[str], str],
) -> Iterator[int]:
    """Header lines of definitions that neither the fragment shows nor prose or notes delete.

    One that it only uses is not shown, and rather stays than goes. A statement that a text which
    does not parse makes look like a definition is none.
    """
    lines, language = file
    said = deleted_names(fragment.prose) | {each.name for each in every(own)}
    said |= {word for note in fragment.notes for word in _NAME.findall(note)}
    shown: dict[str, set[str]] = defaultdict(set)
    for line in fragment.lines:
        for word in _NAME.findall(line):
            shown[word].add(first_word(line))
    keys = {*_keys(held, language)}
    bodies = [*_anew(fragment, own, namesakes, lines)]
    for each in every(held):
        if any(body.start < each.header.start < body.stop for body in bodies):
            continue
        header = lines[each.header.start]
        names = {each.name, each.name.rsplit(".", 1)[-1]}
        is_shown = any(first_word(header) in shown.get(name, ()) for name in names)
        quoted = _QUOTED.search(each.name) if each.kind == "test" else None
        is_shown = is_shown or (
            quoted is not None
            and any(quoted[0] in line for line in fragment.lines if _same_word(line, header))
        )
        is_statement = len(each.span) == 1 and header.rstrip().endswith(";")
        solid = each.kind in SOLID or each.header.start in keys
        if solid and not (is_shown or is_statement or names & said):
            yield each.header.start


def _anew(
    fragment: Fragment,
    own: Sequence[Definition],
    namesakes: Mapping[str, Sequence[Definition]],
    lines: Sequence[str],
) -> Iterator[Span]:
    """The functions of the file that are shown whole, with all that they define inside."""
    for each in every(own):
        is_lazy = any(each.span.start < gap < each.span.stop for gap in fragment.gaps)
        if each.kind not in FUNCTIONS or is_lazy:
            continue
        for other in namesakes.get(each.name, ()):
            if is_complete(fragment, each, other, lines):
                yield other.span


def _keys(definitions: Sequence[Definition], language: str | None) -> Iterator[int]:
    """The header lines of all keys, in languages of data."""
    if language in DATA:
        yield from (each.header.start for each in every(definitions) if each.kind == "key")


def _seams(own: Sequence[Definition], language: str) -> Iterator[int]:
    """Where data may pass over keys: before and after those it shows."""
    if language in DATA:
        for each in every(own):
            yield from (each.span.start, each.span.stop)


def _same_word(line: str, other: str) -> bool:
    return first_word(line) == first_word(other)


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
            is_complete(fragment, definition, other, lines) for other in others
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


def _bare(
    fragment: Fragment,
    own: Sequence[Definition],
    joints: Collection[int],
    names: Collection[str],
) -> Iterator[int]:
    """The joints of a file or class with nothing shown between two functions or classes it has.

    What the file has there, ``private`` or a constant, is no part of either. `names` are the
    file's.
    """
    for before, after in pairwise(own):
        between = fragment.lines[before.span.stop : after.span.start]
        is_bare = after.span.start in joints and not any(map(str.strip, between))
        is_known = before.name in names and after.name in names
        if is_bare and is_known and {before.kind, after.kind} <= SOLID:
            yield from (before.span.stop, after.span.start)
    for definition in own:
        if definition.kind in CONTAINERS:
            yield from _bare(fragment, definition.children, joints, names)


def _said(lines: Sequence[str], span: Span) -> list[str]:
    """What a definition says, blank lines left out."""
    return [text for line in lines[span.start : span.stop] if (text := plain(line))]


def _is_part(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether `part` stands in `whole` in one piece."""
    size = len(part)
    return any(whole[at : at + size] == part for at in range(len(whole) - size + 1))


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
