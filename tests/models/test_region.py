"""Regions: found by what edit and file share, grown to definitions, spliced back."""

from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.edits import FileEdit, Sketch, Span
from fastapply.core.plan import Plan, Replacement, apply_to_lines
from fastapply.models.region import (
    Region,
    between_shown,
    find_regions,
    splice,
    to_text,
    update_of,
    whole_region,
)

FILE = tuple(
    line
    for i in range(60)
    for line in (f"def function_{i}(value):", f"    first = value + {i}", "    return first", "")
)


def snippet(*lines: str) -> FileEdit:
    sketch = Sketch(lines, Span(0, len(lines)), "python")
    return FileEdit(None, (sketch,), "snippet", sketch.at)


TWO = snippet(
    "# ... existing code ...",
    "def function_5(value):",
    "    first = value + 500",
    "    return first",
    "# ... existing code ...",
    "def function_40(value):",
    "    first = value + 4000",
    "    return first",
)


def test_an_edit_of_one_function_is_one_small_region():
    edit = snippet("def function_30(value):", "    first = value + 99", "    return first")
    (region,) = find_regions("a.py", FILE, edit, plan=None, touched=())
    assert region.span.start <= 120 < 123 <= region.span.stop
    assert len(region.span) < 16
    assert region.expected == FILE[region.span.start : region.span.stop]


def test_a_region_ends_in_lines_that_are_not_blank():
    lines = ("a = 1", "", "", "b = 2", "", "", "c = 3", "")
    assert to_text(Span(1, 5), lines) == Span(0, 7)
    assert to_text(Span(3, 4), lines) == Span(3, 4)
    assert to_text(Span(6, 8), lines) == Span(6, 8)
    assert to_text(Span(0, 0), ()) == Span(0, 0)


def test_far_edits_are_regions_with_their_own_parts():
    changes = ((21, "    first = value + 500"), (161, "    first = value + 4000"))
    plan = Plan(tuple(Replacement(at, at + 1, (line,)) for at, line in changes))
    first, second = find_regions("a.py", FILE, TWO, plan=plan, touched=())
    assert "    first = value + 500" in first.update
    assert "    first = value + 4000" not in first.update
    assert "    first = value + 4000" in second.update
    assert "    first = value + 500" in first.expected
    assert "    first = value + 4000" in second.expected


def test_new_lines_that_open_a_run_belong_to_what_follows_them():
    edit = snippet(
        "def function_5(value):",
        "    first = value + 500",
        "# ... existing code ...",
        "def brand_new(value):",
        "    return value",
        "",
        "def function_40(value):",
    )
    touched = (Span(20, 23), Span(160, 163))
    near, far = find_regions("a.py", FILE, edit, plan=None, touched=touched)
    assert "def brand_new(value):" not in near.update
    assert "def brand_new(value):" in far.update


def test_a_part_that_lacks_what_is_expected_is_not_relied_on():
    plan = Plan(
        (Replacement(21, 22, ("    first = value + 4000",)), Replacement(161, 162, ("too",)))
    )
    first, _ = find_regions("a.py", FILE, TWO, plan=plan, touched=())
    assert first.update == update_of(TWO)


def test_markers_become_gaps():
    assert update_of(TWO)[0] is None
    assert update_of(TWO)[4] is None
    assert whole_region(FILE, TWO, None).span == Span(0, len(FILE))


def test_nothing_shared_is_no_region():
    assert find_regions("a.py", FILE, snippet("zzz yyy"), plan=None, touched=()) == ()


def test_what_is_known_is_not_guessed():
    (region,) = find_regions("a.txt", FILE, TWO, plan=None, touched=(Span(100, 104),))
    assert region.span == Span(94, 110)


lines = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12).map(tuple)


@given(lines, lines, lines, lines)
def test_splicing_changes_the_region_and_nothing_else(before, old, new, after):
    file = before + old + after
    region = Region(Span(len(before), len(before) + len(old)), (), old)
    plan = splice(file, [(region, new)])
    assert tuple(apply_to_lines(file, plan.replacements)) == before + new + after
    for change in plan.replacements:
        assert len(before) <= change.start <= change.stop <= len(before) + len(old)


def test_a_doubted_change_concerns_all_between_the_shown_lines_around_it():
    edit = snippet("def function_30(value):", "    second = 2", "def function_31(value):")
    plan = Plan((Replacement(122, 122, ("    second = 2",)),))
    assert [*between_shown(FILE, edit, plan)] == [Span(120, 125)]
    assert [*between_shown(FILE, snippet("zz"), plan)] == [Span(122, 122)]
