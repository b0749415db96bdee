"""Edit formats: from the text a model wrote to an `EditDocument`.

Which format a document is in shows in its content (`document`); `FORMATS` are the names that
``--format`` can force. What each format accepts stands on top of its file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import replace

from fastapply.core.edits import Action, EditDocument, FileEdit, Sketch, Span, WholeFile
from fastapply.core.errors import NoEditError, OptionsError
from fastapply.formats import apply_patch, search_replace, sketch, unified_diff, whole_file
from fastapply.formats.document import Reading, read, split_lines
from fastapply.formats.indented import indented_blocks
from fastapply.formats.languages import holds_prose
from fastapply.formats.paths import paths_in_prose

FORMATS = (
    sketch.NAME,
    search_replace.NAME,
    unified_diff.NAME,
    apply_patch.NAME,
    whole_file.NAME,
)

_PROSE = 200  # lines of a document without fences that can name its file
_SPELT_OUT = frozenset({search_replace.NAME, unified_diff.NAME, apply_patch.NAME})


def parse(document: str, *, target: str | None = None, format: str | None = None) -> EditDocument:
    """Understand a document as far as its text allows.

    `target` is the path of the file the user named, if it is one; `format` (one of `FORMATS`)
    forces a format. Raise `NoEditError` where the document holds no edit, `MalformedEditError`
    where one is broken.
    """
    if format is not None and format not in FORMATS:
        raise OptionsError(f"no such format: {format} (there are {', '.join(FORMATS)})")
    lines = split_lines(document)
    reading = read(lines, _SPELT_OUT if format is None else _SPELT_OUT & {format})
    edits = _edits(reading, target, format)
    if not edits:
        raise NoEditError(_nothing_found(lines, reading, format))
    return EditDocument(document, _grouped(_with_paths(edits, reading, target)))


def _edits(reading: Reading, target: str | None, format: str | None) -> list[FileEdit]:
    """All edits of the document, in its order."""
    edits = list(reading.edits)
    if format in (None, sketch.NAME):
        after = reading.prose(len(reading.lines))
        edits += sketch.edits_of_codes(reading.codes, after, target, bool(edits))
    if format == whole_file.NAME:
        edits = [_whole(code.path, code.lines, code.at, code.taken_off) for code in reading.codes]
    if not edits and not reading.codes:
        edits = _bare(reading.lines, target, format)
    return sorted(edits, key=lambda edit: edit.at)


def _whole(
    path: str | None, lines: tuple[str, ...], at: Span, taken_off: tuple[str, ...] = ()
) -> FileEdit:
    return FileEdit(path, (WholeFile(lines, at, taken_off),), whole_file.NAME, at)


def _bare(lines: Sequence[str], target: str | None, format: str | None) -> list[FileEdit]:
    """The edit that a document without fences is."""
    text = lines[:-1] if lines[-1] == "" else lines
    at = Span(0, len(text))
    if format == whole_file.NAME and text:
        return [_whole(None, tuple(text), at)]
    if format == sketch.NAME and any(line.strip() for line in text):
        return [FileEdit(None, (Sketch(tuple(text), at),), sketch.NAME, at)]
    changes = any(line[:1] in ("+", "-") for line in text)
    forced = format == unified_diff.NAME
    if changes and (forced or (format is None and unified_diff.looks_like_diff(text, code=True))):
        return list(unified_diff.diff(text, 0, complete=True))
    if format is None:
        bare = sketch.bare_document(lines, target)
        if bare is None and target is not None and not holds_prose(target):
            return indented_blocks(text)
        return [bare] if bare is not None else []
    return []


def _with_paths(edits: list[FileEdit], reading: Reading, target: str | None) -> list[FileEdit]:
    """The edits; where neither they nor the user name a file, the only one the prose quotes."""
    if target is not None or all(edit.path is not None for edit in edits):
        return edits
    prose = "\n".join(code.prose for code in reading.codes) or "\n".join(reading.lines[:_PROSE])
    named = paths_in_prose(prose)
    if len(named) != 1:
        return edits
    return [replace(edit, path=edit.path or named[0]) for edit in edits]


def _grouped(edits: list[FileEdit]) -> tuple[FileEdit, ...]:
    """One `FileEdit` a file, where all that is asked of it is updates."""
    groups: dict[object, list[FileEdit]] = {}
    for number, edit in enumerate(edits):
        key: object = None
        if edit.path is not None:
            key = posixpath.normpath(edit.path.replace("\\", "/"))
        group = groups.setdefault(key, [])
        if not group or (group[0].action is edit.action is Action.UPDATE and edit.move_to is None):
            group.append(edit)
        else:
            groups[number] = [edit]
    return tuple(_joined(group) for group in groups.values())


def _joined(group: list[FileEdit]) -> FileEdit:
    parts = tuple(part for edit in group for part in edit.edits)
    at = Span(group[0].at.start, max(edit.at.stop for edit in group))
    return replace(group[0], edits=parts, at=at)


def _nothing_found(lines: Sequence[str], reading: Reading, format: str | None) -> str:
    """Why there is no edit, and what one looks like."""
    if not any(line.strip() for line in lines):
        return "the document is empty"
    if format is not None:
        return f"the document holds no edit in the format {format}"
    if reading.codes:
        return (
            "the code in the document is commands, output or samples, no edit: "
            "`--format snippet` takes it as one"
        )
    return (
        "the document holds no edit: expected a code fence, a SEARCH/REPLACE block, a unified "
        "diff or an apply-patch"
    )
