"""Who is evaluated: an engine, and the model it rewrites with."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from fastapply.cli.engines import rewriter_for
from fastapply.cli.request import Request, Rewriting, Verbosity
from fastapply.core.edits import FileEdit, Hunk, Op, Span, Step
from fastapply.core.errors import FastApplyError, OptionsError
from fastapply.core.pipeline import Engine
from fastapply.core.ports import Rewriter
from fastapply.core.result import Candidate, Unresolved
from fastapply.core.text import SourceText


@dataclass(frozen=True, slots=True)
class Contestant:
    """An engine; `model` is the name of its model, None for the one chosen before, or for none."""

    engine: Engine
    model: str | None = None

    @property
    def label(self) -> str:
        """What it is called in tables and results."""
        return self.engine.value if self.model is None else f"{self.engine.value}:{self.model}"

    @property
    def options(self) -> list[str]:
        """What says the same to ``fastapply apply``."""
        model = [] if self.model is None else ["--model", self.model]
        return ["--engine", self.engine.value, *model]


def contestants(engines: Sequence[Engine], models: Sequence[str]) -> tuple[Contestant, ...]:
    """Every engine with every model; the merge takes none. `OptionsError` where that is nobody."""
    chosen = engines or (Engine.AUTO,)
    if models and all(engine is Engine.MERGE for engine in chosen):
        raise OptionsError("--model rewrites, --engine merge does not: add --engine auto")
    found = []
    for engine in chosen:
        takes = (None,) if engine is Engine.MERGE or not models else models
        found += [Contestant(engine, model) for model in takes]
    return tuple(dict.fromkeys(found))


@contextmanager
def opened(contestant: Contestant) -> Iterator[WarmRewriter | None]:
    """The rewriter `contestant` works with, None where it has none; frees its model at the end."""
    request = Request(
        engine=contestant.engine,
        rewriting=Rewriting(model=contestant.model),
        verbosity=Verbosity.QUIET,
    )
    with rewriter_for(request) as rewriter:
        yield WarmRewriter(rewriter) if rewriter is not None else None


@dataclass
class WarmRewriter:
    """A rewriter that is warm before it is asked the first time (`core.ports.Rewriter`).

    Loading a model is no part of what it takes to rewrite a file: `loading` are the seconds that
    went into it.
    """

    rewriter: Rewriter
    loading: float = 0.0
    _warm: bool = False

    def rewrite(
        self, path: str, text: SourceText, edit: FileEdit, unresolved: Unresolved | None
    ) -> Candidate:
        """A candidate for the file's new text, or raise `ModelError`."""
        if not self._warm:
            self._warm = True
            started = time.perf_counter()
            self._warm_up()
            self.loading += time.perf_counter() - started
        return self.rewriter.rewrite(path, text, edit, unresolved)

    def _warm_up(self) -> None:
        """Rewrite a file of one line. What goes wrong here will go wrong again where it counts."""
        steps = (Step(Op.DROP, "x = 1"), Step(Op.ADD, "x = 2"))
        edit = FileEdit("x.py", (Hunk(steps, Span(0, 2)),), "udiff", Span(0, 2))
        try:
            self.rewriter.rewrite("x.py", SourceText.from_str("x = 1\n"), edit, None)
        except FastApplyError:
            return
