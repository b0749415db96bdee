"""The repository that a hook is called in, what is settled there, and how hooks speak."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from fastapply.cli.configuration import Hook
from fastapply.cli.paths import resolve_in, working_directory
from fastapply.cli.render import show
from fastapply.cli.report import Line
from fastapply.cli.repository import Repository, opened
from fastapply.cli.settled import configure
from fastapply.core.errors import ConfigurationError, GitError, UnsafePathError


@contextmanager
def here() -> Iterator[Repository]:
    """The repository of the working directory; raise `GitError` where there is no work tree."""
    cwd = working_directory()
    with opened(os.path.join(cwd, "any"), cwd) as repository:
        if repository is None:
            raise GitError("hooks need a git work tree, and this is none", cwd)
        yield repository


def settings_of(repository: Repository) -> Hook:
    """What is configured for hooks; folders are paths from the root, and lead nowhere else."""
    root = repository.root
    held = configure(root, root)
    found = held.values.hook

    def resolved(key: str, folder: str) -> str:
        try:
            return resolve_in(folder, root, root)
        except UnsafePathError as error:
            origin = held.origins.get(key, "default")
            said = f"{origin}: {key} must be a folder inside the repository: {error}"
            raise ConfigurationError(said) from None

    archive = found.archive and resolved("hook.archive", found.archive)
    return found._replace(pending=resolved("hook.pending", found.pending), archive=archive)


def tell(lines: Iterable[Line]) -> None:
    """Say something on stderr, after what was printed before it."""
    sys.stdout.flush()
    show(lines)
