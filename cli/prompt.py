"""The command ``prompt``: what to tell a chat model so that its answers apply well."""

from __future__ import annotations

from typing import Annotated

import typer

from fastapply.cli.request import Format

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command()
def prompt(
    format: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="The edit format to ask for.", show_default="snippet"),
    ] = None,
) -> None:
    """Print instructions for a chat model, so that its answers apply well.

    Put them in front of what you ask, or into the system prompt:
    [cyan]llm -s "$(fastapply prompt)" "..." | fastapply[/cyan]
    """
    import sys

    from fastapply.cli.paths import repository_root, working_directory
    from fastapply.cli.settled import configure
    from fastapply.formats.instructions import instructions

    cwd = working_directory()
    chosen = (
        format.value if format is not None else configure(cwd, repository_root(cwd)).values.format
    )
    sys.stdout.write(instructions(chosen or Format.SNIPPET.value))
