"""Hunks placed in a file: each where its lines sit, all of them or none.

Hunks of a diff speak of the file as it was, and stand in its order. SEARCH/REPLACE blocks apply one
after another to the text so far: a block may seek what a block before it wrote; what is not there,
or is there twice, is sought in the original. A hunk whose lines are gone, and whose new lines stand
where they should, has been applied already.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from fastapply.core.edits import Hunk, Span
from fastapply.core.evolving import Evolving
from fastapply.core.hunks.decide import Choice, Found, already, ambiguous, applied, choose, decide
from fastapply.core.hunks.effect import Effect, replacements
from fastapply.core.hunks.locate import alike, locate, loosely, runs_of, strictly
from fastapply.core.hunks.rungs import AS_IT_STANDS, Haystack
from fastapply.core.hunks.scope import anchor_lines, in_order, nearest
from fastapply.core.result import (
    Ambiguous,
    Conflict,
    Failure,
    Missing,
    Placed,
    Placement,
    Rung,
    Unresolved,
)


def place_hunks(
    lines: Sequence[str], hunks: Sequence[Hunk], *, ordered: bool
) -> Placed | Unresolved:
    """Place all `hunks` in `lines`, or say why not.

    `ordered` says that they are of a diff. The replacements speak of `lines`.
    """
    return _together(lines, hunks) if ordered else _one_by_one(lines, hunks)


def _together(lines: Sequence[str], hunks: Sequence[Hunk]) -> Placed | Unresolved:
    """Place hunks that all speak of the original; those that do not, in what the others made."""
    haystack = Haystack(lines)
    chosen = [choose(hunk, haystack, loosely) for hunk in hunks]
    choices = _narrowed(chosen)
    if not _in_order(choices):
        choices = _doubted(choices, haystack)
    if any(choice.done is not None for choice in choices):
        done = _all_applied(hunks, haystack)
        if done is not None:
            return done
    answers: list[Found | Failure] = []
    for choice in choices:
        if choice.hunk.old:
            answers.append(decide(choice, haystack))
        else:
            answers.append(_without_old(choice.hunk, haystack, choices))
    found = [answer for answer in answers if isinstance(answer, Found)]
    clash = _clash(found)
    if clash is not None:
        return Unresolved((clash,))
    dropped = frozenset().union(*(each.effect.dropped for each in found))
    added = {each.effect: each.effect.added for each in found}
    text = Evolving.of(lines).after(
        replacements(dropped, [each for more in added.values() for each in more])
    )
    return _rest(text, answers, hunks)


def _all_applied(hunks: Sequence[Hunk], haystack: Haystack) -> Placed | None:
    """Nothing to do, where all of `hunks` can have been applied.

    A hunk whose old lines also stand elsewhere is not applied there if all others are done.
    """
    fits = [applied(hunk, haystack) for hunk in hunks]
    found = [already(hunk, fit) for hunk, fit in zip(hunks, fits, strict=True) if fit is not None]
    if len(found) < len(hunks):
        return None
    return Placed((), tuple(each.placement for each in found))


def _rest(
    text: Evolving, answers: Sequence[Found | Failure], hunks: Sequence[Hunk]
) -> Placed | Unresolved:
    """Place what sits nowhere in the original in the text so far."""
    failures: list[Failure] = []
    placements: list[Placement] = []
    for hunk, answer in zip(hunks, answers, strict=True):
        if isinstance(answer, Missing) and text.lines != text.original:
            haystack = Haystack(text.lines)
            answer = decide(choose(hunk, haystack, strictly), haystack)
        elif isinstance(answer, Found):
            placements.append(answer.placement)
            continue
        if isinstance(answer, Found):
            text = text.after(answer.effect.replacements())
            placements.append(answer.placement)
        else:
            failures.append(answer)
    if failures:
        return Unresolved(tuple(failures))
    return Placed(text.plan().replacements, tuple(placements))


def _narrowed(choices: Sequence[Choice]) -> list[Choice]:
    """Break ties by the order of the hunks, then by their line numbers, then by order again."""
    fits = in_order([choice.fits for choice in choices])
    offset = 0
    holds = _numbers_hold(choices)
    for index, choice in enumerate(choices):
        line = choice.hunk.line
        if line is None:
            continue
        if len(fits[index]) > 1 and (holds or any(map(str.strip, choice.hunk.old))):
            fits[index] = nearest(fits[index], line + offset)
        if len(fits[index]) == 1:
            offset = fits[index][0].start - line
    fits = in_order(fits)
    return [
        Choice(choice.hunk, left, choice.done) for choice, left in zip(choices, fits, strict=True)
    ]


def _in_order(choices: Sequence[Choice]) -> bool:
    starts = [choice.fits[0].start for choice in choices if len(choice.fits) == 1]
    return starts == sorted(starts)


def _doubted(choices: Sequence[Choice], haystack: Haystack) -> list[Choice]:
    """The choices of hunks out of order; where a place like the one found is in order, both."""
    wide = [_widened(choice, haystack) for choice in choices]
    return [
        choice if left.fits == choice.fits else each
        for choice, each, left in zip(choices, wide, _narrowed(wide), strict=True)
    ]


def _widened(choice: Choice, haystack: Haystack) -> Choice:
    """The places of a hunk, with those that differ in indentation and punctuation only."""
    if not choice.fits or choice.fits[0].rung is Rung.DRIFT:
        return choice
    found = {fit.lines: fit for fit in locate(runs_of(choice.hunk), haystack, alike)}
    found |= {fit.lines: fit for fit in choice.fits}
    return Choice(choice.hunk, tuple(sorted(found.values(), key=lambda fit: fit.start)))


def _clash(found: Sequence[Found]) -> Conflict | None:
    """Two hunks that drop the same line, or add lines inside what the other drops."""
    owner: dict[int, Found] = {}
    for each in found:
        for line in sorted(each.effect.dropped):
            other = owner.setdefault(line, each)
            if other.effect != each.effect:
                return Conflict(each.hunk.at, other.hunk.at, Span(line, line + 1))
    for each in found:
        for place, _ in each.effect.added:
            above, below = owner.get(place - 1), owner.get(place)
            if above is not None and above is below and above.effect != each.effect:
                return Conflict(each.hunk.at, above.hunk.at, Span(place, place))
    return None


def _one_by_one(lines: Sequence[str], hunks: Sequence[Hunk]) -> Placed | Unresolved:
    """Place blocks one after another, each in the text so far."""
    original = Haystack(lines)
    at_once = _at_once(original, hunks)
    if at_once is not None:
        return at_once
    text = Evolving.of(lines)
    haystack = original
    failures: list[Failure] = []
    placements: list[Placement] = []
    for hunk in hunks:
        answer = _place_next(hunk, text, haystack, original)
        if not isinstance(answer, Found):
            failures.append(answer)
            continue
        placements.append(answer.placement)
        changes = answer.effect.replacements()
        if changes:
            text = text.after(changes)
            haystack = Haystack(text.lines)
    if any(placement.already for placement in placements):
        done = _all_applied(hunks, original)
        if done is not None:
            return done
    if failures:
        return Unresolved(tuple(failures))
    return Placed(text.plan().replacements, tuple(placements))


def _at_once(original: Haystack, hunks: Sequence[Hunk]) -> Placed | None:
    """Blocks that all stand in the original, word for word and clear of each other.

    Then it makes no difference that they apply one after another, and there is one text to index.
    """
    found: list[Found] = []
    for hunk in hunks:
        answer = _in_the_original(hunk, original) if hunk.old else None
        if not isinstance(answer, Found) or answer.placement.already:
            return None
        if answer.placement.rung not in AS_IT_STANDS:
            return None
        found.append(answer)
    spans = sorted(each.placement.span for each in found)
    if any(second.start < first.stop for first, second in pairwise(spans)):
        return None
    dropped = frozenset().union(*(each.effect.dropped for each in found))
    added = [place for each in found for place in each.effect.added]
    if len({place for place, _ in added}) < len(added):
        return None
    text = Evolving.of(original.lines).after(replacements(dropped, added))
    return Placed(text.plan().replacements, tuple(each.placement for each in found))


def _place_next(
    hunk: Hunk, text: Evolving, haystack: Haystack, original: Haystack
) -> Found | Failure:
    if not hunk.old:
        return _without_old(hunk, haystack, ())
    answer = decide(choose(hunk, haystack, strictly), haystack)
    if isinstance(answer, Found):
        return answer
    if haystack is not original or hunk.line is not None:
        before = _in_the_original(hunk, original)
        if isinstance(before, Found):
            return _carried(before, text)
    if isinstance(answer, Ambiguous):
        return answer
    return decide(choose(hunk, haystack, loosely), haystack)


def _in_the_original(hunk: Hunk, original: Haystack) -> Found | Failure:
    """Place a block in the text that its line number, if it has one, speaks of."""
    choice = choose(hunk, original, strictly)
    if len(choice.fits) > 1 and hunk.line is not None:
        choice = Choice(hunk, nearest(choice.fits, hunk.line), choice.done)
    return decide(choice, original)


def _carried(found: Found, text: Evolving) -> Found | Conflict:
    """`found`, which speaks of the original, speaking of the text so far."""
    now = {origin: line for line, origin in enumerate(text.origins) if origin is not None}
    span = found.placement.span
    gone = [line for line in range(span.start, span.stop) if line not in now]
    if gone:
        return Conflict(found.hunk.at, found.hunk.at, Span(gone[0], gone[0] + 1))
    added: list[tuple[int, tuple[str, ...]]] = []
    for place, lines in found.effect.added:
        if place in now:
            added.append((now[place], lines))
        elif place - 1 in now:
            added.append((now[place - 1] + 1, lines))
        else:
            return Conflict(found.hunk.at, found.hunk.at, Span(place, place))
    dropped = frozenset(now[line] for line in found.effect.dropped)
    return Found(found.hunk, Effect(dropped, tuple(added)), found.placement)


def _without_old(hunk: Hunk, haystack: Haystack, others: Sequence[Choice]) -> Found | Failure:
    """Place a hunk that shows no old line: only its hints say where."""
    lines = haystack.lines
    if not any(line.strip() for line in lines):
        everything = frozenset(range(len(lines)))
        return _insertion(hunk, Effect(everything, ((0, hunk.new),)), Span(0, len(lines)))
    place = _place_without_old(hunk, haystack, others)
    if place is None:
        return ambiguous(hunk, ())
    size = len(hunk.new)
    told = any(line.strip() for line in hunk.new)
    for span in (Span(place, place + size), Span(max(place - size, 0), place)):
        if told and tuple(lines[span.start : span.stop]) == hunk.new:
            already = Placement(hunk.at, span, Rung.EXACT, already=True)
            return Found(hunk, Effect(), already)
    return _insertion(hunk, Effect(added=((place, hunk.new),)), Span(place, place))


def _insertion(hunk: Hunk, what: Effect, span: Span) -> Found:
    return Found(hunk, what, Placement(hunk.at, span, Rung.EXACT))


def _place_without_old(hunk: Hunk, haystack: Haystack, others: Sequence[Choice]) -> int | None:
    """After the anchor, at the end, or at a line number if all other numbers hold."""
    if hunk.anchors:
        anchors = anchor_lines(hunk.anchors, haystack)
        return anchors[0] + 1 if len(anchors) == 1 else None
    if hunk.at_end:
        return len(haystack.lines)
    inside = hunk.line is not None and 0 < hunk.line < len(haystack.lines)
    return hunk.line + 1 if hunk.line is not None and inside and _numbers_hold(others) else None


def _numbers_hold(choices: Sequence[Choice]) -> bool:
    """Whether the line numbers of all hunks that show more than blank lines are right."""
    numbered = [
        each
        for each in choices
        if each.hunk.line is not None and any(map(str.strip, each.hunk.old))
    ]
    return bool(numbered) and all(
        len(each.fits) == 1 and each.fits[0].start == each.hunk.line for each in numbered
    )
