"""Indentation between a fragment and the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.lines.shift import Shift, indent_of, shift_between

WORDS = st.text("abc(){}", min_size=1, max_size=5)
DEPTHS = st.integers(0, 4)
NESTED = st.lists(st.tuples(DEPTHS, WORDS), min_size=1, max_size=8)


def test_indent_is_the_white_space_before_the_text() -> None:
    assert indent_of("\t  x = 1  ") == "\t  "
    assert indent_of("   ") == "   "
    assert indent_of("") == ""


def test_blank_lines_stay_as_they_are() -> None:
    assert Shift(more="    ").apply("  ") == "  "
    assert Shift(more="    ").apply_all(["", "x"]) == ["", "    x"]


def test_less_is_taken_only_where_it_is() -> None:
    assert Shift(less="    ").apply("      x") == "  x"
    assert Shift(less="    ").apply("  x") == "  x"


def test_alignment_beyond_whole_steps_survives_a_change_of_style() -> None:
    assert Shift("    ", "\t").apply("      x") == "\t  x"


@given(NESTED, st.sampled_from(["", "  ", "    ", "\t"]))
def test_a_dedented_fragment_gets_the_indent_of_the_file(
    nested: list[tuple[int, str]], base: str
) -> None:
    """Where all lines are shifted alike, the shift maps theirs to ours."""
    unit = "\t" if base == "\t" else "    "
    theirs = [unit * depth + word for depth, word in nested]
    ours = [base + line for line in theirs]
    pairs = list(zip(theirs, ours, strict=True))
    assert shift_between(pairs).apply_all(theirs) == ours


@given(NESTED, st.sampled_from(["  ", "    "]))
def test_an_indented_fragment_loses_what_is_too_much(
    nested: list[tuple[int, str]], extra: str
) -> None:
    ours = ["    " * depth + word for depth, word in nested]
    theirs = [extra + line for line in ours]
    pairs = list(zip(theirs, ours, strict=True))
    assert shift_between(pairs).apply_all(theirs) == ours


@given(NESTED, st.sampled_from([2, 3, 4, 8]))
def test_spaces_become_tabs_and_tabs_spaces(nested: list[tuple[int, str]], width: int) -> None:
    """The step shows in the indents once a line is one step deep."""
    nested = [(1, "first"), *nested]
    spaces = [" " * width * depth + word for depth, word in nested]
    tabs = ["\t" * depth + word for depth, word in nested]
    there = list(zip(spaces, tabs, strict=True))
    back = list(zip(tabs, spaces, strict=True))
    assert shift_between(there).apply_all(spaces) == tabs
    assert shift_between(back).apply_all(tabs) == spaces


@pytest.mark.parametrize(("narrow", "wide"), [(2, 4), (4, 2)])
def test_steps_of_another_width(narrow: int, wide: int) -> None:
    theirs = [" " * narrow * depth + "x" for depth in (1, 2, 3)]
    ours = [" " * wide * depth + "x" for depth in (1, 2, 3)]
    assert shift_between(list(zip(theirs, ours, strict=True))).apply_all(theirs) == ours


@given(st.lists(st.text(" \tab", max_size=6), max_size=6))
def test_equal_lines_need_no_shift(lines: list[str]) -> None:
    assert shift_between([(line, line) for line in lines]) == Shift()


def test_lines_indented_anew_between_context_are_not_followed() -> None:
    pairs = [("if a:", "if a:"), ("        b()", "    b()"), ("c()", "c()")]
    assert shift_between(pairs) == Shift()


def test_two_spaces_for_four_beside_the_margin() -> None:
    pairs = [("class A {", "class A {"), ("    b;", "  b;"), ("    c;", "  c;")]
    assert shift_between(pairs) == Shift("    ", "  ")


def test_two_spaces_for_four_in_a_fragment_further_left() -> None:
    pairs = [("a {", "  a {"), ("    b {", "    b {"), ("        c;", "      c;")]
    assert shift_between(pairs) == Shift("    ", "  ", more="  ")


def test_lines_of_spaces_say_nothing() -> None:
    assert shift_between([("    ", "")]) == Shift()
