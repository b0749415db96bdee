"""All the source to train on in one file, so that a run repeats anywhere.

    python -m fastapply.models.training.pack CORPUS.json.gz --releases FOLDER

The file holds both splits: source files and pairs of releases, for training and held out.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapply.models.training.corpus import SourceFile, default_roots, read_corpus
from fastapply.models.training.releases import read_pairs
from fastapply.models.training.tasks import Pair


@dataclass(frozen=True, slots=True)
class Split:
    """What tasks are drawn from."""

    files: tuple[SourceFile, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Both splits."""

    training: Split
    held_out: Split


def gather(roots: Sequence[Path], releases: Path) -> Corpus:
    """Read the sources below `roots` and the pairs below `releases`."""

    def split(held_out: bool) -> Split:
        files = read_corpus((*roots, releases), held_out=held_out)
        return Split(tuple(files), tuple(read_pairs(releases, held_out=held_out)))

    return Corpus(split(False), split(True))


def write_corpus(corpus: Corpus, path: Path) -> None:
    """Write `corpus` to `path`, compressed."""
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=6) as out:
        json.dump([_plain(corpus.training), _plain(corpus.held_out)], out)


def read_packed(path: Path) -> Corpus:
    """The corpus written to `path`."""
    with gzip.open(path, "rt", encoding="utf-8") as packed:
        training, held_out = json.load(packed)
    return Corpus(_split(training), _split(held_out))


def _plain(split: Split) -> dict[str, Any]:
    pairs = [(pair.new.suffix, pair.old.lines, pair.new.lines) for pair in split.pairs]
    return {"files": [(file.suffix, file.lines) for file in split.files], "pairs": pairs}


def _split(plain: dict[str, Any]) -> Split:
    files = (SourceFile(suffix, tuple(lines)) for suffix, lines in plain["files"])
    pairs = (
        Pair(SourceFile(suffix, tuple(old)), SourceFile(suffix, tuple(new)))
        for suffix, old, new in plain["pairs"]
    )
    return Split(tuple(files), tuple(pairs))


def main() -> None:
    """Read the options and pack."""
    parser = argparse.ArgumentParser(description="Pack the training corpus.")
    parser.add_argument("file", type=Path, help="where to write it")
    parser.add_argument("--releases", type=Path, default=Path("releases"), help="unpacked releases")
    options = parser.parse_args()
    write_corpus(gather(default_roots(), options.releases), options.file)


if __name__ == "__main__":
    main()
