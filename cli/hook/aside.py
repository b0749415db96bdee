"""What pre-commit has put aside: changes that were not staged lie in a patch while hooks run.

When a hook changes a file of that patch, pre-commit undoes the hook's work, and where the hook has
staged it, even the user's. So such files are left alone. The patch has pre-commit's process id in
its name.
"""

from __future__ import annotations

import os
from glob import escape, glob

from fastapply.cli.repository import Repository


def put_aside(repository: Repository) -> frozenset[str]:
    """The files with changes that the pre-commit that called us has put aside."""
    if os.environ.get("PRE_COMMIT") != "1":
        return frozenset()
    pattern = os.path.join(escape(_store()), f"patch*-{os.getppid()}")
    names: set[str] = set()
    for patch in glob(pattern):
        rows = repository.output("apply", "--numstat", "-z", patch).split(b"\0")
        names.update(os.fsdecode(row.split(b"\t", 2)[2]) for row in rows if row.count(b"\t") >= 2)
    return frozenset(names)


def _store() -> str:
    """Where pre-commit keeps its things, as its own `store.py` finds it."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.realpath(os.environ.get("PRE_COMMIT_HOME") or os.path.join(cache, "pre-commit"))
