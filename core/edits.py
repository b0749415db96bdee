"""What a model asked for, before anybody knows where it goes.

An `EditDocument` is the text a model wrote, understood as far as the text alone allows: which
files, which edits, in which words. Three kinds of edits cover every edit format:

- `Hunk`: a contiguous change that spells out what stays, goes and comes (SEARCH/REPLACE, unified
  diff, apply_patch);
- `Sketch`: a fragment of the new file with elisions (the lazy snippet);
- `WholeFile`: the new file, complete.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of line indices [start, stop), counted from 0."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        """Refuse a range that ends before it starts."""
        if not 0 <= self.start <= self.stop:
            raise ValueError(f"not a span: [{self.start}, {self.stop})")

    def __len__(self) -> int:
        """The number of lines."""
        return self.stop - self.start


class Op(Enum):
    """What a hunk does with one line."""

    KEEP = " "
    DROP = "-"
    ADD = "+"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a hunk and what becomes of it. `text` has no line ending."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Elision:
    """A run of lines of the file, of any length, that a hunk stands for without showing it.

    `kept` runs stay; the others go (an elided middle of a minus block, or of a SEARCH whose
    REPLACE does not elide).
    """

    kept: bool


@dataclass(frozen=True, slots=True)
class Hunk:
    """A contiguous change: lines that stay, go and come, in order.

    `anchors` are lines that narrow the search (``@@ def f``), outermost first; `line` is the
    0-based line of the original file the document claims for the first old line; both only break
    ties. `at_end` says the old lines are the last of the file (``*** End of File``). `at` are the
    lines of the document. `unsigned` says that context lines lack the sign that makes them such,
    so that one which begins with ``-`` or ``+`` passes for another.
    """

    steps: tuple[Step | Elision, ...]
    at: Span
    anchors: tuple[str, ...] = ()
    line: int | None = None
    at_end: bool = False
    unsigned: bool = False

    @property
    def old(self) -> tuple[str, ...]:
        """The lines sought, elisions left out."""
        return tuple(s.text for s in self.steps if isinstance(s, Step) and s.op is not Op.ADD)

    @property
    def new(self) -> tuple[str, ...]:
        """The lines after the change, elisions left out."""
        return tuple(s.text for s in self.steps if isinstance(s, Step) and s.op is not Op.DROP)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A fragment of the file as it shall be; markers stand for runs that stay as they are.

    `lines` are the fragment as written, markers included: which comments are markers can only be
    said with the file at hand (`core.lines.markers`). `prose` is what the document says around it:
    the text since the previous fence, and after the last. `language` is the fence's info word, or
    "". `at` are the lines of the document that `lines` are.
    """

    lines: tuple[str, ...]
    at: Span
    language: str = ""
    prose: str = ""


@dataclass(frozen=True, slots=True)
class WholeFile:
    """The complete new text of a file.

    `taken_off` are lines that stood before it, a comment that names the file: they belong to it
    where the file begins with them.
    """

    lines: tuple[str, ...]
    at: Span
    taken_off: tuple[str, ...] = ()

    def for_file(self, lines: Sequence[str]) -> tuple[str, ...]:
        """The new text of a file of `lines`."""
        own = self.taken_off and tuple(lines[: len(self.taken_off)]) == self.taken_off
        return (*self.taken_off, *self.lines) if own else self.lines


Edit: TypeAlias = "Hunk | Sketch | WholeFile"


class Action(Enum):
    """What happens to the file as a whole."""

    UPDATE = "update"
    CREATE = "create"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class FileEdit:
    """Everything a document asks of one file, in document order.

    `path` is as the document writes it, None where it names none. `move_to` is the new path of a
    file that is renamed. `format` names the edit format (``snippet``, ``search-replace``,
    ``udiff``, ``apply-patch``, ``whole``).
    """

    path: str | None
    edits: tuple[Edit, ...]
    format: str
    at: Span
    action: Action = Action.UPDATE
    move_to: str | None = None

    @property
    def is_diff(self) -> bool:
        """Whether its hunks all speak of the file as it was, in its order."""
        return self.format in _DIFFS


_DIFFS = frozenset({"udiff", "apply-patch"})


@dataclass(frozen=True, slots=True)
class EditDocument:
    """A document a model wrote (`source`), and the edits it holds, file by file."""

    source: str = field(repr=False)
    files: tuple[FileEdit, ...]


def steps_between(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[Step, ...]:
    """The steps of a hunk that turns `old` into `new`, keeping as many lines as `difflib` sees."""
    steps: list[Step] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_start, old_stop, new_start, new_stop in matcher.get_opcodes():
        if tag == "equal":
            steps += (Step(Op.KEEP, text) for text in old[old_start:old_stop])
        else:
            steps += (Step(Op.DROP, text) for text in old[old_start:old_stop])
            steps += (Step(Op.ADD, text) for text in new[new_start:new_stop])
    return tuple(steps)
