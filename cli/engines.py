"""Which model writes a file where the merge cannot, and how far it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastapply.cli.exit_codes import ExitCode
from fastapply.cli.request import Request, Verbosity
from fastapply.core.errors import OptionsError
from fastapply.core.pipeline import Engine

if TYPE_CHECKING:
    from fastapply.cli.watch import Watch
    from fastapply.core.edits import FileEdit
    from fastapply.core.ports import Rewriter, Unmerged
    from fastapply.core.result import Candidate, Unresolved
    from fastapply.core.text import SourceText
    from fastapply.models.engine import Choice, LocalRewriter
    from fastapply.models.progress import Progress
    from fastapply.models.remote.engine import RemoteRewriter


@contextmanager
def rewriter_for(request: Request, watch: Watch | None = None) -> Iterator[Rewriter | None]:
    """The rewriter to ask, None where the merge has the last word; frees its model at the end.

    `watch` shows how far the model is.
    """
    if request.engine is Engine.MERGE:
        yield None
        return
    rewriter = _OnDemand(request, _talk(request.rewriting.chat), watch)
    try:
        yield rewriter
    finally:
        rewriter.close()


class _OnDemand:
    """A rewriter that imports nothing of `models` before an edit needs it."""

    def __init__(self, request: Request, talk: str, watch: Watch | None) -> None:
        self._request = request
        self._talk = talk
        self._watch = watch
        self._rewriter: LocalRewriter | RemoteRewriter | None = None

    def rewrite(
        self, path: str, text: SourceText, edit: FileEdit, unresolved: Unresolved | None
    ) -> Candidate:
        """A candidate for the file's new text, or raise `ModelError`."""
        from fastapply.core.ports import Unmerged

        return self.rewrite_all([Unmerged(path, text, edit, unresolved)])[0]

    def rewrite_all(self, files: Sequence[Unmerged]) -> Sequence[Candidate]:
        """A candidate for each of `files`, or raise `ModelError`."""
        if self._rewriter is None:
            self._rewriter = self._chosen()
        if self._watch is not None:
            what = files[0].path if len(files) == 1 else f"{len(files)} files"
            self._watch.begin(f"rewriting {what}")
        return self._rewriter.rewrite_all(files)

    def _chosen(self) -> LocalRewriter | RemoteRewriter:
        from fastapply.models.remote.address import is_address

        choice = _choice(self._request, self._talk)
        if is_address(choice.model):
            return _remote(self._request, choice, self._report)
        from fastapply.models.engine import LocalRewriter

        return LocalRewriter(choice, self._report, _last_word)

    def close(self) -> None:
        """Free the model."""
        if self._rewriter is not None:
            self._rewriter.close()

    def _report(self, progress: Progress) -> None:
        tally, rate = progress.tally, progress.tally.tokens / progress.seconds
        said = f"{rate:,.0f} tokens/s"
        if tally.drafted:
            said += f", {tally.acceptance_rate:.0%} accepted"
        if self._watch is not None:
            self._watch.show(f"rewriting {progress.place}", tally.tokens, progress.expected, said)


def _last_word(said: str) -> None:
    """End the process as any failure of a model does, where llama.cpp would only abort it."""
    sys.stderr.write(f"fastapply: llama.cpp gave up: {said}\nnothing was written\n")
    sys.stderr.flush()
    os._exit(ExitCode.MODEL)


def _choice(request: Request, talk: str) -> Choice:
    """What the user chose of models, in the words of `models`."""
    from fastapply.models.engine import Choice
    from fastapply.models.settings import CACHE_TYPES, Settings

    chosen = request.rewriting
    settings = Settings(
        gpu_layers=chosen.gpu_layers,
        context=chosen.context or 0,
        exact=chosen.exact,
        threads=chosen.threads or 0,
        cache_type=chosen.cache_type or CACHE_TYPES[0],
        verbose=request.verbosity is Verbosity.VERBOSE,
    )
    return Choice(
        model=chosen.model,
        required=request.engine is Engine.REWRITE,
        whole=chosen.whole,
        instruction=chosen.instruction or "",
        talk=talk,
        settings=settings,
    )


def _remote(request: Request, choice: Choice, report: Callable[[Progress], None]) -> RemoteRewriter:
    """The rewriter for a model on a server."""
    from fastapply.models.remote.engine import RemoteRewriter
    from fastapply.models.rewriter import RewriteOptions

    options = RewriteOptions(choice.whole, choice.instruction, choice.talk)
    return RemoteRewriter(choice.model or "", options, request.server, report)


def _talk(path: str | None) -> str:
    """The conversation at `path`, which is read even where no model will be asked."""
    if path is None:
        return ""
    from fastapply.cli.document import read_chat
    from fastapply.models.prompt import read_talk

    try:
        return read_talk(read_chat(path), is_json=path.lower().endswith(".json"))
    except OptionsError as error:
        raise OptionsError(f"{path}: {error}") from error
