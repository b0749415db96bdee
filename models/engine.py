"""The way in from the command line: a rewriter that costs nothing until it is asked.

No weights are looked for, and llama.cpp is not loaded, before an edit needs a model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapply.core.edits import FileEdit
from fastapply.core.errors import ModelError, UnresolvedError, WeightsNotFoundError
from fastapply.core.ports import Unmerged
from fastapply.core.result import Candidate, Unresolved
from fastapply.core.text import SourceText
from fastapply.models.settings import Settings

if TYPE_CHECKING:
    from fastapply.models.llama.writer import LlamaWriter
    from fastapply.models.progress import Progress
    from fastapply.models.rewriter import RewriteOptions


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user chose of models.

    `model` is a name as in `weights`, None for the default. `required` says that a model must
    answer; else, where there is none, edits the merge cannot decide stay unresolved. `talk` is a
    conversation as `prompt.read_talk` gives it.
    """

    model: str | None = None
    required: bool = False
    whole: bool = False
    instruction: str = ""
    talk: str = ""
    settings: Settings = field(default_factory=Settings)


@dataclass
class LocalRewriter:
    """Rewrites with a model on this machine (`core.ports.JointRewriter`); `close` frees it.

    `report` is called after every verification batch, `last_word` where llama.cpp is about to end
    the process (`llama.when_it_gives_up`).
    """

    choice: Choice
    report: Callable[[Progress], None] | None = None
    last_word: Callable[[str], None] | None = None
    _writer: LlamaWriter | None = None

    def rewrite(
        self, path: str, text: SourceText, edit: FileEdit, unresolved: Unresolved | None
    ) -> Candidate:
        """A candidate for the file's new text, or raise `ModelError`."""
        return self.rewrite_all([Unmerged(path, text, edit, unresolved)])[0]

    def rewrite_all(self, files: Sequence[Unmerged]) -> Sequence[Candidate]:
        """A candidate for each of `files`, or raise `ModelError`."""
        from fastapply.models.rewriter import ModelRewriter

        try:
            self._writer = self._writer or self._open()
        except WeightsNotFoundError:
            first = files[0]
            if self.choice.required or self.choice.model or first.unresolved is None:
                raise
            raise UnresolvedError(first.path, first.unresolved.failures) from None
        return ModelRewriter(self._writer, self._options()).rewrite_all(files)

    def close(self) -> None:
        """Free the model."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _open(self) -> LlamaWriter:
        from platformdirs import user_cache_path

        from fastapply.models.weights import Shipped, Store

        store = Store.of_the_user()
        model = store.find(self.choice.model)
        path = store.ready(model)
        try:
            from fastapply.models.llama.model import when_it_gives_up
            from fastapply.models.llama.writer import LlamaWriter
        except ImportError as error:
            kind = WeightsNotFoundError if isinstance(model, Shipped) else ModelError
            raise kind("rewriting needs: pip install 'fastapply[llama]'") from error
        if self.last_word is not None:
            when_it_gives_up(self.last_word)
        states = user_cache_path("fastapply", appauthor=False) / "beginnings"
        return LlamaWriter(path, self.choice.settings, model.family, self.report, states)

    def _options(self) -> RewriteOptions:
        from fastapply.models.rewriter import RewriteOptions

        return RewriteOptions(self.choice.whole, self.choice.instruction, self.choice.talk)
