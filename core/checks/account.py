"""What an edit accounts for: the lines it brings, and the lines it lets go.

The check asks two questions of a candidate. Does an added line come from the edit? Then the edit
shows it, whatever its indentation. Does the edit explain a removed line? Then one of these holds:

- a hunk drops it, or elides a run that goes and in which the line lies;
- a sketch shows what stands in its place: the line lay where a section of the sketch, a run of
  lines between two markers, is seen in the new text;
- a note (``# removed: legacy``) or the prose ("delete `legacy()`") names it;
- the edit is the whole file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from fastapply.core.edits import Elision, FileEdit, Hunk, Op, Sketch, Step, WholeFile
from fastapply.core.lines.elided import elided_head, fits
from fastapply.core.lines.markers import Kind, inline_gap, marker
from fastapply.core.lines.sightings import Missed, Section, Sighting, missed, sightings, squeeze
from fastapply.core.regex import regex
from fastapply.core.sketches.prose import deleted_names

_DELETES = regex(
    r"\b(?:remov|delet|drop(?:s|ped|ping)?\b|get(?:s|ting)? rid|gone\b|no longer|eliminat|unused"
    r"|obsolete|goes\b|go away)",
    re.IGNORECASE,
)
_QUOTED = regex(r"`([^`\n]+)`|\"([^\"\n]+)\"|\b([A-Za-z_$][\w$]*(?:[._]\w+|\(\)|[a-z][A-Z]\w*))")
_WORD = regex(r"[A-Za-z_$][\w$-]{2,}")
_CLAUSE = regex(r"(?<=[.!?;:,])\s+|\n\s*\n|\n\s*[-*]\s|\s[-\u2013\u2014]\s|\bthen\b")
_ALIKE = 75


class Account(NamedTuple):
    """All that an edit shows, drops and says.

    `shown` are squeezed lines, `added` those of them that hunks and whole files add, `dropped`
    those that hunks drop, and how often. `replaced` are the old lines of each hunk as one text, for
    a file may wrap them otherwise. `sections` are the runs of shown lines between the markers of
    each sketch, `spelt_out` the same of the new sides of hunks and of whole files. `elided` are the
    squeezed lines around an elision that goes. `names` are what notes and prose name as gone.
    `inlined` are the pieces of lines that elide a part of themselves. `markers` are the sketches'
    markers and notes.
    """

    shown: frozenset[str]
    added: frozenset[str]
    dropped: Mapping[str, int]
    replaced: tuple[str, ...]
    sections: tuple[tuple[Section, ...], ...]
    spelt_out: tuple[tuple[Section, ...], ...]
    elided: tuple[tuple[str, str], ...]
    names: frozenset[str]
    inlined: tuple[tuple[str, ...], ...]
    markers: frozenset[str]
    is_whole: bool

    @classmethod
    def of(cls, edit: FileEdit, language: str | None, present: Set[str]) -> Account:
        """The account of `edit`; `present` are the stripped lines of the file."""
        shown: set[str] = set()
        added: set[str] = set()
        dropped: Counter[str] = Counter()
        elided: list[tuple[str, str]] = []
        spelt_out: list[tuple[Section, ...]] = []
        sketches: list[_ReadSketch] = []
        for part in edit.edits:
            match part:
                case Hunk():
                    shown.update(squeeze(line) for line in part.new)
                    added.update(map(squeeze, _texts(part, Op.ADD)))
                    dropped.update(map(squeeze, _texts(part, Op.DROP)))
                    elided += _elided(part)
                    spelt_out.append(tuple(_runs(part)))
                case Sketch():
                    sketches.append(_read_sketch(part, language or part.language, present))
                case WholeFile():
                    shown.update(map(squeeze, part.lines))
                    added.update(map(squeeze, part.lines))
                    spelt_out.append((Section.of(part.lines, is_last=True),))
        for sketch in sketches:
            shown.update(*(section.keys for section in sketch.sections))
            shown.update(map(squeeze, sketch.markers))
        return cls(
            frozenset(shown),
            frozenset(added),
            dropped,
            tuple("".join(map(squeeze, p.old)) for p in edit.edits if isinstance(p, Hunk)),
            tuple(sketch.sections for sketch in sketches),
            tuple(spelt_out),
            tuple(elided),
            frozenset(name for sketch in sketches for name in sketch.names),
            tuple(pieces for sketch in sketches for pieces in sketch.inlined),
            frozenset(text for sketch in sketches for text in sketch.markers),
            any(isinstance(part, WholeFile) for part in edit.edits),
        )

    def brings(self, line: str) -> bool:
        """Whether the edit shows `line`, or a part of it around an elision.

        A brace that the edit has behind it may stand on a line of its own.
        """
        key = squeeze(line)
        if not key or key in self.shown or key + "{" in self.shown:
            return True
        return any(fits(key, pieces) for pieces in self.inlined)

    def names_one_of(self, lines: Sequence[str], left: Callable[[str], bool]) -> bool:
        """Whether notes or prose name something in `lines` as gone that is not `left`."""
        words = {word for line in lines for word in _WORD.findall(line)} & self.names
        return any(not left(word) for word in words)

    def says_gone(self, name: str) -> bool:
        """Whether notes or prose name `name`, the last part of it, as gone."""
        return not self.names.isdisjoint(_WORD.findall(name)[-1:])

    def drops(self, line: str, times: int) -> bool:
        """Whether hunks drop `line` as many `times`, or differing by small drift or line breaks."""
        key = squeeze(line)
        if key in self.dropped:
            return times <= self.dropped[key]
        if not self.dropped:
            return False
        if any(key in old for old in self.replaced):
            return any(key in other or other in key for other in self.dropped)
        from rapidfuzz import fuzz, process

        known = tuple(self.dropped)
        return bool(process.extractOne(key, known, scorer=fuzz.ratio, score_cutoff=_ALIKE))

    def elides(self, lines: Sequence[str], start: int, stop: int) -> bool:
        """Whether lines [start, stop) of the old text lie in an elision that goes."""
        if not self.elided:
            return False
        above, below = set(map(squeeze, lines[:start])), set(map(squeeze, lines[stop:]))
        return any(before in above and after in below for before, after in self.elided)

    def sightings(self, keys: Sequence[str]) -> tuple[Sighting, ...]:
        """Where the sections of the sketches are seen in a text of squeezed lines.

        A sketch is aligned with the text as a whole (longest common subsequence); sections that
        are not well found so, because they stand in another order, by themselves.
        """
        return tuple(
            sighting for sections in self.sections for sighting in sightings(sections, keys)
        )

    def unmet(self, keys: Sequence[str]) -> Iterator[Missed]:
        """Lines the edit shows and the squeezed text `keys` lacks.

        A line that a later hunk drops again is not sought, nor one that a hunk only quotes.
        """
        for sections in self.sections:
            for each in missed(sections, keys):
                if each.key not in self.dropped:
                    yield each
        for sections in self.spelt_out:
            for each in missed(sections, keys):
                if each.key in self.added and each.key not in self.dropped:
                    yield each


def _texts(hunk: Hunk, op: Op) -> Iterator[str]:
    return (step.text for step in hunk.steps if isinstance(step, Step) and step.op is op)


def _runs(hunk: Hunk) -> Iterator[Section]:
    """The new lines of a hunk between its elisions."""
    run: list[str] = []
    for step in (*hunk.steps, Elision(kept=True)):
        if isinstance(step, Elision):
            yield Section.of(run, is_last=False)
            run = []
        elif step.op is not Op.DROP:
            run.append(step.text)


def _elided(hunk: Hunk) -> Iterator[tuple[str, str]]:
    """The squeezed old lines, not blank, before and after each elision that goes."""
    steps = [
        step
        for step in hunk.steps
        if isinstance(step, Elision) or (step.op is not Op.ADD and step.text.strip())
    ]
    for number, step in enumerate(steps):
        if not isinstance(step, Elision) or step.kept or not 0 < number < len(steps) - 1:
            continue
        before, after = steps[number - 1], steps[number + 1]
        if isinstance(before, Step) and isinstance(after, Step):
            yield squeeze(before.text), squeeze(after.text)


class _ReadSketch(NamedTuple):
    sections: tuple[Section, ...]
    names: frozenset[str]
    inlined: tuple[tuple[str, ...], ...]
    markers: frozenset[str]


def _read_sketch(sketch: Sketch, language: str, present: Set[str]) -> _ReadSketch:
    sections: list[list[str]] = [[]]
    names: set[str] = {*_named(sketch.prose), *deleted_names(sketch.prose)}
    inlined: list[tuple[str, ...]] = []
    markers: set[str] = set()
    for line in sketch.lines:
        text = line.strip()
        sign = marker(line, language)
        if sign is not None and (sign.certain or (bool(present) and text not in present)):
            markers.add(text)
            if sign.kind is Kind.GAP:
                sections.append([])
            else:
                names.update(_WORD.findall(text))
            continue
        if elided_head(line) is None:
            sections[-1].append(line)
        gap = inline_gap(line)
        if gap is not None:
            inlined.append(tuple(map(squeeze, gap.pieces)))
    return _ReadSketch(
        tuple(Section.of(lines, is_last=lines is sections[-1]) for lines in sections),
        frozenset(names),
        tuple(inlined),
        frozenset(markers),
    )


def _named(prose: str) -> Iterator[str]:
    """What is named in the clauses of `prose` that tell of something that goes."""
    for clause in _CLAUSE.split(prose):
        verb = _DELETES.search(clause)
        if verb is not None:
            for match in _QUOTED.finditer(clause):
                yield from _WORD.findall(match.group())
