"""From an alignment to the replacements it means.

The fragment's sections, runs between gaps, each take the place of a contiguous run of the file.
Inside a section the fragment rules; a line the two share stays as the file has it. What is left to
decide are the seams: how blank lines separate new lines from what stays, and how new lines are
indented.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.lines.depths import closes, text_above, text_below
from fastapply.core.lines.elided import elides
from fastapply.core.lines.plain import plain
from fastapply.core.lines.shift import Shift, indent_of, shift_between, style_shift
from fastapply.core.plan import Plan, Replacement
from fastapply.core.sketches.alignment import Chain
from fastapply.core.sketches.blocks import Block
from fastapply.core.sketches.fragment import Fragment
from fastapply.core.sketches.habits import Habits
from fastapply.core.sketches.placing import Loose
from fastapply.core.sketches.terrain import Terrain


class Stretch(NamedTuple):
    """A run of the fragment that takes the place of file lines [place, end).

    `blocks` are the blocks in it; fragment lines from `start` to `stop`, of which those before
    the first block and after the last are new. `above` is documentation that stays between new
    lines and the first block, which it is of.
    """

    start: int
    stop: int
    place: int
    end: int
    blocks: tuple[Block, ...]
    above: Span = Span(0, 0)


class Layout(NamedTuple):
    """A chain read as stretches, and the sections of the fragment that no block anchors."""

    stretches: tuple[Stretch, ...]
    loose: tuple[Loose, ...]


def lay_out(chain: Chain, terrain: Terrain) -> Layout:
    """The stretches of `chain`, and what lies loose between them."""
    size = len(terrain.fragment)
    found: list[Stretch] = []
    loose: list[Loose] = []
    groups = _groups(chain, terrain)
    if not groups:
        cuts = sorted({0, *terrain.gaps, size})
        return Layout((), tuple(_loose(cuts, (0, len(terrain.file)), terrain)))
    low = 0
    for number, (cuts, blocks) in enumerate(groups):
        first, last = blocks[0], blocks[-1]
        loose += _loose(cuts, (low, first.place), terrain)
        start = cuts[-1] if cuts else 0
        if number + 1 < len(groups):
            following = groups[number + 1][0]
            stop = following[0] if following else size
        else:
            ending = [gap for gap in terrain.gaps if gap >= last.stop]
            stop = ending[0] if ending else size
            loose += _loose([*ending, size], (last.end, len(terrain.file)), terrain)
        place = max(low, first.place - first.lead)
        above = Span(0, 0)
        if number and start not in terrain.gaps:
            place = terrain.resumes(low, place)
        elif terrain.shown[start] != terrain.shown[first.start] and place == first.place:
            above = terrain.passed_above(low, place)
            place -= len(above)
        end = terrain.statement_end(last, stop)
        if number + 1 < len(groups):
            end = min(end, groups[number + 1][1][0].place)
        found.append(Stretch(start, stop, place, end, tuple(blocks), above))
        low = end
    return Layout(tuple(found), tuple(loose))


def _groups(chain: Chain, terrain: Terrain) -> list[tuple[list[int], list[Block]]]:
    """Blocks with no gap between them, each group with the gaps before it."""
    groups: list[tuple[list[int], list[Block]]] = []
    previous: Block | None = None
    for block in chain.blocks:
        stop = previous.stop if previous else 0
        gaps = [gap for gap in terrain.gaps if stop <= gap <= block.start]
        if previous is None:
            groups.append(([0, *gaps] if gaps and gaps[0] > 0 else gaps, [block]))
        elif gaps:
            groups.append((gaps, [block]))
        elif terrain.is_silent(previous, block):
            joint = terrain.joint_between(stop, block.start)
            groups.append(([block.start if joint is None else joint], [block]))
        else:
            groups[-1][1].append(block)
        previous = block
    return groups


def _loose(cuts: Sequence[int], bounds: tuple[int, int], terrain: Terrain) -> list[Loose]:
    return [
        Loose(start, stop, *bounds)
        for start, stop in pairwise(cuts)
        if terrain.shown[start] != terrain.shown[stop]
    ]


def weave(
    fragment: Fragment, file: Sequence[str], runs: Sequence[Stretch], habits: Habits
) -> tuple[Replacement, ...]:
    """The replacements that put every stretch in its place.

    A line that only its `habits` make other than the file's stays as the file has it, and so does
    one that elides a part of it.
    """
    changes: list[Replacement] = []
    above: Stretch | None = None
    for run in runs:
        shift = _shift_of(fragment, file, run, above)
        origins = _lines_of(fragment, file, run, habits, shift)
        changes += _changes(origins, run, file)
        above = run
    return tuple(changes)


def _lines_of(
    fragment: Fragment, file: Sequence[str], run: Stretch, habits: Habits, shift: Shift
) -> list[tuple[str, int | None]]:
    """The stretch's lines, each with the file line it is, or None where it is new.

    A line of spaces beside new lines may as well be one of them: then its spaces hold.
    """
    same = {
        number: block.place + number - block.start
        for block in run.blocks
        for number in range(block.start, block.stop)
    }
    start, stop = _without_loose_blanks(fragment, file, run)
    inside = range(start, stop)
    lines: list[tuple[str, int | None]] = []
    for number in range(start, stop):
        if number == run.blocks[0].start:
            lines += ((file[at], at) for at in range(run.above.start, run.above.stop))
        text = shift.apply(fragment.lines[number])
        place = same.get(number)
        at_edge = any(near in inside and near not in same for near in (number - 1, number + 1))
        if place is None or (at_edge and text.isspace() and text != file[place]):
            lines.append((text, None))
        elif habits.explain(text, file[place]) or elides(text, file[place]):
            lines.append((file[place], place))
        else:
            lines.append((text, None))
    lines = _separated(lines, fragment, file, run, (start, stop))
    return _spaced(lines, fragment.lines, file) if habits.apply else lines


def _shift_of(
    fragment: Fragment, file: Sequence[str], run: Stretch, above: Stretch | None
) -> Shift:
    """How the stretch is indented anew: as its lines that stay say, or where all change, those.

    Where no gap parts it from the stretch above, the line there that holds it says so, too.
    """
    pairs = _pairs(fragment, file, run)
    if above is not None and run.start not in fragment.gaps:
        pairs = [*_holders(fragment, file, run, above), *pairs]
    depths = [len(indent_of(theirs)) for theirs, ours in pairs if _says_same(theirs, ours)]
    if depths:  # a changed line counts where it holds those that are the same: they may be wrapped
        shallowest = min(depths)
        pairs = [
            (theirs, ours)
            for theirs, ours in pairs
            if _says_same(theirs, ours) or len(indent_of(theirs)) < shallowest
        ]
    shown = fragment.lines[run.start : run.stop]
    if not any(indent_of(theirs) or indent_of(ours) for theirs, ours in pairs):
        return style_shift(shown, file)
    shift = shift_between(pairs, shown, file)
    whole = shift._replace(less="")
    if all(whole.apply(line).startswith(shift.less) for line in shown if line.strip()):
        return shift
    return whole  # what stands further left than the shift allows wraps the rest


def _pairs(fragment: Fragment, file: Sequence[str], run: Stretch) -> list[tuple[str, str]]:
    """The lines of a stretch that the file has, changed or not, each with the file's."""
    return [
        (fragment.lines[number], file[block.place + number - block.start])
        for block in run.blocks
        for number in range(block.start, block.stop)
    ]


def _holders(
    fragment: Fragment, file: Sequence[str], run: Stretch, above: Stretch
) -> list[tuple[str, str]]:
    """The last line above a stretch if all of it is indented deeper: what holds it."""
    depth = _depth(fragment.lines[run.start : run.stop])
    last = [pair for pair in _pairs(fragment, file, above) if pair[0].strip()][-1:]
    return [pair for pair in last if len(indent_of(pair[0])) < depth]


def _says_same(theirs: str, ours: str) -> bool:
    return bool(theirs.strip()) and plain(theirs) == plain(ours)


def _without_loose_blanks(fragment: Fragment, file: Sequence[str], run: Stretch) -> tuple[int, int]:
    """The stretch without blank lines at its ends that separate it from a gap only.

    Blank lines beside new lines stay where the file has none there, unless those lines and what is
    shown are one run, as what the gap stands for is with it in the file.
    """
    start, stop = run.start, run.stop
    first, last = run.blocks[0].start, run.blocks[-1].stop
    lead = start
    while lead < first and not fragment.lines[lead].strip():
        lead += 1
    is_run = _is_run(fragment.lines[lead : first + 1])
    if lead == first or is_run or run.place == 0 or not file[run.place - 1].strip():
        start = lead
    tail = stop
    while tail > last and not fragment.lines[tail - 1].strip():
        tail -= 1
    is_run = _is_run(fragment.lines[last - 1 : tail])
    if tail == last or is_run or run.end == len(file) or not file[run.end].strip():
        stop = tail
    return start, stop


def _is_run(lines: Sequence[str]) -> bool:
    """Whether no line is blank, and none indented otherwise than the first."""
    return all(line.strip() and indent_of(line) == indent_of(lines[0]) for line in lines)


def _separated(
    lines: list[tuple[str, int | None]],
    fragment: Fragment,
    file: Sequence[str],
    run: Stretch,
    shown: tuple[int, int],
) -> list[tuple[str, int | None]]:
    """New lines at an end of the stretch, set apart from what stays as from what is shown."""
    start, stop = shown
    first, last = run.blocks[0].start, run.blocks[-1].stop
    if stop > last and fragment.lines[stop - 1].strip() and run.end < len(file):
        following = text_below(file, run.end)
        left = following - run.end
        blanks = _blanks_before(fragment.lines, last)
        if blanks and following < len(file) and not closes(file[following]):
            wanted = _blanks_before(file, run.end) if left else blanks
            lines = [*lines, *[("", None)] * (wanted - left)]
    is_deeper = _depth(fragment.lines[start:first]) > _depth(fragment.lines[first:stop])
    if start < first and fragment.lines[start].strip() and run.place > 0 and not is_deeper:
        above = text_above(file, run.place)
        left = run.place - above - 1
        blanks = _blanks_before(fragment.lines, first)
        is_open = file[above].rstrip().endswith(("{", "(", "[", ":", "do", ">"))
        if blanks and above >= 0 and not is_open:
            wanted = _blanks_before(file, run.place) if left else blanks
            lines = [*[("", None)] * (wanted - left), *lines]
    return lines


def _spaced(
    lines: list[tuple[str, int | None]], fragment: Sequence[str], file: Sequence[str]
) -> list[tuple[str, int | None]]:
    """The lines, with as many blank ones above what is outermost as the file has there.

    A fragment that leaves fewer everywhere leaves them out of habit.
    """
    texts = [number for number, line in enumerate(fragment) if line.strip()]
    most = max((below - above - 1 for above, below in pairwise(texts)), default=0)
    shown = [number for number, (text, _) in enumerate(lines) if text.strip()]
    pairs = [(a, b) for a, b in pairwise(shown) if b - a > 1 and not indent_of(lines[b][0])]
    wanted = [_room(lines[a][1], lines[b][1], file) for a, b in pairs]
    usual = max(wanted, default=0)
    if usual <= most:
        return lines
    spaced = [*lines]
    for (above, below), count in reversed([*zip(pairs, wanted, strict=True)]):
        is_new = lines[above][1] is None and lines[below][1] is None
        lacking = (usual if is_new else count) - (below - above - 1)
        spaced[below:below] = [("", None)] * lacking
    return spaced


def _room(above: int | None, below: int | None, file: Sequence[str]) -> int:
    """How many blank lines the file has above line `below`, or else under `above`.

    There only where what comes next is outermost, too.
    """
    if below is not None:
        return _blanks_before(file, below)
    if above is None:
        return 0
    following = next(filter(str.strip, file[above + 1 :]), " ")
    return 0 if indent_of(following) else _blanks_before(file, above + 1)


def _depth(lines: Sequence[str]) -> int:
    """How deep the shallowest line that is not blank is indented."""
    return min((len(indent_of(line)) for line in lines if line.strip()), default=0)


def _blanks_before(lines: Sequence[str], position: int) -> int:
    """How many blank lines touch `position`."""
    before = position
    while before > 0 and not lines[before - 1].strip():
        before -= 1
    after = position
    while after < len(lines) and not lines[after].strip():
        after += 1
    return after - before


def _changes(
    lines: list[tuple[str, int | None]], run: Stretch, file: Sequence[str]
) -> tuple[Replacement, ...]:
    shifted = [(text, None if origin is None else origin - run.place) for text, origin in lines]
    plan = Plan.from_origins(run.end - run.place, shifted)
    plan = plan.trimmed(file[run.place : run.end])
    return tuple(
        Replacement(change.start + run.place, change.stop + run.place, change.lines)
        for change in plan.replacements
    )
