"""Which model writes a file where the merge cannot, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastapply.cli.request import Request, Verbosity
from fastapply.core.pipeline import Engine
from fastapply.core.ports import Rewriter

if TYPE_CHECKING:
    from fastapply.cli.render import Bar
    from fastapply.models.llama_writer import Progress


@contextmanager
def rewriter_for(request: Request) -> Iterator[Rewriter | None]:
    """The rewriter to ask, None where the merge has the last word; frees its model at the end.

    Nothing is loaded before an edit needs it.
    """
    if request.engine is Engine.MERGE:
        yield None
        return
    from fastapply.models.engine import Choice, LocalRewriter

    meter = _Meter(shown=request.verbosity is not Verbosity.QUIET and not request.json)
    required = request.engine is Engine.REWRITE
    rewriter = LocalRewriter(Choice(required=required, whole=required), meter)
    try:
        yield rewriter
    finally:
        meter.close()
        rewriter.close()


class _Meter:
    """Shows how far the model is, once it has taken long enough to wonder."""

    _PATIENCE = 0.5  # seconds

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._bar: Bar | None = None

    def __call__(self, progress: Progress) -> None:
        if not self._shown or progress.seconds < self._PATIENCE:
            return
        if self._bar is None:
            from fastapply.cli.render import Bar

            self._bar = Bar("rewriting")
        self._bar.show(progress.tally.tokens, progress.expected)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
