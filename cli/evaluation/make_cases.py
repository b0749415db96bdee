"""Case folders out of a history: real changes, shown as models show them.

Each change gets the next style of the round that can show it; when all changes had one and more
cases are wanted, they get another. The same seed gives the same cases.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from fastapply.cli.evaluation.history import History, Pair
from fastapply.core.edits import Op
from fastapply.core.errors import UnwritableError, WorkspaceError
from fastapply.formats.render import STYLES, render


class Made(NamedTuple):
    """A case: the pair it shows, how, and the document."""

    pair: Pair
    format: str
    style: str
    document: str


def make_cases(history: History, most: int, seed: int) -> tuple[Made, ...]:
    """At most `most` cases; raise `WorkspaceError` where the history makes none."""
    rng = random.Random(seed)
    names = sorted(STYLES)
    shown: list[tuple[Pair, set[tuple[str, str]]]] = []
    found: list[Made] = []
    for pair in history.pairs(rng):
        tried: set[tuple[str, str]] = set()
        made = _next(pair, names, tried, rng)
        if made is None:
            history.skipped["changes that no style shows"] += 1
            continue
        found.append(made)
        shown.append((pair, tried))
        if len(found) == most:
            return tuple(found)
    found += _more(shown, names, rng, most - len(found))
    if not found:
        raise WorkspaceError(f"no case in {history.rev_range}: {said(history.skipped)}", "")
    return tuple(found)


def check_empty(folder: Path) -> None:
    """Raise `UnwritableError` where `folder` is neither new nor empty: cases are not mixed."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise UnwritableError(f"{folder} is not empty: name a new folder", str(folder))
    except OSError as error:
        raise UnwritableError(f"cannot write {folder}: {error.strerror}", str(folder)) from error


def write_cases(folder: Path, cases: tuple[Made, ...], seed: int) -> None:
    """Write `cases` below `folder`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, made in enumerate(cases, 1):
            _write(folder, number, made, seed)
    except OSError as error:
        raise UnwritableError(f"cannot write {folder}: {error.strerror}", str(folder)) from error


def said(skipped: Counter[str]) -> str:
    """What was left out, most often first."""
    found = ", ".join(f"{number} {why}" for why, number in skipped.most_common())
    return f"left out: {found}" if found else "nothing was left out"


def _more(
    shown: list[tuple[Pair, set[tuple[str, str]]]],
    names: list[tuple[str, str]],
    rng: random.Random,
    wanted: int,
) -> Iterator[Made]:
    """Up to `wanted` more cases of pairs that are shown already, in styles they were not."""
    while shown and wanted > 0:
        left = []
        for pair, tried in shown:
            made = _next(pair, names, tried, rng)
            if made is None:
                continue
            left.append((pair, tried))
            yield made
            wanted -= 1
            if not wanted:
                return
        shown = left


def _next(
    pair: Pair, names: list[tuple[str, str]], tried: set[tuple[str, str]], rng: random.Random
) -> Made | None:
    """The pair in the style at the head of `names` that can show it, which goes to the end."""
    for name in list(names):
        if name in tried:
            continue
        tried.add(name)
        document = render(pair.revision, *name, rng)
        if document is not None:
            names.remove(name)
            names.append(name)
            return Made(pair, *name, document)
    return None


def _write(folder: Path, number: int, made: Made, seed: int) -> None:
    touched, revision = made.pair.touched, made.pair.revision
    name = f"{number:04}-{touched.commit[:8]}-{made.format}-{made.style}"
    suffix = PurePosixPath(touched.path).suffix
    place = folder / name
    place.mkdir()
    (place / f"original{suffix}").write_bytes(made.pair.before)
    (place / f"final{suffix}").write_bytes(made.pair.after)
    (place / "edit.md").write_bytes(made.document.encode("utf-8", "surrogateescape"))
    about = {
        "id": name,
        "path": touched.path,
        "lang": revision.language,
        "commit": touched.commit,
        "subject": touched.subject,
        "lines": len(revision.before),
        "changed": sum(step.op is not Op.KEEP for step in revision.steps),
        "format": made.format,
        "style": made.style,
        "seed": seed,
    }
    (place / "case.json").write_text(json.dumps(about, indent=1) + "\n", "utf-8")
