"""A text while edits are applied to it, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.plan import Plan, Replacement
from fastapply.core.result import Reading, Unresolved


class Evolving(NamedTuple):
    """The lines so far, and which line of `original` each one is (None: it is new)."""

    original: tuple[str, ...]
    lines: tuple[str, ...]
    origins: tuple[int | None, ...]

    @classmethod
    def of(cls, lines: Sequence[str]) -> Evolving:
        """A text nothing has happened to yet."""
        return cls(tuple(lines), tuple(lines), tuple(range(len(lines))))

    def after(self, changes: Sequence[Replacement]) -> Evolving:
        """The text after `changes`, which are sorted, disjoint and speak of the lines so far."""
        lines: list[str] = []
        origins: list[int | None] = []
        position = 0
        for change in changes:
            lines += (*self.lines[position : change.start], *change.lines)
            origins += (*self.origins[position : change.start], *[None] * len(change.lines))
            position = change.stop
        lines += self.lines[position:]
        origins += self.origins[position:]
        return Evolving(self.original, tuple(lines), tuple(origins))

    def plan(self) -> Plan:
        """The plan that turns the original into this text."""
        lines = zip(self.lines, self.origins, strict=True)
        return Plan.from_origins(len(self.original), lines).trimmed(self.original)

    def in_the_original(self, unresolved: Unresolved) -> Unresolved:
        """`unresolved`, which speaks of the lines so far, speaking of the original."""
        readings = tuple(
            Reading(self.after(reading.replacements).plan().replacements, reading.cost)
            for reading in unresolved.readings
        )
        regions = tuple(self._origin_span(region) for region in unresolved.regions)
        return replace(unresolved, readings=readings, regions=regions)

    def _origin_span(self, span: Span) -> Span:
        """The original's lines from the last one before `span` to the first one after it."""
        before = [origin for origin in self.origins[: span.start] if origin is not None]
        after = [origin for origin in self.origins[span.stop :] if origin is not None]
        start = before[-1] + 1 if before else 0
        return Span(start, max(start, after[0] if after else len(self.original)))
