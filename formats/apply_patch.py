"""apply-patch, the format of OpenAI's codex (codex-rs/apply-patch, its `tool_instructions`).

    patch  = "*** Begin Patch" { add | delete | update } "*** End Patch"
    add    = "*** Add File: " path { "+" line }
    delete = "*** Delete File: " path
    update = "*** Update File: " path [ "*** Move to: " path ] { hunk }
    hunk   = { "@@" [ anchor ] } { line } [ "*** End of File" ]

Lines are those of `hunk_body`. Tolerated: spaces around the signs, signs in any case, a heredoc,
quotes of a shell or a fence around the patch, headers of a diff below an Update File, a missing
first ``@@``, several anchors in a row (outermost first), an added file whose lines all lack their
``+``, a missing End Patch where a fence or heredoc is closed behind it. Refused: an empty patch, an
update without a change, an unknown ``***`` line, a patch that the document's end cuts off. A hunk
of added lines alone, without an anchor, is for the end of the file.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from fastapply.core.edits import Action, FileEdit, Hunk, Op, Span, Step, WholeFile
from fastapply.core.errors import MalformedEditError
from fastapply.core.regex import regex
from fastapply.formats.elisions import Steps
from fastapply.formats.fences import Opening, Signs
from fastapply.formats.hunk_body import changes, lacks_signs, parse_header, steps_of_body
from fastapply.formats.unified_diff import is_header

NAME = "apply-patch"

_BLANK = Step(Op.KEEP, "")

_BEGIN = regex(r"^\s*(?:\$ )?(?:apply_patch\s+[\"'])?\*{3}\s*(?i:Begin Patch)\s*(?:\*+\s*)?$")
_END = regex(r"^\s*\*{3}\s*(?i:End Patch)\s*(?:\*+\s*)?[\"']?$")
_END_OF_FILE = regex(r"^\s*\*{3}\s*(?i:End of File)\s*(?:\*+\s*)?$")
_FILE = regex(r"^\s*\*{3}\s*(?i:(Add|Delete|Update) File):\s*(\S|\S.*\S)\s*$")
_MOVE = regex(r"^\s*\*{3}\s*(?i:Move to):\s*(\S|\S.*\S)\s*$")
_STARS = regex(r"^\*{3} ?\S")
_HEREDOC = regex(r"<<-?\s*[\"']?(\w+)[\"']?\s*$")


class Patch(NamedTuple):
    """The files a patch names, and the line after the patch."""

    files: tuple[FileEdit, ...]
    stop: int


def starts(lines: Sequence[str], index: int) -> bool:
    """Whether a patch begins at this line; its first sign may be missing."""
    line = lines[index]
    if "***" not in line:
        return False
    if _BEGIN.match(line):
        return True
    if not _FILE.match(line):
        return False
    following = itertools.takewhile(str.strip, itertools.islice(lines, index + 1, None))
    return any(line.startswith(("@@", "+", "-", "*** ")) for line in following)


def wraps(line: str) -> bool:
    """Whether the line is the shell's way to hand over a patch: ``apply_patch <<'EOF'``."""
    return "apply_patch" in line and _HEREDOC.search(line) is not None


def patch(lines: Sequence[str], start: int, signs: Signs, fence: Opening | None) -> Patch:
    """The patch that begins at line `start`, inside `fence` if it is not None.

    Raise `MalformedEditError` where it is broken.
    """
    heredoc = _HEREDOC.search(lines[start - 1]) if start and wraps(lines[start - 1]) else None
    stop, end = _end(lines, start, signs, fence, heredoc[1] if heredoc else None)
    first = start + 1 if _BEGIN.match(lines[start]) else start
    heads = [index for index in range(first, stop) if _FILE.match(lines[index])]
    at = Span(start, end)
    for index in range(first, heads[0] if heads else stop):
        if lines[index].strip():
            raise MalformedEditError(
                f"not a line of a patch: {lines[index].strip()[:80]}", Span(index, index + 1)
            )
    if not heads:
        raise MalformedEditError("the patch names no file", at)
    bounds = zip(heads, [*heads[1:], stop], strict=True)
    files = tuple(_file(lines, Span(head, after)) for head, after in bounds)
    return Patch(files, end)


def _end(
    lines: Sequence[str], start: int, signs: Signs, fence: Opening | None, word: str | None
) -> tuple[int, int]:
    """The line where the patch's text ends, and the line after the patch."""
    closing: tuple[int, int] | None = None
    for index in range(start + 1, len(lines)):
        line = lines[index]
        if _END.match(line):
            return index, index + 1
        if _BEGIN.match(line):
            break
        if closing is None and word is not None and line.strip() == word:
            closing = index, index + 1
        elif closing is None and fence is not None and signs.closes(index, fence):
            closing = index, index
    if closing is not None:
        return closing
    raise MalformedEditError(
        "a patch without its `*** End Patch`: is it cut off?", Span(start, len(lines))
    )


def _file(lines: Sequence[str], at: Span) -> FileEdit:
    """What the patch does with one file; `at` begins with its ``*** ... File:`` line."""
    head = _FILE.match(lines[at.start])
    assert head is not None
    verb, path = head[1].capitalize(), head[2]
    body = Span(at.start + 1, at.stop)
    if verb == "Add":
        whole = WholeFile(_added(lines, body), body)
        return FileEdit(path, (whole,), NAME, at, Action.CREATE)
    if verb == "Delete":
        _expect_nothing(lines, body)
        return FileEdit(path, (), NAME, at, Action.DELETE)
    return _update(lines, at, path)


def _expect_nothing(lines: Sequence[str], at: Span) -> None:
    for index in range(at.start, at.stop):
        if lines[index].strip():
            raise MalformedEditError("lines after a `*** Delete File`", Span(index, index + 1))


def _added(lines: Sequence[str], at: Span) -> tuple[str, ...]:
    """The text of a new file."""
    body = [line for line in lines[at.start : at.stop] if not _END_OF_FILE.match(line)]
    while body and not body[-1].strip():
        body.pop()
    signed = [line.startswith("+") for line in body if line.strip()]
    if not any(signed):
        return tuple(body)
    if not all(signed):
        index = next(i for i in range(at.start, at.stop) if lines[i].strip() and lines[i][0] != "+")
        raise MalformedEditError("a line of an added file without its +", Span(index, index + 1))
    return tuple(line[1:] for line in body)


def _update(lines: Sequence[str], at: Span, path: str) -> FileEdit:
    start = at.start + 1
    move_to: str | None = None
    while start < at.stop:
        move = _MOVE.match(lines[start])
        if move is None and lines[start].strip():
            break
        if move is not None:
            move_to = move[1]
        elif lines[start]:
            break
        start += 1
    if start < at.stop and is_header(lines, start):
        start += 2
    hunks = _hunks(lines, Span(start, at.stop))
    if move_to is None and not any(map(changes, hunks)):
        raise MalformedEditError(f"the patch updates {path}, but says no change", at)
    return FileEdit(path, hunks, NAME, at, move_to=move_to)


def _hunks(lines: Sequence[str], at: Span) -> tuple[Hunk, ...]:
    hunks: list[Hunk] = []
    index = at.start
    while index < at.stop:
        first = index
        anchors: list[str] = []
        line: int | None = None
        while index < at.stop and (header := parse_header(lines[index])) is not None:
            anchors += [header.anchor] if header.anchor else []
            line = header.line if line is None else line
            index += 1
        body = index
        while index < at.stop and parse_header(lines[index]) is None:
            if _END_OF_FILE.match(lines[index]):
                break
            if _STARS.match(lines[index]):
                raise MalformedEditError(
                    f"not a line of a patch: {lines[index][:80]}", Span(index, index + 1)
                )
            index += 1
        at_end = index < at.stop and _END_OF_FILE.match(lines[index]) is not None
        steps = steps_of_body(lines[body:index])
        index += at_end
        if any(step != _BLANK for step in steps):
            at_end = at_end or not (anchors or _seeks(steps))
            unsigned = lacks_signs(lines[body:index])
            hunks.append(Hunk(steps, Span(first, index), tuple(anchors), line, at_end, unsigned))
        elif body > first:
            raise MalformedEditError("an empty hunk", Span(first, index))
    return tuple(hunks)


def _seeks(steps: Steps) -> bool:
    return any(not isinstance(step, Step) or step.op is not Op.ADD for step in steps)
