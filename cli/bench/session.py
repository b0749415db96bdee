"""A whole benchmark: jobs read, model loaded, contestants raced, results shown and kept."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fastapply.cli.bench.contestants import contestants
from fastapply.cli.bench.report import Results, machine, show
from fastapply.cli.bench.summary import summary
from fastapply.cli.canvas import check_picture
from fastapply.cli.evaluation.jobs import Job, read_jobs
from fastapply.cli.exit_codes import STOPPED, ExitCode
from fastapply.cli.render import Bar
from fastapply.core.errors import ModelError, OptionsError, WorkspaceError
from fastapply.models.settings import Settings
from fastapply.models.weights import Store

if TYPE_CHECKING:
    from fastapply.cli.bench.race import Race

OWN_EDITS = Path(__file__).parent / "edits"


@dataclass(frozen=True, slots=True)
class Wishes:
    """One call of ``fastapply bench``.

    `cpu` counts the processor's time and not the clock's. `plain_tokens` is how much of each
    answer plain decoding writes, 0 for all.
    """

    folders: tuple[Path, ...] = ()
    model: str | None = None
    contestants: tuple[str, ...] = ()
    rounds: int = 3
    plain_tokens: int = 100
    settings: Settings = field(default_factory=Settings)
    server: Path | None = None
    cpu: bool = False
    out: Path | None = None
    plot: Path | None = None


def bench(wishes: Wishes) -> int:
    """Do what was asked for, show it, and say how the process ends."""
    names = contestants(wishes.contestants, server=wishes.server is not None)
    if wishes.server is not None and not wishes.server.is_file():
        raise OptionsError(f"there is no llama-server at {wishes.server}")
    if wishes.model is not None and "://" in wishes.model:
        raise OptionsError("a race needs the model itself: a GGUF file, not a server")
    if wishes.plot is not None:
        check_picture(wishes.plot)
    jobs, faults = read_jobs(wishes.folders or [OWN_EDITS])
    if not jobs:
        for fault in faults:
            sys.stderr.write(f"left out: {fault.folder}: {fault.why}\n")
        places = ", ".join(map(str, wishes.folders))
        raise WorkspaceError(f"there are no edits of single files in {places}", places)
    results = Results(machine(), faults, wishes.out)
    results.keep()
    stopped = False
    try:
        _race(wishes, names, jobs, results)
    except KeyboardInterrupt:
        stopped = True
    results.complete = not stopped
    results.keep()
    show(results)
    rows = summary(results.runs)
    if wishes.plot is not None and rows:
        from fastapply.cli.bench.pictures import draw

        draw(rows, f"{results.about.get('model')}, edits: {len(jobs)}", wishes.plot)
    if stopped:
        sys.stderr.write(f"stopped: {len(results.runs)} runs are kept\n")
        return STOPPED
    return ExitCode.OK if results.runs else ExitCode.MODEL


def _race(wishes: Wishes, names: tuple[str, ...], jobs: Sequence[Job], results: Results) -> None:
    """Load the model and run all jobs."""
    store = Store.of_the_user()
    found = store.find(wishes.model)
    path = store.ready(found)
    try:
        from fastapply.cli.bench.race import Race
        from fastapply.cli.bench.server import Servers
        from fastapply.cli.bench.stage import Stage
        from fastapply.models.llama.model import open_model
        from fastapply.models.llama.writer import family_at
    except ImportError as error:
        raise ModelError("racing models needs: pip install 'fastapply[llama]'") from error
    with ExitStack() as stack:
        model = stack.enter_context(open_model(path, wishes.settings))
        family = family_at(path, model, found.family)
        clock = time.process_time if wishes.cpu else time.perf_counter
        results.about = {
            **results.about,
            "model": model.name,
            "parameters": model.parameters,
            "bytes": path.stat().st_size,
            "family": family.name,
            "threads": model.threads,
            "clock": "processor" if wishes.cpu else "wall",
            "rounds": wishes.rounds,
        }
        servers = None
        if wishes.server is not None:
            servers = stack.enter_context(Servers(wishes.server, path, model))
        race = Race(Stage(model, family, clock), names, wishes.rounds, wishes.plain_tokens, servers)
        run_all(race, jobs, results)


def run_all(race: Race, jobs: Sequence[Job], results: Results) -> None:
    """Let `race` go through `jobs` into `results`, with a progress bar."""
    bar = Bar("racing")
    try:
        for number, job in enumerate(jobs):
            for step, result in enumerate(race.run(job), 1):
                results.add(result)
                said = f"{job.name}, {result.contestant}"
                bar.show(number * race.steps + step, len(jobs) * race.steps, said)
            results.keep()
    finally:
        bar.close()
