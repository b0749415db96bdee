"""Why edits did not fit, with everything at hand: the block in the document, the file's lines.

The error, the document and the file together give one `Misfit` a failure; people, programs and
models each get their own text of it (`cli.report`, `cli.json_output`, `cli.retry`).
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapply.core.edits import Span
from fastapply.core.errors import FastApplyError, StagingError, UnresolvedError, WorkspaceError
from fastapply.core.ports import Workspace
from fastapply.core.result import Ambiguous, Conflict, Failure, Missing


@dataclass(frozen=True, slots=True)
class Failed:
    """How a call ended that changed nothing: why, and the document ("" where none was read).

    `unkept` is why undo does not know what was written all the same.
    """

    error: FastApplyError
    document: str
    workspace: Workspace
    unkept: str | None = None

    @property
    def written(self) -> bool:
        """Whether the files were written all the same: git comes after them."""
        return isinstance(self.error, StagingError)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A failure of an edit of the file `path`.

    `document` and `lines` are the lines of the document and of the file.
    """

    path: str
    failure: Failure
    document: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def block(self) -> tuple[str, ...]:
        """The edit, as the document has it."""
        return self.document[self.failure.at.start : self.failure.at.stop]

    @property
    def places(self) -> tuple[Span, ...]:
        """The places of the file that matter, best first: nearest, candidates, or contested."""
        match self.failure:
            case Missing(nearest=Span() as nearest):
                return (nearest,)
            case Ambiguous(spans=spans):
                return spans
            case Conflict(span=span):
                return (span,)
            case _:
                return ()

    @property
    def sought(self) -> tuple[str, ...]:
        """The lines looked for; empty for a conflict."""
        return () if isinstance(self.failure, Conflict) else self.failure.sought

    @property
    def differing(self) -> Difference | None:
        """The first line sought that is not as in the nearest place."""
        failure = self.failure
        if not isinstance(failure, Missing) or failure.differs is None or failure.nearest is None:
            return None
        if failure.differs >= len(failure.sought):
            return None
        wanted = failure.sought[failure.differs]
        line = failure.nearest.start + failure.differs
        there = line if line < failure.nearest.stop else None
        return Difference(wanted, self._in_document(wanted), there)

    def shown(self, span: Span, around: int = 0) -> tuple[str, ...]:
        """The lines of the file at `span`, with `around` more on both sides."""
        return self.lines[max(span.start - around, 0) : span.stop + around]

    def _in_document(self, wanted: str) -> int | None:
        """Where the document has the line sought: as it is, or behind the sign of a diff."""
        for index in range(self.failure.at.start, min(self.failure.at.stop, len(self.document))):
            line = self.document[index]
            if wanted in (line, line[1:]) or (wanted.strip() and line.strip() == wanted.strip()):
                return index
        return None


@dataclass(frozen=True, slots=True)
class Difference:
    """A line sought: its text, its index in the document, the file's line that stands there."""

    wanted: str
    document_line: int | None
    file_line: int | None


def misfits(failed: Failed) -> tuple[Misfit, ...]:
    """One a failure of the error; none for errors of other kinds."""
    error = failed.error
    if not isinstance(error, UnresolvedError):
        return ()
    try:
        text = failed.workspace.read(error.path)
    except WorkspaceError:  # it was read a moment ago; what is left to say is said without it
        text = None
    lines = () if text is None else text.lines
    document = tuple(line.rstrip("\r") for line in failed.document.split("\n"))
    return tuple(Misfit(error.path, failure, document, lines) for failure in error.failures)


_SAID = {
    "missing": "the lines it changes are not in the file",
    "ambiguous": "it fits more than one place",
    "conflict": "it wants lines that an earlier edit changes",
}


def said(misfit: Misfit) -> str:
    """What is wrong, in half a sentence."""
    if misfit.failure.reason == "ambiguous" and not misfit.sought:
        return "nothing it shows says where its new lines go"
    return _SAID[misfit.failure.reason]


_ADVICE = {
    "missing": "copy the lines to change from the file as it is now",
    "ambiguous": "add lines around it, or name the function it is in, until only one place fits",
    "conflict": "join the two edits into one",
    "refused": "send the edit again; leave out nothing and change only what the edit is about",
    "no-edit": "send a fenced snippet, SEARCH/REPLACE blocks, a unified diff or an apply-patch",
    "malformed": "send the whole block again, from its first line to its last",
    "no-path": "name its file in the line above each block, from the root of the repository",
    "unsafe-path": "name files relative to the root of the repository",
    "stale": "run it again on the file as it is now",
}


def advice(reason: str) -> str | None:
    """What to do about an error of this reason, where that is known."""
    return _ADVICE.get(reason)
