"""``--diff``: the changes as one patch for `git apply`.

Git reads the names in such patches from the root of the repository, wherever it is called.
"""

from __future__ import annotations

import os

from fastapply.cli.workspace import FileWorkspace
from fastapply.core.diff import unified
from fastapply.core.pipeline import Outcome


def patch(outcome: Outcome, workspace: FileWorkspace) -> bytes:
    """All changes of `outcome`, unchanged files left out."""
    parts: list[bytes] = []
    for file in outcome.files:
        change = file.change
        if file.status == "unchanged":
            continue
        move_to = None if change.move_to is None else _name(change.move_to, workspace)
        path = _name(change.path, workspace)
        text = unified(change.before, change.after, path, move_to=move_to)
        parts.append(text.encode("utf-8", "surrogateescape"))
    return b"".join(parts)


def _name(path: str, workspace: FileWorkspace) -> str:
    place = os.path.abspath(workspace.place(path))
    base = workspace.root or workspace.cwd
    name = os.path.relpath(place, base) if _inside(place, base) else place
    # Git's names are bytes; the patch is written in UTF-8, whatever the locale.
    return os.fsencode(name).decode("utf-8", "surrogateescape").lstrip("/").replace(os.sep, "/")


def _inside(place: str, base: str) -> bool:
    return os.path.commonpath([place, base]) == base
