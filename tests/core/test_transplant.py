"""A change made to another version: the same change there, or None."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.plan import Plan, Replacement
from fastapply.core.text import SourceText
from fastapply.core.transplant import transplant

NUMBERS = [f"line {n}" for n in range(10)]


def text(*lines: str) -> SourceText:
    return SourceText.from_str("".join(f"{line}\n" for line in lines))


def replaced(start: int, stop: int, *lines: str) -> Plan:
    return Plan((Replacement(start, stop, lines),))


def test_lines_elsewhere_move_the_place() -> None:
    onto = text("new", *NUMBERS[:8], "other")
    done = transplant(replaced(3, 4, "changed"), text(*NUMBERS), onto)
    assert done == text("new", *NUMBERS[:3], "changed", *NUMBERS[4:8], "other")


@pytest.mark.parametrize("changed", [2, 3, 4])
def test_a_change_of_the_lines_or_beside_them_is_none(changed: int) -> None:
    lines = list(NUMBERS)
    lines[changed] = "theirs"
    assert transplant(replaced(3, 4, "ours"), text(*NUMBERS), text(*lines)) is None


def test_a_change_two_lines_off_is_none_of_its_business() -> None:
    lines = list(NUMBERS)
    lines[1] = "theirs"
    done = transplant(replaced(3, 4, "ours"), text(*NUMBERS), text(*lines))
    lines[3] = "ours"
    assert done == text(*lines)


def test_the_end_of_the_file_is_context() -> None:
    appended = replaced(10, 10, "last")
    assert transplant(appended, text(*NUMBERS), text(*NUMBERS, "theirs")) is None
    assert transplant(appended, text(*NUMBERS), text(*NUMBERS[2:])) == text(*NUMBERS[2:], "last")


def test_the_beginning_of_the_file_is_context() -> None:
    first = replaced(0, 0, "first")
    assert transplant(first, text(*NUMBERS), text("theirs", *NUMBERS)) is None
    assert transplant(first, text(*NUMBERS), text(*NUMBERS[:4])) == text("first", *NUMBERS[:4])


def test_the_other_version_keeps_its_endings() -> None:
    onto = SourceText.from_str("".join(f"{line}\r\n" for line in NUMBERS))
    done = transplant(replaced(3, 4, "ours"), text(*NUMBERS), onto)
    assert done is not None
    assert set(done.endings) == {"\r\n"}


@given(st.lists(st.sampled_from("abc"), max_size=8), st.data())
def test_onto_itself_it_is_the_change(lines: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(lines)))
    stop = data.draw(st.integers(start, len(lines)))
    plan = replaced(start, stop, *data.draw(st.lists(st.sampled_from("xyz"), max_size=3)))
    origin = text(*lines)
    assert transplant(plan, origin, origin) == plan.apply(origin)
