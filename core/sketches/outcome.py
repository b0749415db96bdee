"""Reasons not to believe a reading, by what it makes of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

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
from fastapply.core.syntax.kinds import FUNCTIONS, SOLID, Definition, every

_NAMELESS = regex(r"\[\[.*|\w+ \{")
_MOVES = regex(r"(?i)\bmov(?:e|es|ed|ing)\b")
_NAME_ONCE = {
    "bash": regex(r"\(|\bfunction\b"),
    "lua": regex(r"\bfunction\b"),
    "php": regex(r"\b(?:function|fn)\b"),
    "python": regex(r"\bdef\b"),
    "ruby": regex(r"\b(?:def|do)\b|\{"),
}
"""Where a scope has a function of a name once, the next one takes its place: what begins one."""
DECLARE_ONCE = frozenset({"javascript", "typescript", "tsx"})
"""Where a scope must not declare a name twice."""
TELLING = 1.2
"""What a line says (`blocks.say`) that is no coincidence when the file has it too."""


def is_off(scene: Scene, reading: Reading) -> bool:
    """Whether what `reading` makes of the file speaks against it."""
    doubts = (
        defined_again,
        _misbinds,
        _unbinds,
        _comes_between,
        _leaves_what_moves,
        _misses_the_end,
    )
    return any(doubt(scene, reading) for doubt in doubts)


def defined_again(scene: Scene, reading: Reading) -> frozenset[str]:
    """What a scope has twice after `reading`, by its header or its name, and not before."""
    held = scene.structure.held
    headers = {
        plain(scene.file.lines[each.header.start]) for each in every(held) if each.kind in SOLID
    }
    comes = {plain(line) for change in reading.replacements for line in change.lines}
    language = scene.structure.language
    begins = _NAME_ONCE.get(language or "")
    is_named = begins is not None and any(map(begins.search, comes))
    if language is None or (headers.isdisjoint(comes) and not is_named):
        return frozenset()
    from fastapply.core.syntax.trees import outline

    lines = (*apply_to_lines(scene.file.lines, reading.replacements),)
    by_name = begins is not None
    now = _repeated(outline(lines, language), lines, by_name=by_name)
    return now - _repeated(held, scene.file.lines, by_name=by_name)


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


def _repeated(
    definitions: Sequence[Definition], lines: Sequence[str], *, by_name: bool
) -> frozenset[str]:
    """The headers that several definitions of one scope have, or the names of functions.

    TOML's ``[[rows]]`` are to be several, and what has no name may be: ``server {``. What is
    decorated may have a name again.
    """

    def is_named(each: Definition) -> bool:
        is_bare = not lines[each.span.start].lstrip().startswith("@")
        return by_name and each.kind in FUNCTIONS and is_bare

    solid = [each for each in definitions if each.kind in SOLID]
    named = [each for each in solid if is_named(each)]
    headers = (plain(lines[each.header.start]) for each in solid if not is_named(each))
    counts = Counter(header for header in headers if not _NAMELESS.fullmatch(header))
    found = frozenset(header for header, count in counts.items() if count > 1)
    inner = (_repeated(each.children, lines, by_name=by_name) for each in definitions)
    return found.union(_hidden(named, lines), *inner)


def _hidden(functions: Sequence[Definition], lines: Sequence[str]) -> Iterator[str]:
    """The names of functions that another one of the same block takes the place of."""
    seen: dict[str, int] = {}
    for each in functions:
        last = each.header.start
        first = seen.get(each.name, last)
        depths = [len(indent_of(line)) for line in lines[first : last + 1] if line.strip()]
        if first < last and min(depths) == depths[0] == depths[-1]:
            yield each.name
        seen[each.name] = last
