"""Reasons not to believe a reading, by what it makes of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fastapply.core.lines.depths import text_above
from fastapply.core.lines.plain import plain
from fastapply.core.lines.shift import indent_of
from fastapply.core.plan import apply_to_lines
from fastapply.core.regex import regex
from fastapply.core.result import Reading
from fastapply.core.sketches.blocks import say
from fastapply.core.sketches.prose import Side, cues
from fastapply.core.sketches.scene import Scene
from fastapply.core.syntax.bindings import unbound
from fastapply.core.syntax.kinds import SOLID, Definition, every

_NAMELESS = regex(r"\[\[.*|\w+ \{")
_MOVES = regex(r"(?i)\bmov(?:e|es|ed|ing)\b")
DECLARE_ONCE = frozenset({"javascript", "typescript", "tsx"})
"""Where a scope must not declare a name twice."""
TELLING = 1.2
"""What a line says (`blocks.say`) that is no coincidence when the file has it too."""


def is_off(scene: Scene, reading: Reading) -> bool:
    """Whether what `reading` makes of the file speaks against it."""
    doubts = (
        _defines_again,
        _misbinds,
        _unbinds,
        _comes_between,
        _leaves_what_moves,
        _misses_the_end,
    )
    return any(doubt(scene, reading) for doubt in doubts)


def _defines_again(scene: Scene, reading: Reading) -> bool:
    """Whether a scope has a definition twice after `reading`, by its header, and not before."""
    held = scene.structure.held
    headers = {
        plain(scene.file.lines[each.header.start]) for each in every(held) if each.kind in SOLID
    }
    comes = {plain(line) for change in reading.replacements for line in change.lines}
    language = scene.structure.language
    if language is None or headers.isdisjoint(comes):
        return False
    from fastapply.core.syntax.trees import outline

    lines = (*apply_to_lines(scene.file.lines, reading.replacements),)
    now = _repeated(outline(lines, language), lines)
    return not now <= _repeated(held, scene.file.lines)


def _leaves_what_moves(scene: Scene, reading: Reading) -> bool:
    """Whether a telling line comes that stays elsewhere, though the prose says something moves.

    Where the fragment shows it as often as it stands then, that is as it is to be.
    """
    if not _MOVES.search(scene.fragment.prose):
        return False
    goes = {n for change in reading.replacements for n in range(change.start, change.stop)}
    comes = {plain(line) for change in reading.replacements for line in change.lines}
    shown = Counter(map(plain, scene.fragment.lines))
    once = [line for line in comes if say(line) > TELLING and shown[line] == 1]
    places = [scene.file.places.get(line, ()) for line in once]
    return any(len(there) == 1 and there[0] not in goes for there in places)


def _misses_the_end(scene: Scene, reading: Reading) -> bool:
    """Whether a new definition comes, but none at the end of the file, where the prose says."""
    told = any(cue.side is Side.END and cue.name is None for cue in cues(scene.fragment.prose))
    end = text_above(scene.file.lines, len(scene.file.lines)) + 1
    return told and bool(scene.structure.fresh) and all(c.stop < end for c in reading.replacements)


def _misbinds(scene: Scene, reading: Reading) -> bool:
    """Whether `reading` imports a name twice, or no longer though it is used, and not so before."""
    if scene.structure.language not in DECLARE_ONCE:
        return False
    comes = (line for change in reading.replacements for line in change.lines)
    if not any("import" in line for line in comes):
        return False
    from fastapply.core.syntax.imports import misbound

    lines = (*apply_to_lines(scene.file.lines, reading.replacements),)
    return misbound(lines, scene.file.lines) > 0


def _comes_between(scene: Scene, reading: Reading) -> bool:
    """Whether new lines come between a line and what it holds, no deeper than it.

    It would hold nothing, and the new lines hold what is not theirs: ``}`` right after a gap that
    is to keep a body, or one more key above the body of another. Unless the fragment shows just
    that, as labels of one case are.
    """
    file = scene.file.lines
    end = 0
    for change in reading.replacements:
        changed, end = end, change.stop
        new = next((line for line in change.lines if _is_text(line)), None)
        above = text_above(file, change.start)
        if new is None or above < changed or change.start != change.stop:
            continue
        held = next(filter(str.strip, file[above + 1 :]), "")
        depth = len(indent_of(file[above]))
        is_between = len(indent_of(new)) <= depth < len(indent_of(held))
        is_shown = is_between and _shows(scene, (file[above], *change.lines, held))
        if is_between and not is_shown and _is_text(file[above]):
            return True
    return False


def _shows(scene: Scene, lines: Sequence[str]) -> bool:
    """Whether the fragment has `lines` one after the other, blank ones aside, without a gap."""
    shown = [n for n, line in enumerate(scene.fragment.lines) if line.strip()]
    keys = [plain(scene.fragment.lines[n]) for n in shown]
    sought = [plain(line) for line in lines if line.strip()]
    return any(
        keys[at : at + len(sought)] == sought
        and not any(shown[at] < gap <= shown[at + len(sought) - 1] for gap in scene.fragment.gaps)
        for at in range(len(keys) - len(sought) + 1)
    )


def _is_text(line: str) -> bool:
    """Whether a line is neither blank nor a comment or directive, which may have any indent."""
    return line.strip() != "" and not line.lstrip().startswith(("#", "//", "/*", "*", "<!--"))


def _unbinds(scene: Scene, reading: Reading) -> bool:
    """Whether a function no longer binds a name that it still uses after `reading`."""
    return bool(unbound(scene.file.lines, reading.replacements, scene.structure.held))


def _repeated(definitions: Sequence[Definition], lines: Sequence[str]) -> frozenset[str]:
    """The headers that several definitions of one scope have.

    TOML's ``[[rows]]`` are to be several, and what has no name may be: ``server {``.
    """
    solid = (plain(lines[each.header.start]) for each in definitions if each.kind in SOLID)
    counts = Counter(header for header in solid if not _NAMELESS.fullmatch(header))
    inner = (_repeated(each.children, lines) for each in definitions)
    return frozenset(header for header, count in counts.items() if count > 1).union(*inner)
