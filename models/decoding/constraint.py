"""Constraints: which tokens may come next, and what follows from that without asking the model.

A constraint is a state that moves along the answer. Where it allows a single token there is no
question: the token is *forced*, and goes to the model with the next draft, unasked. A draft ends
where it is not allowed, and after its last question: what follows is read when there is another.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from typing import Protocol, TypeAlias

from fastapply.models.decoding.tokens import Token

Allowed: TypeAlias = "Collection[Token] | None"
"""The tokens that may come next, at least one; None stands for all."""


class Constraint(Protocol):
    """What an answer may be. Asked no more once a token ended the answer."""

    def allowed(self) -> Allowed:
        """What may come next."""

    def advance(self, token: Token) -> object:
        """`token`, which was allowed, came next."""

    def copy(self) -> Constraint:
        """The same state, to move ahead on its own."""


class Free:
    """Allows everything."""

    def allowed(self) -> Allowed:
        """All tokens."""
        return None

    def advance(self, token: Token) -> None:
        """Nothing changes."""

    def copy(self) -> Free:
        """There is but one."""
        return self


def forced(state: Constraint, stop: Container[Token], most: int) -> list[Token]:
    """Move `state` along the tokens it forces, at most `most`, until one of `stop`."""
    tokens: list[Token] = []
    while len(tokens) < most and not (tokens and tokens[-1] in stop):
        token = only(state.allowed())
        if token is None:
            break
        state.advance(token)
        tokens.append(token)
    return tokens


def admitted(
    draft: Iterable[Token], state: Constraint, stop: Container[Token], most: int
) -> tuple[list[Token], list[Allowed]]:
    """Move `state` along `draft` as far as it allows, and along what it forces then.

    These tokens, at most `most`, up to the last after which there is a choice; and what may come
    before the first of them, between them, and after the last. A token of `stop` is left out: to be
    chosen, it need not be drafted.
    """
    tokens: list[Token] = []
    asked = [state.allowed()]
    proposed = iter(draft)
    while len(tokens) < most:
        token = next(proposed, only(asked[-1]))
        if token is None or token in stop or not _admits(asked[-1], token):
            break
        state.advance(token)
        tokens.append(token)
        asked.append(state.allowed())
    while tokens and only(asked[-1]) is not None:
        tokens.pop()
        asked.pop()
    return tokens, asked


def only(allowed: Allowed) -> Token | None:
    """The token that is forced, None where there is a choice."""
    return next(iter(allowed)) if allowed is not None and len(allowed) == 1 else None


def _admits(allowed: Allowed, token: Token) -> bool:
    return allowed is None or token in allowed
