"""Code without fences: the indented blocks of Markdown, in a document of prose.

    It should be this:

        def total(items):
            return sum(items)

A block stands between blank lines, four spaces or a tab deeper than the prose. Only where no line
of the document is anything but prose or such a block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fastapply.core.edits import FileEdit, Sketch, Span
from fastapply.core.regex import regex
from fastapply.formats.paths import path_in_comment
from fastapply.formats.sketch import NAME, reads_as_prose

_MARGINS = ("    ", "\t")
_CODE = regex(r"^(?!\s*\$ ).*(?:[{}();=]|:$)")
_WORDS = 4
"""How many words a line of prose has that ends in the middle of a sentence."""


class _Block(NamedTuple):
    lines: tuple[str, ...]
    at: Span
    prose: str


def indented_blocks(lines: Sequence[str]) -> list[FileEdit]:
    """The edits that the indented blocks of a document without fences are; none where it has none.

    Not where a line beside them may be code: then the document is code as a whole, or nothing.
    """
    plain = [line for line in lines if line.strip() and not line.startswith(_MARGINS)]
    if not plain or not all(map(_is_prose, plain)):
        return []
    blocks = [block for block in _blocks(lines) if any(map(_CODE.match, block.lines))]
    return [
        FileEdit(
            path_in_comment(block.lines[0]),
            (Sketch(block.lines, block.at, prose=block.prose),),
            NAME,
            block.at,
        )
        for block in blocks
    ]


def _is_prose(line: str) -> bool:
    return reads_as_prose(line) or len([w for w in line.split() if w.isalpha()]) >= _WORDS


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    """Runs of lines with a margin, without it, each with the prose since the one before."""
    start = said = 0
    while start < len(lines):
        is_open = start == 0 or not lines[start - 1].strip()
        margin = next((m for m in _MARGINS if lines[start].startswith(m)), "")
        if not (margin and is_open and lines[start].strip()):
            start += 1
            continue
        stop = start
        while stop < len(lines) and (not lines[stop].strip() or lines[stop].startswith(margin)):
            stop += 1
        end = stop
        while not lines[end - 1].strip():
            end -= 1
        text = tuple(line.removeprefix(margin) if line.strip() else "" for line in lines[start:end])
        yield _Block(text, Span(start, end), "\n".join(lines[said:start]).strip())
        start = said = stop
