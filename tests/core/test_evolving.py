"""A text while edits are applied to it."""

from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.edits import Span
from fastapply.core.evolving import Evolving
from fastapply.core.plan import Plan, Replacement, apply_to_lines
from fastapply.core.result import Missing, Reading, Unresolved

LINES = st.lists(st.sampled_from("abc"), max_size=8)
FRESH = st.lists(st.sampled_from("axyz"), max_size=3).map(tuple)


@st.composite
def changes(draw: st.DrawFn, size: int) -> tuple[Replacement, ...]:
    """Sorted, disjoint replacements of a text of `size` lines; some may touch."""
    cuts = sorted(draw(st.lists(st.integers(0, size), max_size=6)))
    return tuple(
        Replacement(start, stop, draw(FRESH))
        for start, stop in zip(cuts[::2], cuts[1::2], strict=False)
    )


@given(LINES, st.integers(0, 4), st.data())
def test_the_plan_does_what_the_changes_did(
    lines: list[str], rounds: int, data: st.DataObject
) -> None:
    text = Evolving.of(lines)
    current = list(lines)
    for _ in range(rounds):
        change = data.draw(changes(len(current)))
        text = text.after(change)
        current = apply_to_lines(current, change)
    assert list(text.lines) == current
    assert apply_to_lines(lines, text.plan().replacements) == current


@given(LINES, st.data())
def test_lines_with_an_origin_are_the_originals(lines: list[str], data: st.DataObject) -> None:
    text = Evolving.of(lines).after(data.draw(changes(len(lines))))
    known = [
        (line, at) for line, at in zip(text.lines, text.origins, strict=True) if at is not None
    ]
    assert all(lines[at] == line for line, at in known)
    assert [at for _, at in known] == sorted({at for _, at in known})


@given(LINES)
def test_nothing_done_is_no_plan(lines: list[str]) -> None:
    assert Evolving.of(lines).plan() == Plan()


def test_what_is_unresolved_speaks_of_the_original() -> None:
    text = Evolving.of("abc").after([Replacement(0, 0, ("x", "y"))])
    failure = Missing(Span(0, 1), ("q",))
    reading = Reading((Replacement(3, 4, ("B",)),), 1.0)
    unresolved = text.in_the_original(Unresolved((failure,), (reading,), (Span(3, 4),)))
    assert unresolved.failures == (failure,)
    assert unresolved.regions == (Span(1, 2),)
    (told,) = unresolved.readings
    assert apply_to_lines("abc", told.replacements) == ["x", "y", "a", "B", "c"]
