"""The contestant that rewrites only what the edit touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fastapply.cli.bench.jobs import Job
from fastapply.cli.bench.loop import open_loop
from fastapply.cli.bench.runs import Effort
from fastapply.cli.bench.stage import Page, Stage
from fastapply.core.errors import ModelError
from fastapply.core.plan import apply_to_lines
from fastapply.models.region import Region, find_regions, splice


def write_regions(stage: Stage, job: Job, file: Sequence[str] | None) -> Effort:
    """Rewrite region after region; `file` are the lines the whole should have then."""
    regions = find_regions(job.path, job.original.lines, job.edit, plan=job.plan, touched=())
    if not regions:
        raise ModelError("it cannot be said which lines this edit touches")
    if not stage.model.can_rewind:
        raise ModelError("this model cannot forget tokens, so nothing can be drafted for it")
    efforts: list[Effort] = []
    answers: list[tuple[Region, Sequence[str]]] = []
    for region in regions:
        page = stage.page(job, region, region.expected)
        effort, lines = _write(stage, page, merged=job.plan is not None)
        efforts.append(effort)
        answers.append((region, lines or region.expected))
    plan = splice(job.original.lines, answers)
    new = apply_to_lines(job.original.lines, plan.replacements)
    return _joined(efforts, None if file is None else tuple(new) == tuple(file))


def _write(stage: Stage, page: Page, *, merged: bool) -> tuple[Effort, Sequence[str] | None]:
    """One region: what it took, and its lines."""
    with open_loop(stage.model, page.asked, page.limit, stage.clock) as loop:
        stage.begin(page)
        prompt_seconds = loop.read()
        timed = loop.write(stage.drafter(page, merged=merged), page.limit)
        bound = prompt_seconds + loop.read_on(timed.tokens)
    size = len(timed.tokens)
    effort = Effort(
        seconds=timed.seconds,
        prompt_seconds=prompt_seconds,
        tokens=size,
        timed=size,
        drafted=timed.tally.drafted,
        kept=timed.tally.kept,
        same=None,
        ended=stage.ended(timed.tokens),
        calls=timed.tally.calls,
        bound=bound,
        outside=timed.outside,
        lengths=dict(timed.tally.lengths),
    )
    return effort, stage.lines(page, timed.tokens)


def _joined(efforts: Sequence[Effort], same: bool | None) -> Effort:
    """Several regions as one effort."""
    lengths: Counter[int] = sum((Counter(effort.lengths) for effort in efforts), Counter())
    return Effort(
        seconds=sum(effort.seconds for effort in efforts),
        prompt_seconds=sum(effort.prompt_seconds for effort in efforts),
        tokens=sum(effort.tokens for effort in efforts),
        timed=sum(effort.timed for effort in efforts),
        drafted=sum(effort.drafted for effort in efforts),
        kept=sum(effort.kept for effort in efforts),
        same=same,
        ended=all(effort.ended for effort in efforts),
        calls=sum(effort.calls or 0 for effort in efforts),
        bound=sum(effort.bound or 0.0 for effort in efforts),
        outside=sum(effort.outside or 0.0 for effort in efforts),
        lengths=lengths,
    )
