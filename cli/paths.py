"""Which file a path in a document means, and which paths no document may name.

A document's path is relative, has no ``..``, and leads to a file inside the repository (or, where
there is none, the working directory), through symbolic links too, but never into ``.git``. It is
looked for from the working directory and from the root of the repository. Files the user names
on the command line are not asked any of this.
"""

from __future__ import annotations

import contextlib
import os
import re

from fastapply.core.errors import UnsafePathError, WorkspaceError

_LONGEST = 10_000  # bytes of a .git file that are a path
_POINTS = "gitdir:"
_DRIVE = re.compile(r"[A-Za-z]:")


def working_directory() -> str:
    """Where we were called; raise `WorkspaceError` where it is gone."""
    try:
        return os.getcwd()
    except OSError as error:
        raise WorkspaceError(f"the working directory is gone: {error.strerror}", ".") from error


def repository_root(start: str) -> str | None:
    """The nearest folder at or above `start` that holds a ``.git``, as git finds it."""
    folder = os.path.realpath(start)
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def git_directory(root: str) -> str:
    """The git directory of the work tree at `root`: for a worktree or a submodule its own.

    Where ``.git`` leads nowhere, it is ``.git`` itself, in which nothing can be kept.
    """
    place = os.path.join(root, ".git")
    with contextlib.suppress(OSError):
        if os.path.isfile(place):
            with open(place, "rb") as file:
                said = os.fsdecode(file.read(_LONGEST))
            goal = os.path.realpath(os.path.join(root, said.removeprefix(_POINTS).strip()))
            if said.startswith(_POINTS) and os.path.isdir(goal):
                return goal
    return os.path.realpath(place)


def resolve_in(path: str, cwd: str, root: str | None) -> str:
    """`path` of a document as a path from `cwd`; raise `UnsafePathError` where it leads outside.

    Raise `WorkspaceError` where it means one file seen from `cwd` and another seen from `root`.
    """
    parts = _safe_parts(path)
    base = os.path.realpath(root or cwd)
    places = [os.path.join(os.path.realpath(cwd), *parts)]
    if root is not None and os.path.realpath(cwd) != base:
        places.append(os.path.join(base, *parts))
    for place in places:
        _check_inside(path, place, base)
    return os.path.relpath(_choose(path, places), os.path.realpath(cwd))


def _safe_parts(path: str) -> list[str]:
    slashed = path.replace("\\", "/")
    parts = [part for part in slashed.split("/") if part not in ("", ".")]
    if not parts or "\0" in path:
        raise UnsafePathError(f"not the path of a file: {path!r}")
    if slashed.startswith("/") or _DRIVE.match(slashed):
        raise UnsafePathError(f"absolute path: {path} (paths in a document must be relative)")
    if ".." in parts:
        raise UnsafePathError(f"path with `..`: {path} (paths in a document must not leave)")
    if any(part.lower() == ".git" for part in parts):
        raise UnsafePathError(f"path into .git: {path}")
    return parts


def _check_inside(path: str, place: str, base: str) -> None:
    real = os.path.realpath(place)
    if os.path.commonpath([real, base]) != base:
        raise UnsafePathError(f"{path} leads out of {base} (to {real})")
    if ".git" in os.path.relpath(real, base).lower().split(os.sep):
        raise UnsafePathError(f"{path} leads into .git")


def _choose(path: str, places: list[str]) -> str:
    """The place that is meant: where the file is, else where its folder is, else the first."""
    there = [place for place in places if os.path.lexists(place)]
    if len(there) > 1 and not os.path.samefile(there[0], there[1]):
        shown = " or ".join(os.path.relpath(place) for place in there)
        raise WorkspaceError(f"{path} may mean {shown}: name the FILE", path)
    folders = [place for place in places if os.path.isdir(os.path.dirname(place))]
    return (there or folders or places)[0]
