"""Which model writes a file where the merge cannot, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastapply.cli.request import Request, Verbosity
from fastapply.core.pipeline import Engine

if TYPE_CHECKING:
    from fastapply.cli.render import Bar
    from fastapply.core.edits import FileEdit
    from fastapply.core.ports import Rewriter
    from fastapply.core.result import Candidate, Unresolved
    from fastapply.core.text import SourceText
    from fastapply.models.engine import LocalRewriter
    from fastapply.models.llama_writer import Progress


@contextmanager
def rewriter_for(request: Request) -> Iterator[Rewriter | None]:
    """The rewriter to ask, None where the merge has the last word; frees its model at the end."""
    if request.engine is Engine.MERGE:
        yield None
        return
    rewriter = _OnDemand(
        required=request.engine is Engine.REWRITE,
        shown=request.verbosity is not Verbosity.QUIET and not request.json,
    )
    try:
        yield rewriter
    finally:
        rewriter.close()


class _OnDemand:
    """A rewriter that imports nothing of `models` before an edit needs it.

    It shows how far the model is, once that has taken long enough to wonder.
    """

    _PATIENCE = 0.5  # seconds

    def __init__(self, *, required: bool, shown: bool) -> None:
        self._required = required
        self._shown = shown
        self._rewriter: LocalRewriter | None = None
        self._bar: Bar | None = None

    def rewrite(
        self, path: str, text: SourceText, edit: FileEdit, unresolved: Unresolved | None
    ) -> Candidate:
        """A candidate for the file's new text, or raise `ModelError`."""
        if self._rewriter is None:
            from fastapply.models.engine import Choice, LocalRewriter

            choice = Choice(required=self._required, whole=self._required)
            self._rewriter = LocalRewriter(choice, self._report if self._shown else None)
        return self._rewriter.rewrite(path, text, edit, unresolved)

    def close(self) -> None:
        """Take the bar away and free the model."""
        if self._bar is not None:
            self._bar.close()
        if self._rewriter is not None:
            self._rewriter.close()

    def _report(self, progress: Progress) -> None:
        if progress.seconds < self._PATIENCE:
            return
        if self._bar is None:
            from fastapply.cli.render import Bar

            self._bar = Bar("rewriting")
        self._bar.show(progress.tally.tokens, progress.expected)
