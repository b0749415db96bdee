"""New files: what an edit says the whole content is."""

from __future__ import annotations

from fastapply.core.edits import Action, FileEdit, Hunk, Sketch, WholeFile
from fastapply.core.lines.markers import marker


def content_of(edit: FileEdit) -> tuple[str, ...] | None:
    """The lines of the file that `edit` makes out of nothing; None where it needs an original."""
    if len(edit.edits) > 1 and edit.action is not Action.CREATE:
        return None
    lines: list[str] = []
    for part in edit.edits:
        match part:
            case WholeFile():
                lines += part.lines
            case Hunk():
                if part.old:
                    return None
                lines += part.new
            case Sketch():
                if any(sign.certain for line in part.lines if (sign := marker(line))):
                    return None
                lines += part.lines
    return tuple(lines)
