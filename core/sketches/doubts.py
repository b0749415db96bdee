"""Reasons not to believe an alignment even where there is no other one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice, pairwise

from fastapply.core.edits import Span
from fastapply.core.hunks.rungs import is_comment
from fastapply.core.lines.brackets import balance
from fastapply.core.lines.depths import OPENERS, closes, text_above, text_below
from fastapply.core.lines.plain import plain
from fastapply.core.lines.shift import indent_of
from fastapply.core.regex import regex
from fastapply.core.sketches.alignment import Chain
from fastapply.core.sketches.blocks import FLOOR, Block, say
from fastapply.core.sketches.homes import settled
from fastapply.core.sketches.likeness import bind_others, subject
from fastapply.core.sketches.outcome import DECLARE_ONCE, TELLING
from fastapply.core.sketches.pairs import leaves
from fastapply.core.sketches.prose import tells_of_deletion
from fastapply.core.sketches.scene import Scene
from fastapply.core.sketches.terrain import Terrain
from fastapply.core.sketches.weave import Stretch
from fastapply.core.sketches.widening import layout_of
from fastapply.core.syntax.kinds import CONTAINERS, SOLID, every

_QUOTED = regex(r"\"[^\"]*\"|'[^']*'")
_DECLARATION = regex(r"^(\s*)(?:const|let)\s+(\w+)")
_DOCUMENTATION = ('"""', "'''")
MANY_CHANGED = 5
LEAST = 0.3
"""What a line says (`blocks.say`) at most that any block may end or begin with."""
LIKE = 50
"""How alike, in percent, a line is that may be the other's old version."""
FAR = 200
"""How many lines away a declaration is looked for."""
FAIRLY_TELLING = 0.5
"""The same where the file has the line in the definition that the fragment shows it in."""


def is_doubtful(scene: Scene, chain: Chain) -> bool:
    """Whether what `chain` means should rather be asked than done."""
    terrain = scene.terrain()
    runs = layout_of(scene, chain, terrain).stretches
    return (
        any(_is_frayed(scene, run) for run in runs)
        or any(_drops_in_silence(scene, run, terrain) for run in runs)
        or any(_says_again(scene, run) for run in runs)
        or any(_is_all_anew(scene, run) for run in runs)
        or any(_declares_again(scene, run, terrain) for run in runs)
        or _comes_in_silence(chain, terrain)
        or _lands_elsewhere(scene, chain, runs)
        or any(_holds_both(scene, run) for run in runs)
        or any(_cuts_off(scene, run) for run in runs)
        or any(_takes_lines(scene, run) for run in runs)
        or any(_only_tells(scene, run) for run in runs)
        or any(_leaves_old_beside_new(scene, run) for run in runs)
        or _misses_context(scene, chain, runs)
        or _stops_short(scene, chain)
    )


def _is_frayed(scene: Scene, run: Stretch) -> bool:
    """Whether new lines follow a changed line up to a gap, where the file goes on with their like.

    A value of another name or key is not their like: it is one more. Otherwise nothing says how
    much of what follows they replace.
    """
    last = run.blocks[-1]
    following = scene.file.keys[last.end : last.end + 1]
    goes_on = bool(following) and say(following[0]) > FLOOR
    if not (goes_on and run.stop in scene.fragment.gaps and scene.is_changed(last)):
        return False
    from rapidfuzz import fuzz

    new = filter(None, map(plain, scene.fragment.lines[last.stop : run.stop]))
    return any(
        fuzz.ratio(line, following[0]) >= LIKE and not bind_others(line, following[0])
        for line in new
    )


def _holds_both(scene: Scene, run: Stretch) -> bool:
    """Whether a changed line would hold the new lines after it, and what it held, without a gap.

    What it held was rather to go, or the line is a new one.
    """
    last = run.blocks[-1]
    if run.stop in scene.fragment.gaps or not scene.is_changed(last):
        return False
    ours, theirs = scene.fragment.lines[last.start : run.stop], scene.file.lines[last.place :]
    end = next(filter(str.strip, reversed(ours)))
    if closes(end) and end.rstrip().endswith(OPENERS) and indent_of(end) == indent_of(ours[0]):
        return False  # all of them are one header
    return _opens(ours) and _opens(theirs) and run.end == last.end


def _opens(lines: Sequence[str]) -> bool:
    """Whether the second of `lines` that is not blank is indented deeper than the first."""
    indents = [len(indent_of(line)) for line in islice(filter(str.strip, lines), 2)]
    return indents[:1] < indents[1:]


def _cuts_off(scene: Scene, run: Stretch) -> bool:
    """Whether what the stretch ends with leaves the block, of which more follows in the file.

    Then nothing reaches that, and it rather was to go.
    """
    shown = [n for n in range(run.start, run.stop) if scene.fragment.lines[n].strip()]
    if not shown or not leaves(scene.fragment.lines[shown[-1]]):
        return False
    file = scene.file.lines
    before, after = text_above(file, run.end), text_below(file, run.end)
    if before < 0 or after == len(file):
        return False
    depth = len(indent_of(scene.fragment.lines[shown[-1]])) + run.blocks[0].shift
    was_deeper = len(indent_of(file[before])) != depth or not leaves(file[before])
    return was_deeper and len(indent_of(file[after])) == depth


def _takes_lines(scene: Scene, run: Stretch) -> bool:
    """Whether a new line after a gap would head lines that the line before them, kept, heads."""
    block = run.blocks[0]
    lines, file = scene.fragment.lines, scene.file.lines
    new = [number for number in range(run.start, block.start) if lines[number].strip()]
    if not new or run.start not in scene.fragment.gaps or not file[block.place].strip():
        return False
    above = text_above(file, block.place)
    if not 0 <= above < run.place:
        return False
    depth = len(indent_of(lines[new[-1]])) + block.shift
    return depth == len(indent_of(file[above])) < len(indent_of(file[block.place]))


def _leaves_old_beside_new(scene: Scene, run: Stretch) -> bool:
    """Whether what the stretch ends with is about the same as the one line that a block holds.

    Nothing says that the old line goes, but a block is not there to do a thing twice.
    """
    lines, file = scene.fragment.lines, scene.file.lines
    new = [n for n in range(run.blocks[-1].stop, run.stop) if lines[n].strip()]
    if not new or run.stop in scene.fragment.gaps or run.end >= len(file):
        return False
    about, last = subject(lines[new[-1]]), file[run.end]
    depth = len(indent_of(lines[new[-1]])) + run.blocks[-1].shift
    if not about or subject(last) != about or len(indent_of(last)) != depth:
        return False
    above, rest = text_above(file, run.end), next(filter(str.strip, file[run.end + 1 :]), "")
    return above >= 0 and max(len(indent_of(file[above])), len(indent_of(rest))) < depth


def _only_tells(scene: Scene, run: Stretch) -> bool:
    """Whether nothing but comments comes in the place of more lines of code than they are.

    They rather stand for that code, in words no marker has, unless they are the code itself, or
    about a line below that changes.
    """
    lines, file = scene.fragment.lines, scene.file.lines
    for before, after in pairwise(run.blocks):
        new = [line.strip() for line in lines[before.stop : after.start] if line.strip()]
        if not new or scene.is_changed(after) or not all(map(_is_remark, new)):
            continue
        gone = (line.strip() for line in file[before.end : after.place])
        code = [line for line in gone if line and not is_comment(line)]
        if len(code) > len(new) and not any(old in line for old in code for line in new):
            return True
    return False


def _is_remark(line: str) -> bool:
    """Whether a line is a comment, and not a string that documents something."""
    return is_comment(line) and not line.startswith(_DOCUMENTATION)


def _declares_again(scene: Scene, run: Stretch, terrain: Terrain) -> bool:
    """Whether new lines declare a name whose declaration stays, in the same scope.

    Then what a gap keeps was to go, at least in part.
    """
    if scene.structure.language not in DECLARE_ONCE:
        return False
    found = {number for block in run.blocks for number in block.numbers}
    lines, file = scene.fragment.lines, scene.file.lines
    new = {
        (declared[2], len(declared[1]) + run.blocks[0].shift)
        for number in range(run.start, run.stop)
        if number not in found and (declared := _DECLARATION.match(lines[number]))
    }
    if not new:
        return False
    kept = (
        place
        for place in range(max(run.place - FAR, 0), min(run.end + FAR, len(file)))
        if not run.place <= place < run.end
        and (declared := _DECLARATION.match(file[place]))
        and (declared[2], len(declared[1])) in new
    )
    edges = (run.place, run.end - 1)
    depths = terrain.depths
    return any(not depths.leaves_scope(min(place, *edges), max(place, *edges)) for place in kept)


def _is_all_anew(scene: Scene, run: Stretch) -> bool:
    """Whether many lines after a gap are each like an old one, and none that tells is the same.

    A copy of what the gap keeps is as much like it as a new version is.
    """
    if run.start not in scene.fragment.gaps:
        return False
    lines, count = scene.fragment.lines, 0
    for block in run.blocks:
        if not scene.is_changed(block):
            if any(say(plain(lines[number])) > LEAST for number in block.numbers):
                break
            continue
        about = subject(lines[block.start])
        count += not about or about != subject(scene.file.lines[block.place])
    return count >= MANY_CHANGED


def _says_again(scene: Scene, run: Stretch) -> bool:
    """Whether new lines after a gap quote, one by one, what the lines that stay before them quote.

    Then they rather stand in the place of those, which the gap would keep.
    """
    if run.start not in scene.fragment.gaps:
        return False
    new = scene.fragment.lines[run.start : run.blocks[0].start]
    near = scene.file.lines[max(0, run.place - len(new) - 2) : run.place]
    ours, theirs = _quotations(new), _quotations(near)
    again = [said for said in ours if any(said & other for other in theirs)]
    return len(again) > 1 and len(again) == len(ours) == len(frozenset().union(*again))


def _quotations(lines: Sequence[str]) -> list[frozenset[str]]:
    """What each line quotes, of those that quote something."""
    found = (frozenset(q for q in _QUOTED.findall(line) if say(q) > FLOOR) for line in lines)
    return [quoted for quoted in found if quoted]


def _drops_in_silence(scene: Scene, run: Stretch, terrain: Terrain) -> bool:
    """Whether a whole definition goes unsaid, in a stretch that changes something else too.

    Where that is all that changes, it is what the stretch is shown for.
    """

    def renamed(before: Block, after: Block) -> int:
        if terrain.brings_new(before, after):
            return 0
        return terrain.came(before.stop, after.start, scene.structure.headers)

    lost = any(
        terrain.lost(before.end, after.place) - _opened(scene, before.end, after.place)
        > renamed(before, after)
        for before, after in pairwise(run.blocks)
    )
    shown = map(plain, scene.fragment.lines[run.start : run.stop])
    return lost and any(key and key not in scene.file.places for key in shown)


def _comes_in_silence(chain: Chain, terrain: Terrain) -> bool:
    """Whether a new definition is shown where others are passed over without a marker.

    Nothing says whether it stands before them or after them.
    """
    return any(
        terrain.is_silent(before, after)
        and terrain.brings_new(before, after)
        and terrain.lost(before.end, after.place) > terrain.documented(before.end, after.place)
        for before, after in pairwise(chain.blocks)
    )


def _opened(scene: Scene, start: int, stop: int) -> int:
    """How many definitions lose but their header in file lines [start, stop): what they hold stays.

    Then members move to the scope before it.
    """
    return sum(
        start <= each.header.start < stop and any(c.header.start >= stop for c in each.children)
        for each in every(scene.structure.held)
        if each.kind in CONTAINERS
    )


def _lands_elsewhere(scene: Scene, chain: Chain, runs: Sequence[Stretch]) -> bool:
    """Whether new lines after a gap in a definition land out of it, before what stands elsewhere.

    Then the gap keeps more than the definition's rest, and they may be in the file already.
    """
    spans = settled(scene.structure.homes, scene.fragment.sections, chain.blocks)
    file, lines, fresh = scene.file.lines, scene.fragment.lines, scene.fresh_lines

    def holds(home: Span, place: int) -> bool:
        return home.start <= place and not any(map(str.strip, file[home.stop : place]))

    return any(
        lines[number].strip() and not any(holds(home, run.place) for home in spans[number])
        for run in runs
        if run.start in scene.fragment.gaps
        for number in range(run.start, run.blocks[0].start)
        if spans and spans[number] and number not in fresh
    )


def _misses_context(scene: Scene, chain: Chain, runs: Sequence[Stretch]) -> bool:
    """Whether a section begins or ends with a telling line of the file the chain leaves out.

    Sections are shown with context around; to take it for new would double it, unless the line that
    stands in the file goes.
    """
    found = {number for block in chain.blocks for number in block.numbers} | scene.fresh_lines
    lines, homes = scene.fragment.lines, scene.structure.homes
    for section in scene.fragment.sections:
        shown = [n for n in range(section.start, section.stop) if lines[n].strip()]
        for number in {*shown[:1], *shown[-1:]} - found:
            key = plain(lines[number])
            places = scene.file.places.get(key, ())
            home = homes[number] if homes else ()
            home = home or (_room(scene, chain, number),)
            at_home = any(h.start <= place < h.stop for h in home for place in places)
            if len(places) != 1 or _is_guard(scene, chain, number, places[0]):
                continue
            if any(run.place <= places[0] < run.end for run in runs):
                continue
            if say(key) > (FAIRLY_TELLING if at_home else TELLING):
                return True
    return False


def _room(scene: Scene, chain: Chain, line: int) -> Span:
    """Where `line` can stand in the file by the order of what is shown."""
    low = max((block.end for block in chain.blocks if block.stop <= line), default=0)
    above = (block.place for block in chain.blocks if block.start > line)
    return Span(low, min(above, default=len(scene.file.lines)))


def _is_guard(scene: Scene, chain: Chain, line: int, place: int) -> bool:
    """Whether `line` leaves a block, and does so deeper than what it is like in the file."""
    text, other = scene.fragment.lines[line], scene.file.lines[place]
    shift = next((block.shift for block in reversed(chain.blocks) if block.start <= line), 0)
    return leaves(text) and len(indent_of(text)) + shift > len(indent_of(other))


def _goes_on(scene: Scene, places: Mapping[int, int], line: int) -> bool:
    """Whether the section that shows `line` is found in the file after it, too."""
    section = next(each for each in scene.fragment.sections if each.start <= line < each.stop)
    after = range(line + 1, section.stop)
    return any(number in places for number in after if scene.fragment.lines[number].strip())


def _stops_short(scene: Scene, chain: Chain) -> bool:
    """Whether a section is a definition, without a gap, and its end in the file is not shown.

    The rest may go, or the fragment may just end there, as it does in a table that nothing closes.
    """
    opening = {
        next((n for n in range(section.start, section.stop) if scene.fragment.lines[n].strip()), -1)
        for section in scene.fragment.sections
    }
    places = {
        number: block.place + number - block.start
        for block in chain.blocks
        for number in block.numbers
    }
    held = {each.name: each for each in every(scene.structure.held)}
    for own in every(scene.structure.own):
        last, span = own.span.stop - 1, own.span
        there = held.get(own.name)
        if own.kind not in SOLID or there is None or last not in places:
            continue
        if own.kind == "table" and not tells_of_deletion(scene.fragment.prose):
            continue  # a key is shown under the name of its table
        if not {span.start, own.header.start} & opening or _goes_on(scene, places, last):
            continue
        if any(span.start <= gap <= span.stop for gap in scene.fragment.gaps):
            continue
        rest = scene.file.lines[places[last] + 1 : there.span.stop]
        shown = sum(
            there.span.start <= places.get(n, -1) < there.span.stop
            for n in range(span.start, span.stop)
        )
        balanced = not sum(map(balance, scene.fragment.lines[span.start : span.stop]))
        if balanced and any(map(str.strip, rest)) and 2 * shown > len(there.span):
            return True
    return False
