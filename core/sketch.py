"""The merge of lazy snippets: align the fragment with the file, weave it in, or refuse.

1. `fragment`: shown lines and gaps. 2. `blocks`: runs the two share, and definitions of one name.
3. `alignment`: the best chain of blocks. 4. `likeness`: changed lines at the seams, and the chain
again. 5. `weave`: the replacements it means. 6. The same without each block in turn: if another
reading is nearly as good and says something else, the sketch is ambiguous.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from fastapply.core.alignment import Chain, Marks, Terrain, best_chain
from fastapply.core.blocks import (
    FAINT,
    FLOOR,
    STRONG,
    Block,
    FileIndex,
    between,
    common_blocks,
    heaviest,
    say,
    upright,
)
from fastapply.core.edits import Sketch, Span
from fastapply.core.evolving import Evolving
from fastapply.core.fragment import Fragment, read_fragment
from fastapply.core.likeness import like_blocks
from fastapply.core.namesakes import Structure, structure_of
from fastapply.core.placing import place_loose
from fastapply.core.plain import is_about_style, plain
from fastapply.core.plan import apply_to_lines
from fastapply.core.result import (
    Ambiguous,
    Missing,
    Placed,
    Placement,
    Reading,
    Rung,
    Unresolved,
)
from fastapply.core.syntax import faults
from fastapply.core.weave import lay_out, weave

REACH = 40
MARGIN = 0.3
RIVAL = 2.5
TELLING = 1.2
ONLY_CONTEXT = 4.0
MARGIN_SHARE = 0.0
MARGIN_MOST = 0.3


def place_sketches(
    lines: tuple[str, ...], sketches: tuple[Sketch, ...], path: str
) -> Placed | Unresolved:
    """Where the sketches of one file go: each on what the ones before it made.

    One that is not clear waits for the others: what they change may decide it.
    """
    text = Evolving.of(lines)
    placements: dict[int, Placement] = {}
    waiting = list(enumerate(sketches))
    while waiting:
        refused: list[tuple[int, Sketch, Unresolved]] = []
        for number, sketch in waiting:
            placed = place_sketch(text.lines, sketch, path)
            if isinstance(placed, Unresolved):
                refused.append((number, sketch, placed))
                continue
            text = text.after(placed.replacements)
            placements[number] = placed.placements[0]
        if len(refused) == len(waiting):
            return text.in_the_original(refused[0][2])
        waiting = [(number, sketch) for number, sketch, _ in refused]
    in_order = tuple(placements[number] for number in sorted(placements))
    return Placed(text.plan().replacements, in_order)


def place_sketch(lines: tuple[str, ...], sketch: Sketch, path: str) -> Placed | Unresolved:
    """Where one sketch goes, and what it replaces there."""
    index = FileIndex.of(lines)
    fragment = read_fragment(sketch, index.places)
    if not any(line.strip() for line in fragment.lines):
        here = Placement(sketch.at, Span(0, 0), Rung.ALIGNED, already=True)
        return Placed((), (here,))
    sketching = _Sketching(fragment, index, structure_of(fragment, lines, path))
    honest: set[int] = set()
    for offset in sketching.doubtful() if fragment.doubts else ():
        other = read_fragment(sketch, index.places, honest | {offset})
        rival = _Sketching(other, index, structure_of(other, lines, path))
        if rival.chain().score > sketching.chain().score:
            honest.add(offset)
            sketching = rival
    return sketching.place()


class _Sketching(NamedTuple):
    """One fragment, one file, and what their syntax says."""

    fragment: Fragment
    file: FileIndex
    structure: Structure

    @property
    def drifts(self) -> bool:
        """Whether quotes and semicolons that differ are the model's habit, not its intent."""
        return not is_about_style(self.fragment.prose) and any(
            plain(line) not in self.file.places for line in self.fragment.lines
        )

    def doubtful(self) -> tuple[int, ...]:
        """Offsets of doubtful markers in the midst of new lines: they may be honest comments."""
        found = {n for block in self.chain().blocks for n in _lines(block)}
        return tuple(
            offset
            for gap, offset in self.fragment.doubts
            if 0 < gap < len(self.fragment.lines) and not {gap - 1, gap} & found
        )

    def chain(self) -> Chain:
        """The best chain."""
        return best_chain(*self._stones())

    def place(self) -> Placed | Unresolved:
        blocks, terrain = self._stones()
        best = self._read(blocks, terrain)
        if best is None:
            return missing(self.fragment)
        reading, chain = best
        readings = self._sound((reading, *self._rivals(reading, chain, blocks, terrain)))
        close = tuple(
            each for each in readings if each.cost <= readings[0].cost + self._margin(chain)
        )
        doubts = (
            self._has_frayed_end(chain),
            self._drops_in_silence(chain),
            self._misses_context(chain),
        )
        if len(close) > 1 or any(doubts):
            return self._ambiguous(close)
        return self._placed(close[0], chain)

    def _is_doubtful(self, chain: Chain) -> bool:
        """Whether there is a reason not to believe even the only reading."""
        return (
            self._has_frayed_end(chain)
            or self._drops_in_silence(chain)
            or self._misses_context(chain)
        )

    def _has_frayed_end(self, chain: Chain) -> bool:
        """Whether new lines follow a changed line up to a gap, where the file goes right on.

        Then nothing says how much of what follows they replace.
        """
        layout = lay_out(chain, self._terrain())
        for run in layout.stretches:
            last = run.blocks[-1]
            new = any(line.strip() for line in self.fragment.lines[last.stop : run.stop])
            if new and run.stop in self.fragment.gaps and self._is_changed(last):
                following = self.file.keys[last.end : last.end + 1]
                if following and say(following[0]) > FLOOR:
                    return True
        return False

    def _drops_in_silence(self, chain: Chain) -> bool:
        """Whether a whole definition goes unsaid, in a stretch that changes something else too.

        Where that is all that changes, it is what the stretch is shown for.
        """
        terrain = self._terrain()
        for run in lay_out(chain, terrain).stretches:
            lost = any(
                terrain.lost(before.end, after.place)
                > terrain.came(before.stop, after.start, self.structure.headers)
                for before, after in pairwise(run.blocks)
            )
            shown = map(plain, self.fragment.lines[run.start : run.stop])
            if lost and any(key and key not in self.file.places for key in shown):
                return True
        return False

    def _misses_context(self, chain: Chain) -> bool:
        """Whether a section begins or ends with a telling line of the file the chain leaves out.

        Sections are shown with context around; to take it for new would double it.
        """
        found = {number for block in chain.blocks for number in _lines(block)}
        fresh = {n for span in self.structure.fresh for n in range(span.start, span.stop)}
        bounds = sorted({0, len(self.fragment.lines), *self.fragment.gaps})
        for start, stop in pairwise(bounds):
            shown = [n for n in range(start, stop) if self.fragment.lines[n].strip()]
            for number in {*shown[:1], *shown[-1:]} - found - fresh:
                key = plain(self.fragment.lines[number])
                if len(self.file.places.get(key, ())) == 1 and say(key) > TELLING:
                    return True
        return False

    def _margin(self, chain: Chain) -> float:
        """How much worse a reading must be to be out of the question."""
        return min(max(MARGIN, MARGIN_SHARE * chain.score), MARGIN_MOST * chain.score)

    def _sound(self, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
        """The readings that break the file's syntax least, if any do; there is always one."""
        language = self.structure.language
        if language is None or len(readings) == 1:
            return readings
        broken = [len(faults(self._text(reading), language)) for reading in readings]
        return tuple(
            reading for reading, count in zip(readings, broken, strict=True) if count == min(broken)
        )

    def _stones(self) -> tuple[list[Block], Terrain]:
        """All blocks an alignment may step on, and what its steps cost."""
        strong, weak = common_blocks(self.fragment.lines, self.file, self.fragment.gaps)
        anchored = self.structure.anchored([*strong, *weak])
        blocks = [self.structure.favoured(block) for block in anchored if block.weight >= STRONG]
        blocks = heaviest(blocks, len(self.fragment.lines))
        weak = [block for block in anchored if block.weight < STRONG]
        terrain = self._terrain()
        blocks = self._not_fresh(blocks)
        chain = best_chain(blocks, terrain)
        likely = like_blocks(self.fragment.lines, self.file, chain, terrain)
        blocks += self._not_fresh([*likely, *between(weak, chain.blocks, REACH)])
        return upright(blocks), terrain

    def _not_fresh(self, blocks: Sequence[Block]) -> list[Block]:
        """`blocks` without what would find new definitions in old ones."""
        parts = (part for block in blocks for part in block.outside(self.structure.fresh))
        return [part for part in parts if part.weight >= FAINT]

    def _terrain(self) -> Terrain:
        structure = self.structure
        marks = Marks(self.fragment.gaps, structure.joints, structure.definitions)
        fresh = {number for span in structure.fresh for number in range(span.start, span.stop)}
        echoes: list[float] = []
        for start, stop in pairwise(sorted({0, len(self.fragment.lines), *self.fragment.gaps})):
            keys = [plain(line) for line in self.fragment.lines[start:stop]]
            is_context = all(key in self.file.places for key in keys if key)
            factor = ONLY_CONTEXT if is_context else 1.0
            echoes += (
                factor * self.file.weight(key)
                if key in self.file.places and start + offset not in fresh
                else 0.0
                for offset, key in enumerate(keys)
            )
        return Terrain.of(self.fragment.lines, self.file.lines, marks, echoes)

    def _read(self, blocks: Sequence[Block], terrain: Terrain) -> tuple[Reading, Chain] | None:
        chain = best_chain(blocks, terrain)
        if self._elides_what_is_new(chain):
            return None
        layout = lay_out(chain, terrain)
        changes = [*weave(self.fragment, self.file.lines, layout.stretches, drifts=self.drifts)]
        for loose in layout.loose:
            insertion = place_loose(loose, self.fragment, self.file, self.structure)
            if insertion is None:
                return None
            if insertion.lines:
                changes.append(insertion)
        changes.sort(key=lambda change: (change.start, change.stop))
        return Reading(tuple(changes), -chain.score), chain

    def _elides_what_is_new(self, chain: Chain) -> bool:
        """Whether a marker stands in a definition the file has not: it must be another file's."""
        return any(
            span.start < gap < span.stop
            for span in self.structure.fresh
            for gap in self.fragment.gaps
        ) or (
            not chain.blocks
            and any(0 < gap < len(self.fragment.lines) for gap in self.fragment.gaps)
        )

    def _rivals(
        self, reading: Reading, chain: Chain, blocks: Sequence[Block], terrain: Terrain
    ) -> tuple[Reading, ...]:
        """Readings nearly as good as `reading` that make another text of the file.

        Each block is left out in turn. If its lines then stand nowhere else, that is no other
        place for them - except for a changed line, which may be new beside the old one.
        """
        texts = {self._said(reading)}
        rivals: list[Reading] = []
        for left_out in chain.blocks:
            others = [block for block in blocks if not _same_stone(block, left_out)]
            is_changed = self._is_changed(left_out)
            if not is_changed and not _stands_in(left_out, others):
                continue
            other = self._read(others, terrain)
            if other is None or other[1].score < chain.score - RIVAL:
                continue
            if not is_changed and not _stands_in(left_out, other[1].blocks):
                continue
            text = self._said(other[0])
            if text not in texts:
                texts.add(text)
                rivals.append(other[0])
        return tuple(sorted(rivals, key=lambda rival: rival.cost))

    def _is_changed(self, block: Block) -> bool:
        """Whether the block pairs a changed line with the file's."""
        ours, theirs = self.fragment.lines[block.start], self.file.lines[block.place]
        return block.size == 1 and plain(ours) != plain(theirs)

    def _said(self, reading: Reading) -> tuple[str, ...]:
        """The text of a reading without blank lines: readings that differ in those are one."""
        return tuple(line for line in self._text(reading) if line.strip())

    def _text(self, reading: Reading) -> tuple[str, ...]:
        return tuple(apply_to_lines(self.file.lines, reading.replacements))

    def _placed(self, reading: Reading, chain: Chain) -> Placed:
        places = [block.place for block in chain.blocks]
        places += [change.start for change in reading.replacements]
        ends = [block.end for block in chain.blocks]
        ends += [change.stop for change in reading.replacements]
        span = Span(min(places), max(ends))
        already = not reading.replacements
        placement = Placement(self.fragment.at, span, Rung.ALIGNED, already)
        return Placed(reading.replacements, (placement,))

    def _ambiguous(self, readings: tuple[Reading, ...]) -> Unresolved:
        spans = tuple(
            Span(reading.replacements[0].start, reading.replacements[-1].stop)
            for reading in readings
            if reading.replacements
        )
        failure = Ambiguous(self.fragment.at, self.fragment.lines, spans)
        return Unresolved((failure,), readings, spans)


def _same_stone(block: Block, other: Block) -> bool:
    return block.start - block.place == other.start - other.place and (
        block.start < other.stop and other.start < block.stop
    )


def _lines(block: Block) -> range:
    return range(block.start, block.stop)


def _stands_in(block: Block, others: Sequence[Block]) -> bool:
    """Whether fragment lines of `block` are part of any of `others`."""
    return any(other.start < block.stop and block.start < other.stop for other in others)


def missing(fragment: Fragment) -> Unresolved:
    """The fragment shares nothing with the file that says where it goes."""
    return Unresolved((Missing(fragment.at, fragment.lines),))
