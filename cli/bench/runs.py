"""What the benchmark measures: one contestant on one job in one round, or why there is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Effort:
    """What an answer took, or the answers of all regions together.

    `seconds` are those after the prompt, `prompt_seconds` those before; `bound` is what it takes
    to read prompt and answer as if both were known, `outside` the part of `seconds` that was not
    spent in llama.cpp. Of `tokens` only `timed` were written, the rest is extrapolated. `calls`
    are verification batches, `lengths` counts them by the drafted tokens they kept. `same` says
    whether the answer is the one that all should give, `ended` whether it came to its end. None
    is what a contestant does not let us see.
    """

    seconds: float
    prompt_seconds: float
    tokens: int
    timed: int
    drafted: int
    kept: int
    same: bool | None
    ended: bool
    calls: int | None = None
    bound: float | None = None
    outside: float | None = None
    lengths: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def total(self) -> float:
        """Prompt and answer, in seconds."""
        return self.seconds + self.prompt_seconds


@dataclass(frozen=True, slots=True)
class Run:
    """One contestant on one job in one round. `characters` are those of the rewritten file."""

    job: str
    contestant: str
    round: int
    characters: int
    effort: Effort

    def to_json(self) -> dict[str, object]:
        """The run as JSON holds it."""
        effort = {one.name: getattr(self.effort, one.name) for one in fields(self.effort)}
        effort["lengths"] = {str(kept): n for kept, n in sorted(self.effort.lengths.items())}
        own = {"job": self.job, "contestant": self.contestant, "round": self.round}
        return own | {"characters": self.characters} | effort


@dataclass(frozen=True, slots=True)
class Failure:
    """A contestant that could not do a job; it was not asked again for this one."""

    job: str
    contestant: str
    why: str
