"""A pre-commit hook of our own, put where git looks for it and taken away again.

A hook that is there is not ours to change: it stays, unless ``--chain`` says to run it first. Then
it waits beside ours, under another name, until ours is taken away.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys

from fastapply.cli.hook.here import here
from fastapply.cli.repository import Repository
from fastapply.core.errors import GitError, UnwritableError, WorkspaceError

_OURS = "# fastapply hook"
_CHAINED = "pre-commit.before-fastapply"
_SCRIPT = """\
#!/bin/sh
{ours}: put here by `fastapply hook install`, taken away by `fastapply hook uninstall`
before="$(dirname "$0")/{chained}"
if [ -x "$before" ]; then
    "$before" "$@" || exit $?
fi
fastapply={program}
[ -x "$fastapply" ] || fastapply=$(command -v fastapply) || {{
    echo "fastapply is not to be found: install it, or commit with --no-verify" >&2
    exit 1
}}
exec "$fastapply" hook run
"""


def install_hook(*, chain: bool) -> str:
    """Install the hook and say where; raise `WorkspaceError` where another one is in the way."""
    place = _place(installing=True)
    waiting = os.path.join(os.path.dirname(place), _CHAINED)
    if os.path.lexists(place) and not _is_ours(place):
        if not chain:
            raise WorkspaceError(
                f"there is a hook already: {place}. Run it first with `fastapply hook install"
                " --chain`, or add the line `fastapply hook run || exit $?` to it",
                place,
            )
        if os.path.lexists(waiting):
            raise WorkspaceError(f"there is a hook already, and {waiting} too", place)
        os.rename(place, waiting)
    try:
        _write(place)
    except OSError as error:
        if os.path.lexists(waiting) and not os.path.lexists(place):
            os.rename(waiting, place)
        raise UnwritableError(f"cannot write {place}: {error.strerror}", place) from error
    first = f", after {waiting}" if os.path.lexists(waiting) else ""
    return f"installed: {place}{first}"


def uninstall_hook() -> str:
    """Take our hook away, put back what it was chained to, and say so."""
    place = _place(installing=False)
    waiting = os.path.join(os.path.dirname(place), _CHAINED)
    if not os.path.lexists(place):
        return f"there is no hook at {place}"
    if not _is_ours(place):
        raise WorkspaceError(f"the hook at {place} is not fastapply's: it stays", place)
    try:
        if os.path.lexists(waiting):
            os.replace(waiting, place)
            return f"put back: {place}"
        os.unlink(place)
    except OSError as error:
        raise UnwritableError(f"cannot remove {place}: {error.strerror}", place) from error
    return f"removed: {place}"


def _place(*, installing: bool) -> str:
    """Where git looks for the hook of this repository."""
    with here() as repository:
        if installing:
            _refuse_shared(repository)
        folder = os.fsdecode(repository.output("rev-parse", "--git-path", "hooks").rstrip(b"\n"))
        return os.path.join(repository.root, folder, "pre-commit")


def _refuse_shared(repository: Repository) -> None:
    """Raise where git takes hooks from a folder that is for other repositories too."""
    try:
        said = repository.output("config", "--show-scope", "--get", "core.hooksPath")
    except GitError:
        return
    scope, _, folder = os.fsdecode(said).strip().partition("\t")
    if scope not in ("local", "worktree"):
        raise WorkspaceError(
            f"core.hooksPath ({scope}) is {folder}, for all repositories: add the line"
            " `fastapply hook run || exit $?` to its pre-commit yourself",
            folder,
        )


def _is_ours(place: str) -> bool:
    try:
        with open(place, "rb") as file:
            return _OURS.encode() in file.read(1000)
    except OSError:
        return False


def _write(place: str) -> None:
    os.makedirs(os.path.dirname(place), exist_ok=True)
    waiting = f"{place}.{os.getpid()}"
    text = _SCRIPT.format(ours=_OURS, chained=_CHAINED, program=_quoted(_program()))
    try:
        with open(waiting, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            file.write(text)
        os.chmod(waiting, os.stat(waiting).st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        os.replace(waiting, place)
    finally:
        if os.path.exists(waiting):
            os.unlink(waiting)


def _program() -> str:
    """The console script of this environment: hooks run without its PATH."""
    beside = os.path.join(os.path.dirname(sys.executable), "fastapply")
    return beside if os.access(beside, os.X_OK) else shutil.which("fastapply") or "fastapply"


def _quoted(text: str) -> str:
    """`text` as one word of the shell."""
    return "'" + text.replace("'", "'\\''") + "'"
