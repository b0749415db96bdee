"""Everything that can go wrong, in one tree.

FastApplyError                    the command line catches this and nothing wider
    EditError                     the document is at fault
        NoEditError               there is no edit in it
        MalformedEditError        an edit is recognised, but broken
        NoPathError               it does not say which file an edit is for
        UnsafePathError           it names a file outside the workspace
    UnresolvedError               the edits do not fit the file
    CheckError                    the candidate is not believed
    ModelError                    the model or its engine is unavailable, or failed
        WeightsNotFoundError      there is no such model here
        ContextTooSmallError      the text does not fit the model
        ServerError               the server that runs the model is not there, or fails
    WorkspaceError                files
        UnreadableError           a file cannot be read as text
        UnwritableError           a file cannot be written
        StaleFileError            a file changed on disk meanwhile
        GitError                  git refused
            StagingError          ... after the files were written
    OptionsError                  the options do not go together
        ConfigurationError        a file or a variable of the configuration says what cannot be

Whatever is raised, nothing has been written; `StagingError` alone says otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapply.core.edits import Span
    from fastapply.core.result import Failure, Finding


class FastApplyError(Exception):
    """Something a user can act on. `reason` is a stable word for programs, as in ``--json``."""

    reason = "error"


class EditError(FastApplyError):
    """The edit document is at fault, at `span` of its lines where that is known."""

    reason = "edit"

    def __init__(self, message: str, span: Span | None = None) -> None:
        """Keep where in the document it is."""
        super().__init__(message)
        self.span = span


class NoEditError(EditError):
    """The document holds no edit."""

    reason = "no-edit"


class MalformedEditError(EditError):
    """The document holds an edit that is broken."""

    reason = "malformed"


class NoPathError(EditError):
    """The document does not say which file an edit is for, or none of those that are meant."""

    reason = "no-path"


class UnsafePathError(EditError):
    """The document names a file outside the workspace."""

    reason = "unsafe-path"


class UnresolvedError(FastApplyError):
    """The edits of `path` do not fit the file; `failures` say which, and what was near."""

    reason = "unresolved"

    def __init__(self, path: str, failures: tuple[Failure, ...]) -> None:
        """Take the reason of the first failure."""
        count = len(failures)
        edits = "1 edit does" if count == 1 else f"{count} edits do"
        super().__init__(f"{edits} not fit {path}")
        self.path = path
        self.failures = failures
        if failures:
            self.reason = failures[0].reason


class CheckError(FastApplyError):
    """The candidate for `path` is not believed; `findings` say why."""

    reason = "refused"

    def __init__(self, path: str, findings: tuple[Finding, ...]) -> None:
        """Keep what the check saw."""
        super().__init__(f"the result for {path} was refused by the check")
        self.path = path
        self.findings = findings


class ModelError(FastApplyError):
    """The model or its engine is unavailable, or failed."""

    reason = "model"


class WeightsNotFoundError(ModelError):
    """There is no such model on this machine, and none could be fetched."""

    reason = "no-model"


class ContextTooSmallError(ModelError):
    """The prompt and its answer do not fit the model's context."""

    reason = "context"


class ServerError(ModelError):
    """The server that runs the model cannot be reached, or does not answer as it should."""

    reason = "server"


class WorkspaceError(FastApplyError):
    """A file could not be read or written, at `path`."""

    reason = "workspace"

    def __init__(self, message: str, path: str) -> None:
        """Keep the path."""
        super().__init__(message)
        self.path = path


class UnreadableError(WorkspaceError):
    """The file cannot be read as text."""

    reason = "unreadable"


class UnwritableError(WorkspaceError):
    """The file cannot be written."""

    reason = "unwritable"


class StaleFileError(WorkspaceError):
    """The file changed on disk while its edit was worked out."""

    reason = "stale"


class GitError(WorkspaceError):
    """Git refused."""

    reason = "git"


class StagingError(GitError):
    """Git refused after the files were written: they stay as they are, the index as it was."""


class OptionsError(FastApplyError):
    """The options do not go together."""

    reason = "usage"


class ConfigurationError(OptionsError):
    """A file or a variable of the configuration says what cannot be."""

    reason = "configuration"
