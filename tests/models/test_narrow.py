"""Narrowing: what is to be decided is kept, with its part of the edit; what is sure is not."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.edits import Span
from fastapply.core.plan import Plan, Replacement, apply_to_lines
from fastapply.models.held.narrow import CONTEXT, narrowed
from fastapply.models.region import Region, splice

CODE = ("def total(order):", *(f"    step_{at}(order)" for at in range(98)), "    return order")


def region(*update: str | None, code: tuple[str, ...] = CODE) -> Region:
    return Region(Span(0, len(code)), update, code)


def test_a_change_at_the_end_is_shown_with_some_lines_before_it():
    edit = region("def total(order):", None, "    step_96(order)", "    audit(order)", CODE[-1])
    (part,) = narrowed(CODE, edit, None)
    assert part.span == Span(98 - CONTEXT, 100)
    assert part.update == (None, "    step_96(order)", "    audit(order)", "    return order")
    assert part.expected == CODE[98 - CONTEXT :]


def test_far_changes_are_parts_of_their_own():
    shown = ("    step_9(order)", "    log(order)", "    step_11(order)")
    later = ("    step_80(order)", "    audit(order)", "    step_81(order)")
    first, second = narrowed(CODE, region(CODE[0], None, *shown, None, *later, None), None)
    assert first.update == (None, *shown, None)
    assert second.update == (None, *later, None)
    assert "    step_10(order)" in first.expected


def test_what_the_plan_changes_where_the_edit_is_sure_is_kept():
    plan = Plan((Replacement(50, 51, ("    other(order)",)),))
    edit = region(CODE[0], None, "    step_96(order)", "    audit(order)", CODE[-1])
    first, second = narrowed(CODE, edit, plan)
    assert "    other(order)" in first.expected
    assert first.update == (None,)
    assert second.span.stop == len(CODE)


def test_a_region_that_is_open_everywhere_or_nowhere_stays_whole():
    everywhere = region("    wholly(new)", "    lines(of, code)")
    nowhere = region(CODE[0], None, CODE[-1])
    assert narrowed(CODE, everywhere, None) == (everywhere,)
    assert narrowed(CODE, nowhere, None) == (nowhere,)


LINES = st.lists(st.sampled_from([f"line {at}" for at in range(30)] + ["", "}"]), max_size=60)


@given(LINES, LINES, st.lists(st.integers(0, 60)), st.data())
def test_the_parts_hold_all_that_the_plan_changes(old, shown, gaps, data):
    lines = tuple(old)
    start = data.draw(st.integers(0, len(lines)))
    stop = data.draw(st.integers(start, len(lines)))
    plan = Plan((Replacement(start, stop, tuple(shown[:3])),))
    update = tuple(None if at in gaps else line for at, line in enumerate(shown))
    after = tuple(apply_to_lines(lines, plan.replacements))
    parts = narrowed(lines, Region(Span(0, len(lines)), update, after), plan)
    assert all(a.span.stop < b.span.start for a, b in pairwise(parts))
    spliced = splice(lines, [(part, part.expected) for part in parts])
    assert tuple(apply_to_lines(lines, spliced.replacements)) == after
    news = {line for line in update if line and line.strip() and line not in lines}
    kept = {line for part in parts for line in part.update if line is not None}
    assert news <= kept
