"""A change as a unified diff that `git apply` takes.

    diff   = "diff --git " a " " b { header } [ "--- " a "+++ " b { hunk } ]
    header = "new file mode " m | "deleted file mode " m | "rename from " p | "rename to " p
    hunk   = "@@ -" range " +" range " @@" { line [ "\\ No newline at end of file" ] }

Lines carry their own endings, so the diff of a file with CRLF has CRLF. Paths are quoted as git
quotes them (git's quote.c).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastapply.core.edits import Span
from fastapply.core.regex import regex
from fastapply.core.stretches import Stretch, stretches
from fastapply.core.text import SourceText

_LINE = regex(r"[^\n]*\n|[^\n]+")
_ESCAPES = {
    ord(char): f"\\{name}" for char, name in zip('\a\b\t\n\v\f\r"\\', 'abtnvfr"\\', strict=True)
}


def unified(
    before: SourceText | None,
    after: SourceText | None,
    path: str,
    *,
    move_to: str | None = None,
    context: int = 3,
) -> str:
    """The diff from `before` to `after`, with `context` lines around each stretch.

    `before` is None for a new file, `after` for one that goes; `move_to` is the new path of a file
    that is renamed. Empty where nothing cut.
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
    group: list[Stretch] = []
    for stretch in stretches(old, new):
        if not stretch.same or not group or len(stretch.old) <= 2 * context:
            group.append(stretch)
            continue
        yield from _hunk(old, new, [*group, _cut(stretch, 0, context)], context)
        group = [stretch]
    yield from _hunk(old, new, group, context)


def _cut(stretch: Stretch, start: int, stop: int) -> Stretch:
    """Lines [start, stop) of a stretch that is the same."""
    stop = min(stop, len(stretch.old))
    old, new = stretch.old.start, stretch.new.start
    return Stretch(Span(old + start, old + stop), Span(new + start, new + stop), same=True)


def _hunk(
    old: Sequence[str], new: Sequence[str], group: Sequence[Stretch], context: int
) -> Iterator[str]:
    """The lines of the hunk that `group` is, less what its first and last stretch have too much."""
    if all(stretch.same for stretch in group):
        return
    cut = list(group)
    if cut[0].same:
        size = len(cut[0].old)
        cut[0] = _cut(cut[0], max(size - context, 0), size)
    if cut[-1].same:
        cut[-1] = _cut(cut[-1], 0, context)
    before = Span(cut[0].old.start, cut[-1].old.stop)
    after = Span(cut[0].new.start, cut[-1].new.stop)
    yield f"@@ -{_range(before)} +{_range(after)} @@\n"
    for stretch in cut:
        if stretch.same:
            yield from (_line(" ", text) for text in old[stretch.old.start : stretch.old.stop])
        else:
            yield from (_line("-", text) for text in old[stretch.old.start : stretch.old.stop])
            yield from (_line("+", text) for text in new[stretch.new.start : stretch.new.stop])


def _range(span: Span) -> str:
    """A range of a hunk's header: a range of no lines names the line before it."""
    if len(span) == 1:
        return str(span.start + 1)
    return f"{span.start + (1 if len(span) else 0)},{len(span)}"


def _line(sign: str, text: str) -> str:
    return sign + text if text.endswith("\n") else f"{sign}{text}\n\\ No newline at end of file\n"
