"""What is configured here; a request with it put in wherever the command line is silent."""

from __future__ import annotations

import os
from dataclasses import replace

from fastapply.cli.configuration import (
    OTHER_VARIABLES,
    PREFIX,
    Configuration,
    Configured,
    places,
)
from fastapply.cli.request import Request, Rewriting
from fastapply.core.pipeline import Engine

_DEFAULTS = Configuration()


def configure(cwd: str, root: str | None) -> Configured:
    """What holds in the folder `cwd` of the repository at `root` (None: in none), but for flags.

    Raise `ConfigurationError` where a file or a variable says what cannot be, `UnreadableError`
    where a file cannot be read.
    """
    said = [name for name in os.environ if name.startswith(PREFIX) and name not in OTHER_VARIABLES]
    if not said and not any(map(_may_speak, places(cwd, root))):
        return Configured()
    from fastapply.cli.config_layers import configured

    return configured(cwd, root)


def _may_speak(place: str) -> bool:
    """Whether a file is worth a parser: most projects say nothing of us in pyproject.toml."""
    if not place.endswith("pyproject.toml"):
        return os.path.exists(place)
    try:
        with open(place, "rb") as file:
            return b"fastapply" in file.read()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


def settled(request: Request, cwd: str, root: str | None) -> Request:
    """`request`, made in the folder `cwd` of the repository at `root`; raise `FastApplyError`."""
    held = configure(cwd, root).values
    if held == _DEFAULTS:
        return request
    return replace(
        request,
        engine=_engine(request, held),
        format=request.format if "format" in request.said else held.format,
        # Who says --commit wants it staged, whatever was settled once.
        stage=request.stage if {"stage", "commit", "message"} & request.said else held.stage,
        rewriting=_rewriting(request, held),
        server=held.server,
    )


def _engine(request: Request, held: Configuration) -> Engine:
    """The engine; where a flag is for rewriting, a configured merge is not meant."""
    if "engine" in request.said:
        return request.engine
    wants_model = held.engine is Engine.MERGE and request.rewriting.given()
    return Engine.AUTO if wants_model else held.engine


def _rewriting(request: Request, held: Configuration) -> Rewriting:
    said, chosen = request.said, request.rewriting
    return replace(
        chosen,
        model=chosen.model if "model" in said else held.model,
        whole=chosen.whole if "whole" in said else held.whole,
        exact=chosen.exact if "exact" in said else held.exact,
        gpu_layers=chosen.gpu_layers if "gpu_layers" in said else held.gpu_layers,
        context=chosen.context if "ctx" in said else held.ctx,
        threads=chosen.threads if "threads" in said else held.threads,
        cache_type=chosen.cache_type if "cache_type" in said else held.cache_type,
    )
