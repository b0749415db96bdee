"""Tables for people and for keeping: drawn on a terminal, Markdown anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

_WIDTH = 200  # of what no terminal wraps


def console(*, to_stdout: bool = True) -> Console:
    """Where tables are printed."""
    stream = sys.stdout if to_stdout else sys.stderr
    width = None if stream.isatty() else _WIDTH
    return Console(file=stream, width=width, highlight=False)


def table(place: Console, names: Sequence[str], numbers: Sequence[str]) -> Table:
    """An empty table for `place`: columns of names, then columns of numbers, by their headings."""
    drawn = Table(box=box.SIMPLE_HEAD if place.is_terminal else box.MARKDOWN)
    for heading in names:
        drawn.add_column(heading)
    for heading in numbers:
        drawn.add_column(heading, justify="right")
    return drawn


def print_table(place: Console, drawn: Table) -> None:
    """Print a table; nothing where it has no rows.

    As Markdown it comes without the space that only drawings need.
    """
    if not drawn.row_count:
        return
    if place.is_terminal:
        place.print(drawn)
        return
    with place.capture() as capture:
        place.print(drawn)
    lines = [line.rstrip() for line in capture.get().split("\n")]
    place.file.write("\n".join(filter(None, lines)) + "\n\n")
