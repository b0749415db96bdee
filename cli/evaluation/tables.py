"""The tables at the end: accuracy on stdout, the same for the same answers; times on stderr.

On a terminal they are drawn, else they are Markdown, to be kept.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from rich.console import Console

from fastapply.cli.console import console, print_table, table
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
_NUMBERS = ("cases", *(verdict.value for verdict in Verdict), "wrong, same tree", "exact %")


def show_accuracy(records: Sequence[Record]) -> None:
    """Print how often each contestant came to each verdict, over all and broken down."""
    place = console()
    by_contestant = _by_contestant(records)
    drawn = table(place, ("contestant",), _NUMBERS)
    for name, own in by_contestant.items():
        drawn.add_row(name, *_cells(count(own), place))
    print_table(place, drawn)
    for dimension, group_of in DIMENSIONS.items():
        if len(groups(records, group_of)) < 2:
            continue
        several = len(by_contestant) > 1
        drawn = table(place, (dimension, "contestant") if several else (dimension,), _NUMBERS)
        for group, members in groups(records, group_of).items():
            for name, own in _by_contestant(members).items():
                head = (group, name) if several else (group,)
                drawn.add_row(*head, *_cells(count(own), place))
        print_table(place, drawn)


def show_times(records: Sequence[Record]) -> None:
    """Print how fast each contestant answered."""
    place = console(to_stdout=False)
    drawn = table(
        place,
        ("contestant",),
        (
            "ms a case",
            "characters/s, warm",
            "characters/s from process start",
            "acceptance rate",
            "acceptance length",
        ),
    )
    for name, own in _by_contestant(records).items():
        found = speed(own)
        if found is None:
            continue
        drawn.add_row(
            name,
            _spread(Spread(*(1000 * value for value in found.seconds)), 1),
            _spread(found.warm),
            "" if found.cold is None else _spread(found.cold),
            "" if found.rate is None else f"{found.rate:.3f}",
            "" if found.length is None else f"{found.length:.1f}",
        )
    print_table(place, drawn)


def show_opinions(records: Sequence[Record], failed: Mapping[str, int]) -> None:
    """Print what a judge said of each contestant's results, and how often it said nothing."""
    place = console(to_stdout=False)
    drawn = table(place, ("contestant",), ("judged", *CRITERIA, "score"))
    for name, own in _by_contestant(records).items():
        opinions = [one.judgement for one in own if "score" in one.judgement]
        if opinions:
            scores = [cast("Mapping[str, float]", opinion["scores"]) for opinion in opinions]
            means = [_mean([one[key] for one in scores if key in one]) for key in CRITERIA]
            overall = _mean([cast(float, opinion["score"]) for opinion in opinions])
            drawn.add_row(name, str(len(opinions)), *means, overall)
    print_table(place, drawn)
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
    place = console()
    for word, pairs in (("better", moved.better), ("worse", moved.worse)):
        for old, new in pairs:
            step = f"{old.verdict.value} -> {new.verdict.value}"
            place.out(f"{word}: {new.case}, {new.contestant}: {step}", highlight=False)
    counts = {
        "better": len(moved.better),
        "worse": len(moved.worse),
        "the same": moved.same,
        "of changed cases": moved.changed,
        "only then": moved.only_old,
        "only now": moved.only_new,
    }
    said = ", ".join(f"{number} {word}" for word, number in counts.items())
    place.out(f"compared: {said}", highlight=False)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stderr.write(line + "\n")


def _cells(found: Count, place: Console) -> list[str]:
    cells = [str(found.cases)]
    for verdict in Verdict:
        number = found.verdicts.get(verdict, 0)
        style = _STYLES.get(verdict) if number and place.is_terminal else None
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
