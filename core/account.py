"""What an edit accounts for: the lines it brings, and the lines it lets go.

The check asks two questions of a candidate. Does an added line come from the edit? Then the edit
shows it, whatever its indentation. Does the edit explain a removed line? Then one of these holds:

- a hunk drops it, or elides a run that goes and in which the line lies;
- a sketch shows what stands in its place: the line lay within the stretch of the new text that a
  section of the sketch, a run of lines between two markers, is seen to be;
- a note (``# removed: legacy``) or the prose ("delete `legacy()`") names it;
- the edit is the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fastapply.core.edits import Elision, FileEdit, Hunk, Op, Sketch, Step, WholeFile
from fastapply.core.markers import Kind, inline_gap, marker

_DELETES = re.compile(
    r"\b(?:remov|delet|drop|get rid|gone|no longer|eliminat|strip|replac|renam|mov|unused|obsolete"
    r"|without|instead|inlin|merg|collaps|simplif|clean)",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"`([^`\n]+)`|\"([^\"\n]+)\"|\b([A-Za-z_$][\w$]*(?:[._]\w+|\(\)|[a-z][A-Z]\w*))"
)
_WORD = re.compile(r"[A-Za-z_$][\w$-]{2,}")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n\s*\n|\n\s*[-*]\s")
_ALIKE = 75
_WELL_FOUND = 0.6


def squeeze(line: str) -> str:
    """A line without its space: what is left when indentation and alignment are of no account."""
    return "".join(line.split())


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines [start, stop) of a text, where a section of a sketch is seen."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Account:
    """All that an edit shows, drops and says.

    `shown` and `dropped` are squeezed lines. `sections` are the runs of shown lines between the
    markers of each sketch, squeezed, blank ones left out. `elided` are the squeezed lines around
    an elision that goes. `names` are what notes and prose name as gone. `inlined` are the pieces
    of lines that elide a part of themselves. `markers` are the sketches' markers and notes.
    """

    shown: frozenset[str]
    dropped: frozenset[str]
    sections: tuple[tuple[tuple[str, ...], ...], ...]
    elided: tuple[tuple[str, str], ...]
    names: frozenset[str]
    inlined: tuple[tuple[str, ...], ...]
    markers: frozenset[str]
    is_whole: bool

    @classmethod
    def of(cls, edit: FileEdit, language: str | None, present: Callable[[str], bool]) -> Account:
        """The account of `edit`; `present` says whether the file holds a stripped line."""
        shown: set[str] = set()
        dropped: set[str] = set()
        elided: list[tuple[str, str]] = []
        sketches: list[_ReadSketch] = []
        for part in edit.edits:
            match part:
                case Hunk():
                    shown.update(squeeze(line) for line in part.new)
                    dropped.update(
                        squeeze(step.text)
                        for step in part.steps
                        if isinstance(step, Step) and step.op is Op.DROP
                    )
                    elided += _elided(part)
                case Sketch():
                    sketches.append(_read_sketch(part, language or part.language, present))
                case WholeFile():
                    shown.update(map(squeeze, part.lines))
        for sketch in sketches:
            shown.update(*sketch.sections)
        return cls(
            frozenset(shown),
            frozenset(dropped),
            tuple(sketch.sections for sketch in sketches),
            tuple(elided),
            frozenset(name for sketch in sketches for name in sketch.names),
            tuple(pieces for sketch in sketches for pieces in sketch.inlined),
            frozenset(text for sketch in sketches for text in sketch.markers),
            any(isinstance(part, WholeFile) for part in edit.edits),
        )

    def brings(self, line: str) -> bool:
        """Whether the edit shows `line`, or a part of it around an elision."""
        key = squeeze(line)
        return not key or key in self.shown or any(_fits(key, pieces) for pieces in self.inlined)

    def names_one_of(self, lines: Sequence[str]) -> bool:
        """Whether notes or prose name something in `lines` as gone."""
        if not self.names:
            return False
        words = {word for line in lines for word in _WORD.findall(line)}
        return not words.isdisjoint(self.names)

    def drops(self, line: str) -> bool:
        """Whether a hunk drops `line`, as it is or but for small drift."""
        key = squeeze(line)
        if key in self.dropped:
            return True
        if not self.dropped:
            return False
        from rapidfuzz import fuzz, process

        return (
            process.extractOne(key, self.dropped, scorer=fuzz.ratio, score_cutoff=_ALIKE)
            is not None
        )

    def elides(self, keys: Sequence[str], start: int, stop: int) -> bool:
        """Whether lines [start, stop) of the squeezed text `keys` lie in an elision that goes."""
        return any(before in keys[:start] and after in keys[stop:] for before, after in self.elided)

    def stretches(self, keys: Sequence[str]) -> tuple[Stretch, ...]:
        """Where the sections of the sketches are seen in a text of squeezed lines.

        A sketch is aligned with the text as a whole (longest common subsequence); sections that
        are not well found so, because they stand in another order, by themselves.
        """
        found: list[Stretch] = []
        for sections in self.sections:
            pairs = _aligned([key for section in sections for key in section], keys)
            offset = 0
            for section in sections:
                own = [pairs.get(offset + number) for number in range(len(section))]
                offset += len(section)
                if sum(place is not None for place in own) < _WELL_FOUND * len(section):
                    alone = _aligned(section, keys)
                    if len(alone) > sum(place is not None for place in own):
                        own = [alone.get(number) for number in range(len(section))]
                found += _stretch(own, len(keys))
        return tuple(found)


def _elided(hunk: Hunk) -> Iterator[tuple[str, str]]:
    """The squeezed old lines before and after each elision that goes."""
    steps = [step for step in hunk.steps if isinstance(step, Elision) or step.op is not Op.ADD]
    for number, step in enumerate(steps):
        if not isinstance(step, Elision) or step.kept or not 0 < number < len(steps) - 1:
            continue
        before, after = steps[number - 1], steps[number + 1]
        if isinstance(before, Step) and isinstance(after, Step):
            yield squeeze(before.text), squeeze(after.text)


@dataclass(frozen=True, slots=True)
class _ReadSketch:
    sections: tuple[tuple[str, ...], ...]
    names: frozenset[str]
    inlined: tuple[tuple[str, ...], ...]
    markers: frozenset[str]


def _read_sketch(sketch: Sketch, language: str, present: Callable[[str], bool]) -> _ReadSketch:
    sections: list[list[str]] = [[]]
    names: set[str] = set(_named(sketch.prose))
    inlined: list[tuple[str, ...]] = []
    markers: set[str] = set()
    for line in sketch.lines:
        text = line.strip()
        sign = marker(line, language)
        if sign is not None and not present(text):
            markers.add(text)
            if sign.kind is Kind.GAP:
                sections.append([])
            else:
                names.update(_WORD.findall(text))
            continue
        if text:
            sections[-1].append(squeeze(line))
            gap = inline_gap(line)
            if gap is not None:
                inlined.append(tuple(map(squeeze, gap.pieces)))
    return _ReadSketch(
        tuple(tuple(section) for section in sections if section),
        frozenset(names),
        tuple(inlined),
        frozenset(markers),
    )


def _named(prose: str) -> Iterator[str]:
    """What is named in the sentences of `prose` that tell of something that goes."""
    for sentence in _SENTENCE.split(prose):
        if _DELETES.search(sentence):
            for match in _QUOTED.finditer(sentence):
                yield from _WORD.findall(match.group())


def _fits(key: str, pieces: Sequence[str]) -> bool:
    """Whether `key` is `pieces` with something in the places between them."""
    first, *middle, last = pieces
    if not (key.startswith(first) and key.endswith(last) and len(key) >= len(first) + len(last)):
        return False
    position = len(first)
    for piece in middle:
        position = key.find(piece, position)
        if position < 0:
            return False
        position += len(piece)
    return bool(first or last) and position <= len(key) - len(last)


def _aligned(sought: Sequence[str], keys: Sequence[str]) -> dict[int, int]:
    """A longest common subsequence: index into `sought` -> index into `keys`."""
    from rapidfuzz.distance import LCSseq

    pairs: dict[int, int] = {}
    for block in LCSseq.opcodes(sought, keys):
        if block.tag == "equal":
            size = block.src_end - block.src_start
            pairs.update((block.src_start + n, block.dest_start + n) for n in range(size))
    return pairs


def _stretch(places: Sequence[int | None], size: int) -> Iterator[Stretch]:
    """The stretch of a section whose lines are at `places`, as far as lines not found may reach."""
    found = [number for number, place in enumerate(places) if place is not None]
    if not found:
        return
    first, last = found[0], found[-1]
    start, stop = places[first], places[last]
    if start is not None and stop is not None:
        yield Stretch(max(start - first, 0), min(stop + len(places) - last, size))
