"""Weighing: a candidate's token or a clear lead."""

from collections.abc import Collection

import pytest

from fastapply.models.held.guide import UNSURE, Guided, Weighed

TEXTS = ("ab", "ac", "b")


class Texts:
    """Allows the texts, a letter a token."""

    def __init__(self, said: str = "") -> None:
        self.said = said

    def allowed(self) -> Collection[int]:
        rests = [text[len(self.said) :] for text in TEXTS if text.startswith(self.said)]
        return {ord(rest[0]) for rest in rests if rest}

    def advance(self, token: int) -> None:
        self.said += chr(token)

    def copy(self) -> "Texts":
        return Texts(self.said)


def logits(**values: float) -> list[float]:
    row = [-9.0] * 128
    for letter, value in values.items():
        row[ord(letter)] = value
    return row


@pytest.mark.parametrize(
    ("lead", "choice"), [(0.0, "a"), (11.9, "a"), (12.0, "b"), (99.0, "b"), (-1.0, "a")]
)
def test_the_candidate_stands_unless_another_clearly_leads(lead, choice):
    allowed = Guided(Texts(), [ord("a"), ord("c")]).allowed()
    assert isinstance(allowed, Weighed)
    assert allowed.choice(logits(a=0.0, b=lead)) == ord(choice)


def test_once_left_the_candidate_weighs_no_more():
    state = Guided(Texts(), [ord("b")])
    state.advance(ord("a"))
    assert state.allowed() == {ord("b"), ord("c")}
    assert not isinstance(state.allowed(), Weighed)


def test_a_candidate_of_other_lines_is_followed_to_its_end():
    state = Guided(Texts(), [ord("x"), ord("y")])
    assert state.allowed() == {ord("a"), ord("b"), ord("x")}
    state.advance(ord("x"))
    assert state.allowed() == {ord("y")}


def test_without_a_candidate_no_decision_is_made_by_a_hair():
    allowed = Guided(Texts(), None).allowed()
    assert isinstance(allowed, Weighed)
    assert allowed.choice(logits(a=0.0, b=1.0)) == UNSURE
    assert allowed.choice(logits(a=0.0, b=6.0)) == ord("b")


def test_what_is_forced_is_no_question():
    state = Guided(Texts(), None)
    state.advance(ord("b"))
    assert not state.allowed()
    ahead = Guided(Texts(), None).copy()
    ahead.advance(ord("a"))
    assert state.allowed() != ahead.allowed()
