"""What an answer of applying may consist of: lines of the region and of the fragment, in order.

A `Lattice` walks along an answer token by token and says which tokens may come next. An answer is
whole lines; each is the region's next line or a later one (what is passed over is deleted) or the
fragment's. Fragment lines that are new must all come; those that the file has already, blank ones
and comments need not, for they may only say where the others go. So most tokens are forced, and a
model has to be right at the few *decisions* where more than one is allowed.

Where the walk stands is a set of cursor pairs (next line of the region, next line of the
fragment): a line that both have may have come from either. Pairs that allow nothing another pair
does not allow are dropped.

It relies on tokens that never span two lines (`training/tokenizer.py`), so that the tokens of a
line do not depend on its neighbours.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from fastapply.models.tokens import Token

SHIFTS = 2
"""How many indentations of its own, besides none, a fragment's lines are offered in."""

_COMMENT = re.compile(r"#|//|/\*|\*|--|<!--|\{/\*|;|\"|%|\(\*|\.\.\.|…")
_NOT_A_LINE = -1


@dataclass(frozen=True, slots=True)
class Offers:
    """The lines to choose from, by number, and where they stand.

    `region[i]` is the number of a region's line, `fragment[j]` those of the forms a fragment's
    line is offered in; `required[j]` is the first line that must come at or after `j` of the
    fragment, the number of its lines where none must.
    """

    texts: tuple[str, ...]
    region: tuple[int, ...]
    fragment: tuple[tuple[int, ...], ...]
    required: tuple[int, ...]


def offers(
    region: Sequence[str],
    fragment: Sequence[str | None],
    *,
    known: Collection[str] = (),
    lenient: bool = False,
) -> Offers:
    """The lines of an answer for `region` and `fragment`, whose gaps are None.

    `known` are lines of the file outside the region: where the fragment shows them, they are no
    news. Where the fragment also says what becomes of other regions, nothing is required:
    `lenient`.
    """
    numbers: dict[str, int] = {}
    shown = [line for line in fragment if line is not None]
    shifts = _shifts(region, shown)
    ours = tuple(numbers.setdefault(line, len(numbers)) for line in region)
    theirs = tuple(
        tuple(numbers.setdefault(form, len(numbers)) for form in _forms(line, shifts))
        for line in shown
    )
    old = {"", *(_bare(line) for line in (*region, *known))}
    required = [len(shown)]
    for at in range(len(shown) - 1, -1, -1):
        line = shown[at]
        free = lenient or _bare(line) in old or _COMMENT.match(line.lstrip())
        required.append(required[-1] if free else at)
    return Offers(tuple(numbers), ours, theirs, tuple(reversed(required)))


def _bare(line: str) -> str:
    return "".join(line.split())


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _shifts(region: Sequence[str], shown: Sequence[str]) -> list[tuple[str, str]]:
    """What fragment lines have before them (left out, put in) where region lines equal them."""
    counts = Counter(_bare(line) for line in region)
    indents = {_bare(line): _indent(line) for line in region if counts[_bare(line)] == 1}
    seen: Counter[tuple[str, str]] = Counter()
    for line in shown:
        mine, theirs = _indent(line), indents.get(_bare(line), _indent(line))
        if not line.strip() or mine == theirs:
            continue
        if theirs.endswith(mine):
            seen["", theirs[: len(theirs) - len(mine)]] += 1
        elif mine.endswith(theirs):
            seen[mine[: len(mine) - len(theirs)], ""] += 1
        else:
            seen[mine, theirs] += 1
    return [shift for shift, _ in seen.most_common(SHIFTS)]


def _forms(line: str, shifts: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The line as it is, then as each shift makes it."""
    yield line
    if line.strip():
        for out, put in shifts:
            if line.startswith(out):
                yield put + line[len(out) :]


class Lines:
    """`Offers` in tokens, shared by all copies of a walk; `end` is the token after the answer."""

    def __init__(
        self, offered: Offers, encode: Callable[[str], Sequence[Token]], end: Token
    ) -> None:
        self.offers = offered
        self.end = end
        self.tokens = [tuple(encode(text + "\n")) for text in offered.texts]
        self.places: dict[int, list[int]] = defaultdict(list)
        for at, number in enumerate(offered.region):
            self.places[number].append(at)

    def reachable(self, states: Sequence[tuple[int, int]]) -> dict[int, None]:
        """The numbers of the lines that may come next, each once."""
        offered = self.offers
        count = len(offered.fragment)
        first = min(i for i, _ in states)
        numbers = dict.fromkeys(offered.region[first:])
        start = min(j for _, j in states)
        stop = min(offered.required[start] + 1, count)
        for forms in offered.fragment[start:stop]:
            numbers.update(dict.fromkeys(forms))
        if offered.required[start] == count:
            numbers[_NOT_A_LINE] = None
        return numbers

    def after(self, states: Sequence[tuple[int, int]], number: int) -> tuple[tuple[int, int], ...]:
        """Where a walk may stand after a line."""
        offered = self.offers
        found: set[tuple[int, int]] = set()
        places = self.places.get(number, ())
        for i, j in states:
            at = bisect_left(places, i)
            if at < len(places):
                found.add((places[at] + 1, j))
            stop = min(offered.required[j] + 1, len(offered.fragment))
            taken = next((k for k in range(j, stop) if number in offered.fragment[k]), None)
            if taken is not None:
                found.add((i, taken + 1))
        return _undominated(found)


def _undominated(states: set[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    kept: list[tuple[int, int]] = []
    for state in sorted(states):
        if not kept or state[1] < kept[-1][1]:
            kept.append(state)
    return tuple(kept)


class Lattice:
    """A walk along an answer: which tokens may come next, and on by one of them."""

    __slots__ = ("_at", "_candidates", "_states", "lines")

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self._states: tuple[tuple[int, int], ...] = ((0, 0),)
        self._at = 0
        self._candidates = list(lines.reachable(self._states))

    def copy(self) -> Lattice:
        """A walk that goes on from here by itself."""
        twin = Lattice.__new__(Lattice)
        twin.lines, twin._states, twin._at = self.lines, self._states, self._at
        twin._candidates = self._candidates
        return twin

    @property
    def ended(self) -> bool:
        """Whether the answer is complete: nothing is allowed any more."""
        return not self._candidates

    def allowed(self) -> tuple[Token, ...]:
        """The tokens that may come next, each once."""
        tokens, at = self.lines.tokens, self._at
        if len(self._candidates) == 1 and self._candidates[0] != _NOT_A_LINE:
            return (tokens[self._candidates[0]][at],)
        return tuple(
            dict.fromkeys(
                self.lines.end if number == _NOT_A_LINE else tokens[number][at]
                for number in self._candidates
            )
        )

    def advance(self, token: Token) -> bool:
        """Go on by `token`; False, and nothing is changed, where it is not allowed."""
        tokens, at = self.lines.tokens, self._at
        if token == self.lines.end and _NOT_A_LINE in self._candidates:
            self._candidates = []
            return True
        kept = [
            number
            for number in self._candidates
            if number != _NOT_A_LINE and tokens[number][at] == token
        ]
        if not kept:
            return False
        if at + 1 == len(tokens[kept[0]]):  # a line feed: it ends a line and nothing else
            self._states = self.lines.after(self._states, kept[0])
            self._candidates, self._at = list(self.lines.reachable(self._states)), 0
        else:
            self._candidates, self._at = kept, at + 1
        return True
