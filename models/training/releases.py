"""Real edits: the same file in two releases of one package.

A folder holds one unpacked release a sub-folder, named ``name-version``; files that both of two
neighbouring releases hold and that differ are a pair. `docs/model.md` says how the folder is
filled (`pip download`, `npm pack`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from fastapply.models.training.corpus import COMMENTS, MEASURED, is_held_out, read_source
from fastapply.models.training.tasks import Pair

NAME = re.compile(r"([A-Za-z][\w.-]*?)-(\d[\d.]*)")
LONGEST = 3000


def read_pairs(folder: Path, *, held_out: bool) -> list[Pair]:
    """The pairs of one split, found below `folder`; none if it does not exist."""
    releases: dict[str, list[tuple[tuple[int, ...], Path]]] = defaultdict(list)
    for root in sorted(folder.glob("*")):
        if found := NAME.match(root.name):
            version = tuple(int(part) for part in found[2].split(".") if part)
            releases[found[1].lower()].append((version, root))
    pairs: list[Pair] = []
    for name in sorted(releases):
        for (_, old), (_, new) in pairwise(sorted(releases[name])):
            pairs += _pairs_between(old, new, held_out)
    return pairs


def _pairs_between(old: Path, new: Path, held_out: bool) -> list[Pair]:
    pairs: list[Pair] = []
    for path in sorted(new.rglob("*")):
        name = path.relative_to(new)
        measured = any(part in str(path).lower() for part in MEASURED)
        if path.suffix not in COMMENTS or measured or is_held_out(name) is not held_out:
            continue
        if not (old / name).is_file() or not path.is_file():
            continue
        first, second = read_source(old / name), read_source(path)
        if first and second and first.lines != second.lines and len(second.lines) < LONGEST:
            pairs.append(Pair(first, second))
    return pairs
