"""``fastapply hook apply``: pending documents applied and staged, and the commit stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fastapply.cli.exit_codes import ExitCode, exit_code
from fastapply.cli.failures import Failed
from fastapply.cli.hook.aside import put_aside
from fastapply.cli.hook.here import here, settings_of, tell
from fastapply.cli.hook.pending import DocumentError, find_pending, work_out
from fastapply.cli.journal import Journal
from fastapply.cli.report import Line, failure_report, outcome_report
from fastapply.cli.repository import Repository
from fastapply.cli.request import Request
from fastapply.cli.watch import Watch
from fastapply.cli.workspace import FileWorkspace
from fastapply.core.errors import WorkspaceError
from fastapply.core.pipeline import Outcome
from fastapply.core.ports import Change

_OWN_INDEX = (
    "not staged: this commit has an index of its own (git commit -a, or with paths):"
    " `git add` the files"
)


def apply_step() -> ExitCode:
    """Apply pending documents and say what happened; fail where there were any."""
    with here() as repository:
        settings = settings_of(repository)
        pending = find_pending(repository, settings.pending, settings.archive)
        if not pending:
            return ExitCode.OK
        journal = Journal.of(repository.root, repository.root)
        workspace = FileWorkspace(repository.root, repository.root, journal=journal)
        try:
            with Watch("applying pending documents"):
                worked = work_out(pending, workspace, settings.archive)
        except DocumentError as error:
            tell(_refusal(error))
            return exit_code(error.error)
        changes = (*worked.changes, *worked.done)
        _refuse_put_aside(repository, changes)
        names = [each.path for each in pending]
        notes = _write(repository, workspace, changes, names)
    if workspace.unkept is not None:
        notes = (*notes, workspace.unkept)
    tell(outcome_report(Outcome(worked.files, notes), Request()))
    tell([((f"applied {', '.join(names)}: look at it, and commit again", "strong"),)])
    return ExitCode.DOES_NOT_FIT


def _write(
    repository: Repository,
    workspace: FileWorkspace,
    changes: tuple[Change, ...],
    documents: Sequence[str],
) -> tuple[str, ...]:
    """Write and stage; what is worth saying of files, for documents need not be tracked."""
    workspace.write(changes)
    if repository.has_own_index():
        return (_OWN_INDEX,)
    heads = tuple(f"{name}: " for name in documents)
    return tuple(note for note in workspace.stage(changes) if not note.startswith(heads))


def _refuse_put_aside(repository: Repository, changes: Iterable[Change]) -> None:
    aside = put_aside(repository)
    for change in changes:
        if change.path in aside:
            raise WorkspaceError(
                f"{change.path} has changes that are not staged, which pre-commit has put aside:"
                " stage or stash them, or run `fastapply hook apply` yourself",
                change.path,
            )


def _refusal(error: DocumentError) -> Iterator[Line]:
    yield ((f"{error.pending.path}: ", "path"), ("a pending document that does not apply", ""))
    yield from failure_report(Failed(error.error, error.pending.text, error.files))
    yield ((f"stopped: mend {error.pending.path} or take it away", "strong"),)
