"""What the methods answer: places found, failures, candidates, findings.

Failures are values here, because the next method may still succeed; they become exceptions only
where the road ends (`core.pipeline`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, TypeAlias

from fastapply.core.edits import Span
from fastapply.core.plan import Plan, Replacement
from fastapply.core.text import SourceText


class Rung(Enum):
    """How strictly an edit's lines matched the file's, strictest first."""

    EXACT = "exact"
    TRAILING_SPACE = "trailing space"
    INDENT = "indent"
    PUNCTUATION = "punctuation"
    BLANK_LINES = "blank lines"
    DRIFT = "drift"
    ALIGNED = "aligned"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one edit of the document went.

    `at` are its lines in the document, `span` the lines of the file it touched (of the file as
    it was before this edit), `rung` how it matched. `already` says the file had it.
    """

    at: Span
    span: Span
    rung: Rung
    already: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Edits that found their place: what to replace in the lines they were given, and where."""

    replacements: tuple[Replacement, ...]
    placements: tuple[Placement, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Lines of an edit sit nowhere.

    `sought` are the lines, `nearest` the lines of the file most like them (None: nothing is) with
    their `ratio` from 0 to 1, and `differs` the index into `sought` of the first line that differs
    there.
    """

    reason: ClassVar[str] = "missing"
    at: Span
    sought: tuple[str, ...]
    nearest: Span | None = None
    ratio: float = 0.0
    differs: int | None = None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """An edit fits several places, or can be read in several ways; `spans` are the places."""

    reason: ClassVar[str] = "ambiguous"
    at: Span
    sought: tuple[str, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two edits want the same lines, `span` of the file; `other` is the earlier one's place."""

    reason: ClassVar[str] = "conflict"
    at: Span
    other: Span
    span: Span


Failure: TypeAlias = "Missing | Ambiguous | Conflict"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read edits that can be read in several: the replacements, and their cost."""

    replacements: tuple[Replacement, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Edits the merge cannot decide, why, and, where there are any, the readings to choose from.

    `regions` are the lines of the file the edits can touch, where that is known.
    """

    failures: tuple[Failure, ...]
    readings: tuple[Reading, ...] = ()
    regions: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """All edits of a file found their place; `plan` is what they do to it."""

    plan: Plan
    placements: tuple[Placement, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text not yet believed, and how it was made.

    `method` is ``merge`` or ``rewrite``; `stats` are what the method measured (model, acceptance
    rate, characters a second, ...), for people and ``--json``. `placements` are known where the
    merge came to this text, alone or too.
    """

    text: SourceText
    plan: Plan
    method: str
    placements: tuple[Placement, ...] = ()
    stats: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_unguided(self) -> bool:
        """Whether a model alone says what goes where."""
        return self.method != "merge" and not self.placements


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the check saw: a stable `reason`, a sentence, and the candidate's line, if one."""

    reason: str
    message: str
    line: int | None = None
