"""The way in from the command line: a rewriter that asks a server when it is first needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapply.core.edits import FileEdit
from fastapply.core.errors import ModelError
from fastapply.core.ports import Unmerged
from fastapply.core.result import Candidate, Unresolved
from fastapply.core.text import SourceText
from fastapply.models.progress import Progress
from fastapply.models.remote.address import address, key_for
from fastapply.models.remote.settings import DEFAULTS, ServerSettings
from fastapply.models.rewriter import ModelRewriter, RewriteOptions

if TYPE_CHECKING:
    from fastapply.models.remote.writer import RemoteWriter


@dataclass
class RemoteRewriter:
    """Rewrites with the model ``URL#NAME`` (`core.ports.JointRewriter`), several files at once.

    `report` is told how far the answers are; `close` ends what is under way.
    """

    model: str
    options: RewriteOptions
    settings: ServerSettings = DEFAULTS
    report: Callable[[Progress], None] | None = None
    _writer: RemoteWriter | None = None

    def rewrite(
        self, path: str, text: SourceText, edit: FileEdit, unresolved: Unresolved | None
    ) -> Candidate:
        """A candidate for the file's new text, or raise `ModelError`."""
        return self.rewrite_all([Unmerged(path, text, edit, unresolved)])[0]

    def rewrite_all(self, files: Sequence[Unmerged]) -> Sequence[Candidate]:
        """A candidate for each of `files`, or raise `ModelError`."""
        self._writer = self._writer or self._open()
        return ModelRewriter(self._writer, self.options).rewrite_all(files)

    def close(self) -> None:
        """Let go of the server."""
        if self._writer is not None:
            self._writer.close()

    def _open(self) -> RemoteWriter:
        place = address(self.model)
        try:
            from fastapply.models.remote.http import Http
        except ImportError as error:
            raise ModelError("models on servers need: pip install 'fastapply[http]'") from error
        from fastapply.models.remote.writer import RemoteWriter

        http = Http(place, key_for(place, os.environ), self.settings)
        return RemoteWriter(http, self.report)
