"""Tables for people and for keeping: drawn on a terminal, Markdown anywhere else."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console
from rich.table import Table

_WIDTH = 200  # of what no terminal wraps


def console(*, to_stdout: bool = True) -> Console:
    """Where tables are printed."""
    stream = sys.stdout if to_stdout else sys.stderr
    width = None if stream.isatty() else _WIDTH
    return Console(file=stream, width=width, highlight=False)


def table(place: Console, first: str, *others: str) -> Table:
    """An empty table for `place`: a column of names, and columns of numbers."""
    drawn = Table(box=box.SIMPLE_HEAD if place.is_terminal else box.MARKDOWN)
    drawn.add_column(first)
    for heading in others:
        drawn.add_column(heading, justify="right")
    return drawn
