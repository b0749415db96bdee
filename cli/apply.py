"""The command ``apply``: wires the formats, the merge, the model and the files, and shows the end.

Results go to stdout, everything for the eye to stderr.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fastapply.cli.document import read_document
from fastapply.cli.exit_codes import ExitCode, exit_code
from fastapply.cli.paths import repository_root, working_directory
from fastapply.cli.request import Mode, Request, Verbosity
from fastapply.cli.settled import settled
from fastapply.cli.streams import write_out
from fastapply.cli.workspace import FileWorkspace
from fastapply.core.errors import FastApplyError, OptionsError
from fastapply.core.pipeline import Accept, Options, Outcome, run
from fastapply.core.ports import Change

if TYPE_CHECKING:
    from fastapply.cli.watch import Watch


def apply(request: Request) -> ExitCode:
    """Do what the user asked for, show how it went, and say how the process ends."""
    workspace = FileWorkspace("", None)
    document = ""
    try:
        request.check()
        workspace = _workspace(request)
        request = settled(request, workspace.cwd, workspace.root)
        document = read_document(request.edit)
        outcome = _run(document, workspace, request)
        if request.mode is Mode.STDOUT:
            _only_file(outcome)
    except FastApplyError as error:
        _show_failure(error, document, workspace, request)
        return exit_code(error)
    except KeyboardInterrupt:
        _show_stopped(written=workspace.journal is not None and workspace.journal.begun)
        raise
    if workspace.unkept is not None:
        outcome = replace(outcome, notes=(*outcome.notes, workspace.unkept))
    _show(outcome, workspace, request)
    return ExitCode.OK


def _workspace(request: Request) -> FileWorkspace:
    cwd = working_directory()
    root = repository_root(cwd)
    journal = None
    if request.mode is Mode.APPLY:
        from fastapply.cli.journal import Journal

        journal = Journal.of(cwd, root)
    return FileWorkspace(cwd, root, request.commit, request.verbosity is Verbosity.VERBOSE, journal)


def _run(document: str, workspace: FileWorkspace, request: Request) -> Outcome:
    from fastapply.cli.engines import rewriter_for
    from fastapply.cli.watch import Watch
    from fastapply.formats import parse

    options = Options(
        files=request.files,
        engine=request.engine,
        dry_run=request.mode is not Mode.APPLY,
        stage=request.stage,
    )
    shown = request.verbosity is not Verbosity.QUIET and not request.json
    with Watch("applying", shown=shown) as watch, rewriter_for(request, watch) as rewriter:
        return run(
            document,
            workspace=workspace,
            parse=partial(parse, format=request.format),
            rewriter=rewriter,
            options=options,
            accept=_chooser(watch) if request.interactive else None,
        )


def _chooser(watch: Watch) -> Accept:
    """Asks which hunks to keep, with nothing else on the screen."""
    from fastapply.cli.interactive import choose_hunks

    def accept(changes: tuple[Change, ...]) -> tuple[Change, ...]:
        watch.close()
        return choose_hunks(changes)

    return accept


def _only_file(outcome: Outcome) -> None:
    if len(outcome.files) != 1 or outcome.files[0].change.after is None:
        names = ", ".join(file.change.path for file in outcome.files)
        raise OptionsError(f"--stdout prints one file, the document changes {names}: name one FILE")


def _show(outcome: Outcome, workspace: FileWorkspace, request: Request) -> None:
    """The result on stdout, where one was asked for, and the story on stderr."""
    if request.json:
        from fastapply.cli.json_output import outcome_json

        write_out(outcome_json(outcome, request.mode).encode())
    elif request.mode is Mode.STDOUT:
        after = outcome.files[0].change.after
        write_out(after.encode() if after is not None else b"")
    elif request.mode is Mode.DIFF:
        from fastapply.cli.patch import patch

        write_out(patch(outcome, workspace))
    results_only = request.json or request.mode in (Mode.STDOUT, Mode.DIFF)
    if request.verbosity is Verbosity.QUIET:
        return
    if results_only and request.verbosity is Verbosity.NORMAL and not outcome.notes:
        return
    from fastapply.cli.render import show
    from fastapply.cli.report import notes_report, outcome_report

    brief = results_only and request.verbosity is Verbosity.NORMAL
    show(notes_report(outcome) if brief else outcome_report(outcome, request))


def _show_stopped(*, written: bool) -> None:
    """Say after Ctrl-C what there is now; the terminal has shown `^C` in this line."""
    from fastapply.cli.render import show
    from fastapply.cli.report import stopped_report

    if sys.stderr.isatty():
        sys.stderr.write("\n")
    show(stopped_report(written=written))


def _show_failure(
    error: FastApplyError, document: str, workspace: FileWorkspace, request: Request
) -> None:
    from fastapply.cli.failures import Failed

    failed = Failed(error, document, workspace, workspace.unkept)
    if request.json:
        from fastapply.cli.json_output import failure_json

        write_out(failure_json(failed).encode())
        return
    from fastapply.cli.render import show
    from fastapply.cli.report import failure_report

    show(failure_report(failed, brief=request.verbosity is Verbosity.QUIET))
