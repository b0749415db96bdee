"""What prose says about where new code goes, and what is deleted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.sketches.prose import Cue, Side, cues, deleted_names


@pytest.mark.parametrize(
    ("prose", "cue"),
    [
        ("Add this after `load`:", Cue(Side.AFTER, "load")),
        ("Put it right below the `load()` method.", Cue(Side.AFTER, "load")),
        ("Insert it before `save`.", Cue(Side.BEFORE, "save")),
        ("It goes above the function `save`", Cue(Side.BEFORE, "save")),
        ("Add a method at the end of the class `Stock`:", Cue(Side.END, "Stock")),
        ("Append to the bottom of `Stock`", Cue(Side.END, "Stock")),
        ("At the top of `Stock`, add", Cue(Side.TOP, "Stock")),
        ('Add this after "load":', Cue(Side.AFTER, "load")),
        ("Add this after “load”:", Cue(Side.AFTER, "load")),
        ("Add this at the end of the file:", Cue(Side.END, None)),
        ("At the top of your module:", Cue(Side.TOP, None)),
    ],
)
def test_a_place_is_named(prose: str, cue: Cue) -> None:
    assert next(cues(prose)) == cue


@pytest.mark.parametrize(
    "prose", ["", "Change `load` so that it is safe.", "Afterwards run the tests.", "See below."]
)
def test_no_place_is_named(prose: str) -> None:
    assert not list(cues(prose))


def test_beside_something_tells_more_than_within() -> None:
    prose = "At the end of `Stock`, after `total`:"
    assert [cue.side for cue in cues(prose)] == [Side.AFTER, Side.END]


@pytest.mark.parametrize(
    ("prose", "names"),
    [
        ("Delete `take`.", {"take"}),
        ("Removed the unused helper `take()`.", {"take"}),
        ("This drops `take` and `put`.", {"take", "put"}),
        ("We get rid of `a`, `b`, and `c`", {"a", "b", "c"}),
        ("`take` is gone.", {"take"}),
        ("`take` can be removed; `put` was deleted", {"take", "put"}),
        ("Remove the import from `take`.", set()),
        ("`take` is unchanged", set()),
        ("take is gone", set()),
        ("", set()),
    ],
)
def test_deleted_names(prose: str, names: set[str]) -> None:
    assert deleted_names(prose) == names


@given(st.text("abc `\"'()., after delete gone", max_size=60))
def test_any_prose_can_be_read(prose: str) -> None:
    assert all(cue.name is None or cue.name in prose for cue in cues(prose))
    assert all(name in prose for name in deleted_names(prose))
