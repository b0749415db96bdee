"""What verification batches brought: one turn, and turns added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from fastapply.models.decoding.tokens import Token


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a decoding: how many tokens were drafted and kept, and what was added.

    Drafts count where there is a choice. `branch` is the branch of the draft that was followed,
    None where none was; `taken` is how far, in all its tokens; `forced` counts the tokens after it
    that a constraint left no choice about.
    """

    drafted: int
    kept: int
    tokens: tuple[Token, ...]
    branch: int | None = None
    forced: int = 0
    taken: int = 0


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


def joined(tallies: Iterable[Tally]) -> Tally:
    """All of them as one."""
    total = Tally()
    for tally in tallies:
        total.join(tally)
    return total
