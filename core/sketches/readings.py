"""Ways to read a fragment: the best one, its rivals, and which of them keep the syntax whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fastapply.core.plan import apply_to_lines
from fastapply.core.result import Reading
from fastapply.core.sketches.alignment import Chain, best_chain
from fastapply.core.sketches.blocks import Block
from fastapply.core.sketches.ends import pinned
from fastapply.core.sketches.outcome import defined_again
from fastapply.core.sketches.prose import deleted_names
from fastapply.core.sketches.scene import Scene
from fastapply.core.sketches.terrain import Terrain
from fastapply.core.sketches.weave import weave
from fastapply.core.sketches.widening import layout_of
from fastapply.core.syntax.kinds import JSON, every

RIVAL = 2.5
"""How much worse than the best a reading may score that is looked at at all."""
MARGIN = 0.3
"""How much better the best must be than the next to be clear, at most..."""
MARGIN_SHARE = 0.3
"""...and as a share of its score."""

MOST_PLACES = 8
"""For how many places of a block's lines readings are looked for, besides the best."""


class Read(NamedTuple):
    """A reading and the chain it comes from."""

    reading: Reading
    chain: Chain


def read(scene: Scene) -> tuple[Chain, tuple[Reading, ...]]:
    """The best chain, and the readings to choose from, best first; none where nothing fits."""
    stones, terrain = scene.stones()
    chain, blocks = pinned(scene, best_chain(stones, terrain), stones, terrain)
    best = _read(scene, chain, terrain)
    if best is None:
        return Chain((), 0.0), ()
    readings = _choice(scene, best, _rivals(scene, best, blocks, terrain))
    if len(readings) > 1:  # whoever has to choose is shown all places
        more = _choice(scene, best, _rivals(scene, best, blocks, terrain, MOST_PLACES))
        readings = max(readings, more, key=len)
    return best.chain, readings


def _choice(scene: Scene, best: Read, rivals: Sequence[Reading]) -> tuple[Reading, ...]:
    """Those among the best reading and its rivals that may be meant, best first."""
    readings = _as_told(scene, _bound(scene, _sound(scene, (best.reading, *rivals))))
    margin = min(MARGIN, MARGIN_SHARE * best.chain.score)
    return tuple(reading for reading in readings if reading.cost <= readings[0].cost + margin)


def _read(scene: Scene, chain: Chain, terrain: Terrain) -> Read | None:
    if _elides_what_is_new(scene, chain):
        return None
    layout = layout_of(scene, chain, terrain)
    changes = [*weave(scene.fragment, scene.file.lines, layout.stretches, scene.habits)]
    if layout.loose:
        from fastapply.core.sketches.placing import place_loose

        for loose in layout.loose:
            insertion = place_loose(loose, scene.fragment, scene.file, scene.structure)
            if insertion is None:
                return None
            if insertion.lines:
                changes.append(insertion)
        changes.sort(key=lambda change: (change.start, change.stop))
    if scene.structure.language in JSON:
        from fastapply.core.sketches.commas import with_commas

        changes = [*with_commas(changes, scene.file.lines)]
    return Read(Reading(tuple(changes), -chain.score), chain)


def _elides_what_is_new(scene: Scene, chain: Chain) -> bool:
    """Whether a marker stands in code the file has not: then it must be another file's."""
    gaps, size = scene.fragment.gaps, len(scene.fragment.lines)
    if not chain.blocks and any(0 < gap < size for gap in gaps):
        return True
    return any(span.start < gap < span.stop for span in scene.structure.fresh for gap in gaps)


def _rivals(
    scene: Scene, best: Read, blocks: Sequence[Block], terrain: Terrain, places: int = 1
) -> tuple[Reading, ...]:
    """Readings not much worse than the best that make another text of the file.

    Each block is left out in turn, and then where its lines are found instead, up to so many
    `places`. If its lines then stand nowhere else, that is no other place for them - except for a
    changed line, which may be new beside the old one, and an import, which may be new beside all
    it is like. Where no line of the fragment stands in one place only, those that changed are
    looked for beside the other places too.
    """
    texts = {_said(scene, best.reading)}
    rivals: list[Reading] = []
    floats = _floats(scene, best.chain, blocks)
    for left_out in best.chain.blocks:
        others = _apart_from(scene, left_out, blocks)
        for _ in range(places):
            other = _elsewhere(scene, left_out, others, terrain, floats)
            if other is None or other.chain.score < best.chain.score - RIVAL:
                break
            text = _said(scene, other.reading)
            if text not in texts:
                texts.add(text)
                rivals.append(other.reading)
            there = [block for block in other.chain.blocks if _stands_in(left_out, [block])]
            if not there:
                break
            others = [b for b in others if not any(b.shares_line_with(one) for one in there)]
    return tuple(sorted(rivals, key=lambda rival: rival.cost))


def _apart_from(scene: Scene, left_out: Block, blocks: Sequence[Block]) -> list[Block]:
    """The blocks that put the lines of `left_out` in other places, and all others."""
    is_import = scene.is_changed(left_out) and scene.is_import(left_out.start)
    return [
        block
        for block in blocks
        if not left_out.shares_line_with(block)
        and not (is_import and block.start == left_out.start and scene.is_changed(block))
    ]


def _elsewhere(
    scene: Scene, left_out: Block, others: list[Block], terrain: Terrain, floats: bool
) -> Read | None:
    """The best reading of `others`, if it has the lines of `left_out` too, or they changed."""
    is_changed = scene.is_changed(left_out)
    if not is_changed and not _stands_in(left_out, others):
        return None
    chain = best_chain(others, terrain)
    if floats and not is_changed:
        beside = scene.changed_lines(chain, terrain)
        others += [block for block in beside if not left_out.shares_line_with(block)]
        chain = best_chain(others, terrain)
    other = _read(scene, chain, terrain)
    if other is None or (not is_changed and not _stands_in(left_out, other.chain.blocks)):
        return None
    return other


def _sound(scene: Scene, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """The readings that break the file's syntax least, if any do; there is always one.

    A reading that loses lines which do not parse is no sounder for it than one that keeps them.
    """
    language = scene.structure.language
    if language is None or len(readings) == 1:
        return readings
    from fastapply.core.syntax.trees import faults

    before = len(faults(scene.file.lines, language))
    broken = [max(len(faults(_text(scene, reading), language)), before) for reading in readings]
    least = min(broken)
    return tuple(reading for reading, count in zip(readings, broken, strict=True) if count == least)


def _bound(scene: Scene, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """The readings that bind fewest names twice, or not at all though they are used."""
    if len(readings) == 1:
        return readings
    from fastapply.core.syntax.imports import misbound

    missing = [
        misbound(_text(scene, reading), scene.file.lines) + len(defined_again(scene, reading))
        for reading in readings
    ]
    least = min(missing)
    return tuple(r for r, count in zip(readings, missing, strict=True) if count == least)


def _as_told(scene: Scene, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """The readings that lose most of the definitions which the prose names as gone, if any do."""
    gone = deleted_names(scene.fragment.prose) if len(readings) > 1 else ()
    headers = [each.header.start for each in every(scene.structure.held) if each.name in gone]
    kept = [
        sum(not any(c.start <= line < c.stop for c in reading.replacements) for line in headers)
        for reading in readings
    ]
    return tuple(r for r, count in zip(readings, kept, strict=True) if count == min(kept))


def _floats(scene: Scene, chain: Chain, blocks: Sequence[Block]) -> bool:
    """Whether all that `chain` finds unchanged stands in other places of the file too."""
    same = [block for block in blocks if not scene.is_changed(block)]
    return all(
        _stands_in(block, [other for other in same if not block.shares_line_with(other)])
        for block in chain.blocks
        if not scene.is_changed(block)
    )


def _stands_in(block: Block, others: Sequence[Block]) -> bool:
    """Whether fragment lines of `block` are part of any of `others`."""
    return any(other.start < block.stop and block.start < other.stop for other in others)


def _said(scene: Scene, reading: Reading) -> tuple[str, ...]:
    """The text of a reading without blank lines: readings that differ in those are one."""
    return tuple(line for line in _text(scene, reading) if line.strip())


def _text(scene: Scene, reading: Reading) -> tuple[str, ...]:
    return tuple(apply_to_lines(scene.file.lines, reading.replacements))
