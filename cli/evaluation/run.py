"""One case with one contestant, by the road that ``fastapply apply`` goes.

Each case gets a temporary folder of its own, without git, laid out before the clock starts.
"""

from __future__ import annotations

import functools
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from fastapply import __version__
from fastapply.cli.document import read_document
from fastapply.cli.evaluation.cases import Case
from fastapply.cli.evaluation.contestants import Contestant, WarmRewriter
from fastapply.cli.evaluation.records import Record, Verdict
from fastapply.cli.evaluation.verdicts import Answer, has_right_tree, judge
from fastapply.cli.workspace import FileWorkspace
from fastapply.core.errors import FastApplyError
from fastapply.core.pipeline import Options, Outcome, run
from fastapply.core.syntax.trees import language_of, outline
from fastapply.formats import parse

CRASH = "crash"
"""The reason of a result that is none because the program failed."""

_MEMORY = "/dev/shm"
_LONGEST = 1800.0  # seconds for one process
_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs cases as `contestant`, with its `rewriter`; None where it has none."""

    contestant: Contestant
    rewriter: WarmRewriter | None

    def warm_up(self, cases: Iterable[Case]) -> None:
        """Import what cases need and load their grammars, so that no case pays for it."""
        languages = {language_of(path) for case in cases for path in case.files}
        for language in sorted(filter(None, languages)):
            outline(("",), language)
        for document in ("```\nx = 2\n```", "```\n# ... existing code ...\ny = 2\n```"):
            with tempfile.TemporaryDirectory(dir=_scratch()) as folder:
                Path(folder, "x.py").write_text("x = 1\ny = 1\n")
                Path(folder, "edit.md").write_text(document)
                self._timed(Path(folder), Path(folder, "edit.md"), "x.py")

    def evaluate(self, case: Case, *, cold: bool = False) -> Record:
        """Run `case` and judge the answer; `cold` says to time a process of its own, too."""
        with tempfile.TemporaryDirectory(dir=_scratch()) as name:
            folder = Path(name)
            _lay_out(case.files, folder)
            gc.collect(0)
            seconds, outcome = self._timed(folder, case.document, case.target)
            reason = "" if isinstance(outcome, Outcome) else outcome[0]
            answer = Answer(_files_in(folder), reason)
        verdict = judge(case, answer)
        method, stats = _how(outcome)
        text = answer.files.get(case.path, b"").decode("utf-8", "replace")
        final = case.finals[0].get(case.path, b"") if case.finals else case.original
        return Record(
            case=case.id,
            digest=case.digest,
            contestant=self.contestant.label,
            engine=self.contestant.engine.value,
            model=self.contestant.model,
            format=case.format,
            style=case.style,
            language=language_of(case.path) or Path(case.path).suffix.lstrip(".") or "text",
            lines=len(case.original.splitlines()),
            characters=len(text if not reason else final.decode("utf-8", "replace")),
            verdict=verdict,
            same_tree=verdict is Verdict.WRONG and has_right_tree(case, answer),
            reason=reason,
            method=method,
            seconds=round(seconds, 6),
            cold_seconds=round(self._cold(case), 4) if cold else None,
            stats=stats,
            result=text if not reason and verdict is not Verdict.EXACT else None,
            version=__version__,
        )

    def _timed(
        self, folder: Path, document: Path, target: str | None
    ) -> tuple[float, Outcome | tuple[str, str]]:
        """Apply `document` in `folder`: how long that took, and the outcome or reason and words."""
        options = Options(
            files=(target,) if target else (), engine=self.contestant.engine, stage=False
        )
        loading = self.rewriter.loading if self.rewriter is not None else 0.0
        outcome: Outcome | tuple[str, str]
        started = time.perf_counter()
        try:
            outcome = run(
                read_document(str(document)),
                workspace=FileWorkspace(str(folder), None),
                parse=partial(parse, format=None),
                rewriter=self.rewriter,
                options=options,
            )
        except FastApplyError as error:
            outcome = error.reason, str(error)
        except Exception as error:  # a defect of ours must not end an evaluation of hours
            outcome = CRASH, f"{type(error).__name__}: {error}"
        seconds = time.perf_counter() - started
        if self.rewriter is not None:
            seconds -= self.rewriter.loading - loading
        return seconds, outcome

    def _cold(self, case: Case) -> float:
        """The seconds a process takes from its start to its end."""
        with tempfile.TemporaryDirectory(dir=_scratch()) as name:
            _lay_out(case.files, Path(name))
            edit = ["--edit", str(case.document.resolve()), "--no-stage", "--quiet"]
            files = [f"./{case.target}"] if case.target else []
            command = [sys.executable, "-m", "fastapply", *files, *edit, *self.contestant.options]
            started = time.perf_counter()
            subprocess.run(
                command,
                cwd=name,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LONGEST,
                check=False,
            )
            return time.perf_counter() - started


@functools.cache
def _scratch() -> str | None:
    """Where temporary folders go: to memory where there is a place for that, since disks vary."""
    return _MEMORY if os.path.isdir(_MEMORY) and os.access(_MEMORY, os.W_OK) else None


def _lay_out(files: Mapping[str, bytes], folder: Path) -> None:
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def _files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _how(outcome: Outcome | tuple[str, str]) -> tuple[str, Mapping[str, object]]:
    """The method that made the result, and what it measured."""
    if not isinstance(outcome, Outcome):
        return "", {"error": outcome[1]}
    rewritten = [file for file in outcome.files if file.method != "merge"]
    if rewritten:
        return rewritten[0].method, dict(rewritten[0].stats)
    return "merge", _NOTHING
