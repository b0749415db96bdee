"""Kinds of definitions, and all definitions of an outline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fastapply.core.syntax import Definition

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
DATA = frozenset({"json", "toml", "yaml"})
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


def every(definitions: Iterable[Definition]) -> Iterator[Definition]:
    """All definitions, parents before their children."""
    for definition in definitions:
        yield definition
        yield from every(definition.children)
