"""Which of several places is meant: hints break ties, and only ties.

Anchors narrow to the scope they name. ``*** End of File`` says last. Hunks of a diff stand in the
order of the file. A line number counts only where one place is much nearer to it than all others.
None of them moves an edit whose place is the only one.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapply.core.edits import Hunk
from fastapply.core.hunks.rungs import Fit, Haystack, folded
from fastapply.core.lines.depths import Depths
from fastapply.core.result import Rung

_NEAR = 40
_CLEARLY = 4


def hinted(hunk: Hunk, fits: Sequence[Fit], haystack: Haystack) -> tuple[Fit, ...]:
    """The places that agree with the anchors and the end of the file; all, where none does."""
    if len(fits) > 1 and hunk.at_end:
        fits = _last(fits, haystack) or fits
    if len(fits) > 1 and hunk.anchors:
        fits = _anchored(hunk, fits, haystack) or fits
    return tuple(fits)


def _last(fits: Sequence[Fit], haystack: Haystack) -> list[Fit]:
    return [fit for fit in fits if not any(line.strip() for line in haystack.lines[fit.stop :])]


def _anchored(hunk: Hunk, fits: Sequence[Fit], haystack: Haystack) -> list[Fit]:
    """For each line the anchors mean: the places inside its scope, else the first one after."""
    depths = Depths.of(haystack.lines)
    chosen: set[int] = set()
    for anchor in anchor_lines(hunk.anchors, haystack):
        after = [index for index, fit in enumerate(fits) if fit.stop > anchor]
        end = depths.leaving[anchor] if depths.indents[anchor] > 0 else len(haystack.lines)
        scope = _scope_end(anchor, depths)
        inside = [index for index in after if fits[index].start < min(scope, end)]
        chosen.update(inside or after[:1])
    return [fits[index] for index in sorted(chosen)]


def _scope_end(anchor: int, depths: Depths) -> int:
    """The line after the scope that the line `anchor` opens."""
    end = depths.closing[anchor]
    while end in depths.closers and depths.indents[end] == depths.indents[anchor]:
        end = depths.closing[end]
    return end


def anchor_lines(anchors: Sequence[str], haystack: Haystack) -> tuple[int, ...]:
    """The lines that the last of `anchors` can mean; those before it stand above, outermost first.

    A line that is the anchor counts before one that begins with it, and that before one that
    contains it; each must stand below a line of the anchor before.
    """
    keys = haystack.view(Rung.PUNCTUATION).keys
    found: tuple[int, ...] = ()
    above = -1
    for anchor in anchors:
        key = folded(anchor)
        below = range(above + 1, len(keys))
        for means in (str.__eq__, str.startswith, str.__contains__):
            found = tuple(number for number in below if means(keys[number], key))
            if found:
                break
        if not found:
            return ()
        above = found[0]
    return found


def in_order(choices: Sequence[Sequence[Fit]]) -> list[tuple[Fit, ...]]:
    """For each hunk of a diff the places that let all hunks stand in the order of the file.

    Where there is no such order, the choices stay as they are.
    """
    before = _earliest_stops(choices)
    after = _latest_starts(choices)
    kept = [
        tuple(fit for fit in fits if fit.start >= low and fit.stop <= high)
        for fits, low, high in zip(choices, before, after, strict=True)
    ]
    if any(fits and not left for fits, left in zip(choices, kept, strict=True)):
        return [tuple(fits) for fits in choices]
    return kept


def _earliest_stops(choices: Sequence[Sequence[Fit]]) -> list[int]:
    """For each hunk the line where those before it can end at the earliest."""
    bounds: list[int] = []
    bound = 0
    for fits in choices:
        bounds.append(bound)
        bound = min((fit.stop for fit in fits if fit.start >= bound), default=bound)
    return bounds


def _latest_starts(choices: Sequence[Sequence[Fit]]) -> list[int]:
    """For each hunk the line where those after it can begin at the latest."""
    bounds: list[int] = []
    bound = max((fit.stop for fits in choices for fit in fits), default=0)
    for fits in reversed(choices):
        bounds.append(bound)
        bound = max((fit.start for fit in fits if fit.stop <= bound), default=bound)
    return bounds[::-1]


def nearest(fits: Sequence[Fit], line: int) -> tuple[Fit, ...]:
    """The place nearest to `line`, if it is clearly nearest; else all of `fits`."""
    ranked = sorted(fits, key=lambda fit: abs(fit.start - line))
    best, second = (abs(fit.start - line) for fit in ranked[:2])
    near = best == 0 or (best <= _NEAR and best * _CLEARLY <= second)
    return tuple(ranked[:1]) if near and best < second else tuple(fits)
