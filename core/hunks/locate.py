"""Where lines sit in a file: every place, at the strictest rung that finds any.

The lines of a hunk are runs with elisions between them. Each run climbs the ladder (`rungs.py`,
then `drift.py`) until it is found; the runs must follow each other, and an elision may not leave
the scope its two ends share. Which of several places is meant is not said here (`scope.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from fastapply.core.edits import Elision, Hunk, Op, Step
from fastapply.core.hunks.rungs import RUNGS, Fit, Haystack, Run, fits, pairs
from fastapply.core.lines.depths import Depths
from fastapply.core.lines.reindent import reindent, unit_of
from fastapply.core.result import Rung

_MANY = 200


def runs_of(hunk: Hunk, *, after: bool = False) -> tuple[Run, ...]:
    """The lines `hunk` seeks, split at its elisions; runs without a line are left out.

    With `after`, the lines that stand there once the hunk is applied.
    """
    left_out = Op.DROP if after else Op.ADD
    unit = unit_of(step.text for step in hunk.steps if isinstance(step, Step))
    added = tuple(s.text for s in hunk.steps if isinstance(s, Step) and s.op is Op.ADD)
    runs: list[Run] = []
    steps: list[Step] = []
    for step in (*hunk.steps, Elision(kept=True)):
        if isinstance(step, Step):
            if step.op is not left_out:
                steps.append(step)
        elif steps:
            lines = tuple(each.text for each in steps)
            runs.append(Run(lines, tuple(each.op for each in steps), unit, added))
            steps = []
    return tuple(runs)


Climb: TypeAlias = "Callable[[Run, Haystack], tuple[Fit, ...]]"


def strictly(run: Run, haystack: Haystack) -> tuple[Fit, ...]:
    """All places of `run` at the strictest rung that finds any, drift left out."""
    for rung in RUNGS:
        found = tuple(fits(run, haystack, rung))
        if found:
            return found
    return ()


def alike(run: Run, haystack: Haystack) -> tuple[Fit, ...]:
    """All places of `run`, whatever their indentation and punctuation."""
    return tuple(fits(run, haystack, Rung.PUNCTUATION))


def loosely(run: Run, haystack: Haystack) -> tuple[Fit, ...]:
    """The same, with drift as the last rung."""
    found = strictly(run, haystack)
    if found:
        return found
    from fastapply.core.hunks.drift import drifted

    return drifted(run, haystack)


def locate(runs: Sequence[Run], haystack: Haystack, climb: Climb = loosely) -> tuple[Fit, ...]:
    """All places of `runs`, in order; of each the places that `climb` finds."""
    found: list[tuple[Fit, ...]] = []
    for run in runs:
        places = climb(run, haystack)
        if not places:
            return ()
        found.append(places)
    if len(runs) < 2:
        return found[0] if found else ()
    return tuple(_joined(runs, found, haystack))


def _joined(
    runs: Sequence[Run], found: Sequence[Sequence[Fit]], haystack: Haystack
) -> Iterator[Fit]:
    """The ways in which one place of each run follows one of the run before."""
    depths = Depths.of(haystack.lines)
    chains: list[tuple[Fit, ...]] = [(fit,) for fit in found[0][:_MANY]]
    for places in found[1:]:
        longer = list(islice(_continued(chains, places, depths), _MANY))
        inside = [chain for chain in longer if not _beside(chain[-2], chain[-1], depths)]
        chains = inside or longer
    sought = tuple(line for run in runs for line in run.lines)
    for chain in chains:
        lines = tuple(line for fit in chain for line in fit.lines)
        worst = max((fit.rung for fit in chain), key=list(Rung).index)
        shift = reindent(pairs(sought, lines, haystack.lines), runs[0].unit, runs[0].added)
        if shift is not None:
            yield Fit(lines, worst, shift, sum(fit.cost for fit in chain))
        elif worst is Rung.DRIFT:
            yield Fit(lines, worst, chain[0].reindent, sum(fit.cost for fit in chain))


def _continued(
    chains: Sequence[tuple[Fit, ...]], places: Sequence[Fit], depths: Depths
) -> Iterator[tuple[Fit, ...]]:
    """Each chain with each place that follows it within the scope that both share."""
    starts = [fit.start for fit in places]
    for chain in chains:
        last = chain[-1].stop - 1
        for fit in places[bisect_right(starts, last) :]:
            if not depths.leaves_scope(last, fit.start):
                yield (*chain, fit)


def _beside(before: Fit, after: Fit, depths: Depths) -> bool:
    """Whether `after` stands in a scope opened beside the last line of `before`, or further out."""
    last, line = before.stop - 1, after.start
    while depths.opening[line] > last:
        line = depths.opening[line]
    return line != after.start and depths.indents[line] <= depths.indents[last]
