"""How good a model is on tasks: decisions, bits per byte, exact answers.

Greedy decoding along the lattice gives the expected answer if and only if at every decision the
expected token is the model's first choice among those allowed, given the expected ones before it:
one pass over the answer decides without decoding.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from fastapply.models.training.model import ApplyModel
from fastapply.models.training.tokenizer import Encoded

LENGTHS = (128, 256, 512, 1024)


@dataclass(frozen=True, slots=True)
class Scores:
    """The result over a set of tasks; `exact` by kind and by length: (exact, tasks).

    `accuracy` is that of tokens, `decided` that of decisions; `held` counts the tasks whose answer
    the lattice holds.
    """

    accuracy: float
    decided: float
    loss: float
    held: int
    exact: dict[str, tuple[int, int]]

    def line(self) -> str:
        """One line for a log."""
        parts = [f"{name} {good}/{count}" for name, (good, count) in sorted(self.exact.items())]
        return (
            f"loss {self.loss:.4f} tokens {self.accuracy:.4f} decisions {self.decided:.4f} "
            f"held {self.held} exact " + ", ".join(parts)
        )


def _labels(task: Encoded) -> tuple[str, ...]:
    origin, change, style = task.kind.split("-")[:3]
    length = next((f"<{limit}" for limit in LENGTHS if len(task.answer) < limit), "longer")
    return ("all", origin, change, style, length)


@torch.no_grad()
def answer_logits(model: ApplyModel, task: Encoded) -> Tensor:
    """The logits for each token of the expected answer."""
    device = next(model.parameters()).device
    with torch.autocast(device.type, torch.bfloat16):
        given = torch.tensor([(task.prompt + task.answer)[:-1]], device=device)
        stream = model.stream(given, len(model.layers))[0, len(task.prompt) - 1 :]
        logits: Tensor = model.head(model.norm(stream))
    return logits.float().cpu()


def wrong_decisions(logits: Tensor, task: Encoded) -> list[int]:
    """The places in the answer where another allowed token is the first choice."""
    return [
        at
        for at, allowed in task.choices or ()
        if allowed[int(logits[at, list(allowed)].argmax())] != task.answer[at]
    ]


def evaluate(model: ApplyModel, tasks: Sequence[Encoded]) -> Scores:
    """Measure `model`; tasks longer than its context count as failed."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    loss, right, total, wrong, decisions = 0.0, 0, 0, 0, 0
    for task in tasks:
        exact = False
        if len(task) <= model.shape.context:
            logits, answer = answer_logits(model, task), torch.tensor(task.answer)
            loss += functional.cross_entropy(logits, answer, reduction="sum").item()
            right, total = right + int((logits.argmax(-1) == answer).sum()), total + len(answer)
            missed = len(wrong_decisions(logits, task))
            wrong, decisions = wrong + missed, decisions + len(task.choices or ())
            exact = task.choices is not None and not missed
        for label in _labels(task):
            counts[label][0] += exact
            counts[label][1] += 1
    exacts = {label: (good, count) for label, (good, count) in counts.items()}
    held = sum(task.choices is not None for task in tasks)
    share = 1 - wrong / max(1, decisions)
    return Scores(right / max(1, total), share, loss / max(1, total), held, exacts)


def bits_per_byte(loss: float, bytes_per_token: float) -> float:
    """A loss in nats a token as bits a byte, which compares across tokenisers."""
    return loss / math.log(2) / bytes_per_token
