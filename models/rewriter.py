"""The rewriting engine: a model writes what an edit makes of a file, as `core.ports.Rewriter`.

In order: what the merge can do alone is the draft; readings it cannot choose between are scored;
else the regions that the edits can touch, of all files, are rewritten at once and spliced in (the
whole file where they cannot be told, or where that is asked for). What comes out is a candidate:
the check decides.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from pathlib import PurePosixPath

from fastapply.core.check import check
from fastapply.core.edits import FileEdit, Span
from fastapply.core.errors import CheckError, ContextTooSmallError, ModelError, UnresolvedError
from fastapply.core.merge import merge
from fastapply.core.plan import Plan
from fastapply.core.ports import Unmerged
from fastapply.core.result import (
    Candidate,
    Failure,
    Finding,
    Merged,
    Placement,
    Reading,
    Unresolved,
)
from fastapply.core.syntax.trees import language_of
from fastapply.core.text import SourceText
from fastapply.models.choose import MOST_READINGS, clear_winner
from fastapply.models.complete import lost_line
from fastapply.models.decoding.tally import joined
from fastapply.models.held.narrow import narrowed
from fastapply.models.prompt import Task
from fastapply.models.region import Region, between_shown, find_regions, splice, whole_region
from fastapply.models.writer import Answer, Job, Writer

METHOD = "rewrite"
# How far the draft is followed before it has shown anything, in tokens.
TRUST_IN_MERGE = 512.0
TRUST_IN_ORIGINAL = 64.0
_HASH_COMMENTS = frozenset(
    {"python", "ruby", "bash", "yaml", "toml", "elixir", "perl", "r", "dockerfile", "makefile"}
)
_DASH_COMMENTS = frozenset({"lua", "sql", "haskell"})


@dataclass(frozen=True, slots=True)
class RewriteOptions:
    """What the user chose. `whole` rewrites the file and not only regions of it.

    `instruction` is what was wanted, `talk` the conversation the edit came up in
    (`prompt.read_talk`).
    """

    whole: bool = False
    instruction: str = ""
    talk: str = ""


@dataclass(frozen=True, slots=True)
class _Open:
    """A file whose `regions` are to be written: the merge has a `plan`, or `failures` instead.

    `doubted` is the plan of a reading that the merge has but does not believe; `readings` are those
    of several that it finds equally good.
    """

    file: Unmerged
    regions: tuple[Region, ...]
    plan: Plan | None
    placements: tuple[Placement, ...]
    failures: tuple[Failure, ...] = ()
    doubted: Plan | None = None
    readings: tuple[Plan, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelRewriter:
    """Rewrites with `writer` (`core.ports.JointRewriter`)."""

    writer: Writer
    options: RewriteOptions = RewriteOptions()

    def rewrite(
        self, path: str, text: SourceText, edit: FileEdit, unresolved: Unresolved | None
    ) -> Candidate:
        """A candidate for the file's new text, or raise `ModelError`."""
        return self.rewrite_all([Unmerged(path, text, edit, unresolved)])[0]

    def rewrite_all(self, files: Sequence[Unmerged]) -> Sequence[Candidate]:
        """A candidate for each of `files`; what is to be written for them is written at once."""
        start = time.perf_counter()
        begun = [self._begin(file) for file in files]
        open_ones = [one for one in begun if isinstance(one, _Open)]
        jobs = [self._job(one, region) for one in open_ones for region in one.regions]
        answers = self._written(open_ones, jobs) if jobs else ()
        waiting = iter(answers)
        own = [list(islice(waiting, len(one.regions))) for one in open_ones]
        beside = time.perf_counter() - start - sum(answer.seconds for answer in answers)
        ended = iter(
            self._settled(one, its, beside / len(open_ones))
            for one, its in zip(open_ones, own, strict=True)
        )
        return [next(ended) if isinstance(one, _Open) else one for one in begun]

    def _begin(self, file: Unmerged) -> Candidate | _Open:
        """The candidate, where that takes no writing; else what to write."""
        start = time.perf_counter()
        text, unresolved = file.text, file.unresolved
        plan: Plan | None = None
        placements: tuple[Placement, ...] = ()
        if unresolved is None:
            merged = merge(text, file.edit, file.path)
            if isinstance(merged, Merged):
                plan, placements = merged.plan, merged.placements
                if not plan.replacements:
                    return Candidate(text, plan, "merge", placements)
            else:
                unresolved = merged
        if unresolved is not None:
            if self.writer.held and len(unresolved.readings) > 1:
                return self._between(file, unresolved)
            chosen = self._choose(file, unresolved.readings)
            if chosen is not None:
                stats = {**chosen.stats, **_speed(chosen.text, time.perf_counter() - start)}
                return replace(chosen, stats=stats)
        if unresolved is None:
            return _Open(file, self._regions(file, plan, ()), plan, placements)
        doubted = _doubted(unresolved)
        touched: Sequence[Span] = unresolved.regions
        if doubted is not None:
            touched = [*between_shown(text.lines, file.edit, doubted)]
        regions = self._regions(file, doubted, touched)
        return _Open(file, regions, None, (), unresolved.failures, doubted)

    def _between(self, file: Unmerged, unresolved: Unresolved) -> _Open:
        """What to write where a held model shall find one of the merge's readings by itself."""
        plans = tuple(Plan(reading.replacements) for reading in unresolved.readings)
        regions = self._regions(file, None, _hull(plans))
        return _Open(file, regions, None, (), unresolved.failures, readings=plans)

    def _written(self, files: Sequence[_Open], jobs: Sequence[Job]) -> Sequence[Answer]:
        """The answers; where a held model cannot give them, the edits stay unresolved."""
        try:
            return self.writer.write(jobs)
        except ModelError as error:
            first = next((one for one in files if one.failures), None)
            if first is None or not self.writer.held:
                raise
            raise UnresolvedError(first.file.path, first.failures) from error

    def _settled(self, one: _Open, answers: Sequence[Answer], beside: float) -> Candidate:
        """The candidate of the answers; of a held model only if the check will believe it.

        It does not dispel the merge's doubt by saying the same. Else the edit stays what the merge
        found it to be, which says more than what went wrong.
        """
        if not (self.writer.held and one.failures):
            return self._end(one, answers, beside)
        path, text = one.file.path, one.file.text
        try:
            candidate = self._end(one, answers, beside)
        except (ModelError, CheckError) as error:
            raise UnresolvedError(path, one.failures) from error
        repeats = one.doubted is not None and one.doubted.apply(text) == candidate.text
        chosen = not one.readings or any(it.apply(text) == candidate.text for it in one.readings)
        if repeats or not chosen or check(text, one.file.edit, candidate, language_of(path)):
            raise UnresolvedError(path, one.failures)
        return candidate

    def _end(self, one: _Open, answers: Sequence[Answer], beside: float) -> Candidate:
        """The file with the answers in their places; `beside` are seconds it took besides."""
        path, text = one.file.path, one.file.text
        pairs = zip(one.regions, answers, strict=True)
        new = splice(text.lines, [(region, self._read(path, region, it)) for region, it in pairs])
        if not new.replacements:
            raise ModelError(f"{self.writer.name} gave {path} back unchanged")
        after = new.apply(text)
        merged = one.plan.apply(text) if one.plan is not None else None
        if self.writer.held and merged is not None:
            _agree(path, merged, after)
        placements = one.placements if merged == after else ()
        seconds = beside + sum(answer.seconds for answer in answers)
        stats = {**self._who(), **_stats(answers), **_speed(after, seconds)}
        return Candidate(after, new, METHOD, placements, stats)

    def _who(self) -> Mapping[str, object]:
        """Which model, and where it ran."""
        return {"model": self.writer.name, "place": self.writer.place}

    def _regions(
        self, file: Unmerged, plan: Plan | None, touched: Sequence[Span]
    ) -> tuple[Region, ...]:
        """What to rewrite."""
        lines, edit = file.text.lines, file.edit
        if not self.options.whole:
            found = find_regions(file.path, lines, edit, plan=plan, touched=touched)
            regions = found or (whole_region(lines, edit, plan),)
            if not self.writer.held:
                return regions
            return tuple(part for region in regions for part in narrowed(lines, region, plan))
        return (whole_region(lines, edit, plan),)

    def _job(self, one: _Open, region: Region) -> Job:
        trust = TRUST_IN_ORIGINAL if one.plan is None else TRUST_IN_MERGE
        task, expected = self._task(one.file, region), _text(region.expected)
        return Job(task, expected, trust, proposed=one.plan is not None)

    def _read(self, path: str, region: Region, answer: Answer) -> tuple[str, ...]:
        """The lines of an answer; raise where they cannot be all there is."""
        if not answer.sure:
            raise ModelError(f"{self.writer.name} is not sure what the edit makes of {path}")
        shows = any(line is None or line.strip() for line in region.update)
        if shows and not answer.text.strip():
            raise ModelError(f"{self.writer.name} wrote nothing for {path}")
        lines = _lines(answer.text)
        lost = lost_line(region, lines)
        if lost is not None:
            message = f"the edit shows a line that the model left out: {lost}"
            raise CheckError(path, (Finding("incomplete", message),))
        return lines

    def _task(self, file: Unmerged, region: Region) -> Task:
        lines = file.text.lines
        code = _text(lines[region.span.start : region.span.stop])
        around = lines[: region.span.start] + lines[region.span.stop :]
        return Task(
            code,
            region.update,
            comment_sign(file.path),
            self.options.instruction,
            self.options.talk,
            frozenset(around),
            region.shared,
        )

    def _choose(self, file: Unmerged, readings: Sequence[Reading]) -> Candidate | None:
        """The reading that the model finds clearly best, None where none is."""
        text = file.text
        if not 2 <= len(readings) <= MOST_READINGS:
            return None
        plans = [Plan(reading.replacements) for reading in readings]
        hull = _hull(plans)
        if not hull:
            return None
        region = find_regions(file.path, text.lines, file.edit, plan=None, touched=hull)[0]
        texts = [_text(_after(plan, region.span, text)) for plan in plans]
        try:
            scores = self.writer.score(self._task(file, region), texts)
        except ContextTooSmallError:
            return None
        best = clear_winner(scores)
        if best is None:
            return None
        stats = {**self._who(), "readings": len(readings), "scores": tuple(scores)}
        plan = plans[best]
        return Candidate(plan.apply(text), plan, METHOD, (), stats)


def _agree(path: str, merged: SourceText, written: SourceText) -> None:
    """Raise `CheckError` unless the merge and a held model read the edit alike."""
    pairs = enumerate(zip_longest(merged.lines, written.lines))
    differs = next((number for number, (ours, its) in pairs if ours != its), None)
    if differs is not None:
        message = "the model reads the edit otherwise than the merge does"
        raise CheckError(path, (Finding("disagreement", message, differs),))


def _doubted(unresolved: Unresolved) -> Plan | None:
    """What a lone reading, which the merge doubts, does: it says where to look."""
    lone = len(unresolved.readings) == 1 and bool(unresolved.readings[0].replacements)
    return Plan(unresolved.readings[0].replacements) if lone else None


def _hull(plans: Sequence[Plan]) -> tuple[Span, ...]:
    """From the first line that any of `plans` replaces to the last; nothing where none does."""
    spans = [change.span for plan in plans for change in plan.replacements]
    return (Span(min(s.start for s in spans), max(s.stop for s in spans)),) if spans else ()


def _after(plan: Plan, span: Span, text: SourceText) -> tuple[str, ...]:
    """The lines of `span`, which holds all of `plan`, after it."""
    new = plan.apply(text).lines
    return new[span.start : span.stop + len(new) - len(text.lines)]


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.removesuffix("\n").split("\n")) if text else ()


def comment_sign(path: str) -> str:
    """How comments begin in the language of `path`."""
    language = language_of(path) or PurePosixPath(path).name.lower()
    if language in _HASH_COMMENTS:
        return "#"
    return "--" if language in _DASH_COMMENTS else "//"


def _stats(answers: Sequence[Answer]) -> Mapping[str, object]:
    """What the answers took, all together."""
    total = joined(answer.tally for answer in answers)
    seconds = sum(answer.seconds for answer in answers)
    decoding = sum(answer.decode_seconds for answer in answers)
    return {
        "regions": len(answers),
        "prompt_tokens": sum(answer.prompt for answer in answers),
        "tokens": total.tokens,
        "calls": total.calls,
        "drafted": total.drafted,
        "accepted": total.kept,
        "acceptance_rate": round(total.acceptance_rate, 4),
        "acceptance_length": round(total.acceptance_length, 1),
        "acceptance_histogram": dict(sorted(total.lengths.items())),
        "tokens_per_second": round(total.tokens / seconds, 1) if seconds else 0.0,
        "seconds_outside_decode": round(seconds - decoding, 3),
    }


def _speed(after: SourceText, seconds: float) -> Mapping[str, object]:
    """How long all took, loading the model too, for how much of a file."""
    rate = round(len(str(after)) / seconds) if seconds else 0
    return {"seconds": round(seconds, 3), "characters_per_second": rate}
