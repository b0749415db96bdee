"""What the benchmark shows at the end, and the JSON it leaves."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fastapply import __version__
from fastapply.cli.bench.runs import Failure, Run
from fastapply.cli.bench.summary import Row, summary
from fastapply.cli.console import console, print_table, table
from fastapply.cli.evaluation.cases import Fault
from fastapply.cli.evaluation.summary import Spread
from fastapply.core.errors import UnwritableError

_BUCKETS = (0, 1, 4, 8, 16, 32, 64, 128)
"""Where the classes of acceptance lengths begin."""


@dataclass(slots=True)
class Results:
    """What there is so far; `about` says on what machine and with which model.

    It is kept in the file `out`, where there is one.
    """

    about: Mapping[str, object]
    faults: Sequence[Fault] = ()
    out: Path | None = None
    runs: list[Run] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    complete: bool = False

    def add(self, result: Run | Failure) -> None:
        """Take one more."""
        if isinstance(result, Run):
            self.runs.append(result)
        else:
            self.failures.append(result)

    def to_json(self) -> dict[str, object]:
        """All of it as JSON holds it."""
        return {
            "about": dict(self.about),
            "complete": self.complete,
            "rows": [row.to_json() for row in summary(self.runs)],
            "runs": [run.to_json() for run in self.runs],
            "failures": [asdict(failure) for failure in self.failures],
            "left_out": [{"folder": str(one.folder), "why": one.why} for one in self.faults],
        }

    def keep(self) -> None:
        """Put all of it in the file, whole or not at all; raise `UnwritableError`."""
        if self.out is None:
            return
        text, place = json.dumps(self.to_json(), indent=1) + "\n", self.out.parent
        try:
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=place) as folder:
                written = Path(folder) / "results"
                written.write_text(text, "ascii")
                os.replace(written, self.out)
        except OSError as error:
            message = f"cannot write {self.out}: {error.strerror}"
            raise UnwritableError(message, str(self.out)) from error


def machine() -> dict[str, object]:
    """Where this runs."""
    return {
        "fastapply": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
    }


def show(results: Results) -> None:
    """Print the tables on stdout, what could not be done on stderr."""
    rows = summary(results.runs)
    if rows:
        _show_speeds(rows)
        _show_lengths([row for row in rows if row.lengths])
    sys.stdout.flush()
    for failure in results.failures:
        sys.stderr.write(f"{failure.job}: {failure.contestant}: {failure.why}\n")
    for fault in results.faults:
        sys.stderr.write(f"left out: {fault.folder}: {fault.why}\n")
    if any(row.extrapolated for row in rows):
        sys.stderr.write(
            "plain decoding wrote the beginning of each answer, the rest is reckoned\n"
        )
    for row in rows:
        if row.same < row.compared:
            sys.stderr.write(
                f"{row.contestant}: {row.compared - row.same} of {row.compared} answers differ from"
                " the others' (near ties, or a prompt of its own)\n"
            )
        if row.ended < row.runs:
            endless = f"{row.runs - row.ended} of {row.runs} answers came to no end"
            sys.stderr.write(f"{row.contestant}: {endless}\n")


def _show_speeds(rows: Sequence[Row]) -> None:
    place = console()
    timed = ("characters/s", "tokens/s", "x plain", "x plain, with prompt", "x bound")
    counted = ("accepted", "per turn", "calls", "outside", "same")
    drawn = table(place, ("contestant",), (*timed, *counted))
    for row in rows:
        drawn.add_row(
            row.contestant,
            f"{row.characters:,.0f}",
            f"{row.tokens:,.1f}",
            _times(row.faster),
            _times(row.faster_total),
            _times(row.bound),
            "" if row.accepted is None else f"{row.accepted:.3f}",
            "" if row.per_turn is None else f"{row.per_turn:.1f}",
            "" if row.calls is None else f"{row.calls:,.0f}",
            "" if row.outside is None else f"{row.outside:.1%}",
            f"{row.same}/{row.compared}",
        )
    print_table(place, drawn)


def _show_lengths(rows: Sequence[Row]) -> None:
    """Of the turns with a draft, how many kept so many tokens of it."""
    place = console()
    classes = list(zip(_BUCKETS, (*_BUCKETS[1:], sys.maxsize), strict=True))
    drawn = table(place, ("kept of a draft",), [_class_name(*each) for each in classes])
    for row in rows:
        turns = sum(row.lengths.values())
        shares = [
            sum(n for kept, n in row.lengths.items() if start <= kept < end) / turns
            for start, end in classes
        ]
        drawn.add_row(row.contestant, *(f"{share:.0%}" if share else "" for share in shares))
    print_table(place, drawn)


def _class_name(start: int, end: int) -> str:
    if end == sys.maxsize:
        return f"{start}+"
    return str(start) if end == start + 1 else f"{start}-{end - 1}"


def _times(spread: Spread | None) -> str:
    if spread is None:
        return ""
    if spread.low == spread.high:
        return f"{spread.median:.2f}"
    return f"{spread.median:.2f} ({spread.low:.2f}-{spread.high:.2f})"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())
