"""Lines beside a section that what it shows takes the place of, though no line of it is like them.

A declaration gives way to one of the same name in the same scope, and an import to a new one beside
it, if nothing but what goes uses its names. New imports above a definition go to the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from fastapply.core.lines.plain import plain
from fastapply.core.regex import regex
from fastapply.core.sketches.alignment import Chain
from fastapply.core.sketches.likeness import typed_name
from fastapply.core.sketches.placing import Loose
from fastapply.core.sketches.scene import Scene
from fastapply.core.sketches.terrain import Terrain
from fastapply.core.sketches.weave import Layout, Stretch, lay_out
from fastapply.core.syntax.imports import bound_names
from fastapply.core.syntax.kinds import SOLID, every

_DECLARED = regex(r"\s*(?:(?:const|let|var|val)\s+(\w+)\b|(\w+)\s*:=)")
# Where a scope may declare a name once only.
_ONCE = frozenset(
    ["c", "cpp", "csharp", "go", "java", "javascript", "kotlin", "swift", "tsx", "typescript"]
)


def layout_of(scene: Scene, chain: Chain, terrain: Terrain) -> Layout:
    """The layout of `chain`, its stretches widened by what gives way to them."""
    layout = lay_out(chain, terrain)
    runs = tuple(_widened(scene, layout.stretches))
    loose = [*layout.loose]
    low = 0
    for number, run in enumerate(runs):
        stop = _imports_before(scene, run)
        if stop > run.start:
            loose.append(Loose(run.start, stop, low, run.place))
            runs = (*runs[:number], run._replace(start=stop), *runs[number + 1 :])
        low = run.end
    return Layout(runs, tuple(loose))


def _imports_before(scene: Scene, run: Stretch) -> int:
    """Where the new imports end that a stretch begins with, above a definition they only serve.

    They belong to the file's other imports, apart from that definition as those are.
    """
    lines = scene.fragment.lines
    head = [n for n in range(run.start, run.blocks[0].start) if lines[n].strip()]
    imports = [*takewhile(scene.is_import, head)]
    if not imports:
        return run.start
    following = next(n for n in range(imports[-1] + 1, run.stop) if lines[n].strip())
    serves = any(
        each.kind in SOLID and following == each.span.start for each in every(scene.structure.own)
    )
    return min(following, run.blocks[0].start) if serves else run.start


def _widened(scene: Scene, runs: Sequence[Stretch]) -> Iterator[Stretch]:
    """Each stretch with the lines at its ends that its new lines there take the place of."""
    for number, run in enumerate(runs):
        low = runs[number - 1].end if number else 0
        high = runs[number + 1].place if number + 1 < len(runs) else len(scene.file.lines)
        kept = {n for block in run.blocks for n in block.numbers}
        new = [n for n in range(run.start, run.stop) if n not in kept]
        same = [block for block in run.blocks if not scene.is_changed(block)]
        head = [n for n in new if not same or n < same[0].start]
        place, end = run.place, run.end
        while place > low and _gives_way(scene, runs, place - 1, head):
            place -= 1
        tail = [n for n in new if not same or n >= same[-1].stop]
        while end < high and _gives_way(scene, runs, end, tail):
            end += 1
        yield run._replace(place=place, end=end)


def _gives_way(scene: Scene, runs: Sequence[Stretch], place: int, new: Sequence[int]) -> bool:
    """Whether the line of the file at `place` goes for one of the fragment's lines `new`."""
    line, lines = scene.file.lines[place], scene.fragment.lines
    if not new or not line.strip():
        return False
    if any(map(scene.is_import, new)):
        names = frozenset(bound_names([line]))
        return bool(names) and _is_idle(scene, runs, place, names)
    if scene.structure.language not in _ONCE:
        return False
    name = _declared(line)
    return name != "" and any(_declared(lines[number]) == name for number in new)


def _declared(line: str) -> str:
    """The name that a line declares, "" if it declares none."""
    found = _DECLARED.match(line)
    return (found[1] or found[2]) if found else typed_name(line)


def _is_idle(scene: Scene, runs: Sequence[Stretch], place: int, names: frozenset[str]) -> bool:
    """Whether what goes used `names`, and nothing that stays or comes does."""
    word = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b")
    if any(word.search(line) for line in scene.fragment.lines):
        return False
    uses = [n for n, line in enumerate(scene.file.lines) if n != place and word.search(line)]
    return bool(uses) and all(any(_goes(scene, run, n) for run in runs) for n in uses)


def _goes(scene: Scene, run: Stretch, place: int) -> bool:
    """Whether the stretch takes the place of a line and does not show it again."""
    if not run.place <= place < run.end:
        return False
    return not any(
        block.place <= place < block.end
        and plain(scene.fragment.lines[block.start + place - block.place]) == scene.file.keys[place]
        for block in run.blocks
    )
