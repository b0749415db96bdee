"""The best chain of blocks."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.lines.brackets import balance, squeeze
from fastapply.core.sketches.alignment import Chain, best_chain
from fastapply.core.sketches.blocks import FileIndex, common_blocks
from fastapply.core.sketches.terrain import Marks, Terrain

LINE = st.sampled_from(["", "}", "if ready {", "return total", "load(path)", "  save(path)"])
LINES = st.lists(LINE, max_size=12)


def chain(lines: list[str], file: list[str], gaps: frozenset[int] = frozenset()) -> Chain:
    strong, weak = common_blocks(lines, FileIndex.of(file), gaps)
    terrain = Terrain.of(lines, file, Marks(gaps), [0.0] * len(lines))
    return best_chain([*strong, *weak], terrain)


@given(LINES, LINES, st.data())
def test_a_chain_rises_in_both_texts(
    lines: list[str], file: list[str], data: st.DataObject
) -> None:
    gaps = data.draw(st.frozensets(st.integers(0, len(lines)), max_size=3))
    found = chain(lines, file, gaps)
    assert all(
        before.stop <= after.start and before.end <= after.place
        for before, after in pairwise(found.blocks)
    )
    assert bool(found.blocks) == (found.score > 0)
    assert found.score <= sum(block.weight for block in found.blocks) + 1e-9


@given(LINES)
def test_nothing_shared_is_no_chain(file: list[str]) -> None:
    assert chain(["quite another line", "and one more"], file) == Chain((), 0.0)


def test_the_gap_jumps_over_what_stays() -> None:
    file = ["first_line()", "kept()", "kept_too()", "last_line()"]
    found = chain(["first_line()", "last_line()"], file, frozenset({1}))
    assert [(block.start, block.place) for block in found.blocks] == [(0, 0), (1, 3)]


def test_crossing_blocks_cannot_both_be_taken() -> None:
    found = chain(["beta_beta()", "alpha_alpha()"], ["alpha_alpha()", "beta_beta()"])
    assert len(found.blocks) == 1


def test_terrain_knows_gaps_joints_and_definitions() -> None:
    terrain = Terrain.of(["a", "b"], ["a", "c", "b"], Marks([1], [0, 2], [0, 2]), [0.0, 0.0])
    assert terrain.gap_between(1, 1)
    assert not terrain.gap_between(2, 9)
    assert terrain.joint_between(0, 2) == 2
    assert terrain.joint_between(1, 1) is None
    assert terrain.lost(0, 2) == 1
    assert terrain.came(0, 3, [0, 2]) == 2


def test_balance_and_squeeze() -> None:
    assert balance("call(a, [b") == 2
    assert balance("})") == -2
    assert squeeze(["call(", "    a,", "    b,", ")"]) == squeeze(["call(a, b)"])
