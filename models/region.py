"""Regions: the parts of a file that an edit can touch, so that only they are rewritten.

Where the edit goes is known from the merge (what it replaced, or what it could not decide), else
from the lines that edit and file share. A region is grown to the definition around it, or by some
lines where there is none; what lies outside is not shown to the model and stays by construction.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import takewhile

from fastapply.core.edits import Edit, FileEdit, Hunk, Op, Sketch, Span, Step
from fastapply.core.lines.markers import Kind, marker
from fastapply.core.plan import Plan, Replacement, apply_to_lines
from fastapply.core.syntax.kinds import Definition
from fastapply.core.syntax.trees import language_of, outline
from fastapply.models.prompt import Update

MARGIN = 6
LONGEST_DEFINITION = 60
_NEAR = 8
_FAR = 40


@dataclass(frozen=True, slots=True)
class Region:
    """Lines of a file to be rewritten: the part of the edit that concerns them, and a guess.

    `expected` are the lines as they will most likely be: the merge's, else as they are. Where the
    update is `shared`, it is the whole edit, and other regions have a part in it.
    """

    span: Span
    update: Update
    expected: tuple[str, ...]
    shared: bool = False


def whole_region(lines: Sequence[str], edit: FileEdit, plan: Plan | None) -> Region:
    """The file as one region."""
    span = Span(0, len(lines))
    return Region(span, update_of(edit), expected_lines(lines, span, plan))


def find_regions(
    path: str, lines: Sequence[str], edit: FileEdit, *, plan: Plan | None, touched: Sequence[Span]
) -> tuple[Region, ...]:
    """The regions of `lines` that `edit` can touch, in order; none where that cannot be said.

    `plan` is the merge's, where it has one; `touched` what else it knows, or all it knows.
    """
    spans = [change.span for change in plan.replacements] if plan is not None else []
    spans = [*spans, *touched]
    for part in edit.edits if not spans else ():
        spans += shared_spans(lines, list(_sought(part)))
    if not spans:
        return ()
    definitions = outline(lines, language_of(path) or "")
    grown = [_grown(span, definitions, len(lines)) for span in sorted(spans)]
    return regions_at(lines, updates_of(edit), grown, plan)


def regions_at(
    lines: Sequence[str], updates: Sequence[Update], spans: Sequence[Span], plan: Plan | None
) -> tuple[Region, ...]:
    """The regions that `spans` make, with what of `updates`, the parts of an edit, concerns each.

    Spans that are near each other make one region.
    """
    close = joined([to_text(span, lines) for span in joined(spans, _NEAR)])
    regions = (
        Region(span, share, expected_lines(lines, span, plan))
        for span, share in zip(close, _shares(lines, updates, close), strict=True)
    )
    return tuple(
        region
        if _tells(region, lines)
        else replace(region, update=_in_a_row(updates), shared=len(close) > 1)
        for region in regions
    )


def between_shown(lines: Sequence[str], edit: FileEdit, plan: Plan) -> Iterator[Span]:
    """What a doubted plan may concern: from the shown line above each change to the one below."""
    found = {place for part in edit.edits for place in _places(lines, [*_sought(part)])}
    places = sorted(place for place in found if place is not None)
    for change in plan.replacements:
        above = [place for place in places if 0 < change.start - place <= _FAR]
        below = [place for place in places if 0 <= place - change.stop <= _FAR]
        yield Span(above[-1] if above else change.start, below[0] + 1 if below else change.stop)


def _tells(region: Region, lines: Sequence[str]) -> bool:
    """Whether the region's part of the edit has all lines that the merge expects to be new."""
    old = lines[region.span.start : region.span.stop]
    known = {line.strip() for line in (*old, *region.update) if line is not None}
    return all(line.strip() in known for line in region.expected if line.strip())


def expected_lines(lines: Sequence[str], span: Span, plan: Plan | None) -> tuple[str, ...]:
    """The lines of `span` after `plan`."""
    return tuple(apply_to_lines(lines[span.start : span.stop], changes_inside(span, plan)))


def changes_inside(span: Span, plan: Plan | None) -> list[Replacement]:
    """What `plan` replaces of `span`, as lines of that."""
    return [
        Replacement(change.start - span.start, change.stop - span.start, change.lines)
        for change in (plan.replacements if plan is not None else ())
        if span.start <= change.start and change.stop <= span.stop
    ]


def updates_of(edit: FileEdit) -> list[Update]:
    """Each edit of a file as an update."""
    return [tuple(_lines(part)) for part in edit.edits]


def update_of(edit: FileEdit) -> Update:
    """All edits of a file as one update."""
    return _in_a_row(updates_of(edit))


def _in_a_row(updates: Sequence[Update]) -> Update:
    """Updates as one, with gaps between."""
    return tuple(line for part in updates for line in (*part, None))[:-1]


def splice(lines: Sequence[str], answers: Sequence[tuple[Region, Sequence[str]]]) -> Plan:
    """The smallest plan that puts the regions' new lines in their places."""
    changes: list[Replacement] = []
    for region, new in answers:
        start = region.span.start
        old = lines[start : region.span.stop]
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        for tag, old_start, old_stop, new_start, new_stop in matcher.get_opcodes():
            if tag != "equal":
                kept = tuple(new[new_start:new_stop])
                changes.append(Replacement(start + old_start, start + old_stop, kept))
    return Plan(tuple(changes)).trimmed(lines)


def _lines(edit: Edit) -> Iterator[str | None]:
    """An edit as it would be shown in a snippet."""
    match edit:
        case Hunk():
            for step in edit.steps:
                if not isinstance(step, Step):
                    yield None
                elif step.op is not Op.DROP:
                    yield step.text
        case Sketch():
            for line in edit.lines:
                found = marker(line, edit.language)
                gap = found is not None and found.certain and found.kind is Kind.GAP
                yield None if gap else line
        case _:
            yield from edit.lines


def shared_spans(lines: Sequence[str], sought: Sequence[str | None]) -> Iterator[Span]:
    """Where lines of an edit stand in the file: from the first of each run to the last."""
    found: list[int] = []
    for line, place in zip((*sought, None), (*_places(lines, sought), None), strict=True):
        if place is not None:
            found.append(place)
        if line is None and found:
            yield Span(found[0], found[-1] + 1)
            found = []


def _sought(edit: Edit) -> Iterator[str | None]:
    """The lines by which an edit says where it goes."""
    return iter(edit.old) if isinstance(edit, Hunk) else _lines(edit)


def _places(lines: Sequence[str], sought: Sequence[str | None]) -> list[int | None]:
    """For each line sought, the line of the file it is, where the file has that line only once.

    Lines out of order are left out: of the others, the longest rising sequence (patience diff).
    """
    counts = Counter(line.strip() for line in lines)
    only = {line.strip(): at for at, line in enumerate(lines) if counts[line.strip()] == 1}
    pairs = [
        (at, only[line.strip()])
        for at, line in enumerate(sought)
        if line is not None and line.strip() in only
    ]
    places: list[int | None] = [None] * len(sought)
    for at, place in _rising(pairs):
        places[at] = place
    return places


def _rising(pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The longest run of `pairs` whose second parts rise."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        depth = bisect_left(tops, place)
        before.append(ends[depth - 1] if depth else -1)
        tops[depth:] = [place, *tops[depth + 1 :]]
        ends[depth:] = [index, *ends[depth + 1 :]]
    index = ends[-1] if ends else -1
    while index >= 0:
        yield pairs[index]
        index = before[index]


def _grown(span: Span, definitions: Sequence[Definition], size: int) -> Span:
    """`span` with the innermost definition it lies in, or with some lines around it."""
    holding: Definition | None = None
    inner: Sequence[Definition] = definitions
    while found := next((one for one in inner if _holds(one.span, span)), None):
        holding, inner = found, found.children
    if holding is None or len(holding.span) > max(LONGEST_DEFINITION, 2 * len(span)):
        return Span(max(span.start - MARGIN, 0), min(span.stop + MARGIN, size))
    start = min(holding.span.start, max(span.start - 1, 0))
    return Span(start, max(holding.span.stop, min(span.stop + 1, size)))


def to_text(span: Span, lines: Sequence[str]) -> Span:
    """`span` with lines beyond its ends until it begins and ends with one that is not blank.

    So what an edit shows tells how many blank lines there are at its ends.
    """
    start, stop = span.start, span.stop
    while 0 < start < len(lines) and not lines[start].strip():
        start -= 1
    while 0 < stop < len(lines) and not lines[stop - 1].strip():
        stop += 1
    return Span(start, stop)


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.stop <= outer.stop and len(outer) > 0


def joined(spans: Sequence[Span], near: int = 0) -> list[Span]:
    """Spans in order, those that overlap, meet or have at most `near` lines between made one."""
    done: list[Span] = []
    for span in sorted(spans):
        if done and span.start <= done[-1].stop + near:
            done[-1] = Span(done[-1].start, max(done[-1].stop, span.stop))
        else:
            done.append(span)
    return done


def _shares(lines: Sequence[str], updates: Sequence[Update], spans: Sequence[Span]) -> list[Update]:
    """What of an edit concerns each span: the lines that stand there and what follows them."""
    if len(spans) == 1:
        return [_in_a_row(updates)]
    shares: list[list[str | None]] = [[] for _ in spans]
    for shown in updates:
        homes = _homes(shown, _places(lines, shown), spans)
        for share, own in zip(shares, _divided(shown, homes, len(spans)), strict=True):
            share += [None, *own] if share and own else own
    return [tuple(share) or _in_a_row(updates) for share in shares]


def _homes(
    shown: Sequence[str | None], places: Sequence[int | None], spans: Sequence[Span]
) -> list[int | None]:
    """The span each line belongs to; new lines go with the line before them in their run.

    The first of a run go with the next line of it, and a run of new lines with the run before.
    """
    homes: list[int | None] = []
    placed = [at for at, place in enumerate(places) if place is not None]
    current = _home(places[placed[0]], spans) if placed else None
    fresh = True
    for at, line in enumerate(shown):
        if line is None:
            fresh = True
        elif places[at] is not None:
            current, fresh = _home(places[at], spans), False
        elif fresh:
            rest = takewhile(lambda later: shown[later] is not None, range(at, len(shown)))
            ahead = next((places[later] for later in rest if places[later] is not None), None)
            current = current if ahead is None else _home(ahead, spans)
        homes.append(current)
    return homes


def _home(place: int | None, spans: Sequence[Span]) -> int | None:
    """Which span holds a line."""
    if place is None:
        return None
    return next((i for i, span in enumerate(spans) if span.start <= place < span.stop), None)


def _divided(
    shown: Sequence[str | None], homes: Sequence[int | None], count: int
) -> Iterator[list[str | None]]:
    """The lines of each span, with a gap wherever lines in between belong elsewhere."""
    for home in range(count):
        own: list[str | None] = []
        for line, belongs in zip(shown, homes, strict=True):
            shows = belongs == home and line is not None
            if shows or (own and own[-1] is not None):
                own.append(line if shows else None)
        yield own
