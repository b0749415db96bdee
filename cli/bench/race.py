"""The race: every contestant does every job, in turns, so that what disturbs one disturbs all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from fastapply.cli.bench.contestants import REGION, SERVER
from fastapply.cli.bench.loop import open_loop
from fastapply.cli.bench.regions import write_regions
from fastapply.cli.bench.runs import Effort, Failure, Run
from fastapply.cli.bench.server import Servers
from fastapply.cli.bench.stage import Stage
from fastapply.cli.bench.whole import WholeFile
from fastapply.cli.evaluation.jobs import Job
from fastapply.core.errors import FastApplyError, ModelError
from fastapply.models.region import whole_region


@dataclass(frozen=True, slots=True)
class Race:
    """Who races, on which stage, how often.

    `plain_tokens` is how much of each answer plain decoding writes, 0 for all of it; `servers`
    are those of the contestants that have one.
    """

    stage: Stage
    contestants: tuple[str, ...]
    rounds: int = 3
    plain_tokens: int = 100
    servers: Servers | None = None

    @property
    def steps(self) -> int:
        """How many results one job has."""
        return self.rounds * len(self.contestants)

    def run(self, job: Job) -> Iterator[Run | Failure]:
        """All rounds of a job; who fails is left out of the later ones."""
        left = list(self.contestants)
        with ExitStack() as stack:
            whole: WholeFile | None = None
            try:
                whole = self._whole(job, stack)
            except FastApplyError as error:
                for name in (name for name in self.contestants if name != REGION):
                    left.remove(name)
                    yield Failure(job.name, name, str(error))
            for number in range(self.rounds):
                if whole is not None:
                    whole.begin_round()
                turn = number % len(self.contestants)
                for name in (*self.contestants[turn:], *self.contestants[:turn]):
                    if name not in left:
                        continue
                    try:
                        effort = self._write(name, job, whole)
                    except FastApplyError as error:
                        left.remove(name)
                        yield Failure(job.name, name, str(error))
                    else:
                        yield Run(job.name, name, number, len(str(job.final)), effort)

    def _whole(self, job: Job, stack: ExitStack) -> WholeFile:
        """The job as a whole, warmed up."""
        stage = self.stage
        region = whole_region(job.original.lines, job.edit, job.plan)
        page = stage.page(job, region, job.final.lines)
        stage.begin(page)
        loop = stack.enter_context(open_loop(stage.model, [page.asked], [page.limit], stage.clock))
        whole = WholeFile(stage, page, loop, merged=job.plan is not None)
        whole.warm_up()
        return whole

    def _write(self, name: str, job: Job, whole: WholeFile | None) -> Effort:
        if name == REGION:
            file = None if whole is None else self.stage.lines(whole.page, whole.answer)
            return write_regions(self.stage, job, file)
        if whole is None:
            raise ModelError("the whole file was not written")
        if name.startswith(SERVER):
            if self.servers is None:
                raise ModelError("there is no llama-server")
            return self.servers.write(name.removeprefix(SERVER), whole)
        return whole.write(name, self.plain_tokens)
