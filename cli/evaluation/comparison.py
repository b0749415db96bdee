"""What moved between two runs of the same cases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fastapply.cli.evaluation.records import Record, Verdict

_ORDER = tuple(Verdict)


class Comparison(NamedTuple):
    """Pairs of records, old and new, whose verdict differs, and how many cases only one run has.

    `changed` are those whose document or files are others than they were: they compare nothing.
    """

    better: tuple[tuple[Record, Record], ...]
    worse: tuple[tuple[Record, Record], ...]
    same: int
    changed: int
    only_old: int
    only_new: int


def compare(old: Iterable[Record], new: Iterable[Record]) -> Comparison:
    """Compare the records of the same contestant and case, by the order of verdicts.

    Refused is better than wrong: nothing was written.
    """
    before = {record.key: record for record in old}
    after = {record.key: record for record in new}
    pairs = [(before[key], record) for key, record in after.items() if key in before]
    alike = [pair for pair in pairs if pair[0].digest == pair[1].digest]
    steps = [(_ORDER.index(one.verdict) - _ORDER.index(two.verdict)) for one, two in alike]
    moved = list(zip(alike, steps, strict=True))
    return Comparison(
        better=tuple(pair for pair, step in moved if step > 0),
        worse=tuple(pair for pair, step in moved if step < 0),
        same=steps.count(0),
        changed=len(pairs) - len(alike),
        only_old=len(before.keys() - after.keys()),
        only_new=len(after.keys() - before.keys()),
    )
