"""Drafts without a draft model: the answer is mostly text that is already there.

The drafter follows a cursor through the text it expects (the merge's candidate, else the original
file). Where the model goes its own way, the longest recent run of tokens is looked up: in the
expected text (nearest at or after the place that was left), in the fragments of the edit, and last
in prompt and answer themselves. How much to propose follows from what a batch costs and how long
the run has held.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fastapply.models.costs import CPU_COSTS, Costs
from fastapply.models.tokens import Token

GRAM = 2
LONGEST_MATCH = 64
# A run found by fewer tokens than this is chance more often than not.
LEAST_IN_EXPECTED = 3
LEAST_IN_FRAGMENT = 2
LEAST_IN_HISTORY = 4


@dataclass(slots=True)
class Source:
    """A text to copy from, with every pair of tokens looked up in no time.

    `held` is how far a run in it is trusted before it has shown anything, in tokens; `least` how
    many tokens must match to find one.
    """

    tokens: list[Token]
    least: int
    held: float = 0.0
    _ends: dict[tuple[Token, ...], list[int]] = field(default_factory=dict)
    _indexed: int = 0

    def __post_init__(self) -> None:
        """Index what there is."""
        self._index()

    def extend(self, tokens: Iterable[Token]) -> None:
        """Let the text grow."""
        self.tokens += tokens
        self._index()

    def find(self, history: Sequence[Token], near: int) -> tuple[int, int]:
        """Where the end of `history` continues here, and how many tokens agree there (0: none).

        The longest agreement wins; among equals the nearest to `near`, what lies ahead first.
        """
        best, longest, nearest = 0, 0, 0
        for end in self._places(history, near):
            length = self._agreement(history, end)
            distance = end - near if end >= near else 4 * (near - end) + 1000
            if length > longest or (length == longest and distance < nearest):
                best, longest, nearest = end, length, distance
        return (best, longest) if longest >= self.least else (0, 0)

    def _places(self, history: Sequence[Token], near: int) -> list[int]:
        """The places to look at: all, or in a text that repeats itself those around `near`."""
        ends = self._ends.get(tuple(history[-GRAM:]), [])
        if len(ends) <= LONGEST_MATCH:
            return ends
        middle = bisect_left(ends, near)
        return ends[max(middle - LONGEST_MATCH // 2, 0) : middle + LONGEST_MATCH // 2]

    def _agreement(self, history: Sequence[Token], end: int) -> int:
        most = min(LONGEST_MATCH, end, len(history))
        length = 0
        while length < most and self.tokens[end - 1 - length] == history[-1 - length]:
            length += 1
        return length

    def _index(self) -> None:
        """Index the pairs that have a continuation."""
        for end in range(max(self._indexed, GRAM), len(self.tokens)):
            self._ends.setdefault(tuple(self.tokens[end - GRAM : end]), []).append(end)
        self._indexed = max(self._indexed, len(self.tokens))


@dataclass(slots=True)
class _Cursor:
    """A run being followed: where it stands, and how many tokens speak for it."""

    source: Source
    position: int
    held: float


class TextDrafter:
    """Follows the expected text, the fragments and the answer itself (`speculate.Drafter`)."""

    def __init__(
        self,
        expected: Sequence[Token],
        fragments: Iterable[Sequence[Token]] = (),
        *,
        prompt: Sequence[Token] = (),
        costs: Costs = CPU_COSTS,
        trust: float = 64.0,
    ) -> None:
        """Expect `expected`; `trust` is how many tokens of it go without saying."""
        self._expected = Source(list(expected), LEAST_IN_EXPECTED)
        self._fragments = [Source(list(tokens), LEAST_IN_FRAGMENT) for tokens in fragments]
        self._history = Source(list(prompt), LEAST_IN_HISTORY)
        self._costs = costs
        self._ahead = 0
        self._answer: list[Token] = []
        self._cursor: _Cursor | None = _Cursor(self._expected, 0, trust)

    def propose(self, limit: int, rows: int) -> Sequence[Sequence[Token]]:
        """What follows the cursor, as far as it pays."""
        if self._cursor is None:
            self._cursor = self._found()
        if self._cursor is None:
            return ()
        position, tokens = self._cursor.position, self._cursor.source.tokens
        most = min(limit, len(tokens) - position)
        length = self._costs.best_draft(self._cursor.held, most, rows)
        return [tokens[position : position + length]]

    def observe(self, tokens: Sequence[Token]) -> None:
        """Move the cursor along `tokens`, or lose it."""
        self._answer += tokens
        self._history.extend(tokens)
        cursor = self._cursor
        if cursor is None:
            return
        ahead = cursor.source.tokens[cursor.position : cursor.position + len(tokens)]
        agreed = next(
            (i for i, pair in enumerate(zip(ahead, tokens, strict=False)) if pair[0] != pair[1]),
            len(ahead),
        )
        cursor.position += agreed
        cursor.held += agreed
        if cursor.source is self._expected:
            self._ahead = cursor.position
        if agreed < len(tokens) or cursor.position == len(cursor.source.tokens):
            self._cursor = None

    def _found(self) -> _Cursor | None:
        """The run that the end of the answer continues, where there is one."""
        best: _Cursor | None = None
        for source in (self._expected, *self._fragments, self._history):
            near = self._ahead if source is self._expected else 0
            position, agreed = source.find(self._answer, near)
            if agreed and (best is None or agreed > best.held):
                best = _Cursor(source, position, agreed)
        return best
