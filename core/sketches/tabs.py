"""Fragments that show the tabs of a file as spaces."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from math import gcd

from fastapply.core.edits import Sketch
from fastapply.core.lines.plain import plain
from fastapply.core.lines.shift import Shift, indent_of
from fastapply.core.sketches.blocks import FileIndex

_MOSTLY = 0.9
_USUAL = 4


def with_tabs(sketch: Sketch, file: FileIndex) -> Sketch:
    """`sketch` with tabs for spaces, where it has only these and the file's lines only those.

    How many are a tab, lines tell that both have at two depths; else what divides all indents.
    """
    indents = [indent_of(line) for line in sketch.lines if line.strip()]
    if not any(indents) or any("\t" in indent for indent in indents) or not _has_tabs(file):
        return sketch
    shift = Shift(" " * _width(sketch, file, indents), "\t")
    return replace(sketch, lines=tuple(map(shift.apply, sketch.lines)))


def _has_tabs(file: FileIndex) -> bool:
    """Whether nearly all lines that are indented begin with a tab."""
    indented = [line for line in file.lines if line[:1] in (" ", "\t") and line.strip()]
    tabs = sum(line[0] == "\t" for line in indented)
    return tabs > 0 and tabs >= _MOSTLY * len(indented)


def _width(sketch: Sketch, file: FileIndex, indents: list[str]) -> int:
    """How many spaces a tab is."""
    depths: list[tuple[int, int]] = []
    for line in sketch.lines:
        places = file.places.get(plain(line), ()) if line.strip() else ()
        if len(places) == 1:
            depths.append((len(indent_of(line)), indent_of(file.lines[places[0]]).count("\t")))
    votes: Counter[int] = Counter()
    for (spaces, tabs), (others, more) in pairwise(depths):
        if tabs != more and (spaces - others) % (tabs - more) == 0:
            votes[(spaces - others) // (tabs - more)] += 1
    told = [width for width, _ in votes.most_common() if width > 1]
    common = reduce(gcd, map(len, indents), 0)
    return told[0] if told else common if common in (2, 3, 4, 8) else _USUAL
