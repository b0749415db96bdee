"""Writers: who turns a task into text. The rewriter knows them by this alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapply.models.decoding.tally import Tally
from fastapply.models.prompt import Task


@dataclass(frozen=True, slots=True)
class Job:
    """A task, and what its answer will most likely be.

    `trust` is the number of tokens of `expected` that go without saying. Both change how fast the
    answer comes, never the answer; but where it is `proposed`, a held model takes it unless it
    clearly knows better, and else must be sure (`guide`).
    """

    task: Task
    expected: str
    trust: float
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A text a model wrote, and what that took.

    `prompt` is the size of the prompt in tokens, `seconds` all the time, `decode_seconds` that
    spent computing the model. Of several answers written at once, each has its share of the time.
    One that is not `sure` ends where a held model did not know on.
    """

    text: str
    tally: Tally
    prompt: int
    seconds: float
    decode_seconds: float
    sure: bool = True


class Writer(Protocol):
    """A model that does tasks."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def place(self) -> str:
        """Where it runs, for people; "" while that is not known."""

    @property
    def held(self) -> bool:
        """Whether it is held to lines of code and update: too small to know better."""

    def write(self, jobs: Sequence[Job]) -> Sequence[Answer]:
        """The code of each task after its update; raise `ModelError`."""

    def score(self, task: Task, texts: Sequence[str]) -> list[float]:
        """How probable each of `texts` is as the answer: natural logarithms."""
