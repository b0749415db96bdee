"""Which lines of a file lie inside a string or a comment that began above them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from fastapply.core.signs import FENCE
from fastapply.core.syntax import tree_of

if TYPE_CHECKING:
    from tree_sitter import Node

_QUOTES = ("string", "comment", "heredoc", "template", "text_block", "raw_text")
_CODE_INSIDE = frozenset({"script_element", "style_element"})


def quoted(lines: Sequence[str], language: str, numbers: Iterable[int]) -> frozenset[int]:
    """Those of the lines `numbers` that begin inside a string or comment of several lines.

    None where the language is not known. A string that begins at a fence is none: in JavaScript
    and Go backticks open one.
    """
    root = tree_of(lines, language)
    if root is None:
        return frozenset()
    return frozenset(number for number in numbers if _is_inside(root, lines, number))


def _is_inside(root: Node, lines: Sequence[str], number: int) -> bool:
    node: Node | None = root.descendant_for_point_range((number, 0), (number, 0))
    while node is not None:
        if node.type in _CODE_INSIDE:
            return False
        start, end = node.start_point.row, node.end_point.row
        is_quote = any(word in node.type for word in _QUOTES)
        if is_quote and start < number <= end and not FENCE.match(lines[start]):
            return True
        node = node.parent
    return False
