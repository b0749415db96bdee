"""Headers of Python's without a body: tree-sitter's grammar takes them, Python does not.

``def f():`` above the next ``def`` is what a model leaves that forgets a body, or writes a header
twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fastapply.core.edits import Span

if TYPE_CHECKING:
    from tree_sitter import Node


def hollow_rows(root: Node, lines: Sequence[str]) -> Iterator[int]:
    """The lines of all headers in `lines`, parsed as `root`, that have no body."""
    for row in _bare_headers(lines):
        yield from _hollow(root, range(row, row + 1))


def hollow_near(root: Node, lines: Sequence[str], changed: Span) -> Iterator[int]:
    """The lines of the headers in and around `changed` that have no body."""
    first = changed.start - 1
    while first > 0 and (not lines[first].strip() or lines[first].lstrip().startswith("#")):
        first -= 1
    yield from _hollow(root, range(max(first, 0), changed.stop + 1))


def _hollow(root: Node, rows: range) -> Iterator[int]:
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if node.type == "block" and not node.named_child_count:
            yield node.start_point.row
        open_nodes += [
            child
            for child in reversed(node.named_children)
            if child.start_point.row < rows.stop and child.end_point.row >= rows.start
        ]


def _bare_headers(lines: Sequence[str]) -> Iterator[int]:
    """The lines that end like a header and have nothing indented under them."""
    header: tuple[int, int] | None = None
    for row, line in enumerate((*lines, "end")):
        text = line.lstrip()
        if not text or text.startswith("#"):
            continue
        indent = len(line) - len(text)
        if header is not None and indent <= header[1]:
            yield header[0]
        ends = text.rstrip().endswith(":") or text.split("#")[0].rstrip().endswith(":")
        header = (row, indent) if ends else None
