"""Styled lines on stderr, in colour where somebody looks: the only user of rich.

Without a terminal, or with ``NO_COLOR``, lines are plain, and rich is not even imported.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from fastapply.cli.report import Line

_WIDE = 120  # columns of a terminal that has room for all there is to say
_THEME = {
    "path": "bold",
    "good": "green",
    "bad": "bold red",
    "strong": "bold",
    "note": "yellow",
    "number": "dim",
    "context": "dim",
    "gone": "red",
    "new": "green",
    "mark": "bold red",
    "": "",
}


def show(lines: Iterable[Line]) -> None:
    """Print `lines` to stderr; where it takes none, what was done is done all the same."""
    with contextlib.suppress(OSError):
        _show(lines)


def _show(lines: Iterable[Line]) -> None:
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        _show_in_colour(lines)
        return
    for line in lines:
        text = "".join(text for text, _ in line)
        sys.stderr.write(printable(text, sys.stderr) + "\n")


def _show_in_colour(lines: Iterable[Line]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for line in lines:
        console.print(
            Text.assemble(*((printable(text, sys.stderr), _THEME[style]) for text, style in line))
        )


def printable(text: str, stream: TextIO) -> str:
    """`text` without what a terminal would obey, and in what `stream` can encode."""
    safe = "".join(char if char.isprintable() or char == "\t" else "\ufffd" for char in text)
    encoding = stream.encoding or "utf-8"
    return safe.encode(encoding, "replace").decode(encoding)


class Bar:
    """A progress bar on stderr, gone when closed; nothing where nobody looks."""

    def __init__(self, title: str) -> None:
        """Show an empty bar."""
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            ProgressColumn,
            TaskProgressColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        console = Console(stderr=True)
        wide = console.width >= _WIDE
        columns: list[ProgressColumn] = [
            TextColumn("{task.description}"),
            BarColumn(40 if wide else 10),
            TaskProgressColumn(),
            *([TimeRemainingColumn()] if wide else []),
            TextColumn("{task.fields[said]}"),
        ]
        self._progress = Progress(
            *columns,
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(printable(title, sys.stderr), total=None, said="")
        self._progress.start()

    def show(self, done: int, expected: int, said: str = "", *, title: str | None = None) -> None:
        """Say how much of about `expected` is done, and what else there is to say."""
        total = max(expected, done)
        new = None if title is None else printable(title, sys.stderr)
        self._progress.update(self._task, completed=done, total=total, description=new, said=said)

    def begin(self, title: str) -> None:
        """Say what is done now, with nothing to count."""
        new = printable(title, sys.stderr)
        self._progress.reset(self._task, total=None, description=new, said="")

    def close(self) -> None:
        """Take the bar away."""
        self._progress.stop()
