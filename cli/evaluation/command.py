"""The command ``eval``: what engines and models make of cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fastapply.core.pipeline import Engine

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_JUDGE = "A second opinion"
_CASES = "Cases of your own history"
_EPILOG = """\
[bold]Examples[/bold]

[cyan]fastapply eval cases/ --engine merge[/cyan]   what the merge makes of them

[cyan]fastapply eval cases/ --engine auto --model a.gguf --model b.gguf --out new.jsonl[/cyan]

[cyan]fastapply eval cases/ --engine merge --compare old.jsonl --max-wrong 0[/cyan]   for CI

[dim]Exit codes: 0 done · 1 fewer exact or more wrong than asked for · 2 usage · 4 a model is not
there · 5 no cases, or a file failed · 130 stopped[/dim]
"""


@app.command(epilog=_EPILOG)
def evaluate(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders of cases, at any depth.", metavar="FOLDER...", show_default=False
        ),
    ] = None,
    engine: Annotated[
        list[Engine] | None,
        typer.Option(help="Who answers; several times for several.", show_default="auto"),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="The model of auto and rewrite; several times for several.", metavar="NAME"
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write a line of JSON for each result.", metavar="FILE")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what --out has already.")
    ] = False,
    compare: Annotated[
        Path | None, typer.Option(help="Say what moved since this --out.", metavar="FILE")
    ] = None,
    min_exact: Annotated[
        float | None,
        typer.Option(help="Exit 1 where a contestant has fewer exact.", metavar="PERCENT"),
    ] = None,
    max_wrong: Annotated[
        int | None, typer.Option(help="Exit 1 where a contestant has more wrong.", metavar="N")
    ] = None,
    from_git: Annotated[
        str | None,
        typer.Option(
            help="Make cases of the commits that git calls so, as v1..v2.",
            metavar="REV-RANGE",
            rich_help_panel=_CASES,
        ),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(
            help="Keep those cases here; they are run only if an engine is named.",
            metavar="FOLDER",
            rich_help_panel=_CASES,
        ),
    ] = None,
    most: Annotated[
        int,
        typer.Option(
            "--max", help="At most so many cases.", min=1, metavar="N", rich_help_panel=_CASES
        ),
    ] = 100,
    seed: Annotated[
        int,
        typer.Option(help="Others for others.", metavar="S", rich_help_panel=_CASES),
    ] = 0,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw accuracy against speed: .svg or .png.", metavar="FILE"),
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option(
            help="Let a model on a server score what is not exact; its key is FASTAPPLY_JUDGE_KEY.",
            metavar="URL#MODEL",
            rich_help_panel=_JUDGE,
        ),
    ] = None,
    judge_timeout: Annotated[
        float,
        typer.Option(
            help="Seconds to wait for it.", min=0.1, metavar="SECONDS", rich_help_panel=_JUDGE
        ),
    ] = 120.0,
    bpb: Annotated[
        bool,
        typer.Option(
            "--bpb", help="Run no engine: count the bits a byte of the finals takes each model."
        ),
    ] = False,
    cold: Annotated[
        int,
        typer.Option(help="Of how many cases to time a process of their own, too.", metavar="N"),
    ] = 8,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Name every case that is not exact.")
    ] = False,
) -> None:
    """Count and time what engines and models make of cases: exact, equivalent, refused, wrong."""
    from fastapply.cli.evaluation.session import Limits, Wanted, Wishes, evaluate

    wishes = Wishes(
        folders=tuple(folders or ()),
        history=Wanted(from_git, most, seed, write),
        engines=tuple(engine or ()),
        models=tuple(model or ()),
        out=out,
        resume=resume,
        compare=compare,
        limits=Limits(min_exact, max_wrong),
        cold=cold,
        verbose=verbose,
        plot=plot,
        judge=judge,
        judge_timeout=judge_timeout,
        bits=bpb,
    )
    raise typer.Exit(evaluate(wishes))
