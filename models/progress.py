"""How far a model is with an answer."""

from __future__ import annotations

from dataclasses import dataclass

from fastapply.models.decoding.tally import Tally


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an answer is: tokens written of about `expected`, and what drafts did for it.

    `place` says where `model` runs.
    """

    model: str
    place: str
    tally: Tally
    expected: int
    seconds: float
