"""Lines of a fragment that are a changed version of a line of the file.

Only where it decides something: at the ends of a section, where new lines either replace what
stands there or come beside it, and for sections that share no line with the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fastapply.core.alignment import Chain, Terrain
from fastapply.core.blocks import Block, FileIndex, pair, say
from fastapply.core.plain import plain

CLEAR = 0.6
CLEAR_ALONE = 0.8
ELSEWHERE = 0.5
SAME_SUBJECT = 0.2
SAME_OPENING = 0.15
JOINED = 0.8
REACH = 8
_SUBJECT = re.compile(
    r"""(?: (?:export|public|private|protected|static|async|default|final|override|pub|const|let
          |var|def|class|function|func|fn|type|interface|struct|enum|local)\s+ )*
        (?: \#\s*(?:define|include)\s+ | <\s*/? | \*+ | ["'@.\#\[-]\s* )*
        ([A-Za-z_$][\w$.-]*)""",
    re.VERBOSE,
)
_SOURCE = re.compile(
    r"""^\s*(?:import\b.*|export\b.*|from\b.*|.*\brequire\s*\()\s*["']([^"']+)["']"""
)
_KEYWORDS = frozenset(
    [
        "await",
        "break",
        "case",
        "catch",
        "continue",
        "do",
        "elif",
        "else",
        "end",
        "except",
        "finally",
        "for",
        "if",
        "in",
        "is",
        "match",
        "new",
        "not",
        "of",
        "raise",
        "return",
        "self",
        "super",
        "switch",
        "this",
        "throw",
        "try",
        "until",
        "when",
        "while",
        "with",
        "yield",
    ]
)
_FROM = re.compile(r"^\s*from\s+([\w.]+)\s+import\b")


def subject(line: str) -> str:
    """What a line is about: the name it binds, calls or opens, or where it imports from."""
    source = _SOURCE.match(line) or _FROM.match(line)
    if source:
        return f"import {source.group(1)}"
    name = _SUBJECT.match(line.strip())
    return name.group(1) if name and name.group(1) not in _KEYWORDS else ""


def like_blocks(
    fragment: Sequence[str], file: FileIndex, chain: Chain, terrain: Terrain
) -> list[Block]:
    """One-line blocks that pair each new line at a seam with the lines of the file most like it."""
    blocks: list[Block] = []
    for lines, places in _seams(chain, terrain, len(file.lines)):
        clear = CLEAR if _touches(places, chain, len(file.lines)) else CLEAR_ALONE
        for number in lines:
            blocks += _pairs(number, fragment, file, _Reach(places, clear))
    return blocks


@dataclass(frozen=True, slots=True)
class _Reach:
    """File lines that a new line may stand for, and how alike they must be."""

    places: range
    clear: float


def _touches(places: range, chain: Chain, size: int) -> bool:
    """Whether the file lines border on a block, so that the new lines have a place already."""
    borders = {block.place for block in chain.blocks} | {block.end for block in chain.blocks}
    return places.start in borders or places.stop in borders


def _pairs(number: int, fragment: Sequence[str], file: FileIndex, reach: _Reach) -> Iterator[Block]:
    from rapidfuzz import fuzz

    line = fragment[number]
    key = plain(line)
    if say(key) < 0.3:
        return
    about = subject(line)
    worth = say(key) * (ELSEWHERE if key in file.places else 1.0)
    for place in reach.places:
        other = file.keys[place]
        if not other or other == key:
            continue
        ratio = fuzz.ratio(key, other, score_cutoff=40) / 100
        if _continues(key, other) or _continues(other, key):
            ratio = max(ratio, JOINED)
        if ratio and about and subject(file.lines[place]) == about:
            ratio += SAME_SUBJECT
        if ratio and _opens_alike(key, other):
            ratio += SAME_OPENING
        if ratio >= reach.clear:
            yield pair(number, place, (ratio - 0.4) * worth, fragment, file.lines)


def _opens_alike(key: str, other: str) -> bool:
    """Whether both lines open a block of the same kind."""
    same = key[-1:] == other[-1:] and key[-1:] in "{([:"
    return same and key.split(" ", 1)[0] == other.split(" ", 1)[0]


def _continues(long: str, short: str) -> bool:
    """Whether a statement on one line is, on the other side, spread over several."""
    if say(short) < 0.3 or len(short) >= len(long):
        return False
    return long.startswith(short) or long.endswith(short)


def _seams(chain: Chain, terrain: Terrain, size: int) -> Iterator[tuple[range, range]]:
    """Fragment lines without a block, and the file lines they may stand for.

    Runs between two blocks without a gap are left out: there the fragment rules anyhow.
    """
    end = len(terrain.fragment)
    bounds = [*((block.start, block.stop, block.place, block.end) for block in chain.blocks)]
    previous_stop, previous_end = 0, 0
    for start, stop, place, after in [*bounds, (end, end, size, size)]:
        at_start, at_end = previous_stop == 0 and not previous_end, start == end
        gaps = [g for g in terrain.gaps if previous_stop <= g <= start]
        if start > previous_stop and (gaps or at_start or at_end or not bounds):
            first = previous_stop if at_start and not gaps else None
            last = start if at_end and not gaps else None
            yield from _windows((previous_stop, start), (previous_end, place), gaps, (first, last))
        previous_stop, previous_end = stop, after


def _windows(
    lines: tuple[int, int],
    places: tuple[int, int],
    gaps: Sequence[int],
    open_ends: tuple[int | None, int | None],
) -> Iterator[tuple[range, range]]:
    start, stop = lines
    first, last = places
    tail_stop = gaps[0] if gaps else start
    lead_start = gaps[-1] if gaps else stop
    if open_ends == (None, None) and not gaps:
        return
    if not gaps:
        both = None not in open_ends
        if both or open_ends[0] is not None:
            low = first if both else max(first, last - (stop - start) - REACH)
            yield range(start, stop), range(low, last)
        else:
            yield range(start, stop), range(first, min(last, first + (stop - start) + REACH))
        return
    if tail_stop > start:
        reach = min(last, first + (tail_stop - start) + REACH)
        yield range(start, tail_stop), range(first, reach)
    if lead_start < stop:
        reach = max(first, last - (stop - lead_start) - REACH)
        yield range(lead_start, stop), range(reach, last)
    for gap, following in pairwise(gaps):
        if following > gap:
            yield range(gap, following), range(first, last)
