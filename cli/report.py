"""What a person reads about a result or a failure, as lines of styled text.

Styles are names of `cli.render`'s theme; a line is a sequence of (text, style).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from fastapply.cli.exit_codes import ExitCode, exit_code
from fastapply.cli.failures import Failed, Misfit, advice, misfits, said
from fastapply.cli.request import Mode, Request
from fastapply.core.diff import unified
from fastapply.core.edits import Span
from fastapply.core.errors import CheckError, EditError
from fastapply.core.pipeline import FileOutcome, Outcome
from fastapply.core.result import Missing

if TYPE_CHECKING:
    from fastapply.core.ports import Change

Line: TypeAlias = "tuple[tuple[str, str], ...]"

_UNWRITTEN = "nothing was written"
_AFTER_GIT = "stage or commit it yourself"
_UNDO = ", or take it back with `fastapply undo`"
_LINES_SHOWN = 60
_CONTEXT = 2
_QUOTED = 16
_PLACES_SHOWN = 5
_STYLES = {" ": "context", "-": "gone", "+": "new"}
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def outcome_report(outcome: Outcome, request: Request) -> Iterator[Line]:
    """Every file with a short diff, and the notes."""
    shows_diff = request.mode in (Mode.APPLY, Mode.DRY_RUN)
    for file in outcome.files:
        yield _header(file, request.mode)
        if shows_diff and file.status != "unchanged":
            yield from diff_report(file.change)
    if not outcome.files:
        yield (("nothing was chosen: ", ""), (_UNWRITTEN, "context"))
    yield from notes_report(outcome)
    if request.mode is not Mode.APPLY:
        yield ((f"{_UNWRITTEN} ({request.mode.value})", "context"),)


def notes_report(outcome: Outcome) -> Iterator[Line]:
    """What is worth saying but changes nothing."""
    for note in outcome.notes:
        yield (("note: ", "note"), (note, ""))


def _header(file: FileOutcome, mode: Mode) -> Line:
    change = file.change
    name = change.path if change.move_to is None else f"{change.path} -> {change.move_to}"
    done = file.status
    if file.status == "unchanged":
        done = "already applied" if file.placements else "unchanged"
    elif mode is not Mode.APPLY:
        done = f"would be {file.status}"
    return ((name, "path"), (f"  {done}", "good"), (f"  {_how(file)}", "context"))


def _how(file: FileOutcome) -> str:
    """How the result was made: the method, its rungs, what it measured."""
    rungs = dict.fromkeys(placement.rung.value for placement in file.placements)
    parts = [file.method]
    if rungs:
        parts.append(", ".join(rungs))
    if file.placements:
        count = len(file.placements)
        parts.append(f"{count} edit{'s' if count > 1 else ''}")
    return " · ".join([*parts, *_measured(file.stats)])


def _measured(stats: Mapping[str, object]) -> Iterator[str]:
    """What people want to know of what a model did; the rest is in ``--json``."""
    if "model" in stats:
        yield f"{stats['model']} {stats.get('place', '')}".rstrip()
    if stats.get("drafted"):
        yield f"{stats['acceptance_rate']:.0%} of drafts accepted"
    if stats.get("readings"):
        yield f"best of {stats['readings']} readings"
    if stats.get("characters_per_second"):
        yield f"{stats['characters_per_second']:,} characters/s"


def diff_report(change: Change) -> Iterator[Line]:
    """A short diff with line numbers: lines that go carry their old ones, all others the new."""
    lines = list(_diff_lines(change))
    yield from lines[:_LINES_SHOWN]
    if len(lines) > _LINES_SHOWN:
        yield ((f"      … {len(lines) - _LINES_SHOWN} more lines", "context"),)


def _diff_lines(change: Change) -> Iterator[Line]:
    text = unified(
        change.before, change.after, change.path, move_to=change.move_to, context=_CONTEXT
    )
    old = new = -1
    for line in text.split("\n"):
        if head := _HUNK.match(line):
            if old >= 0:
                yield (("      ⋮", "context"),)
            old, new = (_first(head[1], head[2]), _first(head[3], head[4]))
        elif old >= 0 and (sign := line[:1]) in _STYLES:
            number = old if sign == "-" else new
            old += sign != "+"
            new += sign != "-"
            body = line[1:].rstrip("\r").expandtabs(4)
            shown = f" {sign} {body}"
            if sign == " ":
                shown = shown.rstrip()
            yield ((f"{number:>5}", "number"), (shown, _STYLES[sign]))


def _first(start: str, count: str | None) -> int:
    """The number of a hunk's first line; a range of no lines names the line before."""
    return int(start) + (count == "0")


def failure_report(failed: Failed, *, brief: bool = False) -> Iterator[Line]:
    """What went wrong and where, what to do, and that nothing was written."""
    error = failed.error
    yield (("fastapply: ", "bad"), (str(error), "strong"))
    if brief:
        return
    if isinstance(error, CheckError):
        for finding in error.findings:
            where = "" if finding.line is None else f" (line {finding.line + 1} of the result)"
            yield (("  ✗ ", "bad"), (f"{finding.message}{where}", ""))
    elif isinstance(error, EditError) and error.span is not None:
        lines = failed.document.split("\n")
        yield from _quoted("the document", lines, error.span)
    for misfit in misfits(failed):
        yield from _misfit(misfit)
    todo = advice(error.reason)
    if failed.written:
        todo = _AFTER_GIT if failed.unkept else _AFTER_GIT + _UNDO
    if todo is not None:
        yield (("  what to do: ", "note"), (todo, ""))
    if failed.written and failed.unkept:
        yield (("note: ", "note"), (failed.unkept, ""))
    if not failed.written and exit_code(error) is not ExitCode.USAGE:
        yield ((_UNWRITTEN, "context"),)


def stopped_report(*, written: bool) -> Iterator[Line]:
    """That Ctrl-C was heard, before or after files were written."""
    said = "the files are written: `fastapply undo` takes it back" if written else _UNWRITTEN
    yield (("fastapply: ", "bad"), ("stopped", "strong"))
    yield ((said, "context"),)


def _misfit(misfit: Misfit) -> Iterator[Line]:
    yield (("  ✗ ", "bad"), (said(misfit), ""))
    difference = misfit.differing
    mark = difference.document_line if difference is not None else None
    yield from _quoted("the document", misfit.document, misfit.failure.at, mark=mark)
    if not misfit.places and misfit.sought:
        yield (("    nothing in the file is like it", "context"),)
    there = difference.file_line if difference is not None else None
    for place in misfit.places[:_PLACES_SHOWN]:
        yield from _quoted(misfit.path, misfit.lines, place, mark=there, why=_likeness(misfit))
    if len(misfit.places) > _PLACES_SHOWN:
        yield ((f"    … and {len(misfit.places) - _PLACES_SHOWN} more places", "context"),)


def _likeness(misfit: Misfit) -> str:
    failure = misfit.failure
    if not isinstance(failure, Missing):
        return ""
    return f": the nearest place, {failure.ratio:.0%} alike"


def _quoted(
    title: str, lines: Sequence[str], span: Span, *, mark: int | None = None, why: str = ""
) -> Iterator[Line]:
    """Lines with their numbers; under the line `mark` a caret where its text begins."""
    yield (("  --> ", "number"), (f"{title}, line {span.start + 1}", "path"), (why, ""))
    first, last = span.start, min(span.stop, len(lines))
    if mark is not None and last - first > _QUOTED:
        first = max(first, min(mark - _QUOTED // 2, last - _QUOTED))
    for index in range(first, min(last, first + _QUOTED)):
        text = lines[index].rstrip("\r").expandtabs(4)
        yield ((f"{index + 1:>5} | ", "number"), (text, "mark" if index == mark else ""))
        if index == mark:
            margin = " " * (len(text) - len(text.lstrip()))
            yield (("      | ", "number"), (f"{margin}^ the first line that differs", "mark"))
    if last - first > _QUOTED:
        yield ((f"      | … {last - first - _QUOTED} more lines", "context"),)
