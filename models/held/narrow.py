"""Narrowing: of a region, only what is to be decided is shown to a model that is held to lines.

Most of a region is sure to stay: the edit shows it with a gap, or as it is. A held model
(`lattice.py`) would be asked nothing there, and read it all the same. So a region is cut down to
the parts where something may change, each with some lines around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fastapply.core.edits import Span
from fastapply.core.plan import Plan
from fastapply.models.held.offers import Offers, Segment, offers
from fastapply.models.prompt import Update
from fastapply.models.region import Region, changes_inside, expected_lines, joined, to_text

CONTEXT = 5
"""How many lines that stay are shown on either side of what may change."""


def narrowed(lines: Sequence[str], region: Region, plan: Plan | None) -> tuple[Region, ...]:
    """The parts of `region` in which its lines, or what `plan` makes of them, may change.

    The region itself, where nothing may: then whatever the edit means is not seen.
    """
    start, stop = region.span.start, region.span.stop
    code, around = lines[start:stop], frozenset((*lines[:start], *lines[stop:]))
    offered = offers(code, region.update, known=around, lenient=region.shared)
    open_spans = [*_open(offered), *(each.span for each in changes_inside(region.span, plan))]
    windows = joined([to_text(_with_context(span, len(code)), code) for span in open_spans])
    if not windows or windows == [Span(0, len(code))]:
        return (region,)
    return tuple(
        replace(
            region,
            span=(span := Span(start + window.start, start + window.stop)),
            update=_shown(offered, window, len(code)),
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


def _with_context(span: Span, size: int) -> Span:
    return Span(max(span.start - CONTEXT, 0), min(span.stop + CONTEXT, size))


def _shown(offered: Offers, window: Span, size: int) -> Update:
    """What of the edit concerns a window; a gap stands for what is cut off."""
    update = [*offered.pieces]
    places = [at for at, line in enumerate(update) if line is not None]
    if window.stop < size:
        last = _segment_at(offered.segments, window.stop - 1)
        is_anchor = last.region_stop == window.stop - 1
        stop = last.fragment_stop + 1 if is_anchor else last.fragment_start
        update[places[stop - 1] + 1 if stop else 0 :] = [None]
    if window.start > 0:
        start = _segment_at(offered.segments, window.start).fragment_stop
        update[: places[start] if start < len(places) else len(update)] = [None]
    return tuple(
        line for at, line in enumerate(update) if line is not None or update[at - 1 : at] != [None]
    )


def _segment_at(segments: Sequence[Segment], line: int) -> Segment:
    """The segment that holds a line of the region, or ends at it."""
    return next(each for each in segments if line <= each.region_stop)
