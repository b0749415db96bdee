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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol, TypeAlias

from fastapply.cli.paths import repository_root
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
            underway = repository.underway()
            if underway is not None:
                raise GitError(f"cannot commit in the middle of {underway}", change.path)


@dataclass(slots=True)
class _Done:
    """What became of the index so far: what was not staged and why, what was, the last commit."""

    notes: list[str] = field(default_factory=list)
    indexed: list[Indexed] = field(default_factory=list)
    commit: str | None = None


Keep: TypeAlias = Callable[[Sequence[Indexed], "str | None"], None]
"""Told how the index changed, and of the commit that was made; where git failed, of what it did."""


def stage_changes(where: Place, changes: Sequence[Change], keep: Keep) -> tuple[str, ...]:
    """Stage `changes`, and commit them where asked; what is worth saying of it.

    Raise `StagingError` where git fails; the files are written by then, and the message says so.
    """
    done = _Done()
    try:
        for root, group in _by_root(where, changes).items():
            if root is not None:
                with opened(where.place(group[0].path), group[0].path) as repository:
                    if repository is not None:
                        _stage_group(repository, where, group, done)
            else:
                done.notes += _in_none(where, group)
    except GitError as error:
        raise StagingError(f"the files are written, but {error}", changes[0].path) from error
    finally:
        keep(done.indexed, done.commit)
    return tuple(done.notes)


def _in_none(where: Place, changes: Sequence[Change]) -> Iterator[str]:
    """Why nothing is staged of changes in no work tree, where that is worth saying."""
    for change in changes:
        root = repository_root(os.path.dirname(where.place(change.path)))
        if root is not None:
            git = os.path.join(root, ".git")
            yield f"{change.path}: not staged: git cannot use {git}"
        elif where.explain:
            yield f"{change.path}: not staged: not in a git work tree"


def _by_root(where: Place, changes: Sequence[Change]) -> dict[str | None, list[Change]]:
    """The changes of each work tree; None for those in none."""
    groups: dict[str | None, list[Change]] = {}
    for change in changes:
        with opened(where.place(change.path), change.path) as repository:
            root = None if repository is None else repository.root
            groups.setdefault(root, []).append(change)
    return groups


def _stage_group(
    repository: Repository, where: Place, changes: Sequence[Change], done: _Done
) -> None:
    """Stage the changes of one repository in one step, so that its index sees all or none."""
    lookup = cache(repository.index_entries)
    results = [_staged(repository, where, change, lookup) for change in changes]
    entries = [entry for each in results if isinstance(each, Staged) for entry in each.entries]
    done.notes += (
        f"{change.path}: not staged: {result.why}"
        for change, result in zip(changes, results, strict=True)
        if isinstance(result, NotStaged)
    )
    before = [lookup(name) for name, _ in entries]
    # Before it is done: undo leaves alone what is as it was, but must know of all that may not be.
    done.indexed += (
        Indexed(repository.root, name, old[0] if old else None, None if new.is_gone() else new)
        for (name, new), old in zip(entries, before, strict=True)
    )
    if entries:
        repository.update_index(entries)
    if where.commit is not None:
        done.commit = _commit(repository, where, changes)


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
    if entry.overlooked:
        return NotStaged("git is told to overlook it (skip-worktree, assume-unchanged)")
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
