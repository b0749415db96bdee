"""Contestants that rewrite the whole file: drafts differ, prompt and answer are the same."""

from __future__ import annotations

from dataclasses import dataclass

from fastapply.cli.bench.contestants import LOOKUP, MERGE, NGRAM, ORIGINAL, PLAIN
from fastapply.cli.bench.loop import Loop
from fastapply.cli.bench.runs import Effort
from fastapply.cli.bench.stage import Page, Stage
from fastapply.core.errors import ModelError
from fastapply.models.decoding.peers import NgramSimple, PromptLookup
from fastapply.models.decoding.speculate import Drafter, PlainDrafter
from fastapply.models.decoding.tokens import Token


@dataclass(slots=True)
class WholeFile:
    """One job as a whole, its prompt read once a round.

    `merged` says whether the merge decides it; `answer` is what everybody should write, found by
    writing it once, which warms everything up.
    """

    stage: Stage
    page: Page
    loop: Loop
    merged: bool
    answer: tuple[Token, ...] = ()
    prompt_seconds: float = 0.0
    bound: float = 0.0

    def warm_up(self) -> None:
        """Find the answer."""
        self.loop.read()
        plain = not self.stage.model.can_rewind
        drafter = PlainDrafter() if plain else self.stage.drafter(self.page, merged=self.merged)
        (self.answer,) = self.loop.write([self.stage.decoding(self.page, drafter)]).answers

    def begin_round(self) -> None:
        """Take the times that all share."""
        self.prompt_seconds = self.loop.read()
        if self.stage.model.can_rewind:
            self.bound = self.prompt_seconds + self.loop.read_on([self.answer])

    def write(self, contestant: str, plain_tokens: int) -> Effort:
        """Let `contestant` write the answer; raise `ModelError` where it cannot."""
        if not self.stage.model.can_rewind and contestant != PLAIN:
            raise ModelError("this model cannot forget tokens, so nothing can be drafted for it")
        self.stage.begin(self.page)
        size = len(self.answer)
        most = min(plain_tokens or size, size) if contestant == PLAIN else None
        timed = self.loop.write([self.stage.decoding(self.page, self._drafter(contestant), most)])
        (answer,) = timed.answers
        written = len(answer)
        scale = size / written if contestant == PLAIN else 1.0
        return Effort(
            seconds=timed.seconds * scale,
            prompt_seconds=self.prompt_seconds,
            tokens=size if contestant == PLAIN else written,
            timed=written,
            drafted=timed.tally.drafted,
            kept=timed.tally.kept,
            same=answer == self.answer[:written] and (contestant == PLAIN or written == size),
            ended=self.stage.ended(self.answer),
            calls=round(timed.tally.calls * scale),
            bound=self.bound or None,
            outside=timed.outside * scale,
            lengths=dict(timed.tally.lengths),
        )

    def _drafter(self, contestant: str) -> Drafter:
        if contestant == PLAIN:
            return PlainDrafter()
        if contestant == LOOKUP:
            return PromptLookup(self.page.asked)
        if contestant == NGRAM:
            return NgramSimple(self.page.asked)
        if contestant == MERGE and not self.merged:
            raise ModelError("the merge cannot decide this edit, so it gives no draft")
        return self.stage.drafter(self.page, merged=contestant != ORIGINAL)
