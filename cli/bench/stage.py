"""The stage: a loaded model, and what it is asked to write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapply.cli.bench.loop import Clock
from fastapply.cli.evaluation.jobs import Job, as_text, task_of
from fastapply.core.errors import ContextTooSmallError, ModelError
from fastapply.models.decoding.draft import TextDrafter
from fastapply.models.decoding.speculate import Decoding, Drafter
from fastapply.models.decoding.tokens import Token
from fastapply.models.llama.model import LlamaModel
from fastapply.models.llama.writer import costs_of, likely_end
from fastapply.models.prompt import Family, Task, cut, prompt
from fastapply.models.region import Region
from fastapply.models.rewriter import TRUST_IN_MERGE, TRUST_IN_ORIGINAL

# An answer may be half as long again as expected, and this.
_SLACK = 128


class Prompter(Protocol):
    """Stands in for prompts, on models that cannot read but replay what they are told to."""

    def ask(self, task: Task, answer: str) -> list[Token]:
        """The prompt of a task whose answer shall be `answer`."""

    def begin(self, asked: Sequence[Token]) -> None:
        """The answer to `asked` is the next to be written; its memory is not made yet, or there."""


@dataclass(frozen=True, slots=True)
class Page:
    """A region with its prompt, and how many tokens the answer may have."""

    region: Region
    task: Task
    asked: list[Token]
    limit: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A loaded model and the kind of prompt it reads."""

    model: LlamaModel
    family: Family
    clock: Clock
    prompter: Prompter | None = None

    def page(self, job: Job, region: Region, answer: Sequence[str]) -> Page:
        """What to ask for `region`, whose right answer is `answer`."""
        task = task_of(job, region)
        if self.prompter is not None:
            asked = self.prompter.ask(task, as_text(answer))
        else:
            asked = prompt(self.model, self.family, task)
        expected = len(self.model.encode(as_text(region.expected)))
        limit = expected + expected // 2 + len(self.model.encode(task.shown)) + _SLACK
        room = self.model.context_limit - len(asked)
        if room < expected:
            raise ContextTooSmallError(
                f"prompt and answer take some {len(asked) + expected} tokens, and"
                f" {self.model.name} takes {self.model.context_limit}"
            )
        return Page(region, task, asked, min(limit, room))

    def begin(self, page: Page) -> None:
        """The answer to `page` is the next to be written."""
        if self.prompter is not None:
            self.prompter.begin(page.asked)

    def drafter(self, page: Page, *, merged: bool) -> TextDrafter:
        """The drafter of speculative edits; it expects the merge's text, else the file as it is."""
        text = as_text(page.region.expected) if merged else page.task.code
        return TextDrafter(
            [*self.model.encode(text + self.family.closing), *likely_end(self.model, self.family)],
            [self.model.encode(run) for run in page.task.runs if run],
            prompt=page.asked,
            costs=costs_of(self.model),
            trust=TRUST_IN_MERGE if merged else TRUST_IN_ORIGINAL,
        )

    def decoding(self, page: Page, drafter: Drafter, most: int | None = None) -> Decoding:
        """The answer to `page`, to be written by `drafter`, of `most` tokens where that is said."""
        return Decoding(page.asked, drafter, self.model.stop, page.limit if most is None else most)

    def ended(self, tokens: Sequence[Token]) -> bool:
        """Whether an answer came to its end."""
        return bool(tokens) and tokens[-1] in self.model.stop

    def lines(self, page: Page, tokens: Sequence[Token]) -> tuple[str, ...] | None:
        """The lines that an answer says, None where it is no text."""
        written = tokens[:-1] if self.ended(tokens) else tokens
        try:
            text = cut(self.family, self.model.decode(written), page.task.code)
        except ModelError:
            return None
        return tuple(text.removesuffix("\n").split("\n")) if text else ()
