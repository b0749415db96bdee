"""The command ``models``: which models there are, which are here, and which one is taken."""

from __future__ import annotations

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
    from fastapply.models.weights import Published, Store, known_models

    store = Store.of_the_user()
    chosen = store.chosen()
    models = known_models()
    for model in models:
        sign = "*" if model.name == chosen else " "
        here = "here" if store.holds(model) else "to pull"
        about = model.about if isinstance(model, Published) else "comes with fastapply"
        typer.echo(f"{sign} {model.name:16} {here:8} {about}")
    if chosen is not None and chosen not in {model.name for model in models}:
        typer.echo(f"* {chosen}")


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


@app.command()
def use(name: Name) -> None:
    """Take this model from now on."""
    from fastapply.models.weights import Store

    Store.of_the_user().use(name)
