"""The results file: JSON lines that grow as cases end, and that a later run goes on with."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from fastapply.cli.evaluation.records import Record, from_line
from fastapply.core.errors import OptionsError, UnreadableError, UnwritableError

_START = b'{"case": '


def read_results(path: Path) -> list[Record]:
    """The records of a results file; a last line that was cut off is left out.

    Raise `UnreadableError` where it cannot be read, or is something else.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise UnreadableError(f"cannot read {path}: {error.strerror}", str(path)) from error
    records = []
    for number, line in enumerate(lines[:-1], 1):
        if not line.strip():
            continue
        try:
            records.append(from_line(line.decode("utf-8")))
        except ValueError as error:
            raise UnreadableError(f"{path}, line {number}: {error}", str(path)) from error
    if not lines[-1].startswith(_START[: len(lines[-1])]):
        raise UnreadableError(f"{path} holds no results", str(path))
    return records


class ResultsFile:
    """Where records go: a file, or nowhere for a `path` of None. `done` are those it had."""

    def __init__(self, path: Path | None, *, resume: bool) -> None:
        """Open it; raise `OptionsError` where it is there and shall not be gone on with."""
        self.path = path
        self.done: list[Record] = []
        self._file: TextIO | None = None
        if path is None:
            return
        if path.exists():
            if not resume:
                raise OptionsError(f"{path} is there: go on with --resume, or name another --out")
            self.done = read_results(path)
        try:
            if self.done:
                _cut_torn_line(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a" if self.done else "w", encoding="ascii", newline="\n")
        except OSError as error:
            raise UnwritableError(f"cannot write {path}: {error.strerror}", str(path)) from error

    def __enter__(self) -> ResultsFile:
        """It is open already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        if self._file is not None:
            self._file.close()

    def add(self, record: Record) -> None:
        """Append `record`; it is with the operating system when this returns."""
        if self._file is None:
            return
        try:
            self._file.write(record.to_line())
            self._file.flush()
        except OSError as error:
            message = f"cannot write {self.path}: {error.strerror}"
            raise UnwritableError(message, str(self.path)) from error


def still_valid(
    records: Iterable[Record], digests: dict[str, str]
) -> dict[tuple[str, str], Record]:
    """The records of cases that are as they were, by contestant and case; the last of each."""
    return {record.key: record for record in records if digests.get(record.case) == record.digest}


def _cut_torn_line(path: Path) -> None:
    """Take away what a killed process left of a line."""
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.truncate(path, whole)
