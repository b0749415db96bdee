"""A held model weighs: it must be clear about a decision, or something else decides.

Where the merge has a candidate, its next token is taken unless the model clearly prefers another.
Where there is none, a model that is not clear about a decision ends its answer by `UNSURE`: what
would be a guess is no answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fastapply.models.decoding.constraint import Allowed, Constraint
from fastapply.models.decoding.tokens import Token

UNSURE: Token = -1
# Natural logarithms: a model is sure of a decision at odds of 150 to 1 (e^5), and outweighs the
# merge, which made none of some thousand decisions wrong, at 160,000 to 1 (e^12).
SURE = 5.0
OUTWEIGHS = 12.0


class Weighed(frozenset[Token]):
    """Tokens of which the best is taken if it leads the others by `margin`, else `otherwise`.

    >>> Weighed({0, 1}, 3.0, otherwise=0).choice([0.0, 2.0])
    0
    >>> Weighed({0, 1}, 3.0, otherwise=0).choice([0.0, 4.0])
    1
    """

    margin: float
    otherwise: Token

    def __new__(cls, tokens: Collection[Token], margin: float, otherwise: Token) -> Weighed:
        """Weigh `tokens`, two at least; `otherwise` need not be one of them."""
        weighed = super().__new__(cls, tokens)
        weighed.margin, weighed.otherwise = margin, otherwise
        return weighed

    def choice(self, logits: Sequence[float]) -> Token:
        """Which of them it is, by the logits of all tokens."""
        best, following = sorted(self, key=lambda token: logits[token], reverse=True)[:2]
        return best if logits[best] - logits[following] >= self.margin else self.otherwise


class Guided:
    """What `held` allows, weighed: against `candidate` while the answer follows it.

    Without a candidate the model must be sure. Once it has left one, it goes on as it likes.
    """

    def __init__(
        self,
        held: Constraint,
        candidate: Sequence[Token] | None,
        margin: float | None = None,
    ) -> None:
        """Begin where `held` stands, and at the beginning of the candidate."""
        self._held: Constraint | None = held
        self._candidate = candidate
        usual = SURE if candidate is None else OUTWEIGHS
        self._margin = usual if margin is None else margin
        self._at: int | None = 0

    def allowed(self) -> Allowed:
        """What may come next."""
        tokens = (self._held.allowed() if self._held is not None else None) or ()
        if self._at is None:
            return tokens
        otherwise = UNSURE
        if self._candidate is not None:
            otherwise = self._candidate[self._at]
            tokens = {*tokens, otherwise}
        return Weighed(tokens, self._margin, otherwise) if len(tokens) > 1 else tokens

    def advance(self, token: Token) -> object:
        """`token` came next; what is held to knows no candidate of other lines."""
        if self._held is not None and token not in (self._held.allowed() or ()):
            self._held = None
        if self._held is not None:
            self._held.advance(token)
        if self._candidate is not None and self._at is not None:
            self._at = self._at + 1 if token == self._candidate[self._at] else None
        return None

    def copy(self) -> Guided:
        """The same state, to move ahead on its own."""
        held = self._held.copy() if self._held is not None else None
        twin = Guided.__new__(Guided)
        twin._held, twin._at = held, self._at
        twin._candidate, twin._margin = self._candidate, self._margin
        return twin
