"""How deep lines are, and where a scope ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.lines.depths import Depths

SOURCE = """\
class A:
    def one(self):
        a()

        b()

    def two(self):
        c()


def three() {
    d()
    {
        e()
    }
}
""".splitlines()
DEPTHS = Depths.of(SOURCE)
LINES = {line.strip(): number for number, line in enumerate(SOURCE) if line.strip()}


@pytest.mark.parametrize(
    ("before", "after", "leaves"),
    [
        ("a()", "b()", False),
        ("class A:", "c()", False),
        ("def one(self):", "def two(self):", False),
        ("a()", "c()", True),
        ("b()", "def three() {", False),
        ("def three() {", "}", False),
        ("class A:", "d()", False),
        ("d()", "e()", False),
        ("a()", "d()", True),
    ],
)
def test_leaves_scope(before: str, after: str, leaves: bool) -> None:
    assert DEPTHS.leaves_scope(LINES[before], LINES[after]) is leaves


def test_blank_lines_do_not_count() -> None:
    assert Depths.of(["a", "", "  b"]).indents == (0, -1, 2)
    assert not Depths.of(["", ""]).leaves_scope(0, 1)


@given(st.lists(st.text(" \ta}", max_size=5), max_size=12))
def test_neighbours_are_what_they_are_said_to_be(lines: list[str]) -> None:
    depths = Depths.of(lines)
    size = len(lines)
    for number, indent in enumerate(depths.indents):
        if indent < 0:
            continue
        deep = [n for n in range(size) if depths.indents[n] >= 0]
        less = [n for n in deep if depths.indents[n] < indent]
        not_more = [n for n in deep if depths.indents[n] <= indent]
        assert depths.leaving[number] == min((n for n in less if n > number), default=size)
        assert depths.closing[number] == min((n for n in not_more if n > number), default=size)
        assert depths.opening[number] == max((n for n in less if n < number), default=-1)
