"""Drafts without a draft model: the answer is mostly text that is already there.

The drafter follows a cursor through the text it expects (the merge's candidate, else the original
file). Where a fragment of the edit has agreed with the original for a while and goes on otherwise,
the draft turns to the fragment: that is where the edit is. Where the model goes its own way, the
longest recent run of tokens is looked up: in the expected text (nearest at or after the place that
was left), in the fragments, and last in prompt and answer themselves. How much to propose follows
from what a batch costs and how long the run has held.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fastapply.models.decoding.costs import CPU_COSTS, Costs
from fastapply.models.decoding.tokens import Token

GRAM = 2
LONGEST_MATCH = 64
# A run found by fewer tokens than this is chance more often than not.
LEAST_IN_EXPECTED = 3
LEAST_IN_FRAGMENT = 2
LEAST_IN_HISTORY = 4
# What a token of agreement says for a run that was found by it, in tokens that held.
WORTH_IN_EXPECTED = 8.0
WORTH_IN_FRAGMENT = 4.0
WORTH_IN_HISTORY = 2.0
# So many tokens agree before a fragment is believed against the expected text; never where so many
# of that go without saying: then the fragments are in it.
LEAST_TO_TURN = 12
MOST_TRUST_TO_TURN = 256.0
# What is not turned to may still be drafted, this far, as a branch: if the batch costs hardly more.
BRANCH = 32
HARDLY_MORE = 1.05


@dataclass(slots=True)
class Source:
    """A text to copy from, with every pair of tokens looked up in no time.

    `least` is how many tokens must match to find a run in it, `worth` what each of them says for
    the run.
    """

    tokens: list[Token]
    least: int
    worth: float
    _ends: dict[tuple[Token, ...], list[int]] = field(default_factory=dict)
    _indexed: int = 0

    def __post_init__(self) -> None:
        """Index what there is."""
        self._index()

    def extend(self, tokens: Iterable[Token]) -> None:
        """Let the text grow."""
        self.tokens += tokens
        self._index()

    def find(self, history: Sequence[Token], near: int, stop: int = 0) -> tuple[int, int]:
        """Where the end of `history` continues here, and how many tokens agree there (0: none).

        Its end is at `stop`, if one is given. The longest agreement wins; among equals the nearest
        to `near`, what lies ahead first.
        """
        stop = stop or len(history)
        best, longest, nearest = 0, 0, 0
        for end in self._places(tuple(history[max(stop - GRAM, 0) : stop]), near):
            length = self._agreement(history, stop, end)
            distance = end - near if end >= near else 4 * (near - end) + 1000
            if length > longest or (length == longest and distance < nearest):
                best, longest, nearest = end, length, distance
        return (best, longest) if longest >= self.least else (0, 0)

    def _places(self, gram: tuple[Token, ...], near: int) -> list[int]:
        """The places to look at: all, or in a text that repeats itself those around `near`."""
        ends = self._ends.get(gram, [])
        if len(ends) <= LONGEST_MATCH:
            return ends
        middle = bisect_left(ends, near)
        return ends[max(middle - LONGEST_MATCH // 2, 0) : middle + LONGEST_MATCH // 2]

    def _agreement(self, history: Sequence[Token], stop: int, end: int) -> int:
        most = min(LONGEST_MATCH, end, stop)
        length = 0
        while length < most and self.tokens[end - 1 - length] == history[stop - 1 - length]:
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
        self._expected = Source(list(expected), LEAST_IN_EXPECTED, WORTH_IN_EXPECTED)
        self._fragments = [
            Source(list(tokens), LEAST_IN_FRAGMENT, WORTH_IN_FRAGMENT) for tokens in fragments
        ]
        self._history = Source(list(prompt), LEAST_IN_HISTORY, WORTH_IN_HISTORY)
        self._costs = costs
        self._turns = trust < MOST_TRUST_TO_TURN
        self._ahead = 0
        self._answer: list[Token] = []
        self._cursor: _Cursor | None = _Cursor(self._expected, 0, trust)

    def propose(self, limit: int, rows: int) -> Sequence[Sequence[Token]]:
        """What follows the cursor, as far as it pays."""
        cursor = self._cursor = self._cursor or self._found()
        if cursor is None:
            return ()
        tokens = cursor.source.tokens
        most = min(limit, len(tokens) - cursor.position)
        length = self._costs.best_draft(cursor.held, most, rows)
        draft = tokens[cursor.position : cursor.position + length]
        follows = cursor.source is self._expected and self._turns
        turned = self._turned(draft) if follows else None
        if turned is None:
            return [draft]
        turn, other = turned
        size = rows + len(other)
        cheap = self._costs.of(size + BRANCH) <= HARDLY_MORE * self._costs.of(size)
        return [other, draft[: turn + BRANCH]] if cheap else [other]

    def _turned(self, draft: Sequence[Token]) -> tuple[int, Sequence[Token]] | None:
        """Where a fragment leaves `draft`, and the draft that goes on with the fragment there."""
        path = [*self._answer[-LONGEST_MATCH:], *draft]
        begin = len(path) - len(draft)
        for turn in range(len(draft)):
            for source in self._fragments:
                place, agreed = source.find(path, 0, begin + turn)
                following = source.tokens[place : place + len(draft) - turn]
                if agreed >= LEAST_TO_TURN and following and following[0] != draft[turn]:
                    return turn, [*draft[:turn], *following]
        return None

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
        longest = 0
        for source in (self._expected, *self._fragments, self._history):
            near = self._ahead if source is self._expected else 0
            position, agreed = source.find(self._answer, near)
            if agreed > longest:
                best, longest = _Cursor(source, position, agreed * source.worth), agreed
        return best
