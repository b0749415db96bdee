"""What edits left in the files a commit would bring, and that was not there before.

A leftover is excused by one of the same text that a parent's version of the file had, or that the
same commit takes out of another file: code that moves may keep its oddities.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from fastapply.cli.hook.staged import Staged, staged, text_of
from fastapply.cli.repository import Repository
from fastapply.core.checks.leftovers import Leftover, leftovers, unexcused


class Found(NamedTuple):
    """A leftover in the file `path`."""

    path: str
    leftover: Leftover

    @property
    def text(self) -> str:
        """The line."""
        return self.leftover.text


def check(
    repository: Repository,
    *,
    allow: Sequence[str] = (),
    only: frozenset[str] | None = None,
    against: str | None = None,
    everything: bool = False,
) -> tuple[Found, ...]:
    """The leftovers in what is staged, in files `only`, save those that `allow` has patterns for.

    `against` names another commit to compare with than HEAD; `everything` compares with none, in
    all files. Raise `GitError`.
    """
    files = _all(repository) if everything else staged(repository, against)
    looked_at = [
        each
        for each in files
        if (only is None or each.name in only) and not _matches(each.name, allow)
    ]
    found = [(each, _leftovers(repository, each.name, each.blob)) for each in looked_at]
    suspects = [(each, some) for each, some in found if some]
    if not suspects:
        return ()
    fresh = [
        Found(each.name, leftover)
        for each, some in suspects
        for leftover in unexcused(some, _before(repository, each))
    ]
    return tuple(unexcused(fresh, _gone(repository, files))) if fresh else ()


def is_allowed(name: str, pattern: str) -> bool:
    """Whether a pattern is for the file: a shell's, where ``*`` matches ``/`` too, or a folder."""
    return fnmatchcase(name, pattern) or name.startswith(f"{pattern.rstrip('/*')}/")


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(is_allowed(name, pattern) for pattern in patterns)


def _all(repository: Repository) -> list[Staged]:
    """All files of the index, as if they were new."""
    rows = repository.output("ls-files", "--stage", "-z").split(b"\0")
    entries = (row.partition(b"\t") for row in filter(None, rows))
    return [
        Staged(os.fsdecode(name), head.split()[1].decode(), ())
        for head, _, name in entries
        if head.startswith(b"100")
    ]


def _leftovers(repository: Repository, name: str, blob: str | None) -> tuple[Leftover, ...]:
    text = None if blob is None else text_of(repository, blob)
    return () if text is None else leftovers(name, text.lines)


def _before(repository: Repository, each: Staged) -> list[Leftover]:
    """What the parents' versions have."""
    return [old for blob in each.before for old in _leftovers(repository, each.name, blob)]


def _gone(repository: Repository, files: Sequence[Staged]) -> Iterator[Leftover]:
    """The leftovers that the commit takes out."""
    for each in files:
        now = _leftovers(repository, each.name, each.blob)
        yield from unexcused(_before(repository, each), now)
