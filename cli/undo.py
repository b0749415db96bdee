"""The command ``undo``: takes the last application back, or says what could be taken back."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fastapply.core.errors import FastApplyError, StagingError

if TYPE_CHECKING:
    from fastapply.cli.journal import Application, Journal
    from fastapply.cli.take_back import Undone

app = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
SCHEMA = 1
_ADVICE = "  what to do: put what you changed since aside, undo, and bring it back"


@app.command()
def undo(
    listed: Annotated[
        bool, typer.Option("--list", "-l", help="Say what could be taken back, newest first.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Only say what would be taken back.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing unless it fails.")
    ] = False,
) -> None:
    """Take the last application back: files, permissions and git's index, all or nothing.

    Refused where a file or its index entry has changed since. Call it again to walk further back.
    """
    from fastapply.cli.exit_codes import exit_code
    from fastapply.cli.journal import Journal
    from fastapply.cli.paths import repository_root, working_directory

    cwd = working_directory()
    try:
        journal = Journal.of(cwd, repository_root(cwd))
        if listed:
            _list(journal, cwd, json=json)
        else:
            _undo(journal, cwd, dry_run=dry_run, json=json, quiet=quiet)
    except FastApplyError as error:
        if not json:
            _say(f"fastapply: {error}", *_advice(error))
        else:
            _print({"status": "failed", **_failure(error, int(exit_code(error)))})
        raise typer.Exit(exit_code(error)) from error


def _undo(journal: Journal, cwd: str, *, dry_run: bool, json: bool, quiet: bool) -> None:
    from fastapply.cli.take_back import take_back

    undone = take_back(journal, cwd, dry_run=dry_run)
    if json:
        _print(_outcome(undone, dry_run=dry_run))
    elif quiet:
        return
    elif undone is None:
        _say("nothing to undo here")
    else:
        would = "would be " if dry_run else ""
        _say(*(f"{file.path}  {would}{file.status}" for file in undone.files))
        if not undone.files:
            _say("all files are as they were before the last application")
        _say(*(f"note: {note}" for note in undone.notes))


def _list(journal: Journal, cwd: str, *, json: bool) -> None:
    found = list(journal.newest_first())
    if json:
        _print({"applications": [_shown(each, cwd) for each in found]})
        return
    from fastapply.cli.render import printable

    for each in found:
        shown = _shown(each, cwd)
        commit = f"  committed as {each.commit[:10]}" if each.commit else ""
        line = f"{shown['when']}  {', '.join(shown['files'])}{commit}"
        sys.stdout.write(printable(line, sys.stdout) + "\n")


def _shown(application: Application, cwd: str) -> dict[str, Any]:
    from datetime import datetime

    when = datetime.fromtimestamp(application.when).astimezone()
    return {
        "when": when.isoformat(" ", "seconds"),
        "files": [os.path.relpath(each.place, os.path.realpath(cwd)) for each in application.files],
        "commit": application.commit,
    }


def _outcome(undone: Undone | None, *, dry_run: bool) -> dict[str, Any]:
    files = () if undone is None else undone.files
    return {
        "status": "unchanged" if not files else "fits" if dry_run else "undone",
        "exit_code": 0,
        "reason": None,
        "message": None,
        "files": [{"path": file.path, "status": file.status} for file in files],
        "notes": [] if undone is None else list(undone.notes),
    }


def _failure(error: FastApplyError, code: int) -> dict[str, Any]:
    return {
        "exit_code": code,
        "reason": error.reason,
        "message": str(error),
        "files": [],
        "notes": [],
    }


def _advice(error: FastApplyError) -> list[str]:
    """What to do about it, and what was done."""
    if isinstance(error, StagingError):
        return ["  what to do: undo again once git works: only its index is left"]
    return [*([_ADVICE] if error.reason == "stale" else []), "nothing was taken back"]


def _print(value: dict[str, Any]) -> None:
    from json import dumps

    sys.stdout.write(dumps({"schema": SCHEMA, **value}, indent=2) + "\n")


def _say(*lines: str) -> None:
    from fastapply.cli.render import show

    show(((line, ""),) for line in lines)
