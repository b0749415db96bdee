"""How strictly lines match: the rungs of the ladder, strictest first.

To add a rung: one entry in `_KEYS` (what is left of a line when the rung's freedom is taken), a
case that needs it and a case it must not catch. Every rung has the freedom of those before it.
None of them folds upper and lower case: names that differ in case are different names.

    exact            the line
    trailing space   without white space at its end
    indent           without indentation, which must differ by one constant shift
    punctuation      with quotes, dashes and spaces of Unicode as in ASCII
    blank lines      blank lines left out on both sides
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fastapply.core.edits import Op
from fastapply.core.lines.reindent import AS_WRITTEN, Reindent, reindent
from fastapply.core.regex import regex
from fastapply.core.result import Rung

# The characters models write for others, as codex' seek_sequence folds them.
_PUNCTUATION = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
        **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a", " "),
        **dict.fromkeys("\u202f\u205f\u3000", " "),
        "\u2026": "...",
    }
)


def folded(line: str) -> str:
    """The line without indentation and trailing space, its punctuation in ASCII."""
    return line.strip() if line.isascii() else line.translate(_PUNCTUATION).strip()


_COMMENT = regex(r"(?:#|//|/\*|\*|--|;|%)(?:[\s#/*;!-]|$)|<!--|/\*|//|\"\"\"|'''")
_DIRECTIVE = regex(r"#\s*(?:define|undef|include|ifn?def|if|elif|else|endif|pragma|error)\b")


def is_comment(line: str) -> bool:
    """Whether a line looks like nothing but a comment, whatever the language."""
    text = line.lstrip()
    return _COMMENT.match(text) is not None and _DIRECTIVE.match(text) is None


_KEYS: Mapping[Rung, Callable[[str], str]] = {
    Rung.EXACT: str,
    Rung.TRAILING_SPACE: str.rstrip,
    Rung.INDENT: str.strip,
    Rung.PUNCTUATION: folded,
    Rung.BLANK_LINES: folded,
}
RUNGS = tuple(_KEYS)
AS_IT_STANDS = frozenset({Rung.EXACT, Rung.TRAILING_SPACE})


class Run(NamedTuple):
    """Lines sought side by side, and what becomes of each.

    The hunk they are of indents a level by `unit` spaces, and adds the lines `added`.
    """

    lines: tuple[str, ...]
    ops: tuple[Op, ...]
    unit: int = 4
    added: tuple[str, ...] = ()


class Fit(NamedTuple):
    """Where lines sit: for each line sought the file's line that it is.

    None stands for a line the file lacks: a blank one, or a context line that was made up.
    `reindent` turns the edit's indentation into the file's; `cost` is how much drift there is, 0
    on the stricter rungs.
    """

    lines: tuple[int | None, ...]
    rung: Rung
    reindent: Reindent = AS_WRITTEN
    cost: float = 0.0

    @property
    def start(self) -> int:
        """The first line of the file that is taken."""
        return next(line for line in self.lines if line is not None)

    @property
    def stop(self) -> int:
        """The line of the file after the last that is taken."""
        return 1 + next(line for line in reversed(self.lines) if line is not None)


class View(NamedTuple):
    """Lines as a rung sees them: the key of each line it looks at, and that line's number."""

    keys: Sequence[str]
    numbers: Sequence[int]

    @classmethod
    def of(cls, lines: Sequence[str], rung: Rung) -> View:
        """See `lines` as `rung` does."""
        key = _KEYS[rung]
        if rung is not Rung.BLANK_LINES:
            return cls([key(line) for line in lines], range(len(lines)))
        shown = [number for number, line in enumerate(lines) if line.strip()]
        return cls([key(lines[number]) for number in shown], shown)


@dataclass(frozen=True, slots=True)
class Haystack:
    """The lines of a file, with an index for each rung that was asked for."""

    lines: Sequence[str]
    _views: dict[Rung, View] = field(default_factory=dict, repr=False)
    _where: dict[Rung, Mapping[str, Sequence[int]]] = field(default_factory=dict, repr=False)

    def view(self, rung: Rung) -> View:
        """The lines as `rung` sees them."""
        if rung not in self._views:
            self._views[rung] = View.of(self.lines, rung)
        return self._views[rung]

    def where(self, rung: Rung) -> Mapping[str, Sequence[int]]:
        """The positions of each key among the keys of `view`."""
        if rung not in self._where:
            where: dict[str, list[int]] = {}
            for position, key in enumerate(self.view(rung).keys):
                where.setdefault(key, []).append(position)
            self._where[rung] = where
        return self._where[rung]


def fits(run: Run, haystack: Haystack, rung: Rung) -> Iterator[Fit]:
    """Everywhere the lines of `run` sit side by side in the file, seen as `rung` does."""
    needle, view, where = View.of(run.lines, rung), haystack.view(rung), haystack.where(rung)
    size = len(needle.keys)
    if not size:
        return
    pivot = min(range(size), key=lambda index: len(where.get(needle.keys[index], ())))
    for position in where.get(needle.keys[pivot], ()):
        start = position - pivot
        if start < 0 or view.keys[start : start + size] != needle.keys:
            continue
        places: list[int | None] = [None] * len(run.lines)
        for number, place in zip(needle.numbers, view.numbers[start : start + size], strict=True):
            places[number] = place
        pair_blanks(places, run.lines, haystack.lines)
        shift = AS_WRITTEN
        if rung not in AS_IT_STANDS:
            found = reindent(pairs(run.lines, places, haystack.lines), run.unit, run.added)
            if found is None:
                continue
            shift = found
        yield Fit(tuple(places), rung, shift)


def pairs(
    sought: Sequence[str], places: Sequence[int | None], lines: Sequence[str]
) -> list[tuple[str, str]]:
    """Each line sought with the file's line that it is; blank lines left out."""
    return [
        (line, lines[place])
        for line, place in zip(sought, places, strict=True)
        if place is not None and line.strip() and lines[place].strip()
    ]


def pair_blanks(places: list[int | None], sought: Sequence[str], lines: Sequence[str]) -> None:
    """Give blank lines sought the file's blank lines beside the same neighbours."""
    count, taken = len(places), set(places)
    for order, step in ((range(1, count), 1), (range(count - 2, -1, -1), -1)):
        for index in order:
            neighbour = places[index - step]
            if places[index] is not None or neighbour is None or sought[index].strip():
                continue
            place = neighbour + step
            if 0 <= place < len(lines) and not lines[place].strip() and place not in taken:
                places[index] = place
                taken.add(place)
