"""Spots for new code: beside or inside a definition, among the imports, at the end of the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.hunks.rungs import is_comment
from fastapply.core.lines.depths import closes
from fastapply.core.lines.plain import first_word
from fastapply.core.lines.shift import indent_of
from fastapply.core.regex import regex
from fastapply.core.sketches.namesakes import Structure
from fastapply.core.sketches.passed import DOCSTRING, last_of_docstring
from fastapply.core.sketches.prose import Side
from fastapply.core.syntax.kinds import Definition

_PACKAGE = regex(r"\s*(?:from|import|using|use)\s+(\.|\w+\b(?!\s+from\b))")
_PREAMBLE = regex(r"#!|<\?php\b|<\?$|declare\(|namespace [\w\\]+;|package\b|[\"']use \w+[\"'];?$")
_QUOTED = regex(r"[\"']([^\"']+)[\"']")
# What runs a file of Python, Ruby or shell, and what stands last in Lua, Perl or PHP.
_LAST_WORD = regex(
    r"if __name__ ==|if (?:__FILE__ == \$|\$PROGRAM_NAME ==)|main \"?\$@|return \w+$|1;$|\?>$"
)


class Spot(NamedTuple):
    """A place between two lines of the file, and the line whose indentation holds there."""

    place: int
    like: int


def at_end(lines: Sequence[str]) -> Spot:
    """The end of the file, outside of everything."""
    shown = [number for number, line in enumerate(lines) if line.strip()]
    return Spot(len(lines), min(shown, key=lambda number: len(indent_of(lines[number])), default=0))


def behind_all(lines: Sequence[str]) -> Spot:
    """The end of what the file defines: its end, but for what runs it or must stand last."""
    end = at_end(lines)
    outer = [n for n, line in enumerate(lines) if line.strip() and not indent_of(line)]
    if not outer or not _LAST_WORD.match(lines[outer[-1]].rstrip()):
        return end
    return Spot(outer[-1], end.like)


def at_top(lines: Sequence[str]) -> Spot:
    """The top of the file, below what it begins with: a shebang, comments, a docstring, a package.

    A comment that touches what it stands above belongs to that.
    """
    top = number = 0
    while number < len(lines):
        text = lines[number].strip()
        if docstring := DOCSTRING.match(text):
            number = last_of_docstring(lines, number, docstring[1])
        elif text and not is_comment(text) and not _PREAMBLE.match(text):
            break
        touches = "".join(lines[number + 1 : number + 2]).strip() != ""
        if text and not (touches and is_comment(text) and not _PREAMBLE.match(text)):
            top = number + 1
        number += 1
    return Spot(top, 0)


def beside(span: Span, side: Side, lines: Sequence[str]) -> Spot:
    """The spot on a `side` of what stands at `span`."""
    match side:
        case Side.AFTER:
            return Spot(span.stop, span.start)
        case Side.BEFORE:
            return Spot(span.start, span.start)
        case Side.TOP:
            return Spot(span.start + 1, min(span.start + 1, len(lines) - 1))
        case _:
            return _inner_end(span, lines)


def _inner_end(span: Span, lines: Sequence[str]) -> Spot:
    """The last place inside `span`: before the line that closes it, if one does."""
    last = span.stop - 1
    opener = len(indent_of(lines[span.start]))
    is_end = last > span.start and closes(lines[last])
    place = last if is_end and len(indent_of(lines[last])) <= opener else span.stop
    like = next(
        (
            number
            for number in range(span.start + 1, place)
            if lines[number].strip() and len(indent_of(lines[number])) > opener
        ),
        span.start,
    )
    return Spot(place, like)


def among_imports(
    lines: Sequence[str], file: Sequence[str], structure: Structure, within: Span
) -> tuple[Spot, ...]:
    """Beside the file's imports, if the lines are nothing else: in order, where those are.

    Those of the same package are nearest, of those that lie `within` the lines they may go to.
    """
    from fastapply.core.syntax.trees import outline

    if structure.language is None:
        return ()
    own = outline(lines, structure.language)
    spans = (each.span for each in own if each.kind == "import")
    covered = {number for span in spans for number in range(span.start, span.stop)}
    if any(line.strip() and number not in covered for number, line in enumerate(lines)):
        return ()
    held = [each for each in structure.held if each.kind == "import"]
    there = {name for each in held for name in _QUOTED.findall(each.name)}
    if any(name in there for line in lines for name in _QUOTED.findall(line)):
        return ()
    if not held:
        return (at_top(file),)
    alike = [each for each in held if first_word(file[each.span.start]) == first_word(lines[0])]
    package = _package(lines[0])
    kin = [each for each in alike if package and _package(file[each.span.start]) == package]
    kin, alike, held = (
        [
            each
            for each in found
            if within.start <= each.span.start and each.span.stop <= within.stop
        ]
        for found in (kin, alike, held)
    )
    if not held:
        return ()
    run = _last_run(kin or alike or held)
    keys = [file[each.span.start].casefold() for each in run]
    later = (each for each, key in zip(run, keys, strict=True) if key > lines[0].casefold())
    following = next(later, None) if len(run) > 1 and keys == sorted(keys) else None
    place = run[-1].span.stop if following is None else following.span.start
    return (Spot(place, run[-1].span.start),)


def _package(line: str) -> str:
    """The outermost package that an import names, "" if it names none so."""
    found = _PACKAGE.match(line)
    return found[1] if found else ""


def _last_run(imports: Sequence[Definition]) -> Sequence[Definition]:
    """The last of `imports`, and those that stand before it line by line."""
    start = len(imports) - 1
    while start > 0 and imports[start - 1].span.stop == imports[start].span.start:
        start -= 1
    return imports[start:]
