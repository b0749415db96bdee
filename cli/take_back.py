"""``fastapply undo``: the last application taken back, in the files and in git's index.

Everything is looked at first: a file that is as the application left it gets its old bytes back,
one that is already as it was stays, and any other means that the user went on, so nothing is
touched. The same holds for entries of the index. An application cut off in the middle is mended
this way too.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fastapply.cli.atomic import write_all
from fastapply.cli.journal import Application, Journal, Recorded
from fastapply.cli.repository import Entry, Indexed, Repository, opened
from fastapply.core.errors import GitError, StagingError, StaleFileError, WorkspaceError
from fastapply.core.ports import Change
from fastapply.core.text import SourceText

_NO_INDEX = "git's index was left as it is: the application did not come to it"


class TakenBack(NamedTuple):
    """One file of an application that was taken back, and what was done to it."""

    path: str
    status: str


class Undone(NamedTuple):
    """What was taken back, and what is worth saying."""

    files: tuple[TakenBack, ...] = ()
    notes: tuple[str, ...] = ()


def take_back(journal: Journal, cwd: str, *, dry_run: bool = False) -> Undone | None:
    """Undo the last application; None where there is none.

    Raise `StaleFileError` where files or index have moved on, `WorkspaceError` where it was
    committed or a file cannot be written: then nothing was changed.
    """
    application = next(journal.newest_first(), None)
    if application is None:
        return None
    _refuse_commit(application, cwd)
    back = [(each, now) for each, now in _present(application, cwd) if now != each.before]
    entries = list(_entries(application))
    files = tuple(TakenBack(_named(each.place, cwd), _verb(each)) for each, _ in back)
    notes = (_NO_INDEX,) if application.indexed is None else ()
    if dry_run:
        return Undone(files, notes)
    _restore(application, back, cwd)
    _restore_index(entries)
    journal.forget(application)
    return Undone(files, notes)


def _refuse_commit(application: Application, cwd: str) -> None:
    commit = application.commit
    if commit is None:
        return
    path = application.files[0].place
    with opened(path, _named(path, cwd)) as repository:
        if repository is not None and repository.holds(commit):
            raise WorkspaceError(
                f"it was committed as {commit[:10]}: take it back with `git revert {commit[:10]}`",
                _named(path, cwd),
            )


def _present(application: Application, cwd: str) -> Iterator[tuple[Recorded, bytes | None]]:
    """The files with their bytes now; raise `StaleFileError` where somebody else changed one."""
    for each in application.files:
        now = _read(each.place)
        if now not in (each.before, each.after):
            path = _named(each.place, cwd)
            what = "has vanished" if now is None else "has changed"
            raise StaleFileError(f"{path} {what} since it was applied", path)
        yield each, now


def _read(place: str) -> bytes | None:
    try:
        with open(place, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise WorkspaceError(f"cannot read {place}: {error.strerror}", place) from error


def _verb(each: Recorded) -> str:
    if each.before is None:
        return "removed"
    return "restored" if each.after is not None else "brought back"


def _entries(application: Application) -> Iterator[tuple[Indexed, Entry]]:
    """What the index is to get; raise `StaleFileError` where it has moved on."""
    for each in application.indexed or ():
        with opened(os.path.join(each.root, each.name), each.name) as repository:
            if repository is None:
                raise GitError(f"there is no repository at {each.root} any more", each.name)
            now = repository.index_entries(each.name)
            if now == _as_tuple(each.before):
                continue
            if now != _as_tuple(each.after):
                raise StaleFileError(f"{each.name} was staged anew since it was applied", each.name)
            yield each, _old_entry(repository, each)


def _as_tuple(entry: Entry | None) -> tuple[Entry, ...]:
    return () if entry is None else (entry,)


def _old_entry(repository: Repository, each: Indexed) -> Entry:
    if each.before is None:
        assert each.after is not None  # an entry that neither came nor went was not recorded
        return each.after.gone()
    if not repository.has_object(each.before.blob):
        raise StaleFileError(f"git has thrown away what was staged of {each.name}", each.name)
    return each.before


def _restore(
    application: Application, back: Sequence[tuple[Recorded, bytes | None]], cwd: str
) -> None:
    changes = [
        Change(_named(each.place, cwd), _text(now), _text(each.before)) for each, now in back
    ]
    write_all(changes, lambda path: os.path.join(cwd, path))
    for each, now in back:
        if now is None and each.mode is not None:
            os.chmod(each.place, each.mode)
    for folder in reversed(application.folders):
        with contextlib.suppress(OSError):  # there is something else in it by now
            os.rmdir(folder)


def _text(data: bytes | None) -> SourceText | None:
    return None if data is None else SourceText.decode(data)


def _restore_index(entries: Sequence[tuple[Indexed, Entry]]) -> None:
    roots = dict.fromkeys(each.root for each, _ in entries)
    for root in roots:
        rows = [(each.name, entry) for each, entry in entries if each.root == root]
        with opened(os.path.join(root, rows[0][0]), rows[0][0]) as repository:
            try:
                if repository is not None:
                    repository.update_index(rows)
            except GitError as error:
                raise StagingError(f"the files are as they were, but {error}", root) from error


def _named(place: str, cwd: str) -> str:
    return os.path.relpath(place, os.path.realpath(cwd))
