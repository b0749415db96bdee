"""Where a line of the fragment is at home: in the definition of the file that has its name.

What stands inside a definition that the file has too may be found in that one only; the same line
elsewhere in the file is a coincidence, or is moved from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from typing import TypeAlias

from fastapply.core.edits import Span
from fastapply.core.lines.brackets import balance
from fastapply.core.lines.depths import closes
from fastapply.core.sketches.blocks import Block
from fastapply.core.sketches.fragment import Fragment
from fastapply.core.syntax.kinds import SOLID, Definition, every

MOST_NAMESAKES = 6
NO_COINCIDENCE = 2.0
"""What a run must say (`Block.weight`) to be no coincidence away from its home."""

Homes: TypeAlias = "tuple[tuple[Span, ...], ...]"
"""For each line of the fragment the spans of the file it may stand in; none: anywhere."""


def homes(
    fragment: Fragment,
    own: Sequence[Definition],
    namesakes: Mapping[str, Sequence[Definition]],
) -> Homes:
    """The homes of the fragment's lines: of nested definitions the innermost says.

    One whose name only stands elsewhere is at home where the one around it is. A definition whose
    brackets do not close says nothing: where it ends is a guess. Lines that only close something
    are at home anywhere.
    """
    opened = [*accumulate(map(balance, fragment.lines), initial=0)]
    found: list[tuple[Span, ...]] = [()] * len(fragment.lines)
    for each in every(own):
        start, stop = each.span.start, each.span.stop
        held = [other.span for other in namesakes.get(each.name, ()) if other.kind in SOLID]
        if found[start]:
            held = [span for span in held if _is_within(span, found[start])]
        is_known = len(held) <= MOST_NAMESAKES and (held or not found[start])
        if each.kind in SOLID and opened[start] == opened[stop] and is_known:
            found[start:stop] = [tuple(held)] * (stop - start)
    lines = zip(fragment.lines, found, strict=True)
    return tuple(() if closes(line) else spans for line, spans in lines)


def _is_within(span: Span, others: Sequence[Span]) -> bool:
    return any(other.start <= span.start and span.stop <= other.stop for other in others)


def settled(spans: Homes, sections: Sequence[Span], blocks: Sequence[Block]) -> Homes:
    """`spans`, but for what a section shows of elsewhere at such length that it is no coincidence.

    There a gap reaches beyond the end of its definition.
    """
    if not any(spans):
        return ()
    found = [*spans]
    for block in blocks:
        for away in _away(block, spans):
            if block.inside(away).weight < NO_COINCIDENCE:
                continue
            section = next(each for each in sections if each.start <= away.start < each.stop)
            for number in range(section.start, section.stop):
                if spans[number] == spans[away.start]:
                    found[number] = ()
    return tuple(found)


def at_home(block: Block, spans: Homes) -> Iterator[Block]:
    """The parts of `block` that lie in the homes of their lines."""
    return block.outside(_away(block, spans))


def _away(block: Block, spans: Homes) -> list[Span]:
    """The runs of `block` that lie outside the homes of their lines."""
    shift = block.place - block.start
    runs = groupby(
        block.numbers,
        lambda n: bool(spans[n]) and not any(s.start <= n + shift < s.stop for s in spans[n]),
    )
    away = ([*numbers] for is_away, numbers in runs if is_away)
    return [Span(run[0], run[-1] + 1) for run in away]
