"""What tree-sitter knows about a text: its definitions, and where it is not well formed.

Grammars come from the languages' own wheels and are loaded when first needed. Fragments are
welcome: a method without its class, an indented function. Parsing never fails; what does not
parse shows as `Fault`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from fastapply.core.edits import Span
from fastapply.core.syntax.astray import astray_rows, with_block
from fastapply.core.syntax.hollow import hollow_near, hollow_rows
from fastapply.core.syntax.kinds import Definition
from fastapply.core.syntax.languages import (
    BY_FILE_NAME,
    BY_INTERPRETER,
    BY_SUFFIX,
    GRAMMARS,
    WRAPPER,
    Grammar,
)
from fastapply.core.syntax.outside import outside_rows
from fastapply.core.syntax.parsing import parsed, parsed_again
from fastapply.core.syntax.stray import stray_rows

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

BRACES = "braces"
"""Stands for the language of a text that no grammar parses: what its braces hold is known."""
_CALLABLE = frozenset({"function", "method", "test"})
_LOCAL_INSIDE = frozenset({"variable", "key", "import", "type"})
_MAY_HOLD_A_FUNCTION = frozenset(
    {"lexical_declaration", "variable_declaration", "assignment_statement"}
)
_NOT_OF_THE_HEADER = frozenset(
    {
        "annotation",
        "marker_annotation",
        "attribute",
        "attribute_list",
        "attribute_item",
        "decorator",
        "line_comment",
        "block_comment",
        "comment",
    }
)
# What a line with a comment may begin with where the comment belongs to nothing below it.
_AFTER_CODE = ("}", ")", "]", "_", "$", "\\", "#!")
_LARGEST_WRAPPED = 2000


class Fault(NamedTuple):
    """A place that does not parse: lines, and whether something is missing rather than odd."""

    span: Span
    is_missing: bool


def language_of(path: str, first_line: str = "") -> str | None:
    """The language of a file, by its name or by its ``#!`` line; None if it is not known."""
    name = PurePosixPath(path.replace("\\", "/")).name.lower()
    if name in BY_FILE_NAME:
        return BY_FILE_NAME[name]
    stem, _, suffix = name.rpartition(".")
    if stem and suffix in BY_SUFFIX:
        return BY_SUFFIX[suffix]
    if not first_line.startswith("#!"):
        return None
    words = first_line[2:].replace("/usr/bin/env", "").split()
    words = [word for word in words if not word.startswith("-")]
    interpreter = words[0].rpartition("/")[2].rstrip("0123456789.") if words else ""
    return BY_INTERPRETER.get(interpreter)


def outline(lines: Sequence[str], language: str) -> tuple[Definition, ...]:
    """The definitions of a text or fragment, outermost first; none for an unknown language."""
    if language == BRACES:
        from fastapply.core.syntax.bracing import outline_of_braces

        return outline_of_braces(lines)
    grammar = GRAMMARS.get(language)
    if grammar is None:
        return ()
    tree = _best_tree(tuple(lines), language)
    if tree is None:
        return ()
    found, attached = _definitions(tree.root_node, grammar)
    builder = _Outline(lines, attached)
    return builder.build(found)


def faults(lines: Sequence[str], language: str) -> tuple[Fault, ...]:
    """Where a whole file does not parse; nothing for a language that is not known exactly."""
    grammar = GRAMMARS.get(language)
    if grammar is None or not grammar.exact:
        return ()
    root = tree_of(lines, language)
    if root is None:
        return (Fault(Span(0, len(lines)), is_missing=False),)
    hollow: Iterator[int] = iter(())
    odd: Iterator[int] = iter(())
    if language == "python":
        every_row = Span(0, len(lines))
        hollow = hollow_rows(root, lines)
        odd = chain(astray_rows(root, lines, every_row), outside_rows(root, lines, every_row))
    elif language == "bash":
        odd = stray_rows(root, lines)
    found = {
        *_faults(root),
        *(Fault(Span(row, row + 1), is_missing=True) for row in hollow),
        *(Fault(Span(row, row + 1), is_missing=False) for row in odd),
    }
    return tuple(sorted(found))


def tree_of(lines: Sequence[str], language: str) -> Node | None:
    """The root of the tree of a whole file; None for an unknown language, or a tangled text."""
    if language not in GRAMMARS:
        return None
    tree = parsed(_bytes("\n".join((*lines, ""))), language)
    return None if tree is None else tree.root_node


def still_parses(
    old: Sequence[str], new: Sequence[str], was: Span, now: Span, language: str
) -> bool:
    """Whether `new`, like `old` from which it differs in lines `now` that were `was`, has no fault.

    Only what differs is parsed afresh. A text that does not parse may get another tree this way
    than on its own: `faults` tells what is wrong with it.
    """
    before = parsed(_bytes("\n".join((*old, ""))), language)
    if before is None or before.root_node.has_error:
        return False
    start = _size(new[: now.start])
    tree = before.copy()
    tree.edit(
        start,
        start + _size(old[was.start : was.stop]),
        start + _size(new[now.start : now.stop]),
        (now.start, 0),
        (was.stop, 0),
        (now.stop, 0),
    )
    after = parsed_again(_bytes("\n".join((*new, ""))), language, tree)
    if after is None or after.root_node.has_error:
        return False
    root = after.root_node
    found: Iterator[int] = iter(())
    if language == "python":
        block = with_block(new, now)
        astray, outside = astray_rows(root, new, block), outside_rows(root, new, block)
        found = chain(hollow_near(root, new, now), astray, outside)
    elif language == "bash":
        found = stray_rows(root, new)
    return next(found, None) is None


def same_tree(ours: Sequence[str], theirs: Sequence[str], language: str) -> bool:
    """Whether two whole texts parse without fault to the same tree with the same leaves."""
    if language not in GRAMMARS:
        return False
    one_root, other_root = tree_of(ours, language), tree_of(theirs, language)
    if one_root is None or other_root is None or one_root.has_error or other_root.has_error:
        return False
    pairs, same = [(one_root, other_root)], True
    while same and pairs:
        one, other = pairs.pop()
        same = one.type == other.type and one.child_count == other.child_count
        same = same and (one.child_count > 0 or one.text == other.text)
        pairs += zip(one.children, other.children, strict=False)
    return same


def _size(lines: Sequence[str]) -> int:
    """The bytes of whole lines."""
    return len(_bytes("\n".join((*lines, "")))) if lines else 0


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


@functools.lru_cache(maxsize=8)
def _best_tree(lines: tuple[str, ...], language: str) -> Tree | None:
    """The tree of the lines as they are, or inside a class, object ..., with the fewest faults.

    Rows are those of `lines` whatever is put around them. None where all that is too tangled.
    """
    grammar = GRAMMARS[language]
    text = "\n".join(dedented(lines))
    opening = "<?php " if language == "php" and "<?" not in text else ""
    best = parsed(_bytes(f"{opening}{text}\n"), language)
    if best is None or not best.root_node.has_error or len(lines) > _LARGEST_WRAPPED:
        return best
    fewest = _badness(best)
    for before, after in grammar.wraps:
        tree = parsed(_bytes(f"{opening}{before}{text}\n{after}\n"), language)
        if tree is not None and (badness := _badness(tree)) < fewest:
            best, fewest = tree, badness
    return best


def dedented(lines: Sequence[str]) -> Sequence[str]:
    """`lines` without the indentation all of them have."""
    shown = [line for line in lines if line.strip()]
    if not shown or not shown[0][0].isspace():
        return lines
    widths = [len(line) - len(line.lstrip()) for line in shown]
    return [line[min(widths) :] for line in lines]


def _badness(tree: Tree) -> tuple[int, int]:
    """How much does not parse: the faults, and the lines they cover."""
    found = list(_faults(tree.root_node))
    return len(found), sum(len(fault.span) for fault in found)


def _faults(root: Node) -> Iterator[Fault]:
    open_nodes = [root] if root.has_error else []
    while open_nodes:
        node = open_nodes.pop()
        if node.is_missing or node.is_error:
            yield Fault(Span(node.start_point.row, node.end_point.row + 1), node.is_missing)
        open_nodes += [child for child in reversed(node.children) if child.has_error]


class _Found(NamedTuple):
    """A node that defines something; `outer` is the node around it that belongs to it."""

    node: Node
    outer: Node
    kind: str
    name: str


def _definitions(root: Node, grammar: Grammar) -> tuple[list[_Found], dict[int, int]]:
    """The defining nodes in order, and attached things: their last row -> their first row.

    Only nodes of several lines are looked into, so the work is linear in the lines.
    """
    from fastapply.core.syntax.naming import describe

    found: list[_Found] = []
    attached: dict[int, int] = {}
    kinds, holders = grammar.kinds, grammar.holders
    stack: list[tuple[Node, Node | None, bool]] = [(root, None, False)]
    while stack:
        node, holder, inside = stack.pop()
        type_ = node.type
        kind = kinds.get(type_)
        if kind == "attached":
            attached[_last_row(node)] = node.start_point.row
            continue
        described = None
        if kind is not None and not _is_local(type_, kind, inside):
            described = describe(node, kind)
            if described is not None and not (inside and _says_nothing(node, described[0])):
                found.append(_Found(node, holder or node, *described))
        holds = type_ in holders
        last = node.end_point.row if described is None else _last_row(node)
        if not holds and node.start_point.row == last:
            continue
        children = node.named_children
        inside = inside or (described is not None and described[0] in ("function", "method"))
        if holds and described is None and _single(type_, children):
            outer: Node | None = holder or node
        else:
            outer = None
        stack += [(child, outer, inside) for child in reversed(children)]
    return found, attached


def _is_local(type_: str, kind: str, inside: bool) -> bool:
    return inside and kind in _LOCAL_INSIDE and type_ not in _MAY_HOLD_A_FUNCTION


def _says_nothing(node: Node, kind: str) -> bool:
    """Whether it is nothing to find a function's lines by: a name, or a call on one line."""
    is_call = kind == "test" and node.start_point.row == _last_row(node)
    return is_call or kind in _LOCAL_INSIDE


def _single(type_: str, children: Sequence[Node]) -> bool:
    """Whether a holder holds one definition, not several in brackets (Go's ``const (...)``)."""
    return len(children) == 1 or not type_.endswith("_declaration") or type_.startswith("templ")


def _last_row(node: Node) -> int:
    """The last row of which `node` has a character."""
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point.row else row


class _Outline:
    """Builds definitions out of nodes: rows become lines, the order of nodes becomes nesting."""

    def __init__(self, lines: Sequence[str], attached: dict[int, int]) -> None:
        self._lines = lines
        self._attached = attached

    def build(self, found: Sequence[_Found]) -> tuple[Definition, ...]:
        """The definitions, nested."""
        top: list[Definition] = []
        open_: list[tuple[_Found, list[Definition]]] = []
        for each in found:
            while open_ and open_[-1][0].node.end_byte <= each.node.start_byte:
                self._close(open_, top)
            open_.append((each, []))
        while open_:
            self._close(open_, top)
        return tuple(top)

    def _close(self, open_: list[tuple[_Found, list[Definition]]], top: list[Definition]) -> None:
        each, children = open_.pop()
        siblings = open_[-1][1] if open_ else top
        if each.name == WRAPPER:
            siblings += children
            return
        size = len(self._lines)
        start = each.outer.start_point.row
        if each.kind != "import":
            start = self._first_row(start)
        stop = min(_last_row(each.outer) + 1, size)
        while stop > start + 1 and not self._lines[stop - 1].strip():
            stop -= 1
        if start < stop:
            header = self._header(each.node, stop)
            siblings.append(
                Definition(each.name, each.kind, Span(start, stop), header, tuple(children))
            )

    def _first_row(self, row: int) -> int:
        """The first row of what is attached above `row`, with no blank line between."""
        while row - 1 in self._attached and self._is_alone(self._attached[row - 1]):
            row = self._attached[row - 1]
        return row

    def _is_alone(self, row: int) -> bool:
        """Whether a comment or attribute begins its line, rather than following code."""
        text = self._lines[row].lstrip()
        return not text[:1].isalnum() and not text.startswith(_AFTER_CODE)

    def _header(self, node: Node, stop: int) -> Span:
        start = _header_row(node)
        body = _body(node)
        if body is None:
            return Span(start, min(start + 1, stop)) if start < stop else Span(stop - 1, stop)
        row = body.start_point.row
        before = body.prev_sibling
        last = before.end_point.row if before is not None else start
        if not (body.text or b"").startswith((b"{", b"(", b"<")):
            row = last
        return Span(min(start, stop - 1), max(min(row + 1, stop), min(start, stop - 1) + 1))


def _header_row(node: Node) -> int:
    """The row on which the signature begins: after annotations, on the row of ``public``."""
    for child in node.children:
        if child.type in _NOT_OF_THE_HEADER:
            continue
        if child.type != "modifiers":
            return child.start_point.row
        for modifier in child.children:
            if modifier.type not in _NOT_OF_THE_HEADER:
                return modifier.start_point.row
    return node.start_point.row


def _body(node: Node) -> Node | None:
    """The node that holds what the definition contains."""
    at = node.child_by_field_name("body")
    if at is not None:
        return at
    last = node.named_children[-1] if node.named_children else None
    if last is not None and (last.type.endswith(("body", "block")) or last.type == "object"):
        return last
    return None
