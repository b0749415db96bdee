"""The tables at the end: accuracy on stdout, the same for the same answers; times on stderr.

On a terminal they are drawn, else they are Markdown, to be kept.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from rich import box
from rich.console import Console
from rich.table import Table

from fastapply.cli.evaluation.cases import Fault
from fastapply.cli.evaluation.comparison import Comparison
from fastapply.cli.evaluation.opinions import CRITERIA
from fastapply.cli.evaluation.records import Record, Verdict
from fastapply.cli.evaluation.summary import (
    DIMENSIONS,
    Count,
    Spread,
    count,
    groups,
    speed,
)

_STYLES = {Verdict.EXACT: "green", Verdict.WRONG: "bold red"}
_SHOWN = 20  # cases named one by one
_WIDTH = 200  # of what no terminal wraps


def show_accuracy(records: Sequence[Record]) -> None:
    """Print how often each contestant came to each verdict, over all and broken down."""
    console = _console(to_stdout=True)
    by_contestant = _by_contestant(records)
    table = _table("contestant", "", console)
    for name, own in by_contestant.items():
        table.add_row(name, *_cells(count(own), console))
    _print(console, table)
    for dimension, group_of in DIMENSIONS.items():
        if len(groups(records, group_of)) < 2:
            continue
        several = len(by_contestant) > 1
        table = _table(dimension, "contestant" if several else "", console)
        for group, members in groups(records, group_of).items():
            for name, own in _by_contestant(members).items():
                head = (group, name) if several else (group,)
                table.add_row(*head, *_cells(count(own), console))
        _print(console, table)


def show_times(records: Sequence[Record]) -> None:
    """Print how fast each contestant answered."""
    console = _console(to_stdout=False)
    table = Table(box=_box(console))
    table.add_column("contestant")
    for heading in (
        "ms a case",
        "characters/s, warm",
        "characters/s from process start",
        "acceptance rate",
        "acceptance length",
    ):
        table.add_column(heading, justify="right")
    for name, own in _by_contestant(records).items():
        found = speed(own)
        if found is None:
            continue
        table.add_row(
            name,
            _spread(Spread(*(1000 * value for value in found.seconds)), 1),
            _spread(found.warm),
            "" if found.cold is None else _spread(found.cold),
            "" if found.rate is None else f"{found.rate:.3f}",
            "" if found.length is None else f"{found.length:.1f}",
        )
    if table.row_count:
        _print(console, table)


def show_opinions(records: Sequence[Record], failed: Mapping[str, int]) -> None:
    """Print what a judge said of each contestant's results, and how often it said nothing."""
    console = _console(to_stdout=False)
    table = Table(box=_box(console))
    table.add_column("contestant")
    for heading in ("judged", *CRITERIA, "score"):
        table.add_column(heading, justify="right")
    for name, own in _by_contestant(records).items():
        opinions = [one.judgement for one in own if "score" in one.judgement]
        if opinions:
            scores = [cast("Mapping[str, float]", opinion["scores"]) for opinion in opinions]
            means = [_mean([one[key] for one in scores if key in one]) for key in CRITERIA]
            overall = _mean([cast(float, opinion["score"]) for opinion in opinions])
            table.add_row(name, str(len(opinions)), *means, overall)
    if table.row_count:
        console.print(table)
    _say(f"{number} not judged: {why}" for why, number in failed.items())


def show_cases(records: Iterable[Record], *, everything: bool) -> None:
    """Print which cases were not exact."""
    failed = [record for record in records if record.verdict is not Verdict.EXACT]
    failed.sort(key=lambda record: record.verdict is not Verdict.WRONG)
    shown = failed if everything else failed[:_SHOWN]
    lines = []
    for record in shown:
        tree = ", same tree" if record.same_tree else ""
        why = f" ({record.reason})" if record.reason else tree
        words = f"{record.format} {record.style}".strip()
        lines.append(f"{record.verdict.value}{why}: {record.case}, {words}, {record.contestant}")
    if len(shown) < len(failed):
        lines.append(f"... and {len(failed) - len(shown)} more (--verbose names them)")
    _say(lines)


def show_faults(faults: Sequence[Fault], *, everything: bool) -> None:
    """Print which folders are no cases, and why."""
    shown = faults if everything else faults[:_SHOWN]
    lines = [f"broken: {fault.folder}: {fault.why}" for fault in shown]
    if len(shown) < len(faults):
        lines.append(f"... and {len(faults) - len(shown)} more (--verbose names them)")
    _say(lines)


def show_comparison(moved: Comparison) -> None:
    """Print what moved, both ways."""
    console = _console(to_stdout=True)
    for word, pairs in (("better", moved.better), ("worse", moved.worse)):
        for old, new in pairs:
            step = f"{old.verdict.value} -> {new.verdict.value}"
            console.out(f"{word}: {new.case}, {new.contestant}: {step}", highlight=False)
    counts = {
        "better": len(moved.better),
        "worse": len(moved.worse),
        "the same": moved.same,
        "of changed cases": moved.changed,
        "only then": moved.only_old,
        "only now": moved.only_new,
    }
    said = ", ".join(f"{number} {word}" for word, number in counts.items())
    console.out(f"compared: {said}", highlight=False)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stderr.write(line + "\n")


def _console(*, to_stdout: bool) -> Console:
    stream = sys.stdout if to_stdout else sys.stderr
    width = None if stream.isatty() else _WIDTH
    return Console(file=stream, width=width, highlight=False)


def _box(console: Console) -> box.Box:
    return box.SIMPLE_HEAD if console.is_terminal else box.MARKDOWN


def _print(console: Console, table: Table) -> None:
    """Print `table`; as Markdown without the space that only drawings need."""
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as capture:
        console.print(table)
    lines = [line.rstrip() for line in capture.get().split("\n")]
    console.file.write("\n".join(filter(None, lines)) + "\n\n")


def _table(first: str, second: str, console: Console) -> Table:
    table = Table(box=_box(console))
    table.add_column(first)
    if second:
        table.add_column(second)
    for heading in (
        "cases",
        *(verdict.value for verdict in Verdict),
        "wrong, same tree",
        "exact %",
    ):
        table.add_column(heading, justify="right")
    return table


def _cells(found: Count, console: Console) -> list[str]:
    cells = [str(found.cases)]
    for verdict in Verdict:
        number = found.verdicts.get(verdict, 0)
        style = _STYLES.get(verdict) if number and console.is_terminal else None
        cells.append(f"[{style}]{number}[/]" if style else str(number))
    return [*cells, str(found.same_tree), f"{100 * found.exact_share:.1f}"]


def _mean(numbers: Sequence[float]) -> str:
    return f"{statistics.fmean(numbers):.2f}" if numbers else ""


def _spread(found: Spread, digits: int = 0) -> str:
    median, low, high = (f"{value:,.{digits}f}" for value in found)
    return f"{median} ({low}-{high})"


def _by_contestant(records: Iterable[Record]) -> dict[str, list[Record]]:
    """The records of each contestant, in the order they first come in."""
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record.contestant, []).append(record)
    return found
