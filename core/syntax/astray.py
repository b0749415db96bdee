"""Lines of Python's that stand deeper than their block: tree-sitter's grammar takes them, too.

It asks for an indent only where a block begins, and takes one elsewhere for space between tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fastapply.core.edits import Span
from fastapply.core.lines.shift import indent_of

if TYPE_CHECKING:
    from tree_sitter import Node

_BLOCKS = frozenset({"module", "block"})
# What goes on in the next line, however that is indented.
_GOES_ON = (":", "(", "[", "{", ",", "\\")


def with_block(lines: Sequence[str], changed: Span) -> Span:
    """The lines `changed` and the block that goes on behind them."""
    below = (row for row in range(changed.stop, len(lines)) if _says(lines[row]))
    first = next(below, len(lines) - 1)
    depth = len(indent_of(lines[first])) if lines else 0
    last = next((row for row in below if len(indent_of(lines[row])) < depth), len(lines) - 1)
    return Span(changed.start, last + 1 if depth else first + 1)


def astray_rows(root: Node, lines: Sequence[str], rows: Span) -> Iterator[int]:
    """The lines among `rows` that begin a statement at another depth than their block does."""
    before = ""
    for row in range(rows.start, rows.stop):
        line = lines[row]
        if not _says(line):
            continue
        turns = indent_of(line) != indent_of(before)
        if turns and not before.rstrip().endswith(_GOES_ON) and _is_astray(root, row, lines):
            yield row
        before = line


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _is_astray(root: Node, row: int, lines: Sequence[str]) -> bool:
    column = len(indent_of(lines[row]).encode())
    node = root.named_descendant_for_point_range((row, column), (row, column + 1))
    while node is not None and node.parent is not None and node.parent.type not in _BLOCKS:
        node = node.parent
    if node is None or node.parent is None or node.start_point != (row, column):
        return False
    if node.parent.type == "module":
        return column > 0
    first = next(each for each in node.parent.named_children if each.type != "comment")
    return first.start_point.column != column and first.start_point.row != row
