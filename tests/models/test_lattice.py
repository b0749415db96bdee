"""The lattice allows what applying can give, and every walk along it ends in whole lines."""

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from fastapply.models.held.lattice import Lattice, Lines, offers

END = -1
LINES = st.lists(st.sampled_from(["a", "ab", "  ab", "same 1", "same 2", "", "}"]), max_size=8)
NEWS = st.lists(st.sampled_from(["x", "xy", "a", "same 1", "same 2", "  }", "", None]), max_size=6)


def codes(text: str) -> list[int]:
    return [ord(letter) for letter in text]


def walk(
    region: Sequence[str],
    fragment: Sequence[str | None],
    *,
    known: Sequence[str] = (),
    lenient: bool = False,
    anchored: bool = True,
) -> Lattice:
    found = offers(region, fragment, known=known, lenient=lenient, anchored=anchored)
    return Lattice(Lines(found, codes, END))


def accepts(start: Lattice, lines: Sequence[str]) -> bool:
    here = start.copy()
    tokens = [*codes("".join(f"{line}\n" for line in lines)), END]
    return all(here.advance(token) for token in tokens) and here.ended


def greedy(start: Lattice, rng: random.Random) -> list[str]:
    here, text = start.copy(), ""
    while not here.ended:
        token = rng.choice(here.allowed())
        assert here.advance(token)
        text += chr(token) if token != END else ""
    assert not text or text.endswith("\n")
    return text.split("\n")[:-1]


@given(LINES, LINES, st.randoms(use_true_random=False), st.booleans())
def test_every_interleaving_is_accepted(
    region: list[str], fragment: list[str], rng: random.Random, lenient: bool
) -> None:
    old, new, answer = list(region), list(fragment), []
    while old or new:
        source = old if old and (not new or rng.random() < 0.5) else new
        line = source.pop(0)
        if source is new or rng.random() < 0.7:
            answer.append(line)
    assert accepts(walk(region, fragment, lenient=lenient, anchored=False), answer)


@given(LINES, NEWS, st.randoms(use_true_random=False))
def test_any_walk_ends_in_whole_lines_with_all_news_in_order(
    region: list[str], fragment: list[str | None], rng: random.Random
) -> None:
    answer = greedy(walk(region, fragment), rng)
    lines = {line.strip() for line in (*region, *fragment) if line is not None}
    assert all(line.strip() in lines for line in answer)
    old = {line.strip() for line in region}
    news = [line for line in fragment if line and line.strip() not in old]
    assert [line for line in answer if line and line.strip() not in old] == news


def test_what_is_new_must_come() -> None:
    assert not accepts(walk(["a"], ["a", "new"]), ["a"])
    assert accepts(walk(["a"], ["a", "new"], lenient=True, anchored=False), ["a"])


@given(LINES, NEWS, st.randoms(use_true_random=False))
def test_anchors_only_narrow_what_is_allowed(
    region: list[str], fragment: list[str | None], rng: random.Random
) -> None:
    answer = greedy(walk(region, fragment), rng)
    assert accepts(walk(region, fragment, anchored=False), answer)


def test_what_a_gap_stands_for_stays() -> None:
    start = walk(["first", "x", "y", "last"], ["first", None, "last", "new"])
    assert accepts(start, ["first", "x", "y", "last", "new"])
    assert not accepts(start, ["first", "x", "last", "new"])
    assert not accepts(start, ["first", "x", "y", "new", "last"])


def test_without_a_gap_lines_may_go() -> None:
    start = walk(["first", "x", "last"], ["first", "last"])
    assert accepts(start, ["first", "last"])
    assert accepts(start, ["first", "x", "last"])


def test_new_lines_of_one_run_stay_together() -> None:
    start = walk(["first", "}", "last"], [None, "new 1", "}", "", "new 2", None])
    assert accepts(start, ["first", "}", "new 1", "}", "", "new 2", "last"])
    assert not accepts(start, ["first", "new 1", "}", "last", "new 2"])


def test_a_line_that_moved_leaves_its_place() -> None:
    start = walk(["one line", "two line", "x"], ["two line", "one line", None])
    assert accepts(start, ["two line", "one line", "x"])


def test_comments_and_lines_of_the_rest_of_the_file_need_not_come() -> None:
    start = walk(["a"], ["def outside():", "a", "# as before", "new"], known=["def outside():"])
    assert accepts(start, ["a", "new"])


def test_an_aside_stands_for_a_gap() -> None:
    start = walk(["first", "x", "last"], ["first", "# x stays", "last", "new"])
    assert accepts(start, ["first", "x", "last", "new"])
    assert not accepts(start, ["first", "# x stays", "x", "last", "new"])
    assert not accepts(start, ["first", "last", "new"])


def test_an_aside_that_tells_of_a_removal_stands_for_nothing() -> None:
    start = walk(["first", "x", "last"], ["first", "# removed: x", "last"])
    assert accepts(start, ["first", "last"])


def test_what_plainly_says_that_nothing_changes_is_no_new_line() -> None:
    start = walk(["first", "x"], ["first", "# nothing else: unchanged", "new"])
    assert accepts(start, ["first", "x", "new"])
    start = walk(["first", "x"], ["first", "# removed: x", "new"])
    assert accepts(start, ["first", "new"])


def test_a_comment_before_new_lines_belongs_to_them() -> None:
    start = walk(["first", "last"], ["first", "# keep the rest", "new", "last"])
    assert accepts(start, ["first", "# keep the rest", "new", "last"])


def test_of_an_edit_of_several_regions_only_runs_with_an_anchor_must_come() -> None:
    start = walk(["first"], ["first", "new", None, "other"], lenient=True)
    assert accepts(start, ["first", "new"])
    assert not accepts(start, ["first"])


def test_new_lines_follow_the_anchor_they_are_shown_after() -> None:
    start = walk(["first", "x", "last"], ["first", "new", None, "last"])
    assert accepts(start, ["first", "new", "x", "last"])
    assert not accepts(start, ["first", "x", "new", "last"])


def test_the_end_of_a_region_is_not_cut_off() -> None:
    start = walk(["a 1", "a 2", "a 3", "a 4", "a 5"], ["new line"])
    assert accepts(start, ["a 1", "new line"]) is False
    assert accepts(start, ["a 1", "a 2", "new line"])


def test_an_answer_is_blank_at_its_ends_where_the_region_is() -> None:
    start = walk(["a", "last"], ["last", "", "new", ""])
    assert accepts(start, ["a", "last", "", "new"])
    assert not accepts(start, ["a", "last", "", "new", ""])


def test_anchors_are_counted() -> None:
    region = ["first", "}", "last"]
    assert offers(region, ["first", "new", "}", "last"]).anchors == 3
    assert offers(region, ["first", "new", "}", "new"]).anchors == 1
    assert offers(region, ["}", "new"]).anchors == 0


def test_neighbours_of_anchors_are_anchors_up_to_a_gap() -> None:
    region = ["one 1", "}", "x", "}", "two 2"]
    assert offers(region, ["one 1", "}", "new", "two 2"]).anchors == 3
    assert offers(region, ["one 1", None, "new", "}", "two 2"]).anchors == 3


def test_what_stands_beside_a_gap_says_where_it_ends() -> None:
    start = walk(["first", "x", "  }", "y"], ["first", None, "  }", "new", None])
    assert accepts(start, ["first", "x", "  }", "new", "y"])
    assert not accepts(start, ["first", "  }", "new", "y"])


def test_order_is_kept() -> None:
    start = walk(["a", "b"], ["x", "y"])
    assert not accepts(start, ["b", "a", "x", "y"])
    assert not accepts(start, ["a", "b", "y", "x"])


def test_a_dedented_fragment_is_offered_indented() -> None:
    start = walk(["def f():", "    a", "    b"], ["a", "if new:", "    x", "b"])
    assert accepts(start, ["def f():", "    a", "    if new:", "        x", "    b"])


def test_tabs_may_stand_for_spaces() -> None:
    start = walk(["\ta", "\tb"], ["    a", "    new"])
    assert accepts(start, ["\ta", "\tnew", "\tb"])


def test_a_refused_token_changes_nothing() -> None:
    start = walk(["ab"], [], anchored=False)
    assert not start.advance(ord("b"))
    assert start.allowed() == (ord("a"), END)


def test_copies_go_their_own_ways() -> None:
    start = walk(["a", "b"], [], anchored=False)
    twin = start.copy()
    assert twin.advance(ord("b"))
    assert start.allowed() == (ord("a"), ord("b"), END)
    assert twin.allowed() == (ord("\n"),)
