"""The seams: what the core asks of the rooms around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from fastapply.core.edits import EditDocument, FileEdit
from fastapply.core.plan import Plan
from fastapply.core.result import Candidate, Unresolved
from fastapply.core.text import SourceText


@dataclass(frozen=True, slots=True)
class Change:
    """One file of a result. `before` is None for a new file, `after` None for one that goes.

    `move_to` is the path the file gets; `plan` turns `before` into `after` where both exist.
    """

    path: str
    before: SourceText | None
    after: SourceText | None
    plan: Plan | None = None
    move_to: str | None = None


class Parser(Protocol):
    """From the text of a document to its edits; `target` is the file the user named, if one."""

    def __call__(self, document: str, *, target: str | None = None) -> EditDocument:
        """Parse, or raise `EditError`."""


class Rewriter(Protocol):
    """A model that writes the text of a file after an edit."""

    def rewrite(
        self, path: str, text: SourceText, edit: FileEdit, unresolved: Unresolved | None
    ) -> Candidate:
        """A candidate for the file's new text, or raise `ModelError`.

        `unresolved` is what the merge found before it gave up (None where it was not asked).
        """


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A file for a model to write: what `Rewriter.rewrite` is asked, as a value."""

    path: str
    text: SourceText
    edit: FileEdit
    unresolved: Unresolved | None


@runtime_checkable
class JointRewriter(Rewriter, Protocol):
    """A rewriter that does several files sooner together than one after another."""

    def rewrite_all(self, files: Sequence[Unmerged]) -> Sequence[Candidate]:
        """A candidate for each of `files`, or raise `ModelError`."""


class Workspace(Protocol):
    """Files and git, seen from the core. Paths are as the document or the user writes them."""

    def read(self, path: str) -> SourceText | None:
        """The file's text, None where there is no such file; raise `WorkspaceError` else."""

    def resolve(self, path: str) -> str:
        """`path` as the workspace calls it; raise `UnsafePathError` where it leads outside."""

    def write(self, changes: tuple[Change, ...]) -> None:
        """Write all changes or none; raise `WorkspaceError`."""

    def stage(self, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """Stage exactly these changes; the notes say what could not be staged, and why."""
