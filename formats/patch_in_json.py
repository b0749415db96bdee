"""A patch in a string of JSON, as a model writes the call of a tool.

    {"cmd": ["apply_patch", "*** Begin Patch\\n*** Update File: a.py\\n ... *** End Patch"]}

The JSON may have any shape: the patch is the one string in it that begins as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fastapply.core.edits import FileEdit, Span
from fastapply.core.errors import MalformedEditError
from fastapply.formats import apply_patch
from fastapply.formats.fences import Signs

_OPENERS = ("{", "[", '"')


def may_hold_one(lines: Sequence[str]) -> bool:
    """Whether a document can hold a patch in JSON at all."""
    return any(r"*** Begin Patch\n" in line for line in lines)


def patch_in_json(lines: Sequence[str], start: int) -> apply_patch.Patch | None:
    """The patch in the JSON that begins at line `start`, None where there is no such.

    All of it stands at the lines of the JSON. Raise `MalformedEditError` where it is broken.
    """
    if not lines[start].lstrip().startswith(_OPENERS):
        return None
    import json

    text = "\n".join(lines[start:]).lstrip()
    try:
        value, length = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    found = [each for each in _strings(value) if each.lstrip().startswith("*** Begin Patch\n")]
    if len(found) != 1:
        return None
    at = Span(start, start + text.count("\n", 0, length) + 1)
    inner = found[0].strip().split("\n")
    try:
        patch = apply_patch.patch(inner, 0, Signs(inner), None)
    except MalformedEditError as error:
        raise MalformedEditError(str(error), at) from error
    return apply_patch.Patch(tuple(_at(file, at) for file in patch.files), at.stop)


def _strings(value: object) -> Iterator[str]:
    pending = [value]
    while pending:
        match pending.pop():
            case str(text):
                yield text
            case dict() as table:
                pending += table.values()
            case list() as items:
                pending += items


def _at(file: FileEdit, at: Span) -> FileEdit:
    return replace(file, at=at, edits=tuple(replace(edit, at=at) for edit in file.edits))
