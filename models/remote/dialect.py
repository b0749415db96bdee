"""Dialects: the ways to have a task done by a server."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapply.core.errors import ContextTooSmallError, ModelError
from fastapply.models.decoding.tally import Tally
from fastapply.models.prompt import Family, Task, cut, messages
from fastapply.models.writer import Job

# An answer may be longer than what is expected by the update, half as much again, and this.
_SLACK = 128
_CHARACTERS = 3  # of code in a token, or more
_CONTROL = re.compile("<[|\uff5c][^\\s<>]{1,60}[|\uff5c]>")
_THOUGHT = re.compile(r"\s*<think>.*?</think>\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the code, what it took, and how long the prompt was in tokens."""

    text: str
    tally: Tally
    prompt: int = 0


class Dialect(Protocol):
    """A way to talk to a server; may be used from several threads."""

    def write(self, job: Job, watch: Callable[[Tally], None]) -> Reply:
        """The code of a task after its update; `watch` is told how far it is."""

    def score(self, task: Task, texts: Sequence[str]) -> list[float]:
        """How probable each of `texts` is as the answer, nothing where that cannot be said."""


def limit_of(job: Job, asked: int, context: int) -> int:
    """The most tokens to ask for; raise `ContextTooSmallError` where that cannot fit.

    `asked` is the prompt in tokens, 0 where that is not known; `context` what the server takes.
    """
    expected = len(job.expected.encode()) // _CHARACTERS
    shown = len(job.task.shown.encode()) // _CHARACTERS
    wanted = expected + expected // 2 + shown + _SLACK
    if not context or not asked:
        return 2 * wanted
    room = context - asked
    if room < expected:
        raise ContextTooSmallError(
            f"prompt and answer take some {asked + expected} tokens, and the server takes {context}"
        )
    return min(2 * wanted, room)


def check_plain(task: Task, host: str) -> None:
    """Raise `ModelError` where a server would read text of the user as control tokens."""
    for text in (task.code, task.shown, task.instruction, task.talk):
        found = _CONTROL.search(text)
        if found:
            raise ModelError(
                f"the text holds {found[0]}, which {host} may take for a control token: use"
                " llama-server, or a model on this machine"
            )


def check_encodes(family: Family, task: Task) -> None:
    """Raise `ModelError` where the text is not UTF-8."""
    try:
        "".join(one["content"] for one in messages(family, task)).encode()
    except UnicodeEncodeError as error:
        raise ModelError("a model reads UTF-8 only, and this text is not") from error


def code_of(family: Family, said: str, task: Task) -> str:
    """The code in what a model said: without thoughts, without what opens and closes it."""
    text = _THOUGHT.sub("", said, count=1) if said.lstrip().startswith("<think>") else said
    opening = family.answer.strip()
    if opening and opening in text:
        text = text.partition(opening)[2].removeprefix("\n")
    if family.closing and family.closing in text:
        text = text[: text.rindex(family.closing)]
    return cut(family, text, task.code)
