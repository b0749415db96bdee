"""A workspace in memory, and the road walked in it."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapply.core.errors import UnsafePathError
from fastapply.core.pipeline import Engine, Options, Outcome, run
from fastapply.core.ports import Change
from fastapply.core.text import SourceText
from fastapply.formats import parse


@dataclass
class MemoryWorkspace:
    """Files by path; remembers what it was asked to write and to stage."""

    files: dict[str, SourceText]
    written: list[tuple[Change, ...]] = field(default_factory=list)
    staged: list[tuple[Change, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> MemoryWorkspace:
        return cls({path: SourceText.from_str(text) for path, text in texts.items()})

    @property
    def texts(self) -> dict[str, str]:
        return {path: str(text) for path, text in self.files.items()}

    def read(self, path: str) -> SourceText | None:
        return self.files.get(path)

    def resolve(self, path: str) -> str:
        inside = posixpath.normpath(path)
        if inside.startswith(("/", "..")):
            raise UnsafePathError(f"{path} leads outside")
        return inside

    def write(self, changes: tuple[Change, ...]) -> None:
        self.written.append(changes)
        for change in changes:
            self.files.pop(change.path, None)
            if change.after is not None:
                self.files[change.move_to or change.path] = change.after

    def stage(self, changes: tuple[Change, ...]) -> tuple[str, ...]:
        self.staged.append(changes)
        return ()


def merge_in(workspace: MemoryWorkspace, document: str, *files: str) -> Outcome:
    """Apply `document` by the merge alone."""
    return run(
        document,
        workspace=workspace,
        parse=parse,
        rewriter=None,
        options=Options(files=files, engine=Engine.MERGE),
    )
