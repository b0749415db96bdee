"""Lines of a fragment that are a changed version of a line of the file.

Only where it decides something: at the ends of a section, where new lines either replace what
stands there or come beside it, and for sections that share no line with the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
from typing import NamedTuple

from fastapply.core.lines.brackets import balance
from fastapply.core.lines.plain import plain
from fastapply.core.lines.shift import indent_of
from fastapply.core.regex import regex
from fastapply.core.sketches.alignment import Chain
from fastapply.core.sketches.blocks import Block, FileIndex, pair, say
from fastapply.core.sketches.terrain import Terrain

CLEAR = 0.6
CLEAR_ALONE = 0.8
ELSEWHERE = 0.5
SAME_SUBJECT = 0.2
OTHER_SUBJECT = 0.25
SAME_OPENING = 0.15
JOINED = 0.8
LONG = 12
"""From how many characters on a value is so much its own that another name is a new name."""
SLACK = 0.05
"""How much less alike the lines of a list may be than a new one is to one of them."""
REACH = 8
CLOSING = 0.3
CLOSERS_IN_A_ROW = 3
_BRACKETS = (")", "]", "}")
_SUBJECT = regex(
    r"""(?: (?:export|public|private|protected|internal|static|async|default|final|override|open
          |abstract|suspend|inline|lateinit|readonly|pub(?:\([^)]*\))?|const|let|mut|var|val|def
          |class|function|func|fun|fn|type|interface|trait|impl|struct|enum|object|module|local
          |import|use|using|require|require_relative|package)\s+ )*
        (?: \#\s*(?:define|include)\s+ | <\s*/? | \*+ | ["'@.\#\[-]\s* )*
        ([A-Za-z_$](?:[\w$.-]|::|\\)*)""",
    re.VERBOSE,
)
_SOURCE = regex(
    r"""^\s*(?:import\b.*|export\b.*|\}?\s*from\b.*|.*\brequire\s*\()\s*["']([^"']+)["']"""
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
_BINDS = regex(r"[\"'\])?!\w\[ ]*(?::(?!:)|[-+*/|&]?=(?![=>]))")
_NO_TYPES = _KEYWORDS | {"import", "using", "use", "package", "delete", "let", "const", "goto"}
_TYPED = regex(
    r"""\s*(?:(?:const|constexpr|static|final|private|public|protected|internal|readonly|volatile
           |unsigned|signed|extern|mutable|inline|auto)\s+)*
        (?P<type>[A-Za-z_]\w*)(?:(?:::|\.)\w+)*(?:<[^=;()]*>)?(?:\[\])*\??(?:\s*[&*]+\s*|\s+)
        (?P<name>[A-Za-z_]\w*)\s*(?:\[[^\]]*\])*\s*(?:=(?!=)|;\s*$)""",
    re.VERBOSE,
)
_DECLARED = regex(
    r"""\s*(?P<word>[A-Za-z_]\w*)\s+(?P<called>[A-Za-z_][\w.]*)\s*\(
        | \s*(?:[A-Z]{2,}\s+){2,}(?P<named>[\w.]+)""",
    re.VERBOSE,
)
_LABEL = regex(r"^\s*(?:case|when)\s+(.+?)\s*(?:(?<!:):(?!:)|=>|->|then\b|$)")
_BRANCH = regex(r"^[}\s]*(?:elif|elsif|elseif|else if|except|catch|rescue)\b")
_TEST = regex(r"^(?:if|unless)\b")
_QUOTED = regex(r"""(["'])[^"']*\1""")
_FROM = regex(r"^\s*from\s+([\w.]+)\s+import\b")


def subject(line: str) -> str:
    """What a line is about: the name it binds, calls or opens, its case, or what it imports.

    Before a name may stand what declares it, ``rpc Find(``, ``CREATE INDEX by_name``.
    """
    source = _SOURCE.match(line) or _FROM.match(line)
    if source:
        return f"import {source.group(1)}"
    label = _LABEL.match(line)
    if label:
        return f"case {label.group(1)}"
    typed = typed_name(line)
    if typed:
        return typed
    declared = _DECLARED.match(line)
    if declared and declared["word"] not in _NO_TYPES and declared["called"] not in _KEYWORDS:
        return declared["called"] or declared["named"]
    name = _SUBJECT.match(line.strip())
    return name.group(1) if name and name.group(1) not in _KEYWORDS else ""


def bind_others(line: str, other: str) -> bool:
    """Whether the lines give values to two names, and not the same to one that is renamed."""
    about, its = subject(line), subject(other)
    return bool(about and its) and about != its and _value_others(line, other)


def _value_others(line: str, other: str) -> bool:
    """The same of lines that are known to be about two names."""
    ours, theirs = _after_subject(line), _after_subject(other)
    if not (_BINDS.match(ours) and _BINDS.match(theirs)):
        return False
    return ours != theirs or len(ours) < LONG or not ours.startswith(("=", ":"))


def _after_subject(line: str) -> str:
    name = _SUBJECT.match(line.strip())
    return line.strip()[name.end() :].strip() if name else ""


def typed_name(line: str) -> str:
    """The name that a line declares after its type, as C and Java do; "" if it declares none."""
    typed = _TYPED.match(line)
    return typed["name"] if typed and typed["type"] not in _NO_TYPES else ""


def like_blocks(
    fragment: Sequence[str], file: FileIndex, chain: Chain, terrain: Terrain
) -> list[Block]:
    """One-line blocks that pair each new line at a seam with the lines of the file most like it."""
    blocks: list[Block] = []
    for seam in _seams(chain, terrain):
        begins = max((gap for gap in terrain.gaps if gap <= seam.lines.start), default=0)
        for number in seam.lines:
            is_lazy = number + 1 in terrain.gaps
            here = seam._replace(begins=begins, is_lazy=is_lazy)
            blocks += _pairs(number, fragment, file, here)
    return [*blocks, *_closings(fragment, file, chain, terrain)]


def _closings(
    fragment: Sequence[str], file: FileIndex, chain: Chain, terrain: Terrain
) -> Iterator[Block]:
    """Last lines of sections that close what the section opened, with where the file closes it.

    One line may close what several do: ``),`` instead of ``)`` and ``}``.
    """
    bounds = sorted({0, *terrain.gaps, len(fragment)})
    for start, stop in pairwise(bounds):
        inside = [block for block in chain.blocks if start <= block.start < stop]
        last = next((n for n in range(stop - 1, start, -1) if fragment[n].strip()), start)
        closes = balance(fragment[last]) < 0 and fragment[last].strip().startswith(_BRACKETS)
        if not inside or inside[-1].stop > last or not closes:
            continue
        first, before = inside[0], inside[-1]
        goal = terrain.opened[last + 1] - terrain.opened[first.start]
        reach = before.end + last - before.stop + CLOSERS_IN_A_ROW
        for place in range(before.end, min(reach, len(file.lines))):
            is_closed = terrain.open_there[place + 1] - terrain.open_there[first.place] == goal
            if is_closed and file.lines[place].strip().startswith(_BRACKETS):
                if plain(fragment[last]) != file.keys[place]:
                    yield pair(last, place, CLOSING, fragment, file.lines)
                break


class _Seam(NamedTuple):
    """Fragment lines without a block, and the file lines they may stand for.

    `clear` is how alike a line must be to stand for another: lines that border on a block are in
    their place already, lines between two gaps may be anywhere. `begins` is where the section of
    the lines does. `is_lazy` says of the line at hand that a gap follows it.
    """

    lines: range
    places: range
    clear: float
    begins: int = 0
    is_lazy: bool = False


def _pairs(number: int, fragment: Sequence[str], file: FileIndex, seam: _Seam) -> Iterator[Block]:
    from rapidfuzz import fuzz

    line = fragment[number]
    key = plain(line)
    if say(key) < 0.3:
        return
    about = subject(line)
    held = _held(fragment[seam.begins : number + 1])
    worth = say(key) * (ELSEWHERE if key in file.places else 1.0)
    for place in seam.places:
        other = file.keys[place]
        if not other or other == key:
            continue
        ratio = fuzz.ratio(key, other, score_cutoff=40) / 100
        if _continues(key, other) or _continues(other, key):
            ratio = max(ratio, JOINED)
        if ratio + SAME_SUBJECT + SAME_OPENING < seam.clear:
            continue
        said = ratio
        its, alike = subject(file.lines[place]), _opens_alike(key, other, seam)
        if its != about and _LABEL.match(line) and _LABEL.match(file.lines[place]):
            continue
        if about and its == about:
            ratio += SAME_SUBJECT
        elif about and its and not alike and _value_others(line, file.lines[place]):
            ratio -= OTHER_SUBJECT
        if alike:
            ratio += SAME_OPENING
        is_other = said < CLEAR_ALONE and _hold_others(number, place, seam, fragment, file)
        if is_other or ratio < seam.clear or not _stand_alike(held, place, file):
            continue
        is_same = (its == about != "" and not key.startswith("<")) or other in key
        is_same = is_same and not (its == about and _is_listed(line, place, file))
        if is_same or not _is_one_of_many(place, file, said):
            yield pair(number, place, (ratio - 0.4) * worth, fragment, file.lines)


def _is_one_of_many(place: int, file: FileIndex, ratio: float) -> bool:
    """Whether a line beside `place` is as much like it: then another one like it is one more."""
    from rapidfuzz import fuzz

    depth = indent_of(file.lines[place])
    beside = (other for other in (place - 1, place + 1) if 0 <= other < len(file.lines))
    return any(
        indent_of(file.lines[other]) == depth
        and fuzz.ratio(file.keys[other], file.keys[place]) / 100 >= ratio - SLACK
        for other in beside
    )


def _is_listed(line: str, place: int, file: FileIndex) -> bool:
    """Whether a line beside `place` is about the same, and `line` quotes something else first.

    Then they are calls in a row, of which a new one is one more.
    """
    quoted, there = (_QUOTED.search(text) for text in (line, file.lines[place]))
    if quoted is None or there is None or quoted[0] == there[0]:
        return False
    about, depth = subject(line), indent_of(file.lines[place])
    beside = (other for other in (place - 1, place + 1) if 0 <= other < len(file.lines))
    return any(
        indent_of(file.lines[other]) == depth and subject(file.lines[other]) == about
        for other in beside
    )


def _hold_others(
    number: int, place: int, seam: _Seam, fragment: Sequence[str], file: FileIndex
) -> bool:
    """Whether what the fragment's line holds, all of it shown, is like nothing the file's holds.

    Where a section begins with it, what follows takes the place of all that the file's holds.
    """
    from rapidfuzz import fuzz

    ours = [plain(line) for line in _inner(number, fragment)]
    theirs = [plain(line) for line in _inner(place, file.lines)]
    is_shown = number + len(ours) + 1 < seam.lines.stop or seam.lines.stop == len(fragment)
    follows = seam.lines.start > seam.begins
    if not (ours and theirs and is_shown and follows):
        return False
    return not any(fuzz.ratio(one, other) / 100 >= CLEAR for one in ours for other in theirs)


def _inner(number: int, lines: Sequence[str]) -> list[str]:
    """The next lines that are indented deeper than line `number`, blank ones among them."""
    depth = len(indent_of(lines[number]))
    below = lines[number + 1 : number + 1 + REACH]
    return [*takewhile(lambda line: not line.strip() or len(indent_of(line)) > depth, below)]


def _stand_alike(holder: str | None, place: int, file: FileIndex) -> bool:
    """Whether what holds a line of the file is what holds the fragment's, where that is shown."""
    theirs = _held(file.lines[max(place - REACH, 0) : place + 1])
    if holder is None or theirs is None or plain(holder) == plain(theirs):
        return True
    about, its = subject(holder), subject(theirs)
    if about or its:
        return not about or not its or about == its
    from rapidfuzz import fuzz

    return fuzz.ratio(plain(holder), plain(theirs)) / 100 >= CLEAR


def _held(lines: Sequence[str]) -> str | None:
    """The line that holds the last of `lines`: the nearest above that is indented less."""
    depth = len(indent_of(lines[-1]))
    above = (line for line in reversed(lines[-REACH - 1 : -1]) if line.strip())
    return next((line for line in above if len(indent_of(line)) < depth), None)


def _opens_alike(key: str, other: str, seam: _Seam) -> bool:
    """Whether both lines open a block of the same kind, of which there may not be several.

    A test beside another is as often one more; only what it elides it must have from the file.
    """
    if _BRANCH.match(key) or (_TEST.match(key) and not seam.is_lazy):
        return False
    same = key[-1:] == other[-1:] and key[-1:] in "{([:"
    return same and key.split(" ", 1)[0] == other.split(" ", 1)[0]


def _continues(long: str, short: str) -> bool:
    """Whether a statement on one line is, on the other side, spread over several."""
    if len(short) >= len(long) or not (long.startswith(short) or long.endswith(short)):
        return False
    return say(short) >= 0.3


def _seams(chain: Chain, terrain: Terrain) -> Iterator[_Seam]:
    """The seams of `chain`.

    New lines between two blocks without a gap are none: there the fragment rules anyhow.
    """
    size, end = len(terrain.file), len(terrain.fragment)
    if not chain.blocks:
        bounds = sorted({0, *terrain.gaps, end})
        yield from (_alone(*lines, 0, size) for lines in pairwise(bounds))
        return
    first, last = chain.blocks[0], chain.blocks[-1]
    yield from _between(Block(0, 0, 0, (0.0,)), first, terrain, has_tail=False)
    for before, after in pairwise(chain.blocks):
        if terrain.gap_between(before.stop, after.start):
            yield from _between(before, after, terrain)
    yield from _between(last, Block(end, size, 0, (0.0,)), terrain, has_lead=False)


def _between(
    before: Block, after: Block, terrain: Terrain, *, has_tail: bool = True, has_lead: bool = True
) -> Iterator[_Seam]:
    """Lines after `before`, lines before `after`, and lines between two gaps."""
    gaps = [gap for gap in terrain.gaps if before.stop <= gap <= after.start]
    low, high = before.end, after.place
    tail = range(before.stop, (gaps[0] if gaps else after.start) if has_tail else before.stop)
    lead = range((gaps[-1] if gaps else before.stop) if has_lead else after.start, after.start)
    if tail:
        yield _Seam(tail, range(low, min(high, low + len(tail) + REACH)), CLEAR)
    if lead:
        yield _Seam(lead, range(max(low, high - len(lead) - REACH), high), CLEAR)
    for lines in pairwise(sorted({tail.stop, *gaps, lead.start})):
        yield _alone(*lines, low, high)


def _alone(start: int, stop: int, low: int, high: int) -> _Seam:
    return _Seam(range(start, stop), range(low, high), CLEAR_ALONE)
