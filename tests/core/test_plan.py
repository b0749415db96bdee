"""Replacements: what they do to lines, and to the endings of lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.plan import Plan, Replacement, apply_to_lines
from fastapply.core.stretches import stretches
from fastapply.core.text import SourceText

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "  d"]), max_size=20).map(tuple)


def plan_of(before: tuple[str, ...], after: tuple[str, ...]) -> Plan:
    return Plan(
        tuple(
            Replacement(
                change.old.start, change.old.stop, after[change.new.start : change.new.stop]
            )
            for change in stretches(before, after)
            if not change.same
        )
    )


def text(content: str) -> SourceText:
    return SourceText.from_str(content)


@given(LINES, LINES)
def test_the_plan_of_a_diff_makes_the_other_text(a: tuple[str, ...], b: tuple[str, ...]) -> None:
    before = text("".join(f"{line}\n" for line in a))
    assert plan_of(a, b).apply(before).lines == b


@given(LINES, LINES)
def test_trimming_does_not_change_what_a_plan_does(a: tuple[str, ...], b: tuple[str, ...]) -> None:
    whole = Plan((Replacement(0, len(a), b),))
    trimmed = whole.trimmed(a)
    assert tuple(apply_to_lines(a, trimmed.replacements)) == b
    assert not trimmed.replacements or a != b


@given(LINES, LINES, st.booleans())
def test_the_newline_at_the_end_stays_as_it_was(
    a: tuple[str, ...], b: tuple[str, ...], newline: bool
) -> None:
    content = "\n".join(a) + "\n" * (newline or not any(a[-1:]))
    before = text(content)
    after = plan_of(before.lines, b).apply(before)
    assert after.ends_with_newline == (before.ends_with_newline or not after.lines)


@given(LINES, LINES)
def test_untouched_lines_keep_their_endings(a: tuple[str, ...], b: tuple[str, ...]) -> None:
    endings = tuple(("\n", "\r\n")[n % 2] for n in range(len(a)))
    before = SourceText(a, endings)
    after = plan_of(a, b).apply(before)
    for change in stretches(a, b):
        if change.same:
            there = after.endings[change.new.start : change.new.stop]
            assert there == endings[change.old.start : change.old.stop]


@pytest.mark.parametrize(
    ("before", "replacement", "after"),
    [
        ("a\r\nb\r\nc\n", Replacement(1, 1, ("x",)), "a\r\nx\r\nb\r\nc\n"),
        ("a\nb\nc\r\nd\r\n", Replacement(3, 3, ("x",)), "a\nb\nc\r\nx\r\nd\r\n"),
        ("a\r\nb\n", Replacement(0, 2, ("x", "y")), "x\r\ny\n"),
        ("a\nb", Replacement(1, 2, ("x", "y")), "a\nx\ny"),
        ("a\nb", Replacement(2, 2, ("c",)), "a\nb\nc"),
        ("", Replacement(0, 0, ("a",)), "a\n"),
    ],
)
def test_new_lines_take_the_ending_of_their_place(
    before: str, replacement: Replacement, after: str
) -> None:
    assert str(Plan((replacement,)).apply(text(before))) == after


@pytest.mark.parametrize(
    "second", [Replacement(1, 2, ()), Replacement(2, 3, ()), Replacement(0, 0, ())]
)
def test_replacements_that_overlap_or_meet_are_refused(second: Replacement) -> None:
    with pytest.raises(ValueError, match="overlap"):
        Plan((Replacement(0, 2, ("x",)), second))


@given(LINES, st.data())
def test_a_plan_from_origins_makes_those_lines(a: tuple[str, ...], data: st.DataObject) -> None:
    kept = data.draw(st.sets(st.integers(0, max(len(a) - 1, 0)), max_size=len(a)))
    lines: list[tuple[str, int | None]] = []
    for origin in sorted(kept & set(range(len(a)))):
        lines += [(new, None) for new in data.draw(st.lists(st.just("x"), max_size=2))]
        lines.append((a[origin], origin))
    plan = Plan.from_origins(len(a), lines)
    assert apply_to_lines(a, plan.replacements) == [line for line, _ in lines]


def test_origins_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="out of order"):
        Plan.from_origins(2, [("b", 1), ("a", 0)])
