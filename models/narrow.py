"""Narrowing: of a region, only what is to be decided is shown to a model that is held to lines.

Most of a region is sure to stay: the edit shows it with a gap, or as it is. A held model
(`models/lattice.py`) would be asked nothing there, and read it all the same. So a region is cut
down to the parts where something may change, each with some lines around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fastapply.core.edits import Span
from fastapply.core.plan import Plan
from fastapply.models.asides import bare, understood
from fastapply.models.offers import Offers, Segment, offers
from fastapply.models.prompt import Update
from fastapply.models.region import Region, expected_lines

CONTEXT = 5
"""How many lines that stay are shown on either side of what may change."""


def narrowed(lines: Sequence[str], region: Region, plan: Plan | None) -> tuple[Region, ...]:
    """The parts of `region` in which its lines, or what `plan` makes of them, may change.

    The region itself, where nothing may: then whatever the edit means is not seen.
    """
    start, stop = region.span.start, region.span.stop
    code, around = lines[start:stop], frozenset((*lines[:start], *lines[stop:]))
    offered = offers(code, region.update, known=around, lenient=region.shared)
    changes = [
        Span(change.start - start, change.stop - start)
        for change in (plan.replacements if plan is not None else ())
        if start <= change.start and change.stop <= stop
    ]
    windows = [*_windows([*_open(offered), *changes], len(code))]
    if not windows or windows == [Span(0, len(code))]:
        return (region,)
    pieces = understood(region.update, {"", *map(bare, (*code, *around))})
    return tuple(
        replace(
            region,
            span=(span := Span(start + window.start, start + window.stop)),
            update=_shown(pieces, offered.segments, window, len(code)),
            expected=expected_lines(lines, span, plan),
        )
        for window in windows
    )


def _open(offered: Offers) -> Iterator[Span]:
    """Where lines of the region may go or others come."""
    for segment in offered.segments:
        held = segment.region_stop - segment.region_start
        shown = segment.fragment_stop - segment.fragment_start
        if not segment.stays and (held or shown):
            yield Span(segment.region_start, segment.region_stop)


def _windows(spans: Sequence[Span], size: int) -> Iterator[Span]:
    """The spans with their context, in order; those that meet are one."""
    current: Span | None = None
    for span in sorted(spans):
        window = Span(max(span.start - CONTEXT, 0), min(span.stop + CONTEXT, size))
        if current is not None and window.start <= current.stop:
            current = Span(current.start, max(current.stop, window.stop))
            continue
        if current is not None:
            yield current
        current = window
    if current is not None:
        yield current


def _shown(
    pieces: Sequence[str | None], segments: Sequence[Segment], window: Span, size: int
) -> Update:
    """What of the edit concerns a window; a gap stands for what is cut off."""
    places = [at for at, line in enumerate(pieces) if line is not None]
    update: list[str | None] = [*pieces]
    if window.stop < size:
        last = _segment_at(segments, window.stop - 1)
        is_anchor = last.region_stop == window.stop - 1
        stop = last.fragment_stop + 1 if is_anchor else last.fragment_start
        update[places[stop - 1] + 1 if stop else 0 :] = [None]
    if window.start > 0:
        start = _segment_at(segments, window.start).fragment_stop
        update[: places[start] if start < len(places) else len(update)] = [None]
    return tuple(
        line for at, line in enumerate(update) if line is not None or update[at - 1 : at] != [None]
    )


def _segment_at(segments: Sequence[Segment], line: int) -> Segment:
    """The segment that holds a line of the region, or ends at it."""
    return next(each for each in segments if line <= each.region_stop)
