"""The command ``bench``: how fast a model rewrites files, contestant against contestant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fastapply.cli.model_options import MOST_THREADS

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_MODEL = "The model"
_EPILOG = """\
[bold]Contestants[/bold]

[cyan]plain[/cyan] a token a call · [cyan]lookup[/cyan] llama-cpp-python's prompt lookup ·
[cyan]ngram[/cyan] llama-server's ngram-simple, in our loop · [cyan]original[/cyan] speculative
edits from file and snippet · [cyan]merge[/cyan] from what the merge made · [cyan]region[/cyan]
only what the edit touches · [cyan]server:KIND[/cyan] llama-server --spec-type KIND

[bold]Examples[/bold]

[cyan]fastapply bench --model a.gguf[/cyan]   our own edits

[cyan]fastapply bench cases/ --model a.gguf --out a.json --plot a.svg[/cyan]

[cyan]fastapply bench --model a.gguf --llama-server build/bin/llama-server --who region[/cyan]

[dim]Exit codes: 0 done · 2 usage · 4 no model, or nothing could be measured · 5 no edits, or a file
failed · 130 stopped[/dim]
"""


@app.command(epilog=_EPILOG)
def bench(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders of cases, at any depth; none: a few edits of our own.",
            metavar="FOLDER...",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="The model: a name of `fastapply models list`, or a GGUF file.",
            metavar="NAME",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    who: Annotated[
        list[str] | None,
        typer.Option(help="A contestant; several times for several.", metavar="NAME"),
    ] = None,
    rounds: Annotated[int, typer.Option(help="Runs of each.", min=1, metavar="N")] = 3,
    plain_tokens: Annotated[
        int,
        typer.Option(
            help="Tokens that plain decoding writes of each answer, 0 for all.", min=0, metavar="N"
        ),
    ] = 100,
    llama_server: Annotated[
        Path | None, typer.Option(help="Race this program, too.", metavar="PATH")
    ] = None,
    cpu: Annotated[
        bool,
        typer.Option("--cpu", help="Count the processor's time: for machines that are busy."),
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write all runs as JSON.", metavar="FILE")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the speed-ups: .svg or .png.", metavar="FILE")
    ] = None,
    exact: Annotated[
        bool,
        typer.Option("--exact", help="Make answers the same to the bit.", rich_help_panel=_MODEL),
    ] = False,
    gpu_layers: Annotated[
        int | None,
        typer.Option(
            help="Layers on the GPU.",
            metavar="N",
            min=0,
            show_default="all",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    ctx: Annotated[
        int | None,
        typer.Option(
            help="Tokens held at once at most.",
            metavar="N",
            min=1,
            show_default="what it was trained for",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            help="Threads that compute.",
            metavar="N",
            min=1,
            max=MOST_THREADS,
            show_default="one a core",
            rich_help_panel=_MODEL,
        ),
    ] = None,
) -> None:
    """Race ways to rewrite files with a model: drafts, regions, and what others do."""
    from fastapply.cli.bench.session import Wishes, bench
    from fastapply.models.settings import Settings

    settings = Settings(gpu_layers=gpu_layers, context=ctx or 0, exact=exact, threads=threads or 0)
    wishes = Wishes(
        folders=tuple(folders or ()),
        model=model,
        contestants=tuple(who or ()),
        rounds=rounds,
        plain_tokens=plain_tokens,
        settings=settings,
        server=llama_server,
        cpu=cpu,
        out=out,
        plot=plot,
    )
    raise typer.Exit(bench(wishes))
