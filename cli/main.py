"""The command line: options in, exit code out.

Nothing else is imported before it is needed: the process must start as fast as typer does.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from fastapply.cli import model_options
from fastapply.cli.default_command import DefaultCommandGroup
from fastapply.cli.request import Format, Mode, Request, Rewriting, mode_of, verbosity_of
from fastapply.cli.streams import failed_output, open_closed
from fastapply.core.errors import FastApplyError
from fastapply.core.pipeline import Engine

_RARELY = 50_000  # objects made until garbage is looked for
_SHOW = "Instead of writing"
_GIT = "Git"
_HOW = "How to read and apply"
_TALK = "Output"

_EPILOG = """\
[bold]Examples[/bold]

[cyan]fastapply app.py --edit snippet.md[/cyan]   one file, and what the chat said of it

[cyan]pbpaste | fastapply app.py[/cyan]   the same from the clipboard

[cyan]fastapply --edit answer.md --dry-run[/cyan]   all files it names; only look

[cyan]llm "..." | fastapply --json[/cyan]   for agents, with a text for the model

[dim]Exit codes: 0 applied, 1 does not fit, 2 usage, 3 no edit, 4 model, 5 file/git[/dim]
"""

app = typer.Typer(
    name="fastapply",
    cls=DefaultCommandGroup,
    rich_markup_mode="rich",
    subcommand_metavar="| COMMAND ...",
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
)


@app.callback()
def _callback() -> None:
    """Apply what a language model wrote about a file: exactly, or not at all."""


def _version(wanted: bool) -> None:
    if wanted:
        from fastapply import __version__

        typer.echo(f"fastapply {__version__}")
        raise typer.Exit


@app.command("apply", epilog=_EPILOG)
def _apply(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files to change; none: those the document names.",
            metavar="FILE...",
            readable=False,  # we say ourselves what cannot be read, with its exit code
        ),
    ] = None,
    edit: Annotated[
        str | None,
        typer.Option(
            "--edit",
            "-e",
            help="The edit document; [cyan]-[/cyan] or a pipe: stdin.",
            metavar="PATH",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Show what would change.", rich_help_panel=_SHOW)
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print a patch for `git apply`.", rich_help_panel=_SHOW)
    ] = False,
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Print the new file.", rich_help_panel=_SHOW)
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether it fits.", rich_help_panel=_SHOW)
    ] = False,
    interactive: Annotated[
        bool, typer.Option("--interactive", "-i", help="Choose hunk by hunk.", rich_help_panel=_HOW)
    ] = False,
    format: Annotated[
        Format | None,
        typer.Option(
            "--format", "-f", help="Take the document for this format.", rich_help_panel=_HOW
        ),
    ] = None,
    engine: Annotated[
        Engine,
        typer.Option(
            help="Merge, let a model rewrite, or rewrite only what merging can't decide.",
            rich_help_panel=_HOW,
        ),
    ] = Engine.AUTO,
    model: model_options.Model = None,
    whole: model_options.Whole = False,
    instruction: model_options.Instruction = None,
    chat: model_options.Chat = None,
    exact: model_options.Exact = False,
    gpu_layers: model_options.GpuLayers = None,
    ctx: model_options.Context = None,
    threads: model_options.Threads = None,
    cache_type: model_options.Cache = None,
    stage: Annotated[
        bool,
        typer.Option(
            "--stage/--no-stage",
            help="Stage the change, or leave git's index alone.",
            rich_help_panel=_GIT,
        ),
    ] = True,
    commit: Annotated[
        bool,
        typer.Option("--commit", "-c", help="Commit exactly this change.", rich_help_panel=_GIT),
    ] = False,
    message: Annotated[
        str | None,
        typer.Option(
            "--message",
            "-m",
            help="Commit with this message.",
            rich_help_panel=_GIT,
            metavar="TEXT",
        ),
    ] = None,
    json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print the result as JSON, with a text to hand back to the model.",
            rich_help_panel=_TALK,
        ),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="Say nothing unless it fails.", rich_help_panel=_TALK),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say more.", rich_help_panel=_TALK)
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Apply what a language model wrote about a file: exactly, or not at all.

    Takes a chat answer with snippets ([cyan]... existing code ...[/cyan]), SEARCH/REPLACE blocks,
    a diff, an apply-patch or whole files; writes all of it or nothing, and stages it in git.
    """
    from fastapply.cli.apply import apply

    modes = {Mode.DRY_RUN: dry_run, Mode.DIFF: diff, Mode.STDOUT: stdout, Mode.CHECK: check}
    request = Request(
        files=tuple(map(str, files or ())),
        edit=edit,
        mode=mode_of(modes),
        json=json,
        stage=stage,
        commit=message if message is not None else "" if commit else None,
        interactive=interactive,
        format=format.value if format is not None else None,
        engine=engine,
        rewriting=Rewriting(
            model=model,
            whole=whole,
            instruction=instruction,
            chat=None if chat is None else str(chat),
            exact=exact,
            gpu_layers=gpu_layers,
            context=ctx,
            threads=threads,
            cache_type=None if cache_type is None else cache_type.value,
        ),
        verbosity=verbosity_of(quiet=quiet, verbose=verbose),
        said=_said(context),
    )
    raise typer.Exit(apply(request))


def _said(context: typer.Context) -> frozenset[str]:
    """The parameters that stand on the command line."""
    sources = ((name, context.get_parameter_source(name)) for name in context.params)
    return frozenset(name for name, source in sources if source and source.name == "COMMANDLINE")


def main() -> None:
    """Run, and end with an exit code, never with a traceback for what a user can act on."""
    # Looking again and again for garbage among modules is a fifteenth of what a merge takes.
    gc.freeze()
    gc.set_threshold(_RARELY)
    open_closed()
    try:
        app()
    except FastApplyError as error:
        from fastapply.cli.exit_codes import exit_code

        sys.stderr.write(f"fastapply: {error}\n")
        sys.exit(exit_code(error))
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):  # typer has met it, and says 1
            sys.exit(failed_output(error.__context__))
        raise
    except OSError as error:  # of files and git only what `FastApplyError` says comes up to here
        sys.exit(failed_output(error))
