from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from fastapply.models.remote.sse import events, lines

TEXTS = st.lists(st.text("ab\n\r\u2028\u2029\x85\x0b\x1c", max_size=6), max_size=8)


@given(TEXTS)
def test_lines_are_the_same_however_the_text_is_cut(texts: list[str]) -> None:
    *whole, _ = re.split("\r\n|\n|\r", "".join(texts))
    assert list(lines(texts)) == whole


def test_an_event_may_hold_what_python_takes_for_the_end_of_a_line() -> None:
    said = ": ping\n\nevent: x\ndata: a\u2028b\x85c\n\ndata:d\r\ndata: e\r\n\r\ndata: cut off\n"
    assert list(events(lines([said]))) == ["a\u2028b\x85c", "d\ne"]
