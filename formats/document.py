"""A document, read from top to bottom: which lines are which format.

One pass, and what begins first wins: a SEARCH block may hold fences, a fence may hold a patch, and
text inside an edit is never looked at again. What is left between edits is prose. What a model
thought aloud, between tags such as ``<think>``, is none of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fastapply.core.edits import FileEdit
from fastapply.core.regex import regex
from fastapply.core.spelling import unescape
from fastapply.formats import apply_patch, search_replace, unified_diff
from fastapply.formats.fences import End, Fence, Opening, Signs
from fastapply.formats.hunk_body import parse_header
from fastapply.formats.languages import DIFF, family_of_language
from fastapply.formats.patch_in_json import may_hold_one, patch_in_json
from fastapply.formats.paths import path_in_comment, path_in_heading, path_in_line
from fastapply.formats.search_replace import path_before
from fastapply.formats.sketch import Code, code_of, reads_as_prose
from fastapply.formats.tagged import tagged_file

_NOT_CODE = frozenset({"markdown", "yaml", "plain", "console", "tex", None})
_FENCE = regex(r"[ \t]*(?:```|~~~)")
_QUOTED_FENCE = regex(r"[ \t]*> ?(?:```|~~~)")
_QUOTE = regex(r"^[ \t]*> ?")
_REMARK = regex(r"^\s*(?:#|//|--|/\*|<!--|\*\*)")
_DROPPED = regex(r"^-(?! \S)")
_VERSION = regex(r"^\d+\.\d+[\d.a-z-]*$")
_ESCAPED_SIGN = regex(r"^[ \t]*(?:&lt;){5,9}[ \t]?(?:SEARCH|ORIGINAL)\b")
_THOUGHT = regex(r"^\s*<(/?)(think|thinking|thought|thoughts|reasoning|scratchpad)>")


def split_lines(document: str) -> list[str]:
    r"""The lines of a document: split at ``\n`` only, each without one ``\r`` at its end.

    Where all fences stand in a Markdown quotation, its signs are left out. A document whose own
    signs are escaped as HTML is read as what it was.
    """
    lines = [line.removesuffix("\r") for line in document.split("\n")]
    if any(map(_ESCAPED_SIGN.match, lines)):
        lines = [unescape(line) for line in lines]
    if any(map(_QUOTED_FENCE.match, lines)) and not any(map(_FENCE.match, lines)):
        return [_QUOTE.sub("", line, count=1) for line in lines]
    return lines


@dataclass(slots=True)
class Reading:
    """What was found so far: edits of the spelt-out formats, and code fences.

    `prose_start` is the line after the last of them, `heading` the last path that the prose gave a
    line of its own, or that an edit named; `holds_json` says that a patch may stand in JSON.
    """

    lines: Sequence[str]
    signs: Signs
    edits: list[FileEdit] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    prose_start: int = 0
    heading: str | None = None
    holds_json: bool = False

    def add(self, edit: FileEdit, path: str | None = None) -> None:
        """Take an edit; one that names no file is for `path`, or the file named last."""
        path = edit.path or path or self.heading
        self.heading = path
        self.edits.append(replace(edit, path=path))

    def forget(self, stop: int) -> None:
        """Leave out all that stands before line `stop`."""
        self.edits.clear()
        self.codes.clear()
        self.prose_start, self.heading = stop, None

    def prose(self, stop: int) -> str:
        """The text since the last edit or fence."""
        return "\n".join(self.lines[self.prose_start : stop]).strip()


def read(lines: Sequence[str], formats: frozenset[str]) -> Reading:
    """Find the edits of the given spelt-out formats, and the fences that are none.

    Raise `MalformedEditError` where an edit is broken.
    """
    reading = Reading(lines, Signs(lines), holds_json=may_hold_one(lines))
    index = 0
    inside: Opening | None = None
    while index < len(lines):
        stop = _spelt_out(reading, index, inside, formats)
        if stop is None and inside is not None and reading.signs.closes(index, inside):
            inside, stop = None, index + 1
            reading.prose_start = stop
        if stop is None and inside is None:
            stop = _thought(reading, index)
        if stop is None and inside is None:
            opening = reading.signs.opening(index)
            if opening is not None:
                if _wraps_edit(reading, index, formats):
                    inside, stop = opening, index + 1
                else:
                    stop = _read_fence(reading, reading.signs.fence(opening), formats)
            elif (tagged := tagged_file(lines, index, reading.signs)) is not None:
                if not _wraps_edit(reading, index, formats):
                    stop = _read_fence(reading, tagged, formats)
            elif unified_diff.NAME in formats and unified_diff.begins(lines, index):
                stop = _read_bare_diff(reading, index)
            else:
                reading.heading = path_in_heading(lines[index]) or reading.heading
        index = stop if stop is not None else index + 1
    return reading


def _thought(reading: Reading, index: int) -> int | None:
    """The line after what a model thought aloud, if that begins or ends at line `index`.

    The tag that opens it may be missing: then it began with the document.
    """
    tag = _THOUGHT.match(reading.lines[index])
    if tag is None:
        return None
    if tag[1]:
        reading.forget(index + 1)
        return index + 1
    closing = f"</{tag[2]}>"
    for line in range(index, len(reading.lines)):
        if closing in reading.lines[line]:
            reading.prose_start = line + 1
            return line + 1
    return None


def _spelt_out(
    reading: Reading, index: int, inside: Opening | None, formats: frozenset[str]
) -> int | None:
    """Read the SEARCH block or the patch that begins here; the line after it."""
    if search_replace.NAME in formats and search_replace.starts(reading.lines, index):
        edit = search_replace.block(reading.lines, index, reading.signs, inside)
        reading.add(edit)
        reading.prose_start = edit.at.stop
        return edit.at.stop
    if apply_patch.NAME in formats:
        patch = _patch(reading, index, inside)
        if patch is None:
            return None
        for file in patch.files:
            reading.add(file)
        reading.prose_start = patch.stop
        return patch.stop
    return None


def _patch(reading: Reading, index: int, inside: Opening | None) -> apply_patch.Patch | None:
    """The patch that begins here, plain or in JSON."""
    if apply_patch.starts(reading.lines, index):
        return apply_patch.patch(reading.lines, index, reading.signs, inside)
    return patch_in_json(reading.lines, index) if reading.holds_json else None


def _wraps_edit(reading: Reading, fence: int, formats: frozenset[str]) -> bool:
    """Whether the fence begins with a SEARCH block or a patch, but for a path or comments."""
    skipped = 0
    lines = reading.lines
    for index in range(fence + 1, len(lines)):
        line = lines[index]
        if search_replace.NAME in formats and search_replace.starts(lines, index):
            return True
        if apply_patch.NAME in formats and (
            apply_patch.starts(lines, index)
            or (reading.holds_json and patch_in_json(lines, index) is not None)
        ):
            return True
        if not line.strip():
            continue
        if skipped == 3 or not (
            path_in_line(line) or _REMARK.match(line) or apply_patch.wraps(line)
        ):
            return False
        skipped += 1
    return False


def _read_fence(reading: Reading, fence: Fence, formats: frozenset[str]) -> int:
    """Read a fence that is a diff or code; the line after it."""
    opening = fence.opening
    content = fence.content(reading.lines)
    path = opening.path or path_before(reading.lines, opening.line)
    if unified_diff.NAME in formats and _is_diff(content, fence):
        remark = content and not content[0].startswith(("+", "-"))
        named = path_in_comment(content[0]) if remark else None
        content, start = content[named is not None :], fence.at.start + (named is not None)
        files = unified_diff.diff(content, start, complete=fence.end is End.SIGN)
        for file in files:
            reading.add(file, path or named)
    else:
        code = code_of(fence, reading.lines, path, reading.prose(opening.line))
        if code.stated:
            reading.heading = code.path
        reading.codes.append(code._replace(path=code.path or reading.heading))
    reading.prose_start = fence.stop
    return fence.stop


def _is_diff(content: Sequence[str], fence: Fence) -> bool:
    language = fence.opening.language
    if family_of_language(language) == DIFF:
        return any(line[:1] in ("+", "-") or parse_header(line) for line in content)
    typed = any(line.startswith("$ ") for line in content)
    if not (language or typed) and any(
        unified_diff.begins(content, index) for index in range(len(content))
    ):
        return True
    return unified_diff.looks_like_diff(content, code=family_of_language(language) not in _NOT_CODE)


def _read_bare_diff(reading: Reading, start: int) -> int:
    """Read a diff outside any fence, up to the prose after it; the line after it."""
    lines = reading.lines
    stop = start
    while stop < len(lines) and not _ends_bare_diff(reading, stop):
        stop += 1
    changed = start
    for index in range(start, stop):
        if lines[index][:1] in ("+", "@") or _DROPPED.match(lines[index]):
            changed = index
    lost = False
    for index in range(changed + 1, stop):
        line = lines[index]
        if not line or line[0] in " \t\\":
            continue
        if not lines[index - 1] and not (lost and not reads_as_prose(line)):
            stop = index
            break
        lost = True
    complete = stop < len(lines) or lines[-1] == ""
    path = path_before(lines, start)
    for file in unified_diff.diff(lines[start:stop], start, complete=complete):
        reading.add(file, path)
    reading.prose_start = stop
    return stop


def _ends_bare_diff(reading: Reading, index: int) -> bool:
    """Whether a diff surely ends here: at a fence, or at the signature of a mailed patch."""
    lines = reading.lines
    if lines[index][:1] in ("`", "~") and reading.signs.opening(index) is not None:
        return True
    mailed = lines[index] == "-- " and index + 1 < len(lines)
    return mailed and _VERSION.match(lines[index + 1]) is not None
