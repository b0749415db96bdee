"""Real edits: the same file in two releases of one package.

A folder holds one unpacked release a sub-folder, named ``name-version``; files that both of two
neighbouring releases hold and that differ are a revision. `docs/model.md` says how the folder is
filled (`pip download`, `npm pack`).
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from fastapply.core.edits import Op, steps_between
from fastapply.models.training.changes import Change
from fastapply.models.training.corpus import COMMENTS, MEASURED, is_held_out, read_source
from fastapply.models.training.tasks import SIZES, Revision

NAME = re.compile(r"([A-Za-z][\w.-]*?)-(\d[\d.]*)")
LONGEST = 3000
MOST_REVISIONS = 600
"""How many files of two releases are taken at most, so that no project outweighs the others."""
MOST_CHANGED = 0.4
"""Of which part of its lines a file may have changed to count as the same file."""


def read_revisions(folder: Path, *, held_out: bool) -> list[Revision]:
    """The revisions of one split, found below `folder`; none if it does not exist."""
    releases: dict[str, list[tuple[tuple[int, ...], Path]]] = defaultdict(list)
    for root in sorted(folder.glob("*")):
        if found := NAME.match(root.name):
            version = tuple(int(part) for part in found[2].split(".") if part)
            releases[found[1].lower()].append((version, root))
    revisions: list[Revision] = []
    for name in sorted(releases):
        for (_, old), (_, new) in pairwise(sorted(releases[name])):
            own = _between(old, new, held_out)
            revisions += random.Random(0).sample(own, min(len(own), MOST_REVISIONS))
    return revisions


def _between(old: Path, new: Path, held_out: bool) -> list[Revision]:
    revisions: list[Revision] = []
    for path in sorted(new.rglob("*")):
        name = path.relative_to(new)
        measured = any(part in str(path).lower() for part in MEASURED)
        if path.suffix not in COMMENTS or measured or is_held_out(name) is not held_out:
            continue
        if not (old / name).is_file() or not path.is_file():
            continue
        first, second = read_source(old / name), read_source(path)
        if first and second and len(second.lines) < LONGEST:
            change = steps_between(first.lines, second.lines)
            changed = sum(step.op is not Op.KEEP for step in change)
            if 0 < changed < MOST_CHANGED * len(change):
                revisions += (Revision(path.suffix, part) for part in reached(change, SIZES[1]))
    return revisions


def reached(change: Change, reach: int) -> Iterator[Change]:
    """The parts of a change within `reach` steps of a changed one: no task shows the others."""
    touched = [at for at, step in enumerate(change) if step.op is not Op.KEEP]
    first = 0
    for last in range(len(touched)):
        if last + 1 == len(touched) or touched[last + 1] - touched[last] > 2 * reach:
            yield change[max(touched[first] - reach, 0) : touched[last] + reach + 1]
            first = last + 1
