"""Git: stage exactly a change, and commit exactly what was staged for it.

A file's index version is often not what lies in the work tree. Where it is, the new text goes to
the index as it is; where it is not, the change is applied to the index version too
(`core.transplant`), and where that is not cleanly possible nothing of the file is staged, and it
is said. The same again with the version in HEAD gives a commit: other staged changes stay out.

Texts become blobs with ``git hash-object --path``, and blobs texts with ``git cat-file --filters``,
so ``.gitattributes``, autocrlf and LFS hold.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Protocol

from fastapply.cli.repository import Entry, Indexed, Repository, opened
from fastapply.core.errors import GitError, StagingError
from fastapply.core.ports import Change
from fastapply.core.text import SourceText

_PLAIN_MODES = ("100644", "100755")


class Place(Protocol):
    """What staging asks of the workspace."""

    @property
    def commit(self) -> str | None:
        """The message to commit with, None not to."""

    @property
    def explain(self) -> bool:
        """Whether to say what nobody would expect to be staged."""

    def place(self, path: str) -> str:
        """Where a path is on disk."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What the index gets for a change: an entry a name, from the root of the work tree."""

    entries: tuple[tuple[str, Entry], ...]


@dataclass(frozen=True, slots=True)
class NotStaged:
    """Why the index stays as it is."""

    why: str


def check_commit(where: Place, changes: Sequence[Change]) -> None:
    """Raise `GitError` where a commit is sure to fail, before anything is written."""
    for change in changes:
        with opened(where.place(change.path), change.path) as repository:
            if repository is None:
                raise GitError(f"cannot commit {change.path}: not in a git work tree", change.path)
            if repository.is_merging():
                raise GitError("cannot commit in the middle of a merge", change.path)


class Staging(NamedTuple):
    """What became of the index: what was not staged and why, what was, the last commit made."""

    notes: tuple[str, ...]
    indexed: tuple[Indexed, ...] = ()
    commit: str | None = None


def stage_changes(where: Place, changes: Sequence[Change]) -> Staging:
    """Stage `changes`, and commit them where asked.

    Raise `GitError` where git fails; the files are written by then, and the message says so.
    """
    done = Staging(())
    groups: dict[str | None, list[Change]] = {}
    for change in changes:
        with opened(where.place(change.path), change.path) as repository:
            root = None if repository is None else repository.root
            groups.setdefault(root, []).append(change)
    for root, group in groups.items():
        if root is None:
            why = "not staged: not in a git work tree"
            notes = [f"{change.path}: {why}" for change in group] if where.explain else []
            done = done._replace(notes=(*done.notes, *notes))
            continue
        with opened(where.place(group[0].path), group[0].path) as repository:
            if repository is not None:
                more = _stage_group(repository, where, group)
                done = Staging(
                    done.notes + more.notes, done.indexed + more.indexed, more.commit or done.commit
                )
    return done


def _stage_group(repository: Repository, where: Place, changes: Sequence[Change]) -> Staging:
    """Stage the changes of one repository in one step, so that its index sees all or none."""
    path = changes[0].path
    lookup = cache(repository.index_entries)
    commit = None
    try:
        results = [_staged(repository, where, change, lookup) for change in changes]
        entries = [entry for each in results if isinstance(each, Staged) for entry in each.entries]
        before = [lookup(name) for name, _ in entries]
        if entries:
            repository.update_index(entries)
        if where.commit is not None:
            commit = _commit(repository, where, changes)
    except GitError as error:
        raise StagingError(f"the files are written, but {error}", path) from error
    notes = (
        f"{change.path}: not staged: {result.why}"
        for change, result in zip(changes, results, strict=True)
        if isinstance(result, NotStaged)
    )
    indexed = (
        Indexed(repository.root, name, old[0] if old else None, None if new.is_gone() else new)
        for (name, new), old in zip(entries, before, strict=True)
    )
    return Staging(tuple(notes), tuple(indexed), commit)


class _Entries(Protocol):
    """Looks a name up in the index, or in HEAD."""

    def __call__(self, name: str) -> tuple[Entry, ...]:
        """The entries of the name: none, one, or several where a merge is unresolved."""


def _staged(
    repository: Repository, where: Place, change: Change, lookup: _Entries
) -> Staged | NotStaged:
    """What the version that `lookup` finds becomes."""
    name = repository.name_of(where.place(change.path), followed=change.after is not None)
    if name is None:
        return NotStaged("it leads out of the git work tree")
    entries = lookup(name)
    if change.before is None:
        return _new(repository, where, change, name, bool(entries))
    if not entries:
        return NotStaged("git does not track it")
    if len(entries) > 1 or entries[0].stage:
        return NotStaged("its merge conflict is not resolved")
    entry = entries[0]
    if entry.mode not in _PLAIN_MODES:
        return NotStaged("git tracks it as a link or a submodule")
    if change.after is None:
        same = repository.blob(name, change.before) == entry.blob
        return Staged(((name, entry.gone()),)) if same else NotStaged(_OTHER_VERSION)
    blob = _new_blob(repository, change, name, entry)
    if blob is None:
        return NotStaged(_OTHER_VERSION)
    if change.move_to is None:
        return Staged(((name, Entry(entry.mode, blob)),))
    return _moved(repository, where, change, (name, Entry(entry.mode, blob)))


_OTHER_VERSION = "it has other changes that are not staged, where this one belongs"


def _new(
    repository: Repository, where: Place, change: Change, name: str, there: bool
) -> Staged | NotStaged:
    if there:
        return NotStaged("git has another version of it")
    if repository.ignores(name):
        return NotStaged("git ignores it")
    assert change.after is not None  # a change without a before has an after
    mode = repository.mode_of(where.place(change.path))
    return Staged(((name, Entry(mode, repository.blob(name, change.after, write=True))),))


def _moved(
    repository: Repository, where: Place, change: Change, old: tuple[str, Entry]
) -> Staged | NotStaged:
    goal = repository.name_of(where.place(change.move_to or change.path), followed=True)
    if goal is None:
        return NotStaged("its new place is not in this work tree")
    if repository.ignores(goal):
        return NotStaged("git ignores its new place")
    return Staged(((old[0], old[1].gone()), (goal, old[1])))


def _new_blob(repository: Repository, change: Change, name: str, entry: Entry) -> str | None:
    """The blob of the version `entry` after `change`; None where the change does not fit it."""
    before, after, plan = change.before, change.after, change.plan
    assert before is not None
    assert after is not None
    if repository.blob(name, before) == entry.blob:
        return repository.blob(name, after, write=True)
    version = SourceText.decode(repository.text(name, entry))
    if plan is None or not version.lines:  # no lines: the file is only intended to be added
        return None
    from fastapply.core.transplant import transplant

    moved = transplant(plan, before, version)
    return None if moved is None else repository.blob(name, moved, write=True)


def _commit(repository: Repository, where: Place, changes: Sequence[Change]) -> str:
    """Commit HEAD with `changes`, and nothing else that is staged."""
    results = [_staged(repository, where, change, repository.head_entries) for change in changes]
    refused = [
        f"{change.path}: {result.why}"
        for change, result in zip(changes, results, strict=True)
        if isinstance(result, NotStaged)
    ]
    if refused:
        raise GitError(f"nothing was committed: {'; '.join(refused)}", changes[0].path)
    entries = [entry for each in results if isinstance(each, Staged) for entry in each.entries]
    message = where.commit or _message(changes)
    with _scratch_folder(repository) as folder:
        return repository.commit(entries, message, os.path.join(folder, "index"))


def _message(changes: Sequence[Change]) -> str:
    """A subject as a person would write it for lack of a better one."""
    if len(changes) > 1:
        names = "\n".join(f"- {change.path}" for change in changes)
        return f"Apply edits to {len(changes)} files\n\n{names}"
    change = changes[0]
    verb = "Add" if change.before is None else "Remove" if change.after is None else "Edit"
    if change.move_to is not None:
        return f"Move {change.path} to {change.move_to}"
    return f"{verb} {change.path}"


@contextmanager
def _scratch_folder(repository: Repository) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="fastapply.", dir=repository.git_dir) as folder:
        yield folder
