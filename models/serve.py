"""Serving decodings: what they ask for goes to the model in shared batches, as far as it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from fastapply.core.errors import ContextTooSmallError
from fastapply.models.speculate import Ask, Decoding
from fastapply.models.tally import Turn
from fastapply.models.tokens import Token


class Verifier(Protocol):
    """The model that decides, with a number of slots that hold `room` tokens together."""

    @property
    def slots(self) -> int:
        """How many decodings it can remember at a time."""

    @property
    def room(self) -> int:
        """How many tokens it can remember."""

    def verify(self, asks: Mapping[int, Ask]) -> Mapping[int, Sequence[Token]]:
        """Take in what is asked for by slot; the greedy choices wanted."""

    def keep(self, slot: int, length: int, branch: int | None = None) -> int:
        """Keep the first `length` tokens of a slot, those of a branch just taken in at their end.

        Returns how many it still holds: fewer where it cannot stop just there.
        """

    def free(self, slot: int) -> None:
        """Forget what a slot holds."""


def serve(decodings: Sequence[Decoding], verifier: Verifier) -> Iterator[tuple[int, Turn]]:
    """Go through all turns of `decodings`, as many of them at a time as `verifier` has room for.

    Yields the index of a decoding with each of its turns. The answers do not depend on what is
    decoded beside them, but for floating point (`llama_verifier`).
    """
    waiting: list[int] = []
    for index, decoding in enumerate(decodings):
        opening = decoding.opening()
        if opening is not None:
            yield index, opening
        if not decoding.done:
            waiting.insert(0, index)
    active: dict[int, int] = {}
    while waiting or active:
        _admit(waiting, active, decodings, verifier)
        asks: dict[int, Ask] = {}
        for slot, index in active.items():
            asks[slot] = decodings[index].ask(sum(ask.size for ask in asks.values()))
        told = verifier.verify(asks)
        for slot, index in list(active.items()):
            decoding = decodings[index]
            known = len(decoding.history)
            turn = decoding.tell(told[slot])
            decoding.held = verifier.keep(slot, known + turn.kept, turn.branch)
            yield index, turn
            if decoding.done:
                del active[slot]
                verifier.free(slot)


def _admit(
    waiting: list[int], active: dict[int, int], decodings: Sequence[Decoding], verifier: Verifier
) -> None:
    """Give slots to those who wait, while there is room for all they may come to hold."""
    free = [slot for slot in range(verifier.slots) if slot not in active]
    taken = sum(decodings[index].need for index in active.values())
    while waiting and free and taken + decodings[waiting[-1]].need <= verifier.room:
        index = waiting.pop()
        taken += decodings[index].need
        active[free.pop(0)] = index
    if not active:
        raise ContextTooSmallError(
            f"{decodings[waiting[-1]].need} tokens do not fit a context of {verifier.room}"
        )
