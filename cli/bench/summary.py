"""What the runs come to: a row a contestant, medians with their spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import median

from fastapply.cli.bench.contestants import PLAIN
from fastapply.cli.bench.runs import Run
from fastapply.cli.evaluation.summary import Spread, spread


@dataclass(frozen=True, slots=True)
class Row:
    """One contestant over all its runs.

    `faster` is how many times faster than plain decoding of the same job in the same round it
    writes the answer, `faster_total` the same with the prompt; `bound` how many times longer it
    takes than reading prompt and answer. `characters` and `tokens` are those of a second, prompt
    included and not. `same` of `runs` wrote what all should; `accepted` is kept / drafted,
    `per_turn` what a turn with a draft kept. None is what was not measured.
    """

    contestant: str
    runs: int
    jobs: int
    same: int
    compared: int
    ended: int
    characters: float
    tokens: float
    faster: Spread | None
    faster_total: Spread | None
    bound: Spread | None
    accepted: float | None
    per_turn: float | None
    calls: float | None
    outside: float | None
    extrapolated: bool
    lengths: Mapping[int, int]

    def to_json(self) -> dict[str, object]:
        """The row as JSON holds it."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        for name, value in values.items():
            if isinstance(value, Spread):
                values[name] = value._asdict()
        return values | {"lengths": {str(kept): n for kept, n in self.lengths.items()}}


def summary(runs: Iterable[Run]) -> list[Row]:
    """A row for each contestant, in the order they first ran."""
    own: dict[str, list[Run]] = {}
    for run in runs:
        own.setdefault(run.contestant, []).append(run)
    plain = {(run.job, run.round): run for run in own.get(PLAIN, ())}
    names = sorted(own, key=lambda name: (name != PLAIN, list(own).index(name)))
    return [_row(name, own[name], plain) for name in names]


def _row(name: str, runs: Sequence[Run], plain: Mapping[tuple[str, int], Run]) -> Row:
    pairs = [
        (plain[key].effort, run.effort)
        for run in runs
        if (key := (run.job, run.round)) in plain and run.effort.seconds
    ]
    efforts = [run.effort for run in runs]
    lengths: Counter[int] = sum((Counter(effort.lengths) for effort in efforts), Counter())
    drafted, kept = sum(e.drafted for e in efforts), sum(e.kept for e in efforts)
    turns = sum(lengths.values())
    calls = [effort.calls for effort in efforts if effort.calls is not None]
    outside = [e.outside / e.seconds for e in efforts if e.outside is not None and e.seconds]
    return Row(
        contestant=name,
        runs=len(runs),
        jobs=len({run.job for run in runs}),
        same=sum(bool(effort.same) for effort in efforts),
        compared=sum(effort.same is not None for effort in efforts),
        ended=sum(effort.ended for effort in efforts),
        characters=median(run.characters / (run.effort.total or 1e-9) for run in runs),
        tokens=median(effort.tokens / (effort.seconds or 1e-9) for effort in efforts),
        faster=_spread([base.seconds / effort.seconds for base, effort in pairs]),
        faster_total=_spread([base.total / effort.total for base, effort in pairs]),
        bound=_spread([e.total / e.bound for e in efforts if e.bound]),
        accepted=kept / drafted if drafted else None,
        per_turn=kept / turns if turns else None,
        calls=median(calls) if calls else None,
        outside=median(outside) if outside else None,
        extrapolated=any(effort.timed < effort.tokens for effort in efforts),
        lengths=dict(sorted(lengths.items())),
    )


def _spread(values: Sequence[float]) -> Spread | None:
    return spread(values) if values else None
