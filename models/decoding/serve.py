"""Serving decodings: what they ask for goes to the model in shared batches, as far as it holds.

What all prompts begin with is read once, by the first decoding, and kept in a slot of its own, from
which the others start. Those that find no room wait for others to end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Protocol

from fastapply.core.errors import ContextTooSmallError
from fastapply.models.decoding.speculate import Ask, Decoding
from fastapply.models.decoding.tally import Turn
from fastapply.models.decoding.tokens import Token

# For a shorter beginning the others need not wait for the first.
LEAST_SHARED = 16


class Verifier(Protocol):
    """The model that decides, with a number of slots that hold `room` tokens together."""

    @property
    def slots(self) -> int:
        """How many decodings it can remember at a time."""

    @property
    def room(self) -> int:
        """How many tokens it can remember."""

    @property
    def forks(self) -> bool:
        """Whether a slot can begin with a part of what another holds."""

    def verify(self, asks: Mapping[int, Ask]) -> Mapping[int, Sequence[Token]]:
        """Take in what is asked for by slot; the greedy choices wanted."""

    def keep(self, slot: int, length: int, branch: int | None = None) -> int:
        """Keep the first `length` tokens of a slot, those of a branch just taken in at their end.

        Returns how many it still holds: fewer where it cannot stop just there.
        """

    def recall(self, slot: int, prompt: Sequence[Token]) -> int:
        """Let an empty slot begin with what is known of `prompt` from before; how many tokens."""

    def copy(self, source: int, slot: int, length: int) -> None:
        """Let an empty slot hold the first `length` tokens of another, without more room."""

    def free(self, slot: int) -> None:
        """Forget what a slot holds."""


def serve(decodings: Sequence[Decoding], verifier: Verifier) -> Iterator[tuple[int, Turn]]:
    """Go through all turns of `decodings`, as many of them at a time as `verifier` has room for.

    Yields the index of a decoding with each of its turns. The answers do not depend on what is
    decoded beside them, but for floating point (`llama_verifier`).
    """
    for index, decoding in enumerate(decodings):
        opening = decoding.opening()
        if opening is not None:
            yield index, opening
    table = _Table(decodings, verifier)
    while table.seat():
        asks: dict[int, Ask] = {}
        for slot, index in table.seated.items():
            asks[slot] = decodings[index].ask(sum(ask.size for ask in asks.values()))
        told = verifier.verify(asks)
        for slot, index in list(table.seated.items()):
            decoding = decodings[index]
            known = len(decoding.history)
            turn = decoding.tell(told[slot])
            decoding.held = verifier.keep(slot, known + turn.taken, turn.branch)
            table.share(slot)
            yield index, turn
            if decoding.done:
                table.leave(slot)
    table.clear()


@dataclass(slots=True)
class _Table:
    """Who is served in which slot, and who waits."""

    decodings: Sequence[Decoding]
    verifier: Verifier
    seated: dict[int, int] = field(default_factory=dict)
    _waiting: list[int] = field(default_factory=list)
    _root: int = 0
    _shared: int = 0
    _is_read: bool = False

    def __post_init__(self) -> None:
        """All wait."""
        self._waiting = [i for i, decoding in enumerate(self.decodings) if not decoding.done]
        if self.verifier.forks and self.verifier.slots > 1:
            self._shared = shared_prefix([self.decodings[index] for index in self._waiting])
        self._root = self.verifier.slots - (1 if self._shared else 0)

    def seat(self) -> bool:
        """Give slots to those who wait, while there is room for all they may come to hold."""
        taken = self._shared + sum(map(self._need, self.seated.values()))
        for slot in range(self._root if self._is_read or not self._shared else 1):
            if slot in self.seated or not self._waiting:
                continue
            taken += self._need(self._waiting[0])
            if taken > self.verifier.room:
                break
            index = self.seated[slot] = self._waiting.pop(0)
            decoding = self.decodings[index]
            if self._is_read:
                self.verifier.copy(self._root, slot, self._shared)
                decoding.held = self._shared
            else:
                decoding.held = self.verifier.recall(slot, decoding.prompt)
        if self._waiting and not self.seated:
            raise ContextTooSmallError(f"{taken} tokens do not fit {self.verifier.room}")
        return bool(self.seated)

    def share(self, slot: int) -> None:
        """Keep what all prompts begin with, once the first slot holds it."""
        if self._shared and not self._is_read:
            self.verifier.copy(slot, self._root, self._shared)
            self._is_read = True

    def leave(self, slot: int) -> None:
        """Free a slot."""
        del self.seated[slot]
        self.verifier.free(slot)

    def clear(self) -> None:
        """Free what was read for all."""
        if self._is_read:
            self.verifier.free(self._root)

    def _need(self, index: int) -> int:
        return self.decodings[index].need - self._shared


def shared_prefix(decodings: Sequence[Decoding]) -> int:
    """How many tokens all prompts begin with, 0 where that is not worth waiting for the first."""
    if len(decodings) < 2:
        return 0
    levels = zip(*(decoding.prompt[:-1] for decoding in decodings), strict=False)
    length = sum(1 for _ in takewhile(lambda tokens: len({*tokens}) == 1, levels))
    return length if length >= LEAST_SHARED else 0


def room_for(decodings: Sequence[Decoding]) -> int:
    """How many tokens the verifier must remember to serve all of them at once."""
    shared = shared_prefix(decodings)
    return shared + sum(decoding.need - shared for decoding in decodings)
