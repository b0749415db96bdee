"""Bits per byte: how well a model knows a text before it is written, whatever its tokeniser.

The probability of a text is that of its tokens, one after another; the bits that takes, over the
bytes of the text, compare models whose tokens differ.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from fastapply.models.llama.model import LlamaModel
from fastapply.models.llama.verifier import open_verifier
from fastapply.models.prompt import Family, Task, prompt


@dataclass(frozen=True, slots=True)
class Bits:
    """What a text took: its improbability in `nats` (natural logarithms), its tokens and bytes."""

    nats: float
    tokens: int
    size: int

    @property
    def per_byte(self) -> float:
        """The bits of a byte; 0 for no text."""
        return self.nats / math.log(2) / self.size if self.size else 0.0


def bits_of(model: LlamaModel, family: Family, task: Task, text: str) -> Bits:
    """What `text` takes as the answer to `task`, the closing of answers left out."""
    asked = prompt(model, family, task)
    tokens = model.encode(text)
    size = len(text.encode("utf-8"))
    if not tokens:
        return Bits(0.0, 0, size)
    with open_verifier(model, len(asked) + len(tokens)) as verifier:
        return Bits(-verifier.score(asked, [tokens])[0], len(tokens), size)


def together(parts: Iterable[Bits]) -> Bits:
    """All of `parts` as one text."""
    kept = list(parts)
    return Bits(
        sum(part.nats for part in kept),
        sum(part.tokens for part in kept),
        sum(part.size for part in kept),
    )
