"""What an answer of applying may consist of: lines of the region and of the fragment, in order.

A `Lattice` walks along an answer token by token and says which tokens may come next. An answer is
whole lines; each is the region's next line or a later one (what is passed over is deleted) or the
fragment's. Fragment lines that are new must all come; those that the file has already, blank ones
and comments need not, for they may only say where the others go (`models/held/offers.py`). So most
tokens are forced, and a model has to be right at the few *decisions* where more than one is
allowed.

Where the walk stands is a set of cursor pairs (next line of the region, next line of the
fragment): a line that both have may have come from either. Pairs that allow nothing another pair
does not allow are dropped.

It relies on tokens that never span two lines (`training/tokenizer.py`), so that the tokens of a
line do not depend on its neighbours.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from fastapply.models.decoding.tokens import Token
from fastapply.models.held.offers import Offers, Segment, offers

__all__ = ["NOT_A_LINE", "Lattice", "Lines", "State", "offers"]

MOST_CUT = 3
"""How many lines, blank ones aside, an answer may leave out at the region's end."""

NOT_A_LINE = -1
"""Stands among the numbers of lines for the end of an answer."""

State: TypeAlias = tuple[int, int]
"""The next line of the region, and of the fragment."""


class Lines:
    """`Offers` in tokens, shared by all copies of a walk; `end` is the token after the answer."""

    def __init__(
        self, offered: Offers, encode: Callable[[str], Sequence[Token]], end: Token
    ) -> None:
        self.offers = offered
        self.end = end
        self._blank = [not text.strip() for text in offered.texts]
        self.tokens = [tuple(encode(text + "\n")) for text in offered.texts]
        self._places: dict[int, list[int]] = defaultdict(list)
        for at, number in enumerate(offered.region):
            self._places[number].append(at)
        self._segments = [
            segment
            for segment in offered.segments
            for _ in range(segment.region_start, segment.region_stop + 1)
        ]

    def reachable(self, states: Sequence[State], last: int = NOT_A_LINE) -> list[int]:
        """The numbers of the lines that may come next, each once; `last` came last."""
        found = list(dict.fromkeys(number for state in states for number in self._from(state)))
        region = self.offers.region
        if not self.offers.anchored or not region or len(found) < 2:
            return found
        if last == NOT_A_LINE:  # an answer begins and ends blank where the region does
            first = self._blank[region[0]]
            return [n for n in found if n == NOT_A_LINE or self._blank[n] is first] or found
        if self._blank[last] is not self._blank[region[-1]] or self._cut(states) > MOST_CUT:
            return [number for number in found if number != NOT_A_LINE]
        return found

    def _cut(self, states: Sequence[State]) -> int:
        """How many lines of the region would be left out if the answer ended here."""
        rest = self.offers.region[max(i for i, _ in states) :]
        return sum(not self._blank[number] for number in rest)

    def _from(self, state: State) -> Iterator[int]:
        offered, segment, (i, j) = self.offers, self._segments[state[0]], state
        if not offered.bound[j]:
            yield from offered.region[i : self._reach(segment, i)]
        for at in self._open(segment, j):
            yield from offered.fragment[at]
        if self._may_leave(segment, state):
            if segment is offered.segments[-1]:
                yield NOT_A_LINE
            else:
                yield offered.region[segment.region_stop]
                yield from offered.fragment[segment.fragment_stop]

    def _reach(self, segment: Segment, i: int) -> int:
        """Where the region's lines stop that may be next."""
        return min(i + 1, segment.region_stop) if segment.stays else segment.region_stop

    def _open(self, segment: Segment, j: int) -> range:
        """The fragment's lines that may be next: up to the first that must come."""
        if segment.stays:
            return range(0)
        most = j if self.offers.bound[j] else self.offers.required[j]
        return range(j, min(most + 1, segment.fragment_stop))

    def _may_leave(self, segment: Segment, state: State) -> bool:
        """Whether the anchor after the segment, or the end, may be next."""
        i, j = state
        if self.offers.bound[j] and j < segment.fragment_stop:
            return False
        if segment.stays:
            return i == segment.region_stop
        return self.offers.required[j] >= segment.fragment_stop

    def after(self, states: Sequence[State], number: int) -> tuple[State, ...]:
        """Where a walk may stand after a line."""
        return _undominated({after for state in states for after in self._on(state, number)})

    def _on(self, state: State, number: int) -> Iterator[State]:
        offered, segment, (i, j) = self.offers, self._segments[state[0]], state
        places = self._places.get(number, ())
        at = bisect_left(places, i)
        reach = 0 if offered.bound[j] else self._reach(segment, i)
        if at < len(places) and places[at] < reach:
            yield places[at] + 1, j
        taken = next((k for k in self._open(segment, j) if number in offered.fragment[k]), None)
        if taken is not None:
            yield i, taken + 1
        if segment is not offered.segments[-1] and self._may_leave(segment, state):
            stop = segment.region_stop, segment.fragment_stop
            if number == offered.region[stop[0]] or number in offered.fragment[stop[1]]:
                yield stop[0] + 1, stop[1] + 1


def _undominated(states: set[State]) -> tuple[State, ...]:
    kept: list[State] = []
    for state in sorted(states):
        if not kept or state[1] < kept[-1][1]:
            kept.append(state)
    return tuple(kept)


class Lattice:
    """A walk along an answer: which tokens may come next, and on by one of them."""

    __slots__ = ("_at", "_candidates", "_states", "lines")

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self._states: tuple[State, ...] = ((0, 0),)
        self._at = 0
        self._candidates = lines.reachable(self._states)

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
        if len(self._candidates) == 1 and self._candidates[0] != NOT_A_LINE:
            return (tokens[self._candidates[0]][at],)
        return tuple(
            dict.fromkeys(
                self.lines.end if number == NOT_A_LINE else tokens[number][at]
                for number in self._candidates
            )
        )

    def advance(self, token: Token) -> bool:
        """Go on by `token`; False, and nothing is changed, where it is not allowed."""
        tokens, at = self.lines.tokens, self._at
        if token == self.lines.end and NOT_A_LINE in self._candidates:
            self._candidates = []
            return True
        kept = [
            number
            for number in self._candidates
            if number != NOT_A_LINE and tokens[number][at] == token
        ]
        if not kept:
            return False
        if at + 1 == len(tokens[kept[0]]):  # a line feed: it ends a line and nothing else
            self._states = self.lines.after(self._states, kept[0])
            self._candidates, self._at = self.lines.reachable(self._states, kept[0]), 0
        else:
            self._candidates, self._at = kept, at + 1
        return True
