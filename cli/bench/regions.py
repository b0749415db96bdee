"""The contestant that rewrites only what the edit touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fastapply.cli.bench.loop import open_loop
from fastapply.cli.bench.runs import Effort
from fastapply.cli.bench.stage import Page, Stage
from fastapply.cli.evaluation.jobs import Job
from fastapply.core.errors import ModelError
from fastapply.core.plan import apply_to_lines
from fastapply.models.region import Region, find_regions, splice

_MOST_AT_ONCE = 8


def write_regions(stage: Stage, job: Job, file: Sequence[str] | None) -> Effort:
    """Rewrite all regions; `file` are the lines the whole should have then.

    They are written at once, in batches they share, as far as the model has room for that; a
    replaying model writes one after another.
    """
    regions = find_regions(job.path, job.original.lines, job.edit, plan=job.plan, touched=())
    if not regions:
        raise ModelError("it cannot be said which lines this edit touches")
    if not stage.model.can_rewind:
        raise ModelError("this model cannot forget tokens, so nothing can be drafted for it")
    pages = [stage.page(job, region, region.expected) for region in regions]
    room = sum(len(page.asked) + page.limit for page in pages)
    alone = stage.model.settings.exact or stage.prompter is not None
    if alone or room > stage.model.context_limit or len(pages) > _MOST_AT_ONCE:
        groups = [[page] for page in pages]
    else:
        groups = [pages]
    efforts: list[Effort] = []
    answers: list[tuple[Region, Sequence[str]]] = []
    for group in groups:
        effort, texts = _write(stage, group, merged=job.plan is not None)
        efforts.append(effort)
        answers += texts
    plan = splice(job.original.lines, answers)
    new = apply_to_lines(job.original.lines, plan.replacements)
    return _joined(efforts, None if file is None else tuple(new) == tuple(file))


def _write(
    stage: Stage, pages: Sequence[Page], *, merged: bool
) -> tuple[Effort, list[tuple[Region, Sequence[str]]]]:
    """Regions at once: what they took, and the lines of each, as they were where it is no text."""
    prompts, limits = [page.asked for page in pages], [page.limit for page in pages]
    stage.begin(pages[0])
    with open_loop(stage.model, prompts, limits, stage.clock) as loop:
        prompt_seconds = loop.read()
        drafters = [stage.drafter(page, merged=merged) for page in pages]
        timed = loop.write([*map(stage.decoding, pages, drafters)])
        bound = prompt_seconds + loop.read_on(timed.answers)
    size = sum(map(len, timed.answers))
    effort = Effort(
        seconds=timed.seconds,
        prompt_seconds=prompt_seconds,
        tokens=size,
        timed=size,
        drafted=timed.tally.drafted,
        kept=timed.tally.kept,
        same=None,
        ended=all(stage.ended(answer) for answer in timed.answers),
        calls=timed.tally.calls,
        bound=bound,
        outside=timed.outside,
        lengths=dict(timed.tally.lengths),
    )
    pairs = zip(pages, timed.answers, strict=True)
    return effort, [
        (page.region, stage.lines(page, one) or page.region.expected) for page, one in pairs
    ]


def _joined(efforts: Sequence[Effort], same: bool | None) -> Effort:
    """Several efforts, one after another, as one."""
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
