"""Pending edit documents: those that wait in the work tree for a hook to apply them.

They are applied one after another to texts in memory, each seeing what those before it did; then
all files are written, and the documents removed or archived, in one step: all or nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from fastapply.cli.document import read_document
from fastapply.cli.repository import Repository
from fastapply.cli.workspace import FileWorkspace
from fastapply.core.errors import FastApplyError, StaleFileError, UnreadableError, WorkspaceError
from fastapply.core.pipeline import Engine, FileOutcome, Options, run
from fastapply.core.plan import Plan, Replacement
from fastapply.core.ports import Change
from fastapply.core.stretches import stretches
from fastapply.core.text import SourceText

SUFFIX = ".fastapply.md"


class Pending(NamedTuple):
    """A document that waits: its path from the root, and its text."""

    path: str
    text: str


class DocumentError(Exception):
    """A document that does not fit: nothing was written for any of them."""

    def __init__(self, pending: Pending, error: FastApplyError, files: Drafts) -> None:
        """Keep what a report needs."""
        super().__init__(f"{pending.path}: {error}")
        self.pending = pending
        self.error = error
        self.files = files


class Worked(NamedTuple):
    """What the documents come to: the files' outcomes, the changes, those to the documents."""

    files: tuple[FileOutcome, ...]
    changes: tuple[Change, ...]
    done: tuple[Change, ...]


def find_pending(repository: Repository, folder: str, archive: str) -> list[Pending]:
    """The documents that wait: ``*.fastapply.md`` anywhere, Markdown files in `folder`.

    Those in the folder `archive` are done. Raise `WorkspaceError`.
    """
    names = {name for name in _named_so(repository) if not _is_below(name, archive)}
    place = os.path.join(repository.root, folder)
    if os.path.isdir(place):
        names |= {f"{folder}/{name}" for name in os.listdir(place) if name.endswith(".md")}
    return [_read(repository, name) for name in sorted(names)]


def work_out(pending: Sequence[Pending], workspace: FileWorkspace, archive: str) -> Worked:
    """Apply `pending` to texts in memory; raise `DocumentError` for one that does not fit."""
    from fastapply.formats import parse

    drafts = Drafts(workspace)
    outcomes: list[FileOutcome] = []
    options = Options(engine=Engine.MERGE, stage=False)
    for each in pending:
        try:
            outcome = run(
                each.text,
                workspace=drafts,
                parse=partial(parse, format=None),
                rewriter=None,
                options=options,
            )
        except FastApplyError as error:
            raise DocumentError(each, error, drafts) from error
        outcomes += outcome.files
    changes = drafts.changes()
    taken = {each.path for each in pending} & {change.path for change in changes}
    if taken:
        path = min(taken)
        raise WorkspaceError(f"{path} is a pending document, and one of them edits it", path)
    return Worked(tuple(outcomes), changes, tuple(_put_away(pending, workspace, archive)))


@dataclass(slots=True)
class Drafts:
    """A workspace whose writes are only kept: `core.ports.Workspace` over `base`."""

    base: FileWorkspace
    _changes: dict[str, Change] = field(default_factory=dict)

    def read(self, path: str) -> SourceText | None:
        """The file's text with the changes so far."""
        for change in self._changes.values():
            if change.move_to == path:
                return change.after
        if path in self._changes:
            change = self._changes[path]
            return None if change.move_to is not None else change.after
        return self.base.read(path)

    def resolve(self, path: str) -> str:
        """`path` of a document, as the base calls it."""
        return self.base.resolve(path)

    def write(self, changes: tuple[Change, ...]) -> None:
        """Keep changes; raise `WorkspaceError` where they touch a file that was moved."""
        moved = {path for each in self._changes.values() if each.move_to for path in _paths(each)}
        for change in changes:
            before = self._changes.get(change.path)
            if moved.intersection(_paths(change)) or (change.move_to and before is not None):
                raise WorkspaceError(
                    f"{change.path} is moved by one pending document and changed by another:"
                    " apply them one by one",
                    change.path,
                )
            self._changes[change.path] = change if before is None else _joined(before, change)

    def stage(self, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """Nothing: what is not written is not staged."""
        return ()

    def changes(self) -> tuple[Change, ...]:
        """What all documents together change."""
        changes = self._changes.values()
        return tuple(each for each in changes if each.move_to or each.before != each.after)


def _paths(change: Change) -> tuple[str, ...]:
    return (change.path,) if change.move_to is None else (change.path, change.move_to)


def _joined(first: Change, second: Change) -> Change:
    """Two changes of one file as one."""
    before, after = first.before, second.after
    if before is None or after is None:
        return replace(second, before=before, plan=None)
    plan = Plan(
        tuple(
            Replacement(each.old.start, each.old.stop, after.lines[each.new.start : each.new.stop])
            for each in stretches(before.lines, after.lines)
            if not each.same
        )
    )
    return replace(second, before=before, plan=plan)


def _named_so(repository: Repository) -> Iterator[str]:
    options = ("-z", "--cached", "--others", "--exclude-standard")
    listed = repository.output("ls-files", *options, "--", f":(top,glob)**/*{SUFFIX}")
    for name in filter(None, listed.split(b"\0")):
        if os.path.lexists(os.path.join(os.fsencode(repository.root), name)):
            yield os.fsdecode(name)


def _is_below(name: str, folder: str) -> bool:
    return bool(folder) and name.startswith(f"{folder.rstrip('/')}/")


def _read(repository: Repository, name: str) -> Pending:
    place = os.path.join(repository.root, name)
    if os.path.islink(place):
        raise UnreadableError(f"the pending document {name} is a symbolic link", name)
    return Pending(name, read_document(place))


def _put_away(
    pending: Sequence[Pending], workspace: FileWorkspace, archive: str
) -> Iterator[Change]:
    """The changes that remove the documents, or move them to the folder `archive`."""
    taken: set[str] = set()
    for each in pending:
        text = workspace.read(each.path)
        if str(text) != each.text:
            raise StaleFileError(f"{each.path} has changed meanwhile", each.path)
        if not archive:
            yield Change(each.path, text, None)
            continue
        stem = os.path.basename(each.path).removesuffix(".md").removesuffix(".fastapply")
        goals = (f"{archive}/{stem}{sign}.md" for sign in ("", *(f"-{n}" for n in range(2, 1000))))
        goal = next(
            path
            for path in goals
            if path not in taken and not os.path.lexists(workspace.place(path))
        )
        taken.add(goal)
        yield Change(each.path, text, text, Plan(), goal)
