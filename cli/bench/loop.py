"""The decoding loop with a watch on it: prompts are read once, and answered as often as needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from fastapply.models.decoding.speculate import Ask, Decoding, Run
from fastapply.models.decoding.tally import Tally
from fastapply.models.decoding.tokens import Token
from fastapply.models.llama.model import LlamaModel
from fastapply.models.llama.verifier import LlamaVerifier, open_verifier

Clock: TypeAlias = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Timed:
    """Answers, and what they took after their prompts; `outside` is the time not in llama.cpp."""

    answers: tuple[tuple[Token, ...], ...]
    tally: Tally
    seconds: float
    outside: float


@dataclass(frozen=True, slots=True)
class Loop:
    """A verifier whose slots begin with `prompts`; what is answered is forgotten each time."""

    verifier: LlamaVerifier
    model: LlamaModel
    prompts: Sequence[Sequence[Token]]
    clock: Clock

    def read(self) -> float:
        """Forget everything and read the prompts, what all begin with once; how long that took."""
        for slot in range(len(self.prompts)):
            self.verifier.keep(slot, 0)
        start = self.clock()
        shared = _shared(self.prompts)
        self._take_in({0: self.prompts[0][:shared]})
        for slot in range(1, len(self.prompts)):
            self.verifier.copy(0, slot, shared)
        self._take_in({slot: one[shared:-1] for slot, one in enumerate(self.prompts)})
        return self.clock() - start

    def read_on(self, answers: Sequence[Sequence[Token]]) -> float:
        """How long it takes to read `answers` after their prompts, as if they were known."""
        self._rewind()
        start = self.clock()
        pairs = enumerate(zip(self.prompts, answers, strict=True))
        self._take_in({slot: [one[-1], *answer[:-1]] for slot, (one, answer) in pairs})
        return self.clock() - start

    def write(self, decodings: Sequence[Decoding]) -> Timed:
        """Answer all prompts, in batches that they share, by a decoding each."""
        verifier, tally = self.verifier, Tally()
        self._rewind()
        inside, wall = verifier.decode_seconds, time.perf_counter()
        start = self.clock()
        for decoding in decodings:
            decoding.held = len(decoding.prompt) - 1
        batches = 0
        while not all(decoding.done for decoding in decodings):
            self._turn(decodings, tally)
            batches += 1
        seconds = self.clock() - start
        tally.calls = batches
        wall = time.perf_counter() - wall
        share = 1 - (verifier.decode_seconds - inside) / wall
        answers = tuple(tuple(decoding.answer) for decoding in decodings)
        return Timed(answers, tally, seconds, seconds * share)

    def _turn(self, decodings: Sequence[Decoding], tally: Tally) -> None:
        """One batch for all that are not done, as `serve` does it."""
        asks: dict[int, Ask] = {}
        for slot, decoding in enumerate(decodings):
            if not decoding.done:
                asks[slot] = decoding.ask(sum(ask.size for ask in asks.values()))
        for slot, told in self.verifier.verify(asks).items():
            decoding = decodings[slot]
            known = len(decoding.history)
            turn = decoding.tell(told)
            decoding.held = self.verifier.keep(slot, known + turn.taken, turn.branch)
            tally.add(turn)

    def _rewind(self) -> None:
        """Keep the prompts but for their last tokens, with which answers begin."""
        for slot, one in enumerate(self.prompts):
            self.verifier.keep(slot, len(one) - 1)

    def _take_in(self, tokens: Mapping[int, Sequence[Token]]) -> None:
        asks = {slot: Ask(Run(one)) for slot, one in tokens.items() if one}
        if asks:
            self.verifier.verify(asks)


def _shared(prompts: Sequence[Sequence[Token]]) -> int:
    """How many tokens all prompts begin with, but for the last of each."""
    shortest = min(map(len, prompts)) - 1
    if len(prompts) == 1:
        return shortest
    levels = enumerate(zip(*prompts, strict=False))
    return next((at for at, level in levels if at >= shortest or len({*level}) > 1), shortest)


@contextmanager
def open_loop(
    model: LlamaModel, prompts: Sequence[Sequence[Token]], limits: Sequence[int], clock: Clock
) -> Iterator[Loop]:
    """A loop for answers of up to so many tokens; its memory is freed at the end."""
    need = sum(map(len, prompts)) + sum(limits)
    with open_verifier(model, need, len(prompts)) as verifier:
        yield Loop(verifier, model, prompts, clock)
