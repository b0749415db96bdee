"""One hunk and one file: its place, or why it has none.

A place counts only if it is the only one; places where the hunk yields the same text are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, groupby
from typing import NamedTuple

from fastapply.core.edits import Hunk, Op, Span, Step
from fastapply.core.hunks.effect import Effect, effect, settled
from fastapply.core.hunks.locate import Climb, locate, runs_of, strictly
from fastapply.core.hunks.rewrap import rewrapped
from fastapply.core.hunks.rungs import AS_IT_STANDS, Fit, Haystack
from fastapply.core.hunks.scope import hinted
from fastapply.core.plan import apply_to_lines
from fastapply.core.result import Ambiguous, Failure, Missing, Placement, Rung

_FEW = 16
_TELLING = 20
_WORD = 2


class Found(NamedTuple):
    """A hunk that found its place, and what it does there."""

    hunk: Hunk
    effect: Effect
    placement: Placement


class Choice(NamedTuple):
    """The places a hunk may have; `done` is where it may have been applied already."""

    hunk: Hunk
    fits: tuple[Fit, ...] = ()
    done: Fit | None = None


def choose(hunk: Hunk, haystack: Haystack, climb: Climb) -> Choice:
    """The places of `hunk` that its own hints leave."""
    runs = runs_of(hunk)
    fits = locate(runs, haystack, strictly)
    if fits and fits[0].rung in AS_IT_STANDS:
        return Choice(hunk, hinted(hunk, fits, haystack))
    done = applied(hunk, haystack)
    if done is not None and not _adds(hunk):
        left = _is_left(hunk, haystack) or (climb is not strictly and locate(runs, haystack, climb))
        done = None if left else done
    if fits and done is not None and done.rung not in AS_IT_STANDS:
        done = None
    if not fits and done is None and climb is not strictly:
        other = rewrapped(hunk, haystack.lines)
        if other is not None:
            found = choose(other, haystack, strictly)
            fits = tuple(fit._replace(rung=Rung.DRIFT) for fit in found.fits)
            return Choice(other, fits, found.done)
        fits = locate(runs, haystack, climb)
        proven = not fits and _adds(hunk) and _is_new(hunk, haystack)
        done = applied(hunk, haystack, climb) if proven else None
    return Choice(hunk, hinted(hunk, fits, haystack), done)


def decide(choice: Choice, haystack: Haystack) -> Found | Failure:
    """The one place that is left, with what the hunk does there."""
    hunk, lines = choice.hunk, haystack.lines
    if choice.done is not None:
        if choice.fits and not _inside(choice.fits, choice.done):
            return ambiguous(hunk, (*choice.fits, choice.done))
        return already(hunk, choice.done)
    if not choice.fits:
        return missing(hunk, haystack)
    steps = settled(hunk)
    effects = [(fit, effect(steps, fit, lines)) for fit in choice.fits]
    distinct = _distinct([(fit, what) for fit, what in effects if what is not None], lines)
    if len(distinct) != 1:
        return ambiguous(hunk, choice.fits)
    fit, what = distinct[0]
    if fit.rung is Rung.DRIFT and writes_drift_back(hunk, fit, lines):
        return missing(hunk, haystack)
    if _stands(hunk, what, fit, haystack):
        return already(hunk, fit)
    return Found(hunk, what, Placement(hunk.at, Span(fit.start, fit.stop), fit.rung))


def _inside(fits: Sequence[Fit], done: Fit) -> bool:
    return all(done.start <= fit.start and fit.stop <= done.stop for fit in fits)


def already(hunk: Hunk, fit: Fit) -> Found:
    """What there is to do where `hunk` has been applied: nothing."""
    place = Placement(hunk.at, Span(fit.start, fit.stop), fit.rung, already=True)
    return Found(hunk, Effect(), place)


def ambiguous(hunk: Hunk, fits: Sequence[Fit]) -> Ambiguous:
    """The failure that says where else `hunk` fits."""
    spans = tuple(Span(fit.start, fit.stop) for fit in fits)
    return Ambiguous(hunk.at, hunk.old, spans)


def missing(hunk: Hunk, haystack: Haystack) -> Missing:
    """The failure that says what is nearest to the first run that sits nowhere."""
    from fastapply.core.hunks.drift import nearest

    runs = runs_of(hunk)
    lost = next((run for run in runs if not strictly(run, haystack)), runs[0])
    near = nearest(lost, haystack)
    if near is None:
        return Missing(hunk.at, lost.lines)
    return Missing(hunk.at, lost.lines, near.span, near.ratio, near.differs)


def _distinct(
    found: Sequence[tuple[Fit, Effect]], lines: Sequence[str]
) -> list[tuple[Fit, Effect]]:
    """Those of `found` that yield different texts."""
    by_effect = {what: (fit, what) for fit, what in reversed(found)}
    if len(by_effect) == 1 or len(by_effect) > _FEW:
        return list(by_effect.values())
    by_text = {
        tuple(apply_to_lines(lines, what.replacements())): (fit, what)
        for what, (fit, _) in by_effect.items()
    }
    return list(by_text.values())


def applied(hunk: Hunk, haystack: Haystack, climb: Climb = strictly) -> Fit | None:
    """Where `hunk`, whose old lines are gone, has been applied, if that can be told.

    Its new lines must stand in one place, word for word, and say enough; what it only deletes
    must be gone from between lines that it keeps. New lines alone have no place to look at.
    """
    if not hunk.old or not _telling(hunk):
        return None
    fits = hinted(hunk, locate(runs_of(hunk, after=True), haystack, climb), haystack)
    if len(fits) != 1 or fits[0].rung is Rung.BLANK_LINES:
        return None
    return fits[0]


def _is_left(hunk: Hunk, haystack: Haystack) -> bool:
    """Whether most of the lines that go, and say something, are still somewhere in the file."""
    dropped = [s.text.strip() for s in hunk.steps if isinstance(s, Step) and s.op is Op.DROP]
    telling = [text for text in dropped if sum(map(str.isalnum, text)) > _WORD]
    where = haystack.where(Rung.INDENT)
    return 2 * sum(text in where for text in telling) > len(telling)


def _is_new(hunk: Hunk, haystack: Haystack) -> bool:
    """Whether a line that comes stands in the file once, so that it tells where it came."""
    added = (s.text.strip() for s in hunk.steps if isinstance(s, Step) and s.op is Op.ADD)
    where = haystack.where(Rung.INDENT)
    return any(len(where.get(text, ())) == 1 for text in added)


def _adds(hunk: Hunk) -> bool:
    return any(
        isinstance(step, Step) and step.op is Op.ADD and step.text.strip() for step in hunk.steps
    )


def _telling(hunk: Hunk) -> bool:
    """Whether finding the new lines proves that the hunk has been applied."""
    said = [line for line in hunk.new if any(map(str.isalnum, line))]
    if len(said) < 2 and sum(map(len, said)) < _TELLING:
        return False
    if _adds(hunk):
        return True
    shown = (step for step in hunk.steps if not isinstance(step, Step) or step.text.strip())
    ops = [op for op, _ in groupby(step.op if isinstance(step, Step) else None for step in shown)]
    return ops[0] is ops[-1] is Op.KEEP and None not in ops


def _stands(hunk: Hunk, what: Effect, fit: Fit, haystack: Haystack) -> bool:
    """Whether the place lies in the new lines, which are there: so they came before."""
    if what.dropped or not any(map(str.isalnum, "".join(chain(*(new for _, new in what.added))))):
        return False
    return any(
        after.rung is not Rung.BLANK_LINES and after.start <= fit.start and fit.stop <= after.stop
        for after in locate(runs_of(hunk, after=True), haystack, strictly)
    )


def writes_drift_back(hunk: Hunk, fit: Fit, lines: Sequence[str]) -> bool:
    """Whether a word the edit misremembers in a line it drops comes again in a line it adds.

    Then the new line would undo what the file says, and nobody asked for that.
    """
    from fastapply.core.hunks.drift import words_misremembered

    old = [step for step in hunk.steps if isinstance(step, Step) and step.op is not Op.ADD]
    added = frozenset().union(
        *(
            words_misremembered(step.text, "")[0]
            for step in hunk.steps
            if isinstance(step, Step) and step.op is Op.ADD
        )
    )
    for step, place in zip(old, fit.lines, strict=True):
        if step.op is Op.DROP and place is not None:
            theirs, ours = words_misremembered(step.text, lines[place])
            if theirs & added and not ours <= added:
                return True
    return False
