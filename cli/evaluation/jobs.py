"""Edits of single files with a known end: what models are raced on and scored by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapply.cli.document import read_document
from fastapply.cli.evaluation.cases import Case, Fault, read_cases
from fastapply.core.edits import Action, FileEdit
from fastapply.core.errors import FastApplyError
from fastapply.core.merge import merge
from fastapply.core.plan import Plan
from fastapply.core.result import Merged
from fastapply.core.text import SourceText
from fastapply.formats import parse
from fastapply.models.prompt import Task
from fastapply.models.region import Region
from fastapply.models.rewriter import comment_sign


@dataclass(frozen=True, slots=True)
class Job:
    """One edit of one file. `plan` is what the merge makes of it, None where it cannot decide."""

    name: str
    path: str
    original: SourceText
    final: SourceText
    edit: FileEdit
    plan: Plan | None


def read_jobs(folders: Sequence[Path]) -> tuple[tuple[Job, ...], tuple[Fault, ...]]:
    """The jobs at or below `folders`, and what there is none."""
    cases, faults = read_cases(folders)
    jobs: list[Job] = []
    others = list(faults)
    for case in cases:
        try:
            jobs.append(_job(case))
        except (ValueError, FastApplyError) as error:
            others.append(Fault(case.folder, str(error)))
    return tuple(jobs), tuple(others)


def _job(case: Case) -> Job:
    """`case` as a job; raise `ValueError` or `FastApplyError` where it is no edit of one file."""
    if case.target is None or not case.finals:
        raise ValueError("no edit of one file to a known end")
    document = parse(read_document(str(case.document)), target=case.path)
    if len(document.files) != 1 or document.files[0].action is not Action.UPDATE:
        raise ValueError("its document does not change just one file")
    original, final = SourceText.decode(case.original), case.finals[0][case.path]
    merged = merge(original, document.files[0], case.path)
    return Job(
        name=case.id,
        path=case.path,
        original=original,
        final=SourceText.decode(final),
        edit=document.files[0],
        plan=merged.plan if isinstance(merged, Merged) else None,
    )


def task_of(job: Job, region: Region) -> Task:
    """What a model is told to do with a region."""
    code = as_text(job.original.lines[region.span.start : region.span.stop])
    return Task(code, region.update, comment_sign(job.path))


def as_text(lines: Sequence[str]) -> str:
    """Lines as a model reads them."""
    return "".join(f"{line}\n" for line in lines)
