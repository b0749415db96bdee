"""The command ``hook``: what git hooks and pre-commit call, and how it gets into a repository."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from fastapply.core.errors import FastApplyError

app = typer.Typer(
    help="Git hooks: commit no leftovers of edits, apply pending edit documents.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


@app.command()
def check(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Staged files to look at; none: all.", metavar="FILE..."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", help="Compare with this commit, not HEAD.", metavar="REVISION"),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Compare with nothing: every file, old leftovers too.")
    ] = False,
) -> None:
    """Fail where a staged file holds markers, signs, tags or fences of an edit that are new.

    Reads git's index, not the work tree. Leave an honest line in peace with a comment
    [cyan]fastapply: allow[/cyan], a file with [cyan]fastapply: allow-file[/cyan] or with
    [cyan]hook.allow[/cyan] in the configuration.
    """
    from fastapply.cli.hook.checking import check_step

    _end(lambda: check_step(tuple(files or ()), against, everything=everything))


@app.command()
def apply() -> None:
    """Apply pending edit documents, stage the results, and stop the commit if there were any.

    Documents are [cyan]*.fastapply.md[/cyan] and the Markdown files of the folder
    [cyan].fastapply[/cyan]. All of them apply, or none; then they are removed, or moved to
    [cyan]hook.archive[/cyan].
    """
    from fastapply.cli.hook.applying import apply_step

    _end(apply_step)


@app.command()
def run() -> None:
    """Do what the installed hook does: apply pending documents; where there were none, check."""
    from fastapply.cli.hook.applying import apply_step
    from fastapply.cli.hook.checking import check_step

    _end(lambda: apply_step() or check_step())


@app.command()
def install(
    chain: Annotated[
        bool, typer.Option("--chain", help="Keep a hook that is there, and run it first.")
    ] = False,
) -> None:
    """Put a pre-commit hook into this repository; a hook of somebody else's stays."""
    from fastapply.cli.hook.install import install_hook

    _end(lambda: _said(install_hook(chain=chain)))


@app.command()
def uninstall() -> None:
    """Take the hook away, and put back the one it was chained to."""
    from fastapply.cli.hook.install import uninstall_hook

    _end(lambda: _said(uninstall_hook()))


def _said(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0


def _end(step: Callable[[], int]) -> None:
    """Do a step, and end with its exit code; `FastApplyError` becomes a message and its code."""
    try:
        code = step()
    except FastApplyError as error:
        from fastapply.cli.exit_codes import exit_code
        from fastapply.cli.render import show

        show([(("fastapply: ", "bad"), (str(error), "strong"))])
        code = exit_code(error)
    raise typer.Exit(code)
