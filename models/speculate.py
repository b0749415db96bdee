"""The decoding loop: a drafter proposes, the model verifies whole drafts in one batch.

Every turn decodes ``(last token, *draft)`` at once and learns the model's greedy choice after each
of them; the draft is kept as far as it agrees, and the model's own choice follows. Three laws hold
whatever the drafter proposes: the text is that of plain greedy decoding, the model is never called
more often, and its memory holds the history without the last token after every turn.

The first turn takes the prompt along. After Leviathan et al. 2023, "Fast Inference from
Transformers via Speculative Decoding", for greedy decoding with deterministic drafts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fastapply.models.tokens import Token


class Drafter(Protocol):
    """Who proposes tokens. It sees every token of the answer, drafted or not."""

    def propose(self, limit: int) -> Sequence[Token]:
        """What may come next, at most `limit` tokens, perhaps none."""

    def observe(self, tokens: Sequence[Token]) -> None:
        """`tokens` came next."""


class Verifier(Protocol):
    """The model that decides, with a memory of the tokens it has been given."""

    def verify(self, tokens: Sequence[Token], answers: int) -> Sequence[Token]:
        """Take in `tokens`; the greedy choice after each of the last `answers` of them."""

    def rewind(self, length: int) -> None:
        """Forget everything but the first `length` tokens."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One verification batch: how many tokens were drafted and kept, and what was added."""

    drafted: int
    kept: int
    tokens: tuple[Token, ...]


@dataclass(slots=True)
class Tally:
    """Turns added up: `lengths` counts turns with a draft by the number of tokens kept."""

    calls: int = 0
    tokens: int = 0
    drafted: int = 0
    kept: int = 0
    lengths: Counter[int] = field(default_factory=Counter)

    def add(self, turn: Turn) -> None:
        """Count one turn."""
        self.calls += 1
        self.tokens += len(turn.tokens)
        self.drafted += turn.drafted
        self.kept += turn.kept
        if turn.drafted:
            self.lengths[turn.kept] += 1

    def join(self, other: Tally) -> None:
        """Count the turns of another tally too."""
        self.calls += other.calls
        self.tokens += other.tokens
        self.drafted += other.drafted
        self.kept += other.kept
        self.lengths += other.lengths

    @property
    def acceptance_rate(self) -> float:
        """Draft tokens kept / drafted; 0 where nothing was drafted."""
        return self.kept / self.drafted if self.drafted else 0.0

    @property
    def acceptance_length(self) -> float:
        """Draft tokens kept per turn that had a draft."""
        turns = sum(self.lengths.values())
        return self.kept / turns if turns else 0.0


class PlainDrafter:
    """Proposes nothing: plain greedy decoding."""

    def propose(self, limit: int) -> Sequence[Token]:
        """Nothing."""
        return ()

    def observe(self, tokens: Sequence[Token]) -> None:
        """Nothing to learn."""


def speculate(
    prompt: Sequence[Token],
    drafter: Drafter,
    verifier: Verifier,
    *,
    stop: Container[Token],
    limit: int,
) -> Iterator[Turn]:
    """Decode greedily after `prompt` until a token of `stop`, at most `limit` tokens.

    The verifier's memory must be empty. The stop token is the last one yielded; where there is
    none, the limit was reached.
    """
    if not prompt:
        raise ValueError("there is nothing to go on from")
    history = list(prompt)
    held = 0
    end = len(prompt) + limit
    while len(history) < end:
        draft = list(drafter.propose(end - len(history) - 1))
        choices = verifier.verify([*history[held:], *draft], len(draft) + 1)
        kept = _agreed(draft, choices)
        tokens = _until_stop([*draft[:kept], choices[kept]], stop)
        given = len(history) + len(draft)
        history += tokens
        held = len(history) - 1
        if given > held:
            verifier.rewind(held)
        drafter.observe(tokens)
        yield Turn(len(draft), min(kept, len(tokens)), tuple(tokens))
        if tokens[-1] in stop:
            return


def _agreed(draft: Sequence[Token], choices: Sequence[Token]) -> int:
    """How many tokens of `draft` the model would have chosen itself."""
    for position, (proposed, chosen) in enumerate(zip(draft, choices, strict=False)):
        if proposed != chosen:
            return position
    return len(draft)


def _until_stop(tokens: list[Token], stop: Container[Token]) -> list[Token]:
    """`tokens` up to and with the first of `stop`."""
    for position, token in enumerate(tokens):
        if token in stop:
            return tokens[: position + 1]
    return tokens
