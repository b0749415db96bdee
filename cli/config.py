"""The command ``config``: what holds here, and where it was said."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command()
def config(
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show what is configured here, and where it was said.

    Later over earlier: your own file, [cyan]pyproject.toml[/cyan] (table tool.fastapply) and
    [cyan]fastapply.toml[/cyan] of the project, variables [cyan]FASTAPPLY_...[/cyan], flags.
    """
    from enum import Enum

    from fastapply.cli.config_layers import READERS, value_of
    from fastapply.cli.paths import repository_root, working_directory
    from fastapply.cli.settled import configure

    cwd = working_directory()
    held = configure(cwd, repository_root(cwd))
    found = {key: value_of(held.values, key) for key in READERS}
    plain = {key: one.value if isinstance(one, Enum) else one for key, one in found.items()}
    if json:
        import json as writer

        told = {
            key: {"value": value, "origin": held.origins.get(key, "default")}
            for key, value in plain.items()
        }
        typer.echo(writer.dumps(told, indent=2))
        return
    shown = {key: _toml(value) for key, value in plain.items()}
    wide, most = max(map(len, shown)), max(map(len, shown.values()))
    for key, text in shown.items():
        typer.echo(f"{key:{wide}} = {text:{most}}  {held.origins.get(key, 'default')}")


def _toml(value: object) -> str:
    """A value as files spell it; what is left to the program as ``auto``."""
    import json

    if value is None:
        return "(auto)"
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
