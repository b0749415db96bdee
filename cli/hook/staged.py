"""What a commit would bring: the files of the index that differ from every parent it will have.

Only the index and the parents are read, never the work tree. Blobs are read when asked for, those
of parents only where there is something to compare: a partial clone need not fetch them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from fastapply.cli.repository import Repository
from fastapply.core.errors import GitError
from fastapply.core.text import SourceText

MOST_BYTES = 20_000_000
_FILES = (b"100644", b"100755")
_NO_BLOB = b"0"


class Staged(NamedTuple):
    """A file of the commit to be: its blob, and what the parents had under its name.

    `blob` is None for a file that goes; `before` holds only blobs of files that were there.
    """

    name: str
    blob: str | None
    before: tuple[str, ...]


def staged(repository: Repository, against: str | None = None) -> list[Staged]:
    """The files that differ from HEAD (or `against`), and in a merge from the other side too.

    Raise `GitError` where there is no such commit.
    """
    parents = [_tree(repository, against)] if against is not None else _parents(repository)
    by_parent = [dict(_changed(repository, parent)) for parent in parents]
    names = set(by_parent[0]).intersection(*by_parent[1:])
    return [
        Staged(
            name,
            by_parent[0][name][1],
            tuple(old for changed in by_parent if (old := changed[name][0]) is not None),
        )
        for name in sorted(names)
    ]


def text_of(repository: Repository, blob: str) -> SourceText | None:
    """A blob as text; None where it is binary, or larger than `MOST_BYTES`."""
    data = repository.object(blob)
    if len(data) > MOST_BYTES:
        return None
    text = SourceText.decode(data)
    return None if not text.bom and b"\0" in data else text


def _parents(repository: Repository) -> list[str]:
    if not repository.has_head():
        return [_tree(repository, None)]
    try:
        with open(os.path.join(repository.git_dir, "MERGE_HEAD"), encoding="ascii") as file:
            return ["HEAD", *file.read().split()]
    except FileNotFoundError:
        return ["HEAD"]


def _tree(repository: Repository, revision: str | None) -> str:
    """The tree of a revision; the empty one for None."""
    if revision is None:
        return _line(repository.output("hash-object", "-t", "tree", os.devnull))
    try:
        words = ("rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{tree}}")
        return _line(repository.output(*words))
    except GitError as error:
        raise GitError(f"there is no commit {revision}", "") from error


def _changed(
    repository: Repository, parent: str
) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    """Names with their blobs in `parent` and in the index; links and submodules count as none."""
    options = ("--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--ignore-submodules")
    fields = repository.output("diff-index", *options, parent, "--").split(b"\0")
    for head, name in zip(fields[::2], fields[1::2], strict=False):
        modes_and_blobs = head.lstrip(b":").split()
        old_mode, new_mode, old, new, status = modes_and_blobs
        if status.startswith(b"U"):
            continue
        before = old.decode() if old_mode in _FILES else None
        after = new.decode() if new_mode in _FILES else None
        yield os.fsdecode(name), (before, after)


def _line(data: bytes) -> str:
    return data.decode().strip()
