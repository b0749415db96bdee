"""New code that no line anchors: where the prose, its kind or its neighbours put it.

Imports go beside imports. What the prose places goes there. What stands after the last gap goes to
the end of its scope (of a file, above what runs it), what stands before the first to the top.
Anything else is left to a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.lines.depths import closes
from fastapply.core.lines.shift import Shift, indent_of
from fastapply.core.plan import Replacement
from fastapply.core.regex import regex
from fastapply.core.sketches.blocks import FileIndex
from fastapply.core.sketches.fragment import Fragment
from fastapply.core.sketches.namesakes import Structure
from fastapply.core.sketches.pairs import leaves
from fastapply.core.sketches.prose import Side, cues
from fastapply.core.sketches.spots import Spot, among_imports, at_end, at_top, behind_all, beside
from fastapply.core.syntax.kinds import SOLID, Definition, every

_WORD = regex(r"[A-Za-z_$][\w$]*")
_DECLARATION = regex(r"(?:export\s+)?(?:const|let|var|val|local|my|our|auto|final)\s")


class Loose(NamedTuple):
    """Fragment lines [start, stop) that share nothing with file lines [low, high) around them."""

    start: int
    stop: int
    low: int
    high: int


def place_loose(
    loose: Loose, fragment: Fragment, file: FileIndex, structure: Structure
) -> Replacement | None:
    """Where `loose` is inserted, by its kind, the prose or its scope; None if none decides."""
    lines = _trimmed(fragment.lines[loose.start : loose.stop])
    if not lines:
        return Replacement(loose.low, loose.low, ())
    if not any(map(str.strip, file.lines)):
        return Replacement(0, len(file.lines), lines)
    imports = among_imports(lines, file.lines, structure, Span(loose.low, loose.high))
    ways = (
        _told(loose, fragment, file, structure),
        _after_named(loose, fragment, structure),
        imports,
        _scope_end(loose, fragment, file, structure),
        _after_shown(lines, loose, file),
    )
    for spots in ways:
        fitting = {spot.place: spot for spot in spots if loose.low <= spot.place <= loose.high}
        if len(fitting) == 1:
            (spot,) = fitting.values()
            if imports:
                spacing = (0, 0) if _has_imports(structure) else (1, 1)
            else:
                defines = _defines(loose, structure)
                kept = _spacing(structure, spot, file.lines, defines=defines)
                spacing = _at_least(kept, loose, fragment)
            return _insertion(lines, spot, file.lines, spacing)
    return None


def _has_imports(structure: Structure) -> bool:
    return any(each.kind == "import" for each in structure.held)


def _told(
    loose: Loose, fragment: Fragment, file: FileIndex, structure: Structure
) -> tuple[Spot, ...]:
    """The spots of the first cue of the prose that names something of the file."""
    for cue in cues(fragment.prose):
        if cue.name is None or cue.name == structure.file_name:
            return (at_end(file.lines),) if cue.side is Side.END else (at_top(file.lines),)
        spans = _named(cue.name, file, structure)
        if len(spans) == 1:
            return (beside(spans[0], cue.side, file.lines),)
    return ()


def _after_named(loose: Loose, fragment: Fragment, structure: Structure) -> tuple[Spot, ...]:
    """After the last definition that the marker before the lines stands for by name."""
    words = {
        word
        for each in fragment.markers
        if each.gap == loose.start
        for word in _WORD.findall(each.text)
    }
    named = [
        each
        for each in every(structure.held)
        if each.name.rsplit(".", 1)[-1] in words
        and loose.low <= each.span.start
        and each.span.stop <= loose.high
    ]
    return tuple(Spot(each.span.stop, each.span.start) for each in named[-1:])


def _named(name: str, file: FileIndex, structure: Structure) -> list[Span]:
    """What the prose calls `name`: definitions, else lines that contain it."""
    named = [
        each
        for each in every(structure.held)
        if name in (each.name, each.name.rsplit(".", 1)[-1]) or f'"{name}"' in each.name
    ]
    solid = [each for each in named if each.kind in SOLID]
    found = {each.span for each in solid or named}
    if not found:  # a header in part: `mod tests`, `impl Shop`
        headers = [(file.lines[each.header.start], each) for each in every(structure.held)]
        found = {each.span for line, each in headers if each.kind in SOLID and name in line}
    if not found:
        found = {Span(number, number + 1) for number, line in enumerate(file.lines) if name in line}
    return sorted(found)


def _scope_end(
    loose: Loose, fragment: Fragment, file: FileIndex, structure: Structure
) -> tuple[Spot, ...]:
    """The end of the scope for what follows a gap, its top for what precedes the first one.

    Between two gaps only whole definitions are at home at the end; a statement is not, nor is it
    after what leaves the scope.
    """
    own, scope = next(_enclosing(loose, fragment, structure), (None, None))
    after_gap, before_gap = loose.start in fragment.gaps, _gap_follows(loose, fragment, own)
    if not (after_gap or before_gap):
        return ()
    if after_gap and before_gap and not _is_definition(loose, structure):
        return ()
    side = Side.END if after_gap else Side.TOP
    if scope is not None:
        spot = beside(scope, side, file.lines)
        return () if _is_left(spot, file.lines) and side is Side.END else (spot,)
    if not file.lines or (after_gap and before_gap):
        return ()
    return (behind_all(file.lines),) if after_gap else (at_top(file.lines),)


def _gap_follows(loose: Loose, fragment: Fragment, own: Definition | None) -> bool:
    """Whether the lines are followed by a gap in the scope of `own`, the definition around them."""
    if own is None or loose.stop < own.span.stop:
        return loose.stop in fragment.gaps
    header = len(indent_of(fragment.lines[own.header.start]).expandtabs(4))
    return any(
        each.gap == loose.stop == own.span.stop and each.depth > header for each in fragment.markers
    )


def _is_left(spot: Spot, lines: Sequence[str]) -> bool:
    """Whether the statement before `spot` leaves the scope: nothing is reached there."""
    before = spot.place - 1
    while before > spot.like and not lines[before].strip():
        before -= 1
    return indent_of(lines[before]) == indent_of(lines[spot.like]) and leaves(lines[before])


def _defines(loose: Loose, structure: Structure) -> bool:
    """Whether the lines hold a definition that stands on its own."""
    return any(loose.start <= header < loose.stop for header in structure.headers)


def _is_definition(loose: Loose, structure: Structure) -> bool:
    return any(loose.start <= span.start and span.stop <= loose.stop for span in structure.fresh)


def _after_shown(lines: Sequence[str], loose: Loose, file: FileIndex) -> tuple[Spot, ...]:
    """After what the fragment shows before it, for declarations: nothing can be too early there."""
    declares = all(_DECLARATION.match(line.strip()) for line in lines)
    if not declares or loose.low == 0:
        return ()
    shown = loose.low - 1
    while shown > 0 and not file.lines[shown].strip():
        shown -= 1
    return (Spot(loose.low, shown),)


def _enclosing(
    loose: Loose, fragment: Fragment, structure: Structure
) -> Iterator[tuple[Definition, Span]]:
    """Definitions of the fragment that enclose the lines, innermost first, and their namesakes.

    A key that many have is the one of those around it.
    """
    start, stop = loose.start, loose.stop
    while stop > start and not fragment.lines[stop - 1].strip():
        stop -= 1
    around = [
        each for each in every(structure.own) if each.span.start < start and stop <= each.span.stop
    ]
    found: list[tuple[Definition, Sequence[Span]]] = []
    outer: Sequence[Span] = ()
    for own in around:
        spans: Sequence[Span] = structure.homes[own.header.start] or [
            each.span for each in every(structure.held) if each.name == own.name
        ]
        spans = [s for s in spans if any(o.start <= s.start < o.stop for o in outer)] or spans
        found.append((own, spans))
        outer = spans
    return ((own, spans[0]) for own, spans in reversed(found) if len(spans) == 1)


def _at_least(kept: int, loose: Loose, fragment: Fragment) -> tuple[int, int]:
    """How many blank lines come above and below: as many as are `kept`, or shown at an end."""
    shown = fragment.lines[loose.start], fragment.lines[loose.stop - 1]
    ends = fragment.gaps | {0, len(fragment.lines)}
    are_ends = loose.start in ends, loose.stop in ends
    above, below = (
        max(kept, int(is_end and not line.strip()))
        for line, is_end in zip(shown, are_ends, strict=True)
    )
    return above, below


def _insertion(
    lines: Sequence[str], spot: Spot, file: Sequence[str], spacing: tuple[int, int]
) -> Replacement:
    """`lines` at `spot`, indented as their neighbour, with blank lines above and below."""
    width = indent_of(file[spot.like]) if spot.like < len(file) else ""
    own = min((indent_of(line) for line in lines if line.strip()), key=len, default="")
    shift = Shift(more=width, less=own) if own != width else Shift()
    new = shift.apply_all(lines)
    place = spot.place
    before = file[place - 1] if place > 0 else ""
    after = file[place] if place < len(file) else ""
    above, below = spacing
    if before.strip() and not before.rstrip().endswith(("{", "(", "[", ":")):
        new = [*[""] * above, *new]
    if after.strip() and not closes(after):
        new = [*new, *[""] * below]
    return Replacement(place, place, tuple(new))


def _spacing(structure: Structure, spot: Spot, lines: Sequence[str], *, defines: bool) -> int:
    """How many blank lines the definitions around `spot`, indented as it, keep between them.

    What `defines` nothing keeps away from definitions that it borders on.
    """
    if not lines:
        return 0
    place = spot.place
    indent = indent_of(lines[min(spot.like, len(lines) - 1)])
    solid = [
        each
        for each in every(structure.held)
        if each.kind in SOLID and indent_of(lines[each.header.start]) == indent
    ]
    ends = [each for each in solid if each.span.stop <= place]
    starts = [each for each in solid if each.span.start >= place]
    near = [*ends[-1:], *starts[:1]]
    if not defines:
        near = [each for each in near if not _any_shown(lines, each.span.stop, place)]
        near = [each for each in near if not _any_shown(lines, place, each.span.start)]
    if not near:
        return 0
    counts = []
    for each in near:
        before = each.span.start
        while before > 0 and not lines[before - 1].strip():
            before -= 1
        counts.append(each.span.start - before)
    return max(counts)


def _any_shown(lines: Sequence[str], start: int, stop: int) -> bool:
    return any(line.strip() for line in lines[start:stop])


def _trimmed(lines: Sequence[str]) -> tuple[str, ...]:
    start, stop = 0, len(lines)
    while start < stop and not lines[start].strip():
        start += 1
    while stop > start and not lines[stop - 1].strip():
        stop -= 1
    return tuple(lines[start:stop])
