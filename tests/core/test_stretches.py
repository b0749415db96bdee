"""Stretches of two versions cover both, in order."""

from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.stretches import stretches

LINE = st.sampled_from(["a", "b", "", "}", "  c"])


@given(st.lists(LINE, max_size=40), st.lists(LINE, max_size=40))
def test_stretches_cover_both_texts_in_order(old: list[str], new: list[str]) -> None:
    before, after = [], []
    for change in stretches(old, new):
        before += old[change.old.start : change.old.stop]
        after += new[change.new.start : change.new.stop]
        same = before[len(before) - len(change.old) :] == after[len(after) - len(change.new) :]
        assert change.same == same or not change.same
    assert (before, after) == (old, new)
