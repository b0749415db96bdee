"""One fragment and one file, with what their syntax says: what an alignment is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.lines.depths import closes
from fastapply.core.lines.plain import is_about_style, plain
from fastapply.core.sketches.alignment import Chain, best_chain
from fastapply.core.sketches.blocks import (
    FAINT,
    STRONG,
    Block,
    FileIndex,
    between,
    common_blocks,
    heaviest,
    shorn,
    upright,
)
from fastapply.core.sketches.fragment import Fragment
from fastapply.core.sketches.habits import Habits
from fastapply.core.sketches.homes import Homes, at_home, settled
from fastapply.core.sketches.likeness import like_blocks
from fastapply.core.sketches.namesakes import Structure
from fastapply.core.sketches.terrain import Marks, Terrain

REACH = 40
"""How many lines astray from its neighbours a weak block may be."""
ONLY_CONTEXT = 4.0
"""How much more it speaks against a new line that the whole section is in the file."""


class Scene(NamedTuple):
    """A fragment, the file it is for, and the structure of both."""

    fragment: Fragment
    file: FileIndex
    structure: Structure

    @property
    def habits(self) -> Habits:
        """What the fragment writes otherwise than the file, and does not mean."""
        apply = not is_about_style(self.fragment.prose) and any(
            plain(line) not in self.file.places for line in self.fragment.lines
        )
        return Habits(self.fragment.lines, self.file.lines, apply)

    def says_something(self, section: Span) -> bool:
        """Whether a line of `section` is not blank."""
        return any(line.strip() for line in self.fragment.lines[section.start : section.stop])

    @property
    def fresh_lines(self) -> frozenset[int]:
        """The lines of definitions that the file has not."""
        return frozenset(
            number for span in self.structure.fresh for number in range(span.start, span.stop)
        )

    def is_changed(self, block: Block) -> bool:
        """Whether the block pairs a changed line with the file's."""
        ours, theirs = self.fragment.lines[block.start], self.file.lines[block.place]
        return block.size == 1 and plain(ours) != plain(theirs)

    def is_import(self, number: int) -> bool:
        """Whether line `number` of the fragment is an import."""
        return any(
            each.kind == "import" and each.span.start <= number < each.span.stop
            for each in self.structure.own
        )

    def doubtful_markers(self) -> tuple[int, ...]:
        """Offsets of doubtful markers in the midst of new lines: they may be honest comments."""
        if not self.fragment.doubts:
            return ()
        found = {number for block in self.chain().blocks for number in block.numbers}
        return tuple(
            offset
            for gap, offset in self.fragment.doubts
            if 0 < gap < len(self.fragment.lines) and not {gap - 1, gap} & found
        )

    def chain(self) -> Chain:
        """The best chain of all blocks."""
        return best_chain(*self.stones())

    def stones(self) -> tuple[list[Block], Terrain]:
        """All blocks an alignment may step on, and what its steps cost.

        Changed lines and weak blocks are only looked for around the chain of the strong ones.
        """
        strong, weak = common_blocks(self.fragment.lines, self.file, self.fragment.gaps)
        homes = settled(self.structure.homes, self.fragment.sections, strong)
        anchored = self.structure.anchored([*strong, *weak])
        blocks = [self.structure.favoured(block) for block in anchored if block.weight >= STRONG]
        blocks = self._in_place(heaviest(blocks, len(self.fragment.lines)), homes)
        weak = self._in_place([block for block in anchored if block.weight < STRONG], homes)
        terrain = self.terrain()
        chain = best_chain(blocks, terrain.rough())
        likely = self.changed_lines(chain, terrain)
        blocks += [block for each in blocks for block in shorn(each, self.fragment.lines)]
        blocks += self._cut_short(blocks)
        around = between(weak, chain.blocks, REACH)
        around += [block for block in weak if self._ends_both(block) and block not in around]
        blocks += [*self._in_place(likely, homes), *around]
        return self._with_others(blocks, weak, chain, terrain), terrain

    def changed_lines(self, chain: Chain, terrain: Terrain) -> list[Block]:
        """Lines of the fragment that may be a changed line of the file beside `chain`."""
        likely = like_blocks(self.fragment.lines, self.file, chain, terrain)
        return [*heaviest(self.structure.by_name(likely), len(self.fragment.lines))]

    def _ends_both(self, block: Block) -> bool:
        """Whether the block closes, after a gap, what the file closes last, however far below."""
        lines = self.fragment.lines
        is_last = block.stop == len(lines) and block.start in self.fragment.gaps
        is_end = is_last and closes(lines[block.start])
        return is_end and not any(line.strip() for line in self.file.lines[block.end :])

    def _cut_short(self, blocks: Sequence[Block]) -> list[Block]:
        """`blocks` without the closing lines that name a definition's end elsewhere."""
        found: list[Block] = []
        for stone in self.structure.pairs:
            if not closes(self.fragment.lines[stone.start]):
                continue
            found += [
                block.until(stone.start)
                for block in blocks
                if block.start < stone.start < block.stop and not block.covers(stone)
            ]
        return [block for block in found if block.weight >= STRONG]

    def _with_others(
        self, blocks: list[Block], weak: Sequence[Block], chain: Chain, terrain: Terrain
    ) -> list[Block]:
        """`blocks`, with the weak ones around the chain they make if some of `chain` are not in it.

        What the first chain took by coincidence hides the lines that close what is new.
        """
        better = best_chain(upright(blocks), terrain)
        left_out = any(
            not any(block.shares_line_with(other) for other in better.blocks)
            for block in chain.blocks
        )
        if left_out:
            others = between(weak, better.blocks, REACH)
            blocks = [*blocks, *(block for block in others if block not in blocks)]
        return upright(blocks)

    def terrain(self) -> Terrain:
        """What the steps of an alignment cost here."""
        structure = self.structure
        marks = Marks(
            self.fragment.gaps,
            structure.joints,
            structure.definitions,
            structure.passed,
            structure.newcomers,
            structure.bare,
        )
        echoes = [echo for section in self.fragment.sections for echo in self._echoes(section)]
        return Terrain.of(self.fragment.lines, self.file.lines, marks, echoes)

    def _echoes(self, section: Span) -> Iterator[float]:
        """How much it speaks against each line of `section` being new that the file has it."""
        keys = [plain(line) for line in self.fragment.lines[section.start : section.stop]]
        is_context = all(key in self.file.places for key in keys if key)
        factor = ONLY_CONTEXT if is_context else 1.0
        fresh = self.fresh_lines
        for number, key in enumerate(keys, section.start):
            is_known = key in self.file.places and number not in fresh
            yield factor * self.file.weight(key) if is_known else 0.0

    def _in_place(self, blocks: Sequence[Block], homes: Homes) -> list[Block]:
        """`blocks` without what would find definitions in others: new ones in old ones, too."""
        parts = (part for block in blocks for part in block.outside(self.structure.fresh))
        if homes:
            parts = (own for part in parts for own in at_home(part, homes))
        return [part for part in parts if part.weight >= FAINT]
