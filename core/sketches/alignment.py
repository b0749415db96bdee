"""Where a fragment sits in a file: the best chain of blocks, by weights and costs.

The fragment is read from top to bottom. Between two blocks that follow each other without a gap,
the file's lines give way to the fragment's; where the fragment has a gap, the file's lines stay.
An alignment is a chain of blocks rising in both texts; its score is what the blocks say less what
the steps between them cost. The best chain is found by dynamic programming over blocks (sparse
chaining, as in Eppstein et al., "Sparse dynamic programming", 1992), so the work follows the
number of shared runs, not the size of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fastapply.core.sketches.blocks import Block
from fastapply.core.sketches.terrain import Terrain


class Chain(NamedTuple):
    """Blocks rising in both texts, and what they say less what they cost."""

    blocks: tuple[Block, ...]
    score: float


def best_chain(blocks: Sequence[Block], terrain: Terrain) -> Chain:
    """The chain of the highest score; empty where no block pays for its steps."""
    ordered = sorted(blocks, key=lambda block: (block.start, block.place))
    scores: list[float] = []
    before: list[int | None] = []
    trimmed: list[Block] = []
    for block in ordered:
        best = block.weight - terrain.head(block)
        chosen: int | None = None
        shape = block
        for number in range(len(trimmed) - 1, -1, -1):
            earlier = trimmed[number]
            if earlier.start >= block.start and earlier.place >= block.place:
                continue
            overlap = max(earlier.stop - block.start, earlier.end - block.place, 0)
            if overlap >= block.size:
                continue
            rest = block.without_head(overlap) if overlap else block
            if rest.weight <= 0 or earlier.stop > rest.start:
                continue
            if scores[number] + rest.weight <= best:
                continue
            score = scores[number] + rest.weight - terrain.step(earlier, rest)
            if score > best:
                best, chosen, shape = score, number, rest
        scores.append(best)
        before.append(chosen)
        trimmed.append(shape)
    return _unwind(scores, before, trimmed, terrain)


def _unwind(
    scores: Sequence[float],
    before: Sequence[int | None],
    trimmed: Sequence[Block],
    terrain: Terrain,
) -> Chain:
    finals = [score - terrain.tail(block) for score, block in zip(scores, trimmed, strict=True)]
    if not finals or max(finals) <= 0:
        return Chain((), 0.0)
    last: int | None = finals.index(max(finals))
    score = max(finals)
    chain: list[Block] = []
    while last is not None:
        chain.append(trimmed[last])
        last = before[last]
    return Chain(tuple(reversed(chain)), score)
