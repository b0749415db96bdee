"""How good a model is on tasks: token accuracy, bits per byte, greedy exact match.

Greedy decoding gives the expected answer if and only if every token is the model's first choice
given the expected ones before it, so one pass over the answer decides without decoding.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from fastapply.models.training.model import ApplyModel
from fastapply.models.training.tokenizer import Encoded

LENGTHS = (128, 256, 512, 1024)


@dataclass(frozen=True, slots=True)
class Scores:
    """The result over a set of tasks; `exact` by kind and by length: (exact, tasks)."""

    accuracy: float
    loss: float
    exact: dict[str, tuple[int, int]]

    def line(self) -> str:
        """One line for a log."""
        parts = [f"{name} {good}/{count}" for name, (good, count) in sorted(self.exact.items())]
        return f"loss {self.loss:.4f} accuracy {self.accuracy:.4f} exact " + ", ".join(parts)


def _labels(task: Encoded) -> tuple[str, ...]:
    origin, change, style = task.kind.split("-")[:3]
    length = next((f"<{limit}" for limit in LENGTHS if len(task.answer) < limit), "longer")
    return ("all", origin, change, style, length)


@torch.no_grad()
def evaluate(model: ApplyModel, tasks: Sequence[Encoded]) -> Scores:
    """Measure `model`; tasks longer than its context count as failed."""
    device = next(model.parameters()).device
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    loss, right, total = 0.0, 0, 0
    for task in tasks:
        tokens = task.prompt + task.answer
        exact = False
        if len(tokens) <= model.shape.context:
            with torch.autocast(device.type, torch.bfloat16):
                given = torch.tensor([tokens[:-1]], device=device)
                logits = model(given)[0, len(task.prompt) - 1 :].float()
            answer = torch.tensor(task.answer, device=device)
            correct = logits.argmax(-1) == answer
            loss += functional.cross_entropy(logits, answer, reduction="sum").item()
            right, total = right + int(correct.sum()), total + len(answer)
            exact = bool(correct.all())
        for label in _labels(task):
            counts[label][0] += exact
            counts[label][1] += 1
    exacts = {label: (good, count) for label, (good, count) in counts.items()}
    return Scores(right / max(1, total), loss / max(1, total), exacts)


def bits_per_byte(loss: float, bytes_per_token: float) -> float:
    """A loss in nats a token as bits a byte, which compares across tokenisers."""
    return loss / math.log(2) / bytes_per_token
