"""What does `fastapply eval` add to what it measures? The same road with and without it, in turns.

    python tests/bench/harness.py FOLDER... [--rounds 5]

Every case of one file is applied by the merge, once as `eval` does it and once bare.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from fastapply.cli.document import read_document
from fastapply.cli.evaluation.cases import Case, read_cases
from fastapply.cli.evaluation.contestants import Contestant
from fastapply.cli.evaluation.run import Runner
from fastapply.cli.workspace import FileWorkspace
from fastapply.core.errors import FastApplyError
from fastapply.core.pipeline import Engine, Options, run
from fastapply.formats import parse


def bare(case: Case) -> float:
    """The seconds that applying a case takes, with nothing around it."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        for path, data in case.files.items():
            place = Path(name, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        options = Options(
            files=(case.target,) if case.target else (), engine=Engine.MERGE, stage=False
        )
        workspace = FileWorkspace(name, None)
        start = time.perf_counter()
        with contextlib.suppress(FastApplyError):
            run(
                read_document(str(case.document)),
                workspace=workspace,
                parse=partial(parse, format=None),
                rewriter=None,
                options=options,
            )
        return time.perf_counter() - start


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folders", type=Path, nargs="+")
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    cases, _ = read_cases(given.folders)
    runner = Runner(Contestant(Engine.MERGE, None), None)
    runner.warm_up(cases)
    shares = []
    for _ in range(given.rounds):
        evaluated = sum(runner.evaluate(case).seconds for case in cases)
        alone = sum(map(bare, cases))  # not case by case: what one has parsed serves the next
        shares.append(evaluated / alone - 1)
        print(f"eval {evaluated:.3f} s, bare {alone:.3f} s: {shares[-1]:+.1%}")
    print(f"median {statistics.median(shares):+.1%} of {len(cases)} cases (goal: 5 %)")


if __name__ == "__main__":
    main()
