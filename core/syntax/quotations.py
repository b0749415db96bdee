"""Which lines of a file lie inside a string or a comment that began above them.

Syntax tells for languages with a grammar; for a few others two patterns do, since their programs
document themselves at length.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from fastapply.core.lines.signs import FENCE
from fastapply.core.regex import regex
from fastapply.core.syntax.trees import tree_of

if TYPE_CHECKING:
    from tree_sitter import Node

_QUOTES = ("string", "comment", "heredoc", "template", "text_block", "raw_text")
_POD = regex(r"=[a-z]"), regex(r"=cut\b")
_BLOCKS = {
    "pl": _POD,
    "pm": _POD,
    "t": _POD,
    "cmake": (regex(r".*\[=*\["), regex(r".*\]=*\]")),
}
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


def in_blocks(lines: Sequence[str], suffix: str) -> frozenset[int]:
    """The lines inside documentation, in files of a suffix without a grammar."""
    if suffix not in _BLOCKS:
        return frozenset()
    opening, closing = _BLOCKS[suffix]
    inside: set[int] = set()
    is_open = False
    for number, line in enumerate(lines):
        if is_open:
            inside.add(number)
            is_open = closing.match(line) is None
        else:
            is_open = opening.match(line) is not None and closing.match(line) is None
    return frozenset(inside)


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
