"""What the syntax of fragment and file says about where the fragment goes.

A definition of the fragment belongs to the definition of the file that has its name; scopes the
prose names are favoured; between two definitions of the fragment there may be a gap the model did
not mark.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fastapply.core.blocks import Block, pair
from fastapply.core.edits import Span
from fastapply.core.fragment import Fragment
from fastapply.core.syntax import Definition, language_of, outline

HEADER = 1.2
END = 0.8
SCOPE = 1.0
MOST_NAMESAKES = 6
_QUOTED = re.compile(r"`([^`\n]+)`|\"([^\"\n]+)\"|'([\w ]+)'")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True, slots=True)
class Structure:
    """Syntax, as far as an alignment needs it.

    `pairs` are one-line blocks: headers and last lines of definitions of one name. `joints` are
    positions of the fragment between two definitions; `definitions` the first lines of the file's
    definitions; `scopes` the spans of the file that the prose names.
    """

    language: str | None
    own: tuple[Definition, ...]
    held: tuple[Definition, ...]
    pairs: tuple[Block, ...]
    joints: tuple[int, ...]
    definitions: tuple[int, ...]
    scopes: tuple[Span, ...]

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
        return Structure(None, (), (), (), (), (), ())
    held = outline(lines, language)
    own = outline(fragment.lines, language)
    return Structure(
        language,
        own,
        held,
        tuple(_pairs(fragment, own, held, lines)),
        tuple(sorted(set(_joints(own)))),
        tuple(sorted({each.span.start for each in every(held) if each.kind != "import"})),
        tuple(_scopes(fragment.prose, held)),
    )


def every(definitions: Iterable[Definition]) -> Iterator[Definition]:
    """All definitions, parents before their children."""
    for definition in definitions:
        yield definition
        yield from every(definition.children)


def _joints(definitions: Sequence[Definition]) -> Iterator[int]:
    """Where a definition begins or ends beside another one of the same level."""
    for before, after in pairwise(definitions):
        if before.kind != "import" or after.kind != "import":
            yield before.span.stop
            yield after.span.start
    for definition in definitions:
        yield from _joints(definition.children)


def _pairs(
    fragment: Fragment,
    own: Sequence[Definition],
    held: Sequence[Definition],
    lines: Sequence[str],
) -> Iterator[Block]:
    namesakes: dict[str, list[Definition]] = defaultdict(list)
    for definition in every(held):
        if definition.kind != "import":
            namesakes[definition.name].append(definition)

    def stone(start: int, place: int, weight: float) -> Block:
        return pair(start, place, weight, fragment.lines, lines)

    for definition in every(own):
        candidates = namesakes.get(definition.name, [])
        if definition.kind == "import" or len(candidates) > MOST_NAMESAKES:
            continue
        share = len(candidates) ** 0.5
        for candidate in candidates:
            yield stone(definition.header.start, candidate.header.start, HEADER / share)
            if (
                definition.span.start < definition.header.start
                and candidate.span.start < candidate.header.start
            ):
                yield stone(definition.span.start, candidate.span.start, END / share)
            if _is_complete(fragment, definition, candidate, lines):
                yield stone(definition.span.stop - 1, candidate.span.stop - 1, END / share)


def _is_complete(
    fragment: Fragment, own: Definition, held: Definition, lines: Sequence[str]
) -> bool:
    """Whether the fragment shows how the definition ends.

    Not where a gap ends it, nor where its last line stands in the middle of the file's
    definition: then the fragment just stops there.
    """
    last = own.span.stop - 1
    if own.span.stop in fragment.gaps or last <= own.header.start:
        return False
    text = fragment.lines[last].strip()
    if not any(map(str.isalnum, text)):
        return True
    middle = lines[held.span.start : held.span.stop - 1]
    return text not in {line.strip() for line in middle}


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
