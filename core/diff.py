"""A change as a unified diff that `git apply` takes.

    diff   = "diff --git " a " " b { header } [ "--- " a "+++ " b { hunk } ]
    header = "new file mode " m | "deleted file mode " m | "rename from " p | "rename to " p
    hunk   = "@@ -" range " +" range " @@" { line [ "\\ No newline at end of file" ] }

Lines carry their own endings, so the diff of a file with CRLF has CRLF. Paths are quoted as git
quotes them (git's quote.c).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from fastapply.core.edits import Span
from fastapply.core.text import SourceText

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ESCAPES = {
    ord(char): f"\\{name}" for char, name in zip('\a\b\t\n\v\f\r"\\', 'abtnvfr"\\', strict=True)
}


@dataclass(frozen=True, slots=True)
class Change:
    """Lines `old` of one text stand where lines `new` of the other do; `same` if they are equal."""

    old: Span
    new: Span
    same: bool


def compare(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """How `new` came from `old`, in order; equal and different stretches take turns."""
    shortest = min(len(old), len(new))
    head = 0
    while head < shortest and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    if head:
        yield Change(Span(0, head), Span(0, head), same=True)
    inner = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    for tag, old_start, old_stop, new_start, new_stop in inner.get_opcodes():
        before = Span(old_start + head, old_stop + head)
        yield Change(before, Span(new_start + head, new_stop + head), same=tag == "equal")
    if tail:
        yield Change(Span(len(old) - tail, len(old)), Span(len(new) - tail, len(new)), same=True)


def unified(
    before: SourceText | None,
    after: SourceText | None,
    path: str,
    *,
    move_to: str | None = None,
    context: int = 3,
) -> str:
    """The diff from `before` to `after`, with `context` lines around each change.

    `before` is None for a new file, `after` for one that goes; `move_to` is the new path of a file
    that is renamed. Empty where nothing changes.
    """
    old, new = _lines(before), _lines(after)
    if old == new and before is not None and after is not None and move_to is None:
        return ""
    names = f"a/{path}", f"b/{move_to or path}"
    parts = [f"diff --git {quoted(names[0])} {quoted(names[1])}\n"]
    if before is None:
        parts.append("new file mode 100644\n")
    if after is None:
        parts.append("deleted file mode 100644\n")
    if move_to is not None:
        parts.append(f"rename from {quoted(path)}\nrename to {quoted(move_to)}\n")
    if old != new:
        parts.append(f"--- {'/dev/null' if before is None else _header(names[0])}\n")
        parts.append(f"+++ {'/dev/null' if after is None else _header(names[1])}\n")
        parts += _hunks(old, new, context)
    return "".join(parts)


def quoted(path: str) -> str:
    """`path` as git writes it: in C's quotes where it holds anything but plain ASCII."""
    data = path.encode("utf-8", "surrogateescape")
    if all(32 <= byte < 127 and byte not in _ESCAPES for byte in data):
        return path
    return '"' + "".join(_ESCAPES.get(byte) or _plain(byte) for byte in data) + '"'


def _plain(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"


def _header(path: str) -> str:
    """A path after ``---`` or ``+++``: a tab ends one that holds spaces."""
    name = quoted(path)
    return f"{name}\t" if " " in name and not name.startswith('"') else name


def _lines(text: SourceText | None) -> list[str]:
    r"""The lines as git splits them, at ``\n`` alone, with their endings and the BOM."""
    if text is None:
        return []
    return _LINE.findall(("\ufeff" if text.bom else "") + str(text))


def _hunks(old: Sequence[str], new: Sequence[str], context: int) -> Iterator[str]:
    group: list[Change] = []
    for change in compare(old, new):
        if not change.same or not group or len(change.old) <= 2 * context:
            group.append(change)
            continue
        yield from _hunk(old, new, [*group, _cut(change, 0, context)], context)
        group = [change]
    yield from _hunk(old, new, group, context)


def _cut(change: Change, start: int, stop: int) -> Change:
    """Lines [start, stop) of an equal stretch."""
    stop = min(stop, len(change.old))
    old, new = change.old.start, change.new.start
    return Change(Span(old + start, old + stop), Span(new + start, new + stop), same=True)


def _hunk(
    old: Sequence[str], new: Sequence[str], group: Sequence[Change], context: int
) -> Iterator[str]:
    """The lines of the hunk that `group` is, less what its first and last stretch have too much."""
    if all(change.same for change in group):
        return
    changes = list(group)
    if changes[0].same:
        size = len(changes[0].old)
        changes[0] = _cut(changes[0], max(size - context, 0), size)
    if changes[-1].same:
        changes[-1] = _cut(changes[-1], 0, context)
    before = Span(changes[0].old.start, changes[-1].old.stop)
    after = Span(changes[0].new.start, changes[-1].new.stop)
    yield f"@@ -{_range(before)} +{_range(after)} @@\n"
    for change in changes:
        if change.same:
            yield from (_line(" ", text) for text in old[change.old.start : change.old.stop])
        else:
            yield from (_line("-", text) for text in old[change.old.start : change.old.stop])
            yield from (_line("+", text) for text in new[change.new.start : change.new.stop])


def _range(span: Span) -> str:
    """A range of a hunk's header: a range of no lines names the line before it."""
    if len(span) == 1:
        return str(span.start + 1)
    return f"{span.start + (1 if len(span) else 0)},{len(span)}"


def _line(sign: str, text: str) -> str:
    return sign + text if text.endswith("\n") else f"{sign}{text}\n\\ No newline at end of file\n"
