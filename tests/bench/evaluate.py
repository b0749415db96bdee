"""Run case folders through the merge, and count exact, equivalent, wrong and refused.

    .venv/bin/python tests/bench/evaluate.py ../shared/edits ../shared/peers/codex

A case folder holds `case.json`, `edit.md` and either `original.EXT` with `final.EXT` (further right
results in `final-2.EXT`), or `input/` with `expected/`; a file `refuse` stands for "must refuse".
Each case goes the whole road of the command line, in a folder of its own, without git and model.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fastapply.cli.workspace import FileWorkspace
from fastapply.core.errors import FastApplyError
from fastapply.core.pipeline import Engine, Options, run
from fastapply.formats import parse


@dataclass(frozen=True)
class Result:
    """What came of one case; `seconds` are those of the merge, start-up not included."""

    id: str
    format: str
    style: str
    verdict: str
    seconds: float
    reason: str = ""


def evaluate(case: Path) -> Result:
    """Apply the document of `case` to a copy of its files, and judge what is there then."""
    about = json.loads((case / "case.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        target = _set_up(case, about["path"], Path(folder))
        before = _tree(Path(folder))
        reason = ""
        started = time.perf_counter()
        try:
            run(
                (case / "edit.md").read_bytes().decode("utf-8", "surrogateescape"),
                workspace=FileWorkspace(folder, None),
                parse=partial(parse, format=None),
                rewriter=None,
                options=Options(
                    files=(target,) if target else (), engine=Engine.MERGE, stage=False
                ),
            )
        except FastApplyError as error:
            reason = error.reason
        seconds = time.perf_counter() - started
        verdict = _verdict(case, about["path"], before, _tree(Path(folder)), reason)
    return Result(about["id"], about["format"], about["style"], verdict, seconds, reason)


def _set_up(case: Path, path: str, folder: Path) -> str | None:
    """Lay out the case's files; the file to name on the command line, None where there is none."""
    original = next(case.glob("original.*"), None)
    if original is None:
        if (case / "input").is_dir():
            shutil.copytree(
                case / "input", folder, copy_function=shutil.copyfile, dirs_exist_ok=True
            )
        return None
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(original.read_bytes())
    return path


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _verdict(
    case: Path, path: str, before: dict[str, bytes], after: dict[str, bytes], reason: str
) -> str:
    must_refuse = (case / "refuse").exists()
    if reason:
        if after != before:
            return "wrong"
        return "exact" if must_refuse else "refused"
    if must_refuse:
        return "wrong"
    if (case / "expected").is_dir():
        return "exact" if after == _tree(case / "expected") else "wrong"
    result = after[os.path.normpath(path)]
    finals = [final.read_bytes() for final in case.glob("final*.*")]
    if result in finals:
        return "exact"
    same = any(_essence(result) == _essence(final) for final in finals)
    return "equivalent" if same else "wrong"


def _essence(data: bytes) -> list[bytes]:
    return [line.rstrip() for line in data.splitlines() if line.strip()]


def cases_in(folders: list[Path]) -> Iterator[Path]:
    """The case folders at or below `folders`."""
    for folder in folders:
        yield from sorted(found.parent for found in folder.rglob("case.json"))


def _show(results: list[Result]) -> None:
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        for key in (result.format, f"{result.format} {result.style}", "all"):
            rows[key][result.verdict] += 1
    verdicts = ("exact", "equivalent", "wrong", "refused")
    print(f"{'':24}" + "".join(f"{verdict:>12}" for verdict in verdicts))
    for key in sorted(rows):
        print(f"{key:24}" + "".join(f"{rows[key][verdict]:12}" for verdict in verdicts))
    seconds = sorted(result.seconds for result in results)
    print(f"\nmedian {1000 * seconds[len(seconds) // 2]:.1f} ms a case, all {sum(seconds):.1f} s")


def main() -> int:
    """Print what did not come out exact, then the table; 1 if any case is wrong."""
    parser = argparse.ArgumentParser(description="Count what the merge makes of case folders.")
    parser.add_argument("folders", nargs="+", type=Path)
    folders = parser.parse_args().folders
    results = [evaluate(case) for case in cases_in(folders)]
    if not results:
        print("no case folders there", file=sys.stderr)
        return 2
    for result in results:
        if result.verdict != "exact":
            print(result.id, result.format, result.style, result.verdict, result.reason)
    _show(results)
    return 1 if any(result.verdict == "wrong" for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
