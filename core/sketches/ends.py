"""What a section begins and ends with says where it goes.

New code is often a copy of its neighbours. Then the lines of the copy are found in the old code,
and what they stand between seems to go. But a section is shown with context at its ends: where its
first lines, or its last, stand in one place of the file as they are shown, they stand for that
place, if less has to go then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.lines.depths import closes
from fastapply.core.lines.plain import plain
from fastapply.core.sketches.alignment import Chain, best_chain
from fastapply.core.sketches.blocks import Block, say
from fastapply.core.sketches.outcome import TELLING
from fastapply.core.sketches.scene import Scene
from fastapply.core.sketches.terrain import Terrain
from fastapply.core.syntax.kinds import SOLID, every

FIRM = 0.9
"""What a run must say (`FileIndex.weight`) to tell where a section begins or ends."""
HOLD = 1000.0
"""What makes a line stay where it is, whatever that costs."""


class _End(NamedTuple):
    """The first or last shown line of a section, and the line of the file it stands for."""

    section: Span
    line: int
    place: int

    def held_by(self, block: Block) -> Block:
        """`block`, much heavier where it has the line in its place."""
        if self.line not in block.numbers or block.place + self.line - block.start != self.place:
            return block
        return block.heavier(self.line, HOLD)


def pinned(
    scene: Scene, chain: Chain, blocks: Sequence[Block], terrain: Terrain
) -> tuple[Chain, Sequence[Block]]:
    """`chain` and `blocks`, or where that loses fewer lines a chain held by the ends of sections.

    It may lose as many where both ends say so. All ends must be found in it, or they do not go
    together. The blocks that hold it are so much heavier that no other reading leaves them out.
    """
    places = _places(chain)
    ends = [*_ends(scene, blocks)]
    torn = [end for end in ends if places.get(end.line) != end.place]
    if not torn:
        return chain, blocks
    held = blocks
    for end in torn:
        held = [end.held_by(block) for block in held]
    other = best_chain(held, terrain)
    found = _places(other)
    if any(end.line not in found for end in ends):
        return chain, blocks
    if any(found[end.line] != end.place for end in torn):
        return chain, blocks
    sections = {end.section for end in torn}
    less = _lost(scene, chain, terrain, sections) - _lost(scene, other, terrain, sections)
    both = len(torn) == 2 * len(sections)
    if less > 0 or (less == 0 and both):
        return other, held
    return chain, blocks


def _places(chain: Chain) -> dict[int, int]:
    return {
        number: block.place + number - block.start
        for block in chain.blocks
        for number in block.numbers
    }


def _ends(scene: Scene, blocks: Sequence[Block]) -> Iterator[_End]:
    """The ends of sections that are found in one place, by more lines than anywhere else.

    What closes a bracket belongs to what the section does not show: it begins after that. The end
    of a definition is that of its namesake.
    """
    lines = scene.fragment.lines
    for section in scene.fragment.sections:
        shown = [n for n in range(section.start, section.stop) if lines[n].strip()]
        first = next((n for n in shown if not closes(lines[n])), -1)
        for line, is_first in ((first, True), (shown[-1], False)) if first >= 0 else ():
            runs: dict[int, float] = {}
            for block in blocks:
                if line in block.numbers and not scene.is_changed(block):
                    place = block.place + line - block.start
                    said = _said(block, line, section, is_first=is_first)
                    runs[place] = max(said, runs.get(place, 0.0))
            best, *others = sorted(runs, key=lambda place: -runs[place]) or [-1]
            if best < 0 or runs[best] < FIRM or (others and runs[others[0]] >= runs[best]):
                continue
            named = [pair.place for pair in scene.structure.pairs if pair.start == line]
            is_last = not named or best in named
            if is_first or (is_last and not _shows_more_above(scene, line, best)):
                yield _End(section, line, best)


def _shows_more_above(scene: Scene, line: int, place: int) -> bool:
    """Whether a definition that ends in `line` shows above it what its namesake has below `place`.

    Then that line is found in the middle of the file's definition, whose lines changed places.
    """
    for own in every(scene.structure.own):
        if own.span.stop - 1 != line or own.kind not in SOLID:
            continue
        shown = {*map(plain, scene.fragment.lines[own.header.stop : line])}
        for held in every(scene.structure.held):
            if held.name == own.name and held.span.start <= place < held.span.stop:
                below = scene.file.keys[place + 1 : held.span.stop]
                return any(key in shown and say(key) > TELLING for key in below)
    return False


def _said(block: Block, line: int, section: Span, *, is_first: bool) -> float:
    """What `block` says from `line` on, or up to it, inside the section."""
    start = max(block.start, line if is_first else section.start)
    stop = min(block.stop, section.stop if is_first else line + 1)
    return block.weights[stop - block.start] - block.weights[start - block.start]


def _lost(scene: Scene, chain: Chain, terrain: Terrain, sections: set[Span]) -> int:
    """How many lines of the file go in `sections`."""
    lost = 0
    for section in sections:
        inside = [block for block in chain.blocks if section.start <= block.start < section.stop]
        lost += sum(scene.is_changed(block) for block in inside)
        lost += sum(
            terrain.held[after.place] - terrain.held[before.end]
            for before, after in pairwise(inside)
        )
    return lost
