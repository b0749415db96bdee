"""The merge of lazy snippets: align the fragment with the file, weave it in, or refuse.

1. `fragment`: shown lines and gaps. 2. `blocks`: runs the two share, and (`namesakes`) definitions
of one name. 3. `alignment`: the best chain of blocks. 4. `likeness`: changed lines at the seams,
and the chain again (`scene`). 5. `weave`: the replacements it means; `placing`: code no line
anchors. 6. `readings`: the same without each block in turn; if another reading is nearly as good
and says something else, or (`doubts`) the best is not to be believed, the sketch is ambiguous.
"""

from __future__ import annotations

from fastapply.core.edits import Op, Sketch, Span
from fastapply.core.evolving import Evolving
from fastapply.core.result import (
    Ambiguous,
    Missing,
    Placed,
    Placement,
    Reading,
    Rung,
    Unresolved,
)
from fastapply.core.sketches.alignment import Chain
from fastapply.core.sketches.blocks import FileIndex
from fastapply.core.sketches.deletions import deletions
from fastapply.core.sketches.doubts import is_doubtful
from fastapply.core.sketches.fragment import read_fragment, with_first_indent
from fastapply.core.sketches.namesakes import structure_of
from fastapply.core.sketches.outcome import is_off
from fastapply.core.sketches.readings import read
from fastapply.core.sketches.scene import Scene
from fastapply.core.sketches.tabs import with_tabs


def place_sketches(
    lines: tuple[str, ...], sketches: tuple[Sketch, ...], path: str
) -> Placed | Unresolved:
    """Where the sketches of one file go: each on what the ones before it made.

    One that is not clear waits for the others: what they change may decide it.
    """
    text = Evolving.of(lines)
    placements: dict[int, Placement] = {}
    waiting = list(enumerate(sketches))
    while waiting:
        refused: list[tuple[int, Sketch, Unresolved]] = []
        for number, sketch in waiting:
            placed = place_sketch(text.lines, sketch, path)
            if isinstance(placed, Unresolved):
                refused.append((number, sketch, placed))
                continue
            text = text.after(placed.replacements)
            placements[number] = placed.placements[0]
        if len(refused) == len(waiting):
            return text.in_the_original(refused[0][2])
        waiting = [(number, sketch) for number, sketch, _ in refused]
    text = text.after(deletions(text.lines, sketches, path))
    in_order = tuple(placements[number] for number in sorted(placements))
    return Placed(text.plan().replacements, in_order)


def place_sketch(lines: tuple[str, ...], sketch: Sketch, path: str) -> Placed | Unresolved:
    """Where one sketch goes, and what it replaces there."""
    scene = _scene(lines, sketch, path)
    if not any(map(scene.says_something, scene.fragment.sections)):
        here = Placement(sketch.at, Span(0, 0), Rung.ALIGNED, already=True)
        return Placed((), (here,))
    chain, readings = read(scene)
    if not readings:
        return Unresolved((_missing(scene),))
    is_one = len(readings) == 1 and not is_doubtful(scene, chain)
    if not is_one or is_off(scene, readings[0]):
        return _ambiguous(scene, readings)
    return _placed(scene, readings[0], chain)


def _scene(lines: tuple[str, ...], sketch: Sketch, path: str) -> Scene:
    """The scene, with those doubtful markers read as honest comments that fit better so."""
    index = FileIndex.of(lines)
    sketch = with_tabs(with_first_indent(sketch, index.indents), index)

    def scene_with(honest: set[int]) -> Scene:
        fragment = read_fragment(sketch, index.places, honest)
        return Scene(fragment, index, structure_of(fragment, lines, path))

    honest: set[int] = set()
    scene = scene_with(honest)
    doubtful = scene.doubtful_markers()
    best = scene.chain().score if doubtful else 0.0
    for offset in doubtful:
        rival = scene_with(honest | {offset})
        score = rival.chain().score
        if score > best:
            honest.add(offset)
            scene, best = rival, score
    return scene


def _placed(scene: Scene, reading: Reading, chain: Chain) -> Placed:
    changes = reading.replacements
    starts = [*(block.place for block in chain.blocks), *(change.start for change in changes)]
    stops = [*(block.end for block in chain.blocks), *(change.stop for change in changes)]
    span = Span(min(starts, default=0), max(stops, default=0))
    placement = Placement(scene.fragment.at, span, Rung.ALIGNED, already=not changes)
    return Placed(changes, (placement,))


def _missing(scene: Scene) -> Missing | Ambiguous:
    """The failure that says what is nearest to the first section.

    Where that is just what it shows, it is the new lines that have no place.
    """
    from fastapply.core.hunks.drift import nearest
    from fastapply.core.hunks.rungs import Haystack, Run

    first = next(section for section in scene.fragment.sections if scene.says_something(section))
    lines = scene.fragment.lines[first.start : first.stop]
    near = nearest(Run(lines, tuple(Op.KEEP for _ in lines)), Haystack(scene.file.lines))
    if near is None:
        return Missing(scene.fragment.at, lines)
    if near.ratio == 1.0:
        return Ambiguous(scene.fragment.at, (), ())
    return Missing(scene.fragment.at, lines, near.span, near.ratio, near.differs)


def _ambiguous(scene: Scene, readings: tuple[Reading, ...]) -> Unresolved:
    spans = tuple(
        Span(reading.replacements[0].start, reading.replacements[-1].stop)
        for reading in readings
        if reading.replacements
    )
    failure = Ambiguous(scene.fragment.at, scene.fragment.lines, spans)
    return Unresolved((failure,), readings, spans)
