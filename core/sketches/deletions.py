"""What prose or notes delete by name and no snippet shows: ``delete `legacy()` ``."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from fastapply.core.edits import Sketch, Span
from fastapply.core.lines.markers import Kind, marker
from fastapply.core.lines.shift import indent_of
from fastapply.core.plan import Replacement
from fastapply.core.regex import regex
from fastapply.core.sketches.prose import deleted_names
from fastapply.core.syntax.kinds import DATA, JSON, SOLID, Definition, every
from fastapply.core.syntax.trees import language_of, outline

# What cannot be an English word: in backticks, of several words written as one, or called.
_NAMED = regex(r"`([^`]+)`|\b([A-Za-z_$][\w$]*(?:_\w+|[a-z][A-Z]\w*|\(\)))")


def deletions(
    lines: tuple[str, ...], sketches: tuple[Sketch, ...], path: str
) -> tuple[Replacement, ...]:
    """What prose or notes delete by name and no sketch shows: whole lines and definitions.

    A note may stand beside a marker that would keep what it names.
    """
    names = {name for sketch in sketches for name in deleted_names(sketch.prose)}
    notes = {line for sketch in sketches for line in sketch.lines if _is_note(line)}
    names |= {_name(match) for note in notes for match in _NAMED.finditer(note)}
    shown = "\n".join(line for sketch in sketches for line in sketch.lines if line not in notes)
    gone = {name for name in names if name not in shown}
    spans = _spans(lines, gone, path) if gone else ()
    return tuple(Replacement(span.start, span.stop, ()) for span in spans)


def _is_note(line: str) -> bool:
    sign = marker(line)
    return sign is not None and sign.kind is Kind.NOTE


def _name(match: re.Match[str]) -> str:
    return (match[1] or match[2]).removesuffix("()")


def _spans(lines: Sequence[str], names: Collection[str], path: str) -> tuple[Span, ...]:
    """Where what `names` name stands, if in one place only: a whole line, or a definition.

    A definition goes with the blank lines that set it apart from the next. One that the rest of
    the file still names stays: what the prose removes then is a use of it.
    """
    found: set[Span] = set()
    language = language_of(path)
    held = tuple(every(outline(lines, language))) if language else ()
    for name in names:
        places = {Span(n, n + 1) for n, line in enumerate(lines) if line.strip() == name}
        places |= {
            _with_blanks(lines, each.span)
            for each in held
            if _goes_as_one(each, language) and name in (each.name, each.name.rsplit(".", 1)[-1])
            if not _is_named_outside(lines, each.span, name)
        }
        if len(places) == 1:
            found |= places
    spans = sorted(found)
    return tuple(span for n, span in enumerate(spans) if n == 0 or span.start > spans[n - 1].stop)


def _goes_as_one(definition: Definition, language: str | None) -> bool:
    """Whether it is more than a line among others: a definition, a value of several lines, a key.

    JSON's keys need their commas seen to.
    """
    several = definition.kind == "variable" and len(definition.span) > 1
    is_key = definition.kind == "key" and language in DATA - JSON
    return definition.kind in SOLID or several or is_key


def _is_named_outside(lines: Sequence[str], span: Span, name: str) -> bool:
    word = re.compile(rf"\b{re.escape(name)}\b")
    outside = (*lines[: span.start], *lines[span.stop :])
    return any(word.search(line) for line in outside)


def _with_blanks(lines: Sequence[str], span: Span) -> Span:
    """`span` with the blank lines after it, or before it at the end of a scope."""
    stop = span.stop
    while stop < len(lines) and not lines[stop].strip():
        stop += 1
    if stop < len(lines) and indent_of(lines[stop]) == indent_of(lines[span.start]):
        return Span(span.start, stop)
    start = span.start
    while start > 0 and not lines[start - 1].strip():
        start -= 1
    return Span(start, span.stop)
