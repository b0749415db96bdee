"""Unified diffs, as models write them.

    diff   = { file }
    file   = { "diff --git a/x b/y" | extended header } [ "--- " path "+++ " path ] { hunk }
    hunk   = header { header } { line }         (see `hunk_body`)

Tolerated: no file header (the path comes from the text before, or the user names the file), no hunk
header, numbers absent or wrong, ``a/`` and ``b/`` absent, timestamps. ``--- x`` is a header only
where ``+++ y`` follows, or where `x` is a path and a hunk follows; elsewhere it deletes a line
``-- x``. New and deleted files are those of ``/dev/null``, renamed ones need ``rename from`` and
``rename to``. Refused: binary patches, a header without a change, and a diff that the document's
end cuts off as far as that can be seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from fastapply.core.edits import Action, Elision, FileEdit, Hunk, Op, Span, Step, WholeFile
from fastapply.core.errors import MalformedEditError
from fastapply.core.regex import regex
from fastapply.formats.elisions import Steps
from fastapply.formats.hunk_body import Header, changes, lacks_signs, parse_header, steps_of_body
from fastapply.formats.paths import as_path

NAME = "udiff"

_GIT = regex(r"^diff --git (?:\"?a/(.+?)\"?) (?:\"?b/(.+?)\"?)$")
_EXTENDED = regex(
    r"^(?:index [0-9a-f.]+|(?:old|new) mode \d+|(?:new|deleted) file mode \d+|similarity index"
    r"|dissimilarity index|(?:rename|copy) (?:from|to) |diff --|Index: |={40,}$)"
)
_BINARY = regex(r"^(?:Binary files .* differ|GIT binary patch)$")
_GIT_START = "diff --git "
_NULL = "/dev/null"
_LONGEST = 4000  # characters of a header line; longer ones are text
_PLACEHOLDERS = frozenset(
    {
        "a",
        "after",
        "b",
        "before",
        "current",
        "file",
        "modified",
        "new",
        "old",
        "original",
        "updated",
    }
)
_BLANK = Step(Op.KEEP, "")


@dataclass(slots=True)
class _Section:
    """One file of a diff while it is read."""

    start: int
    old: str | None = None
    new: str | None = None
    renamed: bool = False
    created: bool = False
    deleted: bool = False
    edits: list[Hunk] = field(default_factory=list)


def is_header(lines: Sequence[str], index: int) -> bool:
    """Whether a file's part of a diff begins at line `index`."""
    line = lines[index]
    if line.startswith(_GIT_START):
        return len(line) < _LONGEST
    if not line.startswith(("--- ", "+++ ")) or index + 1 == len(lines):
        return False
    if line[0] == "-" and lines[index + 1].startswith("+++ "):
        return True
    return _is_lone_header(line) and parse_header(lines[index + 1]) is not None


def _is_lone_header(line: str) -> bool:
    """Whether a line is one of the two headers of a file, the other of which is missing."""
    path = _header_path(line)
    return path.startswith(("a/", "b/")) or as_path(path) is not None


def begins(lines: Sequence[str], index: int) -> bool:
    """Whether a diff begins at line `index` of a text that is no code: at a file, or at a hunk."""
    if is_header(lines, index):
        return True
    if parse_header(lines[index]) is None:
        return False
    following = takewhile(str.strip, lines[index + 1 :])
    return any(line[0] in "+-" for line in following)


def looks_like_diff(lines: Sequence[str], *, code: bool) -> bool:
    """Whether text in a fence that says nothing about it is a diff.

    `code` says the fence's language is one whose lines never begin with a lone sign.
    """
    shown = [i for i, line in enumerate(lines) if line.strip() and not _EXTENDED.match(line)]
    if not shown:
        return False
    if is_header(lines, shown[0]) or parse_header(lines[shown[0]]) is not None:
        return any(line[:1] in ("+", "-") for line in lines) or len(shown) < 3
    if not code or any(lines[index][0] not in "+- \t@\\" for index in shown):
        return False
    signs = [lines[index][0] for index in shown if lines[index][0] in "+-"]
    return "+" in signs and ("-" in signs or len(signs) < len(shown))


def diff(lines: Sequence[str], offset: int, *, complete: bool) -> tuple[FileEdit, ...]:
    """The files of the diff that `lines` are; they stand in the document from line `offset` on.

    `complete` says that something (a closing fence) shows where the diff ends. Raise
    `MalformedEditError` where it is broken.
    """
    sections: list[_Section] = []
    section = _Section(0)
    last: tuple[Header, Hunk] | None = None
    index = 0
    while index < len(lines):
        line = lines[index]
        if is_header(lines, index):
            section = _Section(index)
            sections.append(section)
            index = _read_header(lines, index, section)
        elif _BINARY.match(line):
            raise MalformedEditError("a binary patch", Span(offset + index, offset + index + 1))
        elif not line.strip() or _EXTENDED.match(line):
            index += 1
        else:
            sections = sections or [section]
            index, header, hunk = _read_hunk(lines, index, offset)
            last = (header, hunk) if hunk is not None else None
            section.edits += [hunk] if hunk is not None else []
    if not complete and (last is None or not _whole(*last)):
        at = last[1].at if last is not None else Span(offset, offset + len(lines))
        raise MalformedEditError("the diff ends in the middle: is it cut off?", at)
    stops = [*(after.start for after in sections[1:]), len(lines)]
    bounds = zip(sections, stops, strict=bool(sections))
    return tuple(_file(part, Span(part.start + offset, stop + offset)) for part, stop in bounds)


def _read_header(lines: Sequence[str], index: int, section: _Section) -> int:
    """Read the lines that say which file; the index of the line after them."""
    if lines[index].startswith(_GIT_START):
        git = _GIT.match(lines[index])
        if git is not None:
            section.old, section.new = git[1], git[2]
        index += 1
    while index < len(lines) and _EXTENDED.match(lines[index]) and not is_header(lines, index):
        line = lines[index]
        section.created |= line.startswith("new file mode")
        section.deleted |= line.startswith("deleted file mode")
        if line.startswith("rename from "):
            section.old, section.renamed = line[12:].strip(), True
        elif line.startswith("rename to "):
            section.new, section.renamed = line[10:].strip(), True
        index += 1
    if index < len(lines) and not lines[index].startswith(_GIT_START) and is_header(lines, index):
        pair = lines[index + 1].startswith("+++ ")
        old, new = _header_path(lines[index]), _header_path(lines[index + pair])
        section.created |= old == _NULL
        section.deleted |= new == _NULL
        if not section.renamed:
            section.old, section.new = _unprefixed(old, new)
        index += 1 + pair
    return index


def _header_path(line: str) -> str:
    text = line[4:].split("\t")[0].strip()
    text = re.sub(r"\s+\d{4}-\d\d-\d\d[ T].*$", "", text[:1000])
    return text.strip('"').strip("`")


def _unprefixed(old: str, new: str) -> tuple[str, str]:
    """The paths without git's ``a/`` and ``b/``, where both have them, or one is alone."""
    if old == new and old.startswith(("a/", "b/")):
        return old[2:], new[2:]
    if (old.startswith("a/") or old == _NULL) and (new.startswith("b/") or new == _NULL):
        return old.removeprefix("a/"), new.removeprefix("b/")
    return old, new


def _read_hunk(lines: Sequence[str], index: int, offset: int) -> tuple[int, Header, Hunk | None]:
    """Read a hunk: the index of the line after it, its last header, and itself if it has lines."""
    first = index
    anchors: list[str] = []
    line: int | None = None
    last = Header()
    while index < len(lines) and (header := parse_header(lines[index])) is not None:
        anchors += [header.anchor] if header.anchor else []
        line = header.line if header.line is not None else line
        last = header
        index += 1
    body = index
    while index < len(lines) and not _ends_hunk(lines, index):
        index += 1
    steps = steps_of_body(lines[body:index])
    if all(isinstance(step, Step) and step == _BLANK for step in steps):
        return index, last, None
    if body == first:
        steps = _apart(steps)
    at = Span(first + offset, index + offset)
    unsigned = lacks_signs(lines[body:index])
    return index, last, Hunk(steps, at, tuple(anchors), line, unsigned=unsigned)


def _apart(steps: Steps) -> Steps:
    """The steps of a body without a header, where blank lines alone hold changes apart.

    Such a blank line stands for whatever is between the changes, if each drops something.
    """
    blanks = [step for step in steps if isinstance(step, Step) and step.op is Op.KEEP]
    if not blanks or any(step.text.strip() for step in blanks):
        return steps
    groups: list[list[Step | Elision]] = [[]]
    for step in steps:
        if step == _BLANK:
            groups.append([])
        else:
            groups[-1].append(step)
    groups = [group for group in groups if group]
    if not all(isinstance(step := group[0], Step) and step.op is Op.DROP for group in groups):
        return steps
    result = groups[0]
    for group in groups[1:]:
        result += [Elision(kept=True), *group]
    return tuple(result)


def _ends_hunk(lines: Sequence[str], index: int) -> bool:
    return parse_header(lines[index]) is not None or is_header(lines, index)


def _whole(header: Header, hunk: Hunk) -> bool:
    """Whether the last hunk of a diff without an end has all the lines its header counts."""
    return header.counts == (len(hunk.old), len(hunk.new))


def _file(section: _Section, at: Span) -> FileEdit:
    old = None if section.old == _NULL else section.old
    new = None if section.new == _NULL else section.new
    if section.deleted:
        return FileEdit(old or new, (), NAME, at, Action.DELETE)
    if section.created:
        lines = tuple(text for hunk in section.edits for text in hunk.new)
        return FileEdit(new or old, (WholeFile(lines, at),), NAME, at, Action.CREATE)
    move_to = new if section.renamed and new != old else None
    if move_to is None and not any(changes(part) for part in section.edits):
        raise MalformedEditError("a diff without a change", at)
    path = old if move_to is not None else _updated(old, new)
    return FileEdit(path, tuple(section.edits), NAME, at, move_to=move_to)


def _updated(old: str | None, new: str | None) -> str | None:
    """The file that the header paths mean: of two, the old one where it is spelt as a file.

    Words such as ``original`` stand for a path that the model did not know.
    """
    old, new = (None if path in _PLACEHOLDERS else path for path in (old, new))
    if old is None or new is None or old == new:
        return new or old
    spelt = "." in old.rpartition("/")[2] and not old.endswith((".orig", ".bak", ".old", "~"))
    return old if spelt else new
