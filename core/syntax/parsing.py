"""Parsing with tree-sitter, within bounds.

Its parsers recover from anything, but some grammars follow so many ways at once through text that
is no code that half a page takes minutes. So their steps are counted.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from fastapply.core.syntax.languages import GRAMMARS

if TYPE_CHECKING:
    from tree_sitter import Parser, Tree

# A hundred steps are one here. Of 43,000 texts, most of them broken, none took a quarter of this.
_ALWAYS = 400
_BYTES_A_STEP = 10
# What is read of a text at once: the text of every node is read so, too.
_CHUNK = 4096
# The scanner for YAML has room for some 250 levels, and writes on behind it.
_DEEP_YAML = rb"(?m)^[ ?:-]{240}"


@functools.lru_cache(maxsize=8)
def parsed(data: bytes, language: str) -> Tree | None:
    """The tree of a text; None where it is too tangled to be parsed."""
    return parsed_again(data, language, None)


def parsed_again(data: bytes, language: str, before: Tree | None) -> Tree | None:
    """The tree of a text of which `before` is an earlier version's; None as in `parsed`."""
    if language == "yaml" and re.search(_DEEP_YAML, data):
        return None
    left = _ALWAYS + len(data) // _BYTES_A_STEP

    def is_enough(*_: object) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    def read(place: int, _: object) -> bytes:
        return data[place : place + _CHUNK]

    parser = _parser(language)
    try:
        if before is None:
            return parser.parse(read, progress_callback=is_enough)
        return parser.parse(read, before, progress_callback=is_enough)
    except ValueError:
        parser.reset()
        return None


@functools.cache
def _parser(language: str) -> Parser:
    import importlib

    from tree_sitter import Language, Parser

    grammar = GRAMMARS[language]
    loader = getattr(importlib.import_module(grammar.module), grammar.loader)
    return Parser(Language(loader()))
