"""The command ``models``: which models there are, which are here, and which one is taken."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

app = typer.Typer(
    help="Models that rewrite what the merge can't decide.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Name = Annotated[
    str,
    typer.Argument(
        help="A name of the list, a path, or hf:OWNER/REPO/FILE.gguf.",
        metavar="NAME",
        show_default=False,
    ),
]


@app.command("list")
def list_models() -> None:
    """Say which models are known, which are here, and which one is taken (*)."""
    from fastapply.cli.paths import repository_root, working_directory
    from fastapply.cli.settled import configure
    from fastapply.models.weights import Store, known_models, shipped

    cwd, store, own = working_directory(), Store.of_the_user(), shipped()
    configured = configure(cwd, repository_root(cwd)).values.model
    taken = configured or store.chosen() or (own and own.name)
    models = (*known_models(), *store.others())
    for model in models:
        sign = "*" if model.name == taken else " "
        here = "here" if store.holds(model) else "to pull"
        typer.echo(f"{sign} {model.name:16} {here:8} {model.about}".rstrip())
    if taken is not None and taken not in {model.name for model in models}:
        typer.echo(f"* {taken}")


@app.command()
def pull(name: Name) -> None:
    """Download a model; what is there already is kept."""
    from fastapply.models.weights import Store

    store = Store.of_the_user()
    typer.echo(store.pull(store.find(name)))


@app.command()
def path(name: Name) -> None:
    """Print where the file of a model is; an error if it is not there."""
    from fastapply.models.weights import Store

    store = Store.of_the_user()
    typer.echo(store.ready(store.find(name)))


@app.command()
def remove(name: Name) -> None:
    """Delete a downloaded model."""
    from fastapply.models.weights import Store

    store = Store.of_the_user()
    store.remove(store.find(name))
    typer.echo(f"removed: {name}")


@app.command()
def use(name: Name) -> None:
    """Take this model from now on."""
    from fastapply.models.weights import Store

    store = Store.of_the_user()
    if find_spec("llama_cpp") is not None:
        from fastapply.models.llama.model import check_whole

        check_whole(store.ready(store.find(name)))
    store.use(name)
    typer.echo(f"taken from now on: {name}")
