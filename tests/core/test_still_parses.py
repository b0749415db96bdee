"""Parsing only what an edit changed says what parsing all of it says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.checks.changed import Changed
from fastapply.core.syntax.trees import faults, still_parses

FILE = (
    "import os",
    "",
    "def first(path):",
    "    if os.path.exists(path):",
    "        return [path, 'é']",
    "    return []",
    "",
    "class Thing:",
    "    name = 1",
)
LINES = st.sampled_from(
    [
        *FILE,
        "    )",
        "x = (",
        "'''",
        "    pass",
        "    # a comment",
        "if x:  # y",
        "    def f(self):",
    ]
)


@given(st.integers(0, 9), st.integers(0, 3), st.lists(LINES, max_size=4))
def test_agrees_with_a_parse_of_the_whole(start: int, gone: int, new: list[str]) -> None:
    after = (*FILE[:start], *new, *FILE[start + gone :])
    changed = Changed.of(FILE, after)
    sound = still_parses(FILE, after, changed.was, changed.now, "python")
    assert sound == (not faults(after, "python"))
