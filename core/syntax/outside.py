"""Statements of Python's outside of what they leave: tree-sitter's grammar takes them, too.

A ``return`` in the body of a class is what a block leaves that lost a level of indentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from fastapply.core.edits import Span
from fastapply.core.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

_WORD = regex(r"([ \t]*)(return|break|continue)\b")
_FUNCTION = frozenset({"function_definition"})
_LOOPS = frozenset({"for_statement", "while_statement"})
_LEFT_BY = MappingProxyType({"return": _FUNCTION, "break": _LOOPS, "continue": _LOOPS})
_SCOPES = frozenset({"function_definition", "class_definition"})


def outside_rows(root: Node, lines: Sequence[str], rows: Span) -> Iterator[int]:
    """The lines among `rows` that leave a function or a loop that they are not in."""
    for row in range(rows.start, rows.stop):
        found = _WORD.match(lines[row])
        if found is None:
            continue
        column, word = len(found[1]), found[2]
        node = root.descendant_for_point_range((row, column), (row, column + len(word)))
        if node is not None and node.type == word and not _is_in(node, _LEFT_BY[word]):
            yield row


def _is_in(node: Node, kinds: frozenset[str]) -> bool:
    """Whether one of `kinds` holds `node` in its own scope."""
    above = node.parent
    while above is not None and above.type not in kinds and above.type not in _SCOPES:
        above = above.parent
    return above is not None and above.type in kinds
