"""Runs of lines that a fragment and a file share."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.edits import Span
from fastapply.core.lines.plain import plain
from fastapply.core.sketches.blocks import (
    FAINT,
    FEW,
    STRONG,
    Block,
    FileIndex,
    common_blocks,
    heaviest,
    pair,
    say,
    upright,
)

LINE = st.sampled_from(["", "}", "  }", "return total", "x = 'a'", 'x = "a";', "def load(self):"])
LINES = st.lists(LINE, max_size=10)


def block(start: int, place: int, *weights: float) -> Block:
    sums = tuple(accumulate(weights, initial=0.0))
    return Block(start, place, len(weights), sums)


@given(LINES, LINES, st.data())
def test_blocks_are_runs_the_two_share(
    lines: list[str], file: list[str], data: st.DataObject
) -> None:
    gaps = data.draw(st.frozensets(st.integers(0, len(lines)), max_size=3))
    strong, weak = common_blocks(lines, FileIndex.of(file), gaps)
    for each in [*strong, *weak]:
        shown = [plain(line) for line in lines[each.start : each.stop]]
        assert shown == [plain(line) for line in file[each.place : each.end]]
        assert not any(each.start < gap < each.stop for gap in gaps)
        assert len(each.weights) == each.size + 1
    assert all(each.weight >= STRONG for each in strong)
    assert all(FAINT <= each.weight < STRONG for each in weak)


@given(LINES)
def test_a_file_shares_itself_with_itself(file: list[str]) -> None:
    strong, weak = common_blocks(file, FileIndex.of(file), frozenset())
    whole = [each for each in [*strong, *weak] if each.size == len(file) and each.place == 0]
    weight = sum(map(FileIndex.of(file).weight, map(plain, file)))
    assert bool(whole) == (bool(file) and weight >= FAINT)


def test_blocks_are_maximal() -> None:
    file = ["alpha beta", "}", "gamma delta"]
    strong, weak = common_blocks(file, FileIndex.of(file), frozenset())
    assert [(each.start, each.place, each.size) for each in strong] == [(0, 0, 3)]
    assert not weak


def test_a_gap_ends_a_run() -> None:
    file = ["alpha beta", "gamma delta"]
    strong, _ = common_blocks(file, FileIndex.of(file), frozenset({1}))
    assert sorted((each.start, each.size) for each in strong) == [(0, 1), (1, 1)]


def test_rare_and_long_lines_say_more() -> None:
    index = FileIndex.of(["return total", "return total", "load_everything(path)", "}"])
    rare, frequent = index.weight("load_everything(path)"), index.weight("return total")
    assert rare > frequent > index.weight("}") > say("")


def test_outside_leaves_the_rest_with_its_weight() -> None:
    parts = list(block(2, 12, 1.0, 2.0, 4.0, 8.0).outside([Span(0, 1), Span(3, 4), Span(9, 10)]))
    assert [(each.start, each.place, each.weight) for each in parts] == [
        (2, 12, 1.0),
        (4, 14, 12.0),
    ]


def test_without_head() -> None:
    rest = block(0, 5, 1.0, 2.0, 4.0).without_head(1)
    assert (rest.start, rest.place, rest.size, rest.weight) == (1, 6, 2, 6.0)


def test_covers_only_on_its_diagonal() -> None:
    whole = block(0, 5, 1.0, 1.0, 1.0)
    assert whole.covers(block(1, 6, 1.0))
    assert not whole.covers(block(1, 7, 1.0))
    assert not whole.covers(block(2, 7, 1.0, 1.0))


def test_blocks_indented_otherwise_are_worth_less() -> None:
    lines, file = ["long line", "short", "other"], ["long line", "short", "    other"]
    usual, odd = pair(0, 0, 2.0, lines, file), pair(2, 2, 1.0, lines, file)
    assert odd.shift == 4
    kept, askew = upright([usual, odd])
    assert kept.weight == usual.weight
    assert askew.weight < odd.weight


def test_a_few_blocks_are_all_kept() -> None:
    blocks = [block(0, place, 1.0) for place in range(5)]
    assert heaviest(blocks, 1) == blocks


def test_of_very_many_blocks_the_heaviest_are_kept() -> None:
    blocks = [block(0, place, place + 1.0) for place in range(400)]
    assert {each.place for each in heaviest(blocks, 1)} == {397, 398, 399}


def test_a_fragment_that_says_one_thing_over_and_over_costs_no_more_than_it_is_long():
    index = FileIndex.of(["x = 1"])
    blocks, _ = common_blocks(["x = 1"] * 2000, index, frozenset(range(2000)))
    assert len(blocks) == 2000
    assert len(heaviest(blocks, 2000)) == FEW
