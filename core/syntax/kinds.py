"""Definitions, their kinds, and all of them in an outline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fastapply.core.edits import Span

# Kinds that stand on their own, unlike keys, fields and variables, which come in runs.
SOLID = frozenset(
    [
        "class",
        "constructor",
        "enum",
        "function",
        "impl",
        "interface",
        "macro",
        "method",
        "module",
        "namespace",
        "rule",
        "section",
        "struct",
        "table",
        "test",
        "trait",
        "type",
        "union",
    ]
)
# Kinds whose lines run one after the other.
FUNCTIONS = frozenset({"constructor", "function", "method", "test"})
# Languages of data: what stands on its own there are the keys at the top.
JSON = frozenset({"json", "jsonc"})
DATA = JSON | {"toml", "yaml"}
CONTAINERS = frozenset(
    [
        "class",
        "enum",
        "impl",
        "interface",
        "module",
        "namespace",
        "section",
        "struct",
        "table",
        "trait",
        "type",
    ]
)


class Definition(NamedTuple):
    """Something with a name: a function, class, key, rule, section ...

    `span` are all its lines with the comments, decorators and attributes attached above it;
    `header` the lines of its signature, up to where the body opens. `children` are the definitions
    inside. Methods of Go are named ``Type.method``.
    """

    name: str
    kind: str
    span: Span
    header: Span
    children: tuple[Definition, ...] = ()


def every(definitions: Iterable[Definition]) -> Iterator[Definition]:
    """All definitions, parents before their children."""
    for definition in definitions:
        yield definition
        yield from every(definition.children)
