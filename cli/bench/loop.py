"""The decoding loop with a watch on it: a prompt is read once, and answered as often as needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from fastapply.models.llama import LlamaModel
from fastapply.models.llama_verifier import LlamaVerifier, open_verifier
from fastapply.models.speculate import Ask, Decoding, Drafter, Run
from fastapply.models.tally import Tally
from fastapply.models.tokens import Token

Clock: TypeAlias = Callable[[], float]

_SLOT = 0


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer, and what it took after the prompt; `outside` is the time not in llama.cpp."""

    tokens: tuple[Token, ...]
    tally: Tally
    seconds: float
    outside: float


@dataclass(frozen=True, slots=True)
class Loop:
    """A verifier whose memory begins with `prompt`; what is answered is forgotten each time."""

    verifier: LlamaVerifier
    model: LlamaModel
    prompt: Sequence[Token]
    clock: Clock

    @property
    def _held(self) -> int:
        """The prompt but its last token, with which an answer begins."""
        return len(self.prompt) - 1

    def read(self) -> float:
        """Forget everything and read the prompt; how long that took."""
        self.verifier.keep(_SLOT, 0)
        return self._take_in(self.prompt[:-1])

    def read_on(self, answer: Sequence[Token]) -> float:
        """How long it takes to read `answer` after the prompt, as if it were known."""
        self.verifier.keep(_SLOT, self._held)
        return self._take_in([self.prompt[-1], *answer[:-1]])

    def write(self, drafter: Drafter, limit: int) -> Timed:
        """Answer the prompt with at most `limit` tokens."""
        verifier, tally = self.verifier, Tally()
        verifier.keep(_SLOT, self._held)
        inside, wall = verifier.decode_seconds, time.perf_counter()
        start = self.clock()
        decoding = Decoding(self.prompt, drafter, self.model.stop, limit)
        decoding.held = self._held
        while not decoding.done:
            known = len(decoding.history)
            turn = decoding.tell(verifier.verify({_SLOT: decoding.ask()})[_SLOT])
            decoding.held = verifier.keep(_SLOT, known + turn.kept, turn.branch)
            tally.add(turn)
        seconds = self.clock() - start
        wall = time.perf_counter() - wall
        share = 1 - (verifier.decode_seconds - inside) / wall
        return Timed(tuple(decoding.answer), tally, seconds, seconds * share)

    def _take_in(self, tokens: Sequence[Token]) -> float:
        start = self.clock()
        self.verifier.verify({_SLOT: Ask(Run(tokens))})
        return self.clock() - start


@contextmanager
def open_loop(
    model: LlamaModel, prompt: Sequence[Token], limit: int, clock: Clock
) -> Iterator[Loop]:
    """A loop for answers of up to `limit` tokens; its memory is freed at the end."""
    with open_verifier(model, len(prompt) + limit) as verifier:
        yield Loop(verifier, model, prompt, clock)
