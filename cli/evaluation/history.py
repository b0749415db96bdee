"""Files as they were before and after a commit, out of the user's own history, through git."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from fastapply.cli.paths import working_directory
from fastapply.cli.repository import Repository, opened
from fastapply.core.edits import Op
from fastapply.core.errors import GitError, OptionsError
from fastapply.core.text import SourceText
from fastapply.formats.render import Revision

_MOST_LINES = 20_000
_MOST_BYTES = 2_000_000
_MOST_CHANGED = 200
_FILE_MODES = frozenset({"100644", "100755"})
_STATUS = {"A": "added", "D": "deleted", "R": "renamed", "C": "copied", "T": "of another type"}


class Touched(NamedTuple):
    """A file that a commit changed: the blobs before and after."""

    commit: str
    subject: str
    path: str
    old: str
    new: str


class Pair(NamedTuple):
    """A file before and after a commit, as bytes and as what a document has to show."""

    touched: Touched
    before: bytes
    after: bytes
    revision: Revision


@dataclass
class History:
    """The commits of `rev_range`, as ``git log`` takes it, of a repository.

    `skipped` counts what was left out, by why: whole commits and single files.
    """

    repository: Repository
    rev_range: str
    skipped: Counter[str] = field(default_factory=Counter)

    def pairs(self, rng: random.Random) -> Iterator[Pair]:
        """The pairs that can make a case, in an order that `rng` decides."""
        touched = self._touched()
        rng.shuffle(touched)
        for one in touched:
            pair = self._pair(one)
            if pair is not None:
                yield pair

    def _touched(self) -> list[Touched]:
        merges = int(self._said("rev-list", "--merges", "--count", self.rev_range, "--"))
        if merges:
            self.skipped["merge commits"] += merges
        form = "--format=%x01%H%x02%s"
        flags = ["--no-merges", "--raw", "-z", "--no-abbrev", "-M", form]
        words = iter(self._said("log", *flags, self.rev_range, "--").split("\0"))
        found: list[Touched] = []
        commit = subject = ""
        for word in words:
            word = word.lstrip("\n")
            if word.startswith("\x01"):
                commit, _, subject = word[1:].partition("\x02")
            elif word.startswith(":"):
                old_mode, new_mode, old, new, status = word[1:].split(" ")
                path = next(words)
                if status[0] in "RC":
                    next(words)
                if status != "M":
                    self.skipped[f"{_STATUS.get(status[0], 'other')} files"] += 1
                elif not {old_mode, new_mode} <= _FILE_MODES:
                    self.skipped["links and submodules"] += 1
                elif old != new:
                    found.append(Touched(commit, subject, path, old, new))
        return found

    def _said(self, command: str, *arguments: str) -> str:
        return self.repository.output(command, *arguments).decode("utf-8", "surrogateescape")

    def _pair(self, touched: Touched) -> Pair | None:
        before, after = map(self.repository.object, (touched.old, touched.new))
        texts = SourceText.decode(before), SourceText.decode(after)
        why = _unfit(before, after, texts)
        revision = Revision(touched.path, texts[0].lines, texts[1].lines)
        why = why or _unfit_change(revision)
        if why is None:
            return Pair(touched, before, after, revision)
        self.skipped[why] += 1
        return None


@contextmanager
def history_here(rev_range: str) -> Iterator[History]:
    """The history of the repository that the working directory is in, bare or not.

    Raise `OptionsError` for what git would take for an option.
    """
    if rev_range.startswith("-"):
        raise OptionsError(f"not a range of revisions: {rev_range}")
    cwd = working_directory()
    with opened(os.path.join(cwd, "any"), cwd, bare=True) as repository:
        if repository is None:
            raise GitError("there is no git repository here to make cases of", cwd)
        yield History(repository, rev_range)


def _unfit(before: bytes, after: bytes, texts: tuple[SourceText, SourceText]) -> str | None:
    """Why two versions make no case, None where they may."""
    old, new = texts
    if b"\0" in before or b"\0" in after:
        return "binary files"
    if max(len(before), len(after)) > _MOST_BYTES or max(map(len, (old.lines, new.lines))) > (
        _MOST_LINES
    ):
        return "huge files"
    for data in (before, after):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return "files that are not UTF-8"
    kinds = {ending for text in texts for ending in text.endings if ending}
    if len(kinds) > 1 or old.bom != new.bom or old.ends_with_newline != new.ends_with_newline:
        return "changes of line endings, or of the newline at the end"
    return None


def _unfit_change(revision: Revision) -> str | None:
    """Why a change makes no case, None where it does."""
    if not revision.before or not revision.after:
        return "empty files"
    changed = [step for step in revision.steps if step.op is not Op.KEEP]
    if _without_space(revision.before) == _without_space(revision.after):
        return "changes of white space alone"
    if len(changed) > _MOST_CHANGED:
        return "huge changes"
    return "files rewritten" if len(revision.steps) < 2 * len(changed) else None


def _without_space(lines: tuple[str, ...]) -> str:
    return "".join("".join(lines).split())
