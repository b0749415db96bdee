"""Words of a shell's that end what was not begun: tree-sitter's grammar takes them for commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fastapply.core.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

_ENDS = regex(r"[ \t]*(?=(?:fi|done|esac|then|elif|else)(?:[\s;]|$))")


def stray_rows(root: Node, lines: Sequence[str]) -> Iterator[int]:
    """The lines that begin with such a word as a command."""
    for row, line in enumerate(lines):
        found = _ENDS.match(line)
        if found is None:
            continue
        column = len(found[0])
        node = root.named_descendant_for_point_range((row, column), (row, column + 1))
        if node is not None and node.type == "word" and node.start_point == (row, column):
            parent = node.parent
            if parent is not None and parent.type == "command_name":
                yield row
