"""All the source to train on in one file, so that a run repeats anywhere.

    python -m fastapply.models.training.pack CORPUS.json.xz --releases FOLDER...

The file holds both splits: source files and revisions of files, for training and held out.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from fastapply.core.edits import Op, Step
from fastapply.models.training.corpus import SourceFile, default_roots, read_corpus
from fastapply.models.training.releases import read_revisions
from fastapply.models.training.tasks import Revision

_SIGNS = {Op.KEEP: " ", Op.DROP: "-", Op.ADD: "+"}
_OPS = {sign: op for op, sign in _SIGNS.items()}


@dataclass(frozen=True, slots=True)
class Split:
    """What tasks are drawn from."""

    files: tuple[SourceFile, ...]
    revisions: tuple[Revision, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Both splits."""

    training: Split
    held_out: Split


def gather(roots: Sequence[Path], releases: Sequence[Path]) -> Corpus:
    """Read the sources below `roots` and the revisions below each of `releases`."""

    def split(held_out: bool) -> Split:
        files = read_corpus((*roots, *releases), held_out=held_out)
        found = (read_revisions(folder, held_out=held_out) for folder in releases)
        return Split(tuple(files), tuple(chain.from_iterable(found)))

    return Corpus(split(False), split(True))


def write_corpus(corpus: Corpus, path: Path) -> None:
    """Write `corpus` to `path`, compressed."""
    with lzma.open(path, "wt", encoding="utf-8") as out:
        json.dump([_plain(corpus.training), _plain(corpus.held_out)], out)


def read_packed(path: Path) -> Corpus:
    """The corpus written to `path`."""
    with lzma.open(path, "rt", encoding="utf-8") as packed:
        training, held_out = json.load(packed)
    return Corpus(_split(training), _split(held_out))


def _plain(split: Split) -> dict[str, Any]:
    revisions = [
        (one.suffix, [f"{_SIGNS[step.op]}{step.text}" for step in one.change])
        for one in split.revisions
    ]
    files = [(file.suffix, file.lines) for file in split.files]
    return {"files": files, "revisions": revisions}


def _split(plain: dict[str, Any]) -> Split:
    files = (SourceFile(suffix, tuple(lines)) for suffix, lines in plain["files"])
    revisions = (
        Revision(suffix, tuple(Step(_OPS[line[0]], line[1:]) for line in lines))
        for suffix, lines in plain["revisions"]
    )
    return Split(tuple(files), tuple(revisions))


def main() -> None:
    """Read the options and pack."""
    parser = argparse.ArgumentParser(description="Pack the training corpus.")
    parser.add_argument("file", type=Path, help="where to write it")
    parser.add_argument("--releases", type=Path, nargs="+", help="folders of unpacked releases")
    options = parser.parse_args()
    write_corpus(gather(default_roots(), options.releases or [Path("releases")]), options.file)


if __name__ == "__main__":
    main()
