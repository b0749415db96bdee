"""A whole evaluation: cases read, contestants run, results kept, tables shown."""

from __future__ import annotations

import shlex
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fastapply.cli.canvas import check_picture
from fastapply.cli.evaluation.cases import Case, Fault, read_cases
from fastapply.cli.evaluation.contestants import Contestant, contestants, opened
from fastapply.cli.evaluation.judging import judge_records, open_judging
from fastapply.cli.evaluation.records import Record, Verdict
from fastapply.cli.evaluation.results import ResultsFile, read_results, still_valid
from fastapply.cli.evaluation.run import Runner
from fastapply.cli.evaluation.summary import count
from fastapply.cli.exit_codes import STOPPED, ExitCode
from fastapply.cli.render import Bar
from fastapply.cli.watch import Watch
from fastapply.core.errors import OptionsError, WeightsNotFoundError, WorkspaceError
from fastapply.core.pipeline import Engine

LIMIT_BROKEN = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What each contestant must keep to: a share of exact results in percent, a number of wrong."""

    min_exact: float | None = None
    max_wrong: int | None = None

    def broken_by(self, records: Sequence[Record], broken: int) -> str | None:
        """Why `records` of one contestant do not keep to them, None where they do.

        A case that could not be read is not exact.
        """
        found = count(records)
        share = 100 * found.verdicts[Verdict.EXACT] / ((found.cases + broken) or 1)
        wrong = found.verdicts[Verdict.WRONG]
        if self.min_exact is not None and share < self.min_exact:
            return f"{share:.2f} % are exact, --min-exact wants {self.min_exact:g} %"
        if self.max_wrong is not None and wrong > self.max_wrong:
            return f"{wrong} are wrong, --max-wrong allows {self.max_wrong}"
        return None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Cases to make of the history `rev_range`, None for none; `write` is where to keep them."""

    rev_range: str | None = None
    most: int = 100
    seed: int = 0
    write: Path | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """One call of ``fastapply eval``."""

    folders: tuple[Path, ...]
    history: Wanted = field(default_factory=Wanted)
    engines: tuple[Engine, ...] = ()
    models: tuple[str, ...] = ()
    out: Path | None = None
    resume: bool = False
    compare: Path | None = None
    limits: Limits = field(default_factory=Limits)
    cold: int = 0
    verbose: bool = False
    plot: Path | None = None
    judge: str | None = None
    judge_timeout: float = 120.0
    bits: bool = False


@dataclass
class _State:
    """What there is so far. `missing` are contestants whose model is not there, and why."""

    records: list[Record] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    stopped: bool = False


def evaluate(wishes: Wishes) -> int:
    """Do what was asked for, show it, and say how the process ends."""
    if wishes.history.write is not None and wishes.history.rev_range is None:
        raise OptionsError("--write keeps what --from-git makes: name a range of revisions")
    if wishes.history.rev_range is None:
        if not wishes.folders:
            raise OptionsError("no cases: name a FOLDER of them, or --from-git REV-RANGE")
        return _evaluate(wishes)
    with tempfile.TemporaryDirectory() as folder:
        kept = wishes.history.write or Path(folder, "cases")
        _make(wishes.history, kept)
        if wishes.history.write and not (wishes.engines or wishes.models or wishes.bits):
            return ExitCode.OK
        return _evaluate(replace(wishes, folders=(*wishes.folders, kept)))


def _make(wanted: Wanted, folder: Path) -> None:
    """Make the cases that are wanted in `folder`, and say how many."""
    from fastapply.cli.evaluation.history import history_here
    from fastapply.cli.evaluation.make_cases import check_empty, make_cases, said, write_cases

    check_empty(folder)
    with Watch("making cases"), history_here(wanted.rev_range or "") as history:
        cases = make_cases(history, wanted.most, wanted.seed)
    write_cases(folder, cases, wanted.seed)
    sys.stderr.write(f"{len(cases)} cases made; {said(history.skipped)}\n")


def _evaluate(wishes: Wishes) -> int:
    """Run the cases in the folders, show the results, and say how the process ends."""
    if wishes.bits:
        from fastapply.cli.evaluation.bits import score_finals

        _check_bits(wishes)
        return score_finals(wishes.folders, wishes.models, wishes.out)
    if wishes.resume and wishes.out is None:
        raise OptionsError("--resume goes on with a results file: name it with --out")
    if wishes.plot is not None:
        check_picture(wishes.plot)
    judging = open_judging(wishes.judge, wishes.judge_timeout) if wishes.judge else None
    who = contestants(wishes.engines, wishes.models)
    old = read_results(wishes.compare) if wishes.compare is not None else None
    cases, faults = read_cases(wishes.folders)
    if not cases:
        _report_faults(faults, wishes)
        places = ", ".join(map(str, wishes.folders))
        raise WorkspaceError(f"there are no cases in {places}", str(wishes.folders[0]))
    state = _State()
    with ResultsFile(wishes.out, resume=wishes.resume) as results:
        try:
            _run_all(cases, who, wishes, (results, state))
            if judging is not None:
                judge_records(judging, state.records, {case.id: case for case in cases}, results)
        except KeyboardInterrupt:
            state.stopped = True
    _show(state, faults, wishes, len(cases) * len(who))
    if judging is not None:
        from fastapply.cli.evaluation.tables import show_opinions

        show_opinions(state.records, judging.failed)
    if wishes.plot is not None and state.records:
        from fastapply.cli.evaluation.pictures import draw

        draw(state.records, wishes.plot)
    if old is not None:
        from fastapply.cli.evaluation.comparison import compare
        from fastapply.cli.evaluation.tables import show_comparison

        show_comparison(compare(old, state.records))
    return _ending(state, who, wishes, len(faults))


def _check_bits(wishes: Wishes) -> None:
    """Raise `OptionsError` where something is asked for that only engines give."""
    others = {
        "--engine": bool(wishes.engines),
        "--judge": wishes.judge is not None,
        "--plot": wishes.plot is not None,
        "--compare": wishes.compare is not None,
        "--resume": wishes.resume,
        "--min-exact": wishes.limits.min_exact is not None,
        "--max-wrong": wishes.limits.max_wrong is not None,
    }
    for option, given in others.items():
        if given:
            raise OptionsError(f"--bpb runs no engine, {option} is about what engines do")


def _run_all(
    cases: Sequence[Case],
    who: Sequence[Contestant],
    wishes: Wishes,
    into: tuple[ResultsFile, _State],
) -> None:
    """Run every case with every contestant, but for what the results file has already."""
    results, state = into
    done = still_valid(results.done, {case.id: case.digest for case in cases})
    cold = _sample(cases, wishes.cold)
    bar = Bar("evaluating")
    try:
        for contestant in who:
            left = [case for case in cases if (contestant.label, case.id) not in done]
            with opened(contestant) as rewriter:
                runner = Runner(contestant, rewriter)
                runner.warm_up(left)
                for case in cases:
                    record = done.get((contestant.label, case.id))
                    if record is None:
                        record = runner.evaluate(case, cold=case.id in cold)
                        if record.reason == WeightsNotFoundError.reason:
                            state.missing[contestant.label] = str(record.stats["error"])
                            break
                        results.add(record)
                    state.records.append(record)
                    bar.show(len(state.records), len(cases) * len(who))
    finally:
        bar.close()


def _sample(cases: Sequence[Case], size: int) -> frozenset[str]:
    """The ids of `size` cases, evenly spread."""
    size = min(max(size, 0), len(cases))
    return frozenset(cases[number * len(cases) // size].id for number in range(size))


def _show(state: _State, faults: Sequence[Fault], wishes: Wishes, expected: int) -> None:
    from fastapply.cli.evaluation.tables import show_accuracy, show_cases, show_times

    show_cases(state.records, everything=wishes.verbose)
    _report_faults(faults, wishes)
    if state.records:
        show_accuracy(state.records)
        sys.stdout.flush()
        show_times(state.records)
    broken = f", {len(faults)} broken folders left out" if faults else ""
    sys.stderr.write(f"{len(state.records)} of {expected} results{broken}\n")
    for label, why in state.missing.items():
        sys.stderr.write(f"not evaluated: {label}: {why}\n")
    if state.stopped:
        sys.stderr.write(f"stopped: {_how_to_go_on(wishes)}\n")


def _how_to_go_on(wishes: Wishes) -> str:
    if wishes.out is None:
        return "nothing was kept; with --out FILE and --resume it goes on where it stopped"
    words = [word for word in sys.argv[1:] if word != "--resume"]
    return f"go on with: fastapply {shlex.join(words)} --resume"


def _report_faults(faults: Sequence[Fault], wishes: Wishes) -> None:
    if faults:
        from fastapply.cli.evaluation.tables import show_faults

        show_faults(faults, everything=wishes.verbose)


def _ending(state: _State, who: Sequence[Contestant], wishes: Wishes, broken: int) -> int:
    """The exit code: what stopped it, else what is missing, else whether the limits hold."""
    if state.stopped:
        return STOPPED
    kept = True
    for contestant in who:
        own = [record for record in state.records if record.contestant == contestant.label]
        why = wishes.limits.broken_by(own, broken)
        if why is not None and contestant.label not in state.missing:
            sys.stderr.write(f"{contestant.label}: {why}\n")
            kept = False
    if state.missing:
        return ExitCode.MODEL
    return ExitCode.OK if kept else LIMIT_BROKEN
