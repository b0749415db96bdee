"""Files and git as the core sees them: `core.ports.Workspace` over the real ones."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapply.cli.paths import resolve_in
from fastapply.core.errors import UnreadableError
from fastapply.core.ports import Change
from fastapply.core.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapply.cli.journal import Journal
    from fastapply.cli.repository import Indexed

MAX_BYTES = 20_000_000
"""Larger files are refused: no edit is worth the minutes, and they are rarely source."""


@dataclass(frozen=True, slots=True)
class FileWorkspace:
    """The files below `cwd`, and its repository, whose work tree is `root` (None: there is none).

    `commit` is the message to commit with, None not to; `explain` says why nothing was staged
    even where nobody would have expected it. `journal` keeps what is replaced.
    """

    cwd: str
    root: str | None
    commit: str | None = None
    explain: bool = False
    journal: Journal | None = None

    def read(self, path: str) -> SourceText | None:
        """The file's text, None where there is no such file; raise `UnreadableError` else."""
        place = self.place(path)
        try:
            data = _bytes_of(place, path)
        except FileNotFoundError:
            if os.path.islink(place):
                raise UnreadableError(f"{path} is a symbolic link to nothing", path) from None
            return None
        except NotADirectoryError:
            return None
        except OSError as error:
            raise UnreadableError(f"cannot read {path}: {error.strerror}", path) from error
        text = SourceText.decode(data)
        if not text.bom and b"\0" in data:
            raise UnreadableError(f"{path} is binary (it holds NUL bytes)", path)
        return text

    def resolve(self, path: str) -> str:
        """`path` of a document as seen from `cwd`; raise `UnsafePathError`."""
        return resolve_in(path, self.cwd, self.root)

    def write(self, changes: tuple[Change, ...]) -> None:
        """Write all changes or none; raise `UnwritableError`, `StaleFileError` or `GitError`."""
        from fastapply.cli.atomic import write_all

        if self.commit is not None:
            from fastapply.cli.staging import check_commit

            check_commit(self, changes)
        if self.journal is None:
            write_all(changes, self.place)
            return
        try:
            write_all(changes, self.place, self.journal.begin)
        except BaseException:
            self.journal.withdraw()
            raise

    def stage(self, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """Stage, and where asked commit, exactly these changes; raise `GitError`."""
        from fastapply.cli.staging import stage_changes

        return stage_changes(self, changes, self._keep)

    def _keep(self, indexed: Sequence[Indexed], commit: str | None) -> None:
        if self.journal is not None:
            self.journal.finish(indexed, commit)

    @property
    def unkept(self) -> str | None:
        """Why undo will not know what was written, None where it will."""
        return None if self.journal is None else self.journal.note

    def place(self, path: str) -> str:
        """Where `path` is on disk."""
        return os.path.join(self.cwd, path)


def _bytes_of(place: str, path: str) -> bytes:
    status = os.stat(place)
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableError(f"{path} is a directory", path)
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError(f"{path} is not a regular file", path)
    if status.st_size > MAX_BYTES:
        size, most = status.st_size // 1_000_000, MAX_BYTES // 1_000_000
        raise UnreadableError(f"{path} has {size} MB: at most {most} MB can be edited", path)
    with open(place, "rb") as file:
        return file.read()
