"""Lines without what models change when they only quote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.lines.plain import is_about_style, plain


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("  a = 'x'", 'a = "x"  '),
        ("call();", "call()"),
        ("say(“hi”)", 'say("hi")'),
        ("a \u2013 b", "a - b"),
        ("a\u00a0b", "a b"),
    ],
)
def test_plainly_equal(line: str, other: str) -> None:
    assert plain(line) == plain(other)


@pytest.mark.parametrize(
    ("line", "other"),
    [("a b", "ab"), ("A", "a"), ("x = 1", "x = 2"), ("'''", '"'), (";", ""), (")", ");")],
)
def test_not_plainly_equal(line: str, other: str) -> None:
    assert plain(line) != plain(other)


@given(st.text("ab'\";\u2019\u00a0 \t", max_size=12))
def test_plain_has_no_space_around_it(line: str) -> None:
    assert plain(line) == plain(line).strip()
    assert plain(f"  {line}\t") == plain(line)


@pytest.mark.parametrize("prose", ["Use double quotes.", "run prettier", "drop the semicolons"])
def test_about_style(prose: str) -> None:
    assert is_about_style(prose)


def test_not_about_style() -> None:
    assert not is_about_style("Add a method to `Stock`.")
