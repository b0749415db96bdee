"""``eval --bpb``: how many bits a byte of the right answers takes, model by model."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, TextIO

from fastapply.cli.console import console, print_table, table
from fastapply.cli.evaluation.jobs import Job, as_text, read_jobs, task_of
from fastapply.cli.exit_codes import STOPPED, ExitCode
from fastapply.cli.render import Bar
from fastapply.core.errors import (
    FastApplyError,
    ModelError,
    OptionsError,
    UnwritableError,
    WorkspaceError,
)
from fastapply.models.weights import Store

if TYPE_CHECKING:
    from fastapply.models.bits import Bits


@dataclass(slots=True)
class _Found:
    """What one model takes for each final; `failed` says why others could not be scored."""

    bits: dict[str, Bits] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def score_finals(folders: Sequence[Path], models: Sequence[str], out: Path | None) -> int:
    """Score the finals of all edits of single files, show it, and say how the process ends."""
    jobs, faults = read_jobs(folders)
    for fault in faults:
        sys.stderr.write(f"left out: {fault.folder}: {fault.why}\n")
    if not jobs:
        places = ", ".join(map(str, folders))
        raise WorkspaceError(f"there are no edits of single files in {places}", places)
    names: Sequence[str | None] = list(dict.fromkeys(models)) or [None]
    found: dict[str, _Found] = {}
    missing: dict[str, str] = {}
    stopped = False
    with _Lines(out) as lines:
        bar = Bar("scoring")
        try:
            for number, name in enumerate(names):
                own = found.setdefault(name or "default", _Found())
                try:
                    for done, (job, bits) in enumerate(_scored(name, jobs, own), 1):
                        lines.add(name, job, bits)
                        bar.show(number * len(jobs) + done, len(names) * len(jobs))
                except FastApplyError as error:
                    missing[name or "default"] = str(error)
        except KeyboardInterrupt:
            stopped = True
        finally:
            bar.close()
    _show(found, missing, len(jobs))
    if stopped:
        sys.stderr.write("stopped: what is above is done\n")
        return STOPPED
    return ExitCode.MODEL if missing or not any(one.bits for one in found.values()) else ExitCode.OK


def _scored(name: str | None, jobs: Sequence[Job], found: _Found) -> Iterator[tuple[Job, Bits]]:
    """What each final takes with the model called `name`; raise `ModelError` where it is none."""
    if name is not None and "://" in name:
        raise ModelError("bits per byte need the model itself: a GGUF file, not a server")
    store = Store.of_the_user()
    known = store.find(name)
    path = store.ready(known)
    try:
        from fastapply.models.bits import bits_of
        from fastapply.models.llama.model import open_model
        from fastapply.models.llama.writer import family_at
        from fastapply.models.region import whole_region
    except ImportError as error:
        raise ModelError("scoring needs: pip install 'fastapply[llama]'") from error
    with open_model(path) as model:
        family = family_at(path, model, known.family)
        for job in jobs:
            task = task_of(job, whole_region(job.original.lines, job.edit, None))
            try:
                bits = bits_of(model, family, task, as_text(job.final.lines))
            except ModelError as error:
                found.failed[job.name] = str(error)
                continue
            found.bits[job.name] = bits
            yield job, bits


class _Lines:
    """JSON lines that grow as finals are scored; nowhere for a `path` of None."""

    def __init__(self, path: Path | None) -> None:
        """Open it; raise `OptionsError` where it is there already."""
        self._path = path
        self._file: TextIO | None = None
        self._stack = ExitStack()
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._stack.enter_context(path.open("x", encoding="ascii"))
        except FileExistsError as error:
            raise OptionsError(f"{path} is there: name another --out") from error
        except OSError as error:
            raise UnwritableError(f"cannot write {path}: {error.strerror}", str(path)) from error

    def __enter__(self) -> _Lines:
        """It is open already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._stack.close()

    def add(self, model: str | None, job: Job, bits: Bits) -> None:
        """Append a line."""
        if self._file is None:
            return
        line = {
            "case": job.name,
            "model": model,
            "bytes": bits.size,
            "tokens": bits.tokens,
            "nats": bits.nats,
            "bits_per_byte": bits.per_byte,
        }
        try:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
        except OSError as error:
            message = f"cannot write {self._path}: {error.strerror}"
            raise UnwritableError(message, str(self._path)) from error


def _show(found: dict[str, _Found], missing: dict[str, str], jobs: int) -> None:
    """Print a row a model, and what could not be scored."""
    from fastapply.models.bits import together

    place = console()
    numbers = ("finals", "bytes", "tokens", "bits/byte", "median", "bits/token")
    drawn = table(place, ("model",), numbers)
    for name, own in found.items():
        if own.bits:
            total = together(own.bits.values())
            middle = median(one.per_byte for one in own.bits.values())
            a_token = total.per_byte * total.size / total.tokens if total.tokens else 0.0
            counts = (len(own.bits), total.size, total.tokens)
            shares = (f"{total.per_byte:.4f}", f"{middle:.4f}", f"{a_token:.3f}")
            drawn.add_row(name, *(f"{one:,}" for one in counts), *shares)
    print_table(place, drawn)
    sys.stdout.flush()
    for name, own in found.items():
        for case, why in own.failed.items():
            sys.stderr.write(f"not scored: {case}, {name}: {why}\n")
        if own.failed:
            sys.stderr.write(f"{name}: {len(own.failed)} of {jobs} finals were not scored\n")
    for name, why in missing.items():
        sys.stderr.write(f"not scored: {name}: {why}\n")
