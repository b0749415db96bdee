"""Records counted: how often each verdict, for whom, and how fast."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from fastapply.cli.evaluation.records import Record, Verdict

_LENGTHS = (100, 300, 1000, 3000)


class Count(NamedTuple):
    """How many records a group has, of each verdict; `same_tree` are some of the wrong ones."""

    cases: int
    verdicts: Mapping[Verdict, int]
    same_tree: int

    @property
    def exact_share(self) -> float:
        """The exact ones of all, from 0 to 1; 1 where there are none."""
        return self.verdicts[Verdict.EXACT] / self.cases if self.cases else 1.0


class Spread(NamedTuple):
    """The median of some numbers, and their quartiles."""

    median: float
    low: float
    high: float


class Speed(NamedTuple):
    """How fast a contestant was.

    `warm` and `cold` are characters of rewritten files a second, in a warm process and from the
    start of a process to its end (None where no case was timed so). `rate` is drafts kept of
    drafts made, `length` drafts kept a verification batch, both None where no model wrote.
    """

    seconds: Spread
    warm: Spread
    cold: Spread | None
    rate: float | None
    length: float | None


def length_of(record: Record) -> str:
    """The class of lengths that the case's file is in."""
    for number, limit in enumerate(_LENGTHS):
        if record.lines < limit:
            return f"{_LENGTHS[number - 1] if number else 0}-{limit - 1} lines"
    return f"{_LENGTHS[-1]} lines and more"


DIMENSIONS: Mapping[str, Callable[[Record], str]] = {
    "format": lambda record: record.format,
    "style": lambda record: f"{record.format}, {record.style}" if record.style else record.format,
    "language": lambda record: record.language,
    "length": length_of,
}
"""What results are broken down by, each with the group a record is in."""


def count(records: Iterable[Record]) -> Count:
    """Count the verdicts of `records`."""
    kept = list(records)
    verdicts = Counter(record.verdict for record in kept)
    return Count(len(kept), verdicts, sum(record.same_tree for record in kept))


def groups(
    records: Iterable[Record], group_of: Callable[[Record], str]
) -> Mapping[str, Sequence[Record]]:
    """The records of each group, the groups sorted by name (lengths by number)."""
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[group_of(record)].append(record)
    return {name: found[name] for name in sorted(found, key=_order)}


def speed(records: Sequence[Record]) -> Speed | None:
    """How fast the answers among `records` came; None where there are none."""
    answered = [record for record in records if not record.reason and record.seconds > 0]
    if not answered:
        return None
    cold = [record.characters / record.cold_seconds for record in answered if record.cold_seconds]
    drafted, kept, calls = (_total(answered, name) for name in ("drafted", "accepted", "calls"))
    return Speed(
        spread([record.seconds for record in answered]),
        spread([record.characters / record.seconds for record in answered]),
        spread(cold) if cold else None,
        kept / drafted if drafted else None,
        kept / calls if calls else None,
    )


def spread(numbers: Sequence[float]) -> Spread:
    """Median and quartiles of `numbers`, at least one."""
    if len(numbers) == 1:
        return Spread(numbers[0], numbers[0], numbers[0])
    low, median, high = statistics.quantiles(numbers, n=4, method="inclusive")
    return Spread(median, low, high)


def _total(records: Iterable[Record], name: str) -> float:
    values = (record.stats.get(name) for record in records)
    return sum(value for value in values if isinstance(value, int | float))


def _order(name: str) -> tuple[int, str]:
    digits = name.partition("-")[0].partition(" ")[0]
    return (int(digits) if digits.isdigit() else 0, name)
