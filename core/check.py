"""Whether to believe a candidate: look at the result with eyes that did not make it.

Each finding has a stable `reason`:

    marker-leak           a marker or note of the document is in the result
    fence-leak            a fence, tag or SEARCH/REPLACE sign is
    unexplained-addition  a line was added that the edit does not show
    unexplained-removal   a line is gone, and nothing in the edit says so
    truncated             the same, at the end of the file
    incomplete            a line that the edit shows is not there
    lost-code             most of the file is gone
    empty-result          all of it is
    syntax-worse          the result parses less well than the file did

A text that a model wrote, and that the merge did not find too, is also asked whether what the edit
shows sits where it must (`core.checks.seats`: doubled, scattered, no-place, silent-loss, respaced).

Nothing here guesses what was meant: the questions are asked of the edit and of the two texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from fastapply.core.checks.account import Account
from fastapply.core.checks.changed import Changed, Run
from fastapply.core.edits import FileEdit, Sketch, Span, WholeFile
from fastapply.core.lines.brackets import balance
from fastapply.core.lines.common_lines import TooManyLinesError
from fastapply.core.lines.markers import Kind, marker
from fastapply.core.lines.signs import CONFLICT_SIGN, EDIT_SIGN, FENCE, TAG
from fastapply.core.regex import regex
from fastapply.core.result import Candidate, Finding
from fastapply.core.syntax.kinds import JSON
from fastapply.core.text import SourceText

if TYPE_CHECKING:
    from fastapply.core.syntax.trees import Fault

_MOST_OF_A_KIND = 5
# A result is lost code below these shares of the file's lines and characters; short files may be.
_LEFT_LINES = 0.5
_LEFT_CHARACTERS = 0.4
_SHORT = 20
# So many faults before the change, and faults say nothing.
_MOST_FAULTS = 12
# So many lines that end in an opening brace make a file one of blocks.
_FEWEST_BLOCKS = 2
_SHORT_FAULT = 2
_OPENING_SIGN = regex(r"\s*(?:<updated|<{5,9} ?(?i:SEARCH)|\*\*\* (?i:Begin Patch))")
_CLOSING_SIGN = regex(r"\s*(?:</updated|>{5,9} ?(?i:REPLACE)|\*\*\* (?i:End Patch))")


def check(
    before: SourceText | None, edit: FileEdit, candidate: Candidate, language: str | None
) -> tuple[Finding, ...]:
    """What speaks against `candidate`; nothing if it is to be believed.

    `before` is None for a file that is created. `language` is that of the file, where known.
    """
    old = before.lines if before is not None else ()
    new = candidate.text.lines
    if old == new:
        return ()
    trial = _Trial.of(old, new, edit, language)
    if any(map(str.strip, old)) and not any(map(str.strip, new)) and trial.is_lost():
        return (Finding("empty-result", "nothing is left of the file"),)
    found = (
        trial.markers(),
        trial.fences(),
        trial.additions(),
        trial.removals(),
        trial.omissions(),
        trial.size(),
        trial.syntax(),
        trial.seats() if candidate.is_unguided else (),
    )
    try:
        return tuple(chain.from_iterable(islice(each, _MOST_OF_A_KIND) for each in found))
    except TooManyLinesError:
        counts = f"{len(old)} lines became {len(new)}"
        return (Finding("too-large", f"the edit is too large to be checked: {counts}"),)


class _Trial(NamedTuple):
    """The two texts, and what the edit accounts for."""

    changed: Changed
    edit: FileEdit
    account: Account
    language: str | None

    @classmethod
    def of(
        cls, old: tuple[str, ...], new: tuple[str, ...], edit: FileEdit, language: str | None
    ) -> _Trial:
        account = Account.of(edit, language, {line.strip() for line in old})
        return cls(Changed.of(old, new), edit, account, language)

    def fresh(self) -> Iterator[tuple[int, str]]:
        """The lines that are new, with their numbers."""
        return ((number, self.changed.new[number]) for number in self.changed.fresh)

    def markers(self) -> Iterator[Finding]:
        """Markers and notes of sketches, and beyond doubt markers in any other edit."""
        for number, line in self.fresh():
            sign = marker(line, self.language or "")
            if sign is None:
                continue
            of_a_sketch = sign.text in self.account.markers and not self._is_stub(number)
            if of_a_sketch or (sign.certain and sign.kind is Kind.GAP):
                yield Finding("marker-leak", f"a marker is in the result: {sign.text}", number)

    def _is_stub(self, number: int) -> bool:
        """Whether a bare ellipsis is the body of something new: Python's ``...``."""
        new = self.changed.new
        above = next((n for n in range(number - 1, -1, -1) if new[n].strip()), number)
        return (
            new[number].strip() == "..."
            and self.language == "python"
            and new[above].rstrip().endswith(":")
            and above in self.changed.fresh
        )

    def fences(self) -> Iterator[Finding]:
        """Fences and signs that are new and that the edit's own lines do not hold in pairs."""
        signs = [
            (number, line)
            for number, line in self.fresh()
            if EDIT_SIGN.match(line) or TAG.match(line)
        ]
        opened = sum(_OPENING_SIGN.match(line) is not None for _, line in signs)
        closed = sum(_CLOSING_SIGN.match(line) is not None for _, line in signs)
        for number, line in signs:
            if opened != closed or not self.account.brings(line):
                yield _leaked_fence(line, number)
        if not self.account.is_whole:
            for number, line in self.fresh():
                if CONFLICT_SIGN.match(line):
                    yield _leaked_fence(line, number)
        fences = [(number, line) for number, line in self.fresh() if FENCE.match(line)]
        odd = len(fences) % 2 == 1 and self.language not in ("markdown", None)
        for number, line in fences:
            if odd or not self.account.brings(line):
                yield _leaked_fence(line, number)

    def additions(self) -> Iterator[Finding]:
        """New lines that the edit does not show."""
        for number, line in self.fresh():
            if not self.account.brings(line) and not self._differs_by_comma(line, self.changed.old):
                message = f"the edit does not show: {line.strip()}"
                yield Finding("unexplained-addition", message, number)

    def removals(self) -> Iterator[Finding]:
        """Runs of lines that are gone, and that nothing in the edit explains."""
        if self.account.is_whole:
            return
        old = self.changed.old
        last = max((number for number, line in enumerate(old) if line.strip()), default=0)
        for gone, place in self._unexplained():
            text = old[gone.start].strip()
            if gone.stop > last:
                yield Finding("truncated", f"the end of the file is gone, from: {text}", place)
            else:
                yield Finding("unexplained-removal", f"the edit does not remove: {text}", place)

    def _unexplained(self) -> Iterator[tuple[Span, int]]:
        """Lines that are gone without account, and the line of the result where they would be."""
        seen = self.account.sightings(self.changed.keys)
        text = "\n".join(self.changed.new)
        for run in self.changed.runs():
            gone = self._undropped(run)
            if not gone or any(each.covers(place) for each in seen for place in run.places):
                continue
            lines = [self.changed.old[number] for number in run.lines]
            if self.account.names_one_of(lines, text.__contains__) or self._is_named(gone):
                continue
            if not self.account.elides(self.changed.old, gone[0], gone[-1] + 1):
                yield Span(gone[0], gone[-1] + 1), self._row(run.place.start)

    def _is_named(self, gone: Sequence[int]) -> bool:
        """Whether notes or prose name a definition that lies in lines that are gone."""
        if not self.account.names or self.language is None:
            return False
        from fastapply.core.syntax.trees import outline

        found = list(outline(self.changed.old, self.language))
        while found:
            each = found.pop()
            if each.header.start in gone and self.account.says_gone(each.name):
                return True
            found += each.children
        return False

    def _undropped(self, run: Run) -> list[int]:
        """The lines of a run that no hunk drops, nor encloses by lines that it drops.

        Enclosed lines are those a model forgets in a SEARCH: a comment, a blank line.
        """
        dropped = [
            number
            for number, times in zip(run.lines, run.times, strict=True)
            if self.account.drops(self.changed.old[number], times)
        ]
        enclosed = range(dropped[0], dropped[-1] + 1) if dropped else range(0)
        old, new = self.changed.old, self.changed.new
        return [
            number
            for number in run.gone
            if number not in enclosed and not self._differs_by_comma(old[number], new)
        ]

    def _differs_by_comma(self, line: str, others: Sequence[str]) -> bool:
        """Whether one of `others` is the same line of JSON, with a comma more or less."""
        if self.language not in JSON:
            return False
        text = line.rstrip().removesuffix(",")
        return any(other != line and other.rstrip().removesuffix(",") == text for other in others)

    def _row(self, place: int) -> int:
        """The result's line for a place among its lines that are not blank."""
        rows = self.changed.rows
        return rows[place] if place < len(rows) else len(self.changed.new)

    def omissions(self) -> Iterator[Finding]:
        """Lines the edit shows and the result lacks.

        Where a line like it stands in the result, the model misquoted the file, unless the file
        had just the line that is shown. JSON's commas depend on what follows.
        """
        for each in self.account.unmet(self.changed.keys):
            if each.has_drifted and each.key not in self.changed.held:
                continue
            if self._differs_by_comma(each.key, self.changed.keys):
                continue
            message = f"the edit shows a line that is not there: {each.key}"
            yield Finding("incomplete", message, self._row(each.place))

    def seats(self) -> Iterator[Finding]:
        """What the edit shows, but torn apart, twice, or where nothing says it goes."""
        from fastapply.core.checks.seats import misplaced

        return misplaced(self.changed, self.account, self.language)

    def size(self) -> Iterator[Finding]:
        """Most of the file is gone, and no edit spells that out."""
        old, new = self.changed.old, self.changed.new
        if self.is_lost() and len(old) > _SHORT:
            yield Finding("lost-code", f"{len(old)} lines became {len(new)}")

    def is_lost(self) -> bool:
        """Whether most of the file is gone though no hunk or whole file says so."""
        old, new = self.changed.old, self.changed.new
        if not all(isinstance(part, Sketch) for part in self.edit.edits):
            return any(isinstance(part, WholeFile) for part in self.edit.edits) and not new
        characters = sum(map(len, new)), sum(map(len, old))
        few_lines = len(new) < _LEFT_LINES * len(old)
        return few_lines and characters[0] < _LEFT_CHARACTERS * characters[1]

    def syntax(self) -> Iterator[Finding]:
        """More faults than the file had, unless it had so many that they say nothing."""
        old, new = self.changed.old, self.changed.new
        if not old:
            return
        from fastapply.core.syntax.languages import GRAMMARS
        from fastapply.core.syntax.trees import faults, still_parses

        grammar = GRAMMARS.get(self.language or "")
        if self.language is None or grammar is None or not grammar.exact:
            yield from self._unclosed()
            return
        was, now = self.changed.was, self.changed.now
        if still_parses(old, new, was, now, self.language):
            return
        after = faults(new, self.language)
        if not after:
            return
        before = faults(old, self.language)
        if len(before) > _MOST_FAULTS or len(after) <= len(before):
            return
        known = {line for fault in before for line in old[fault.span.start : fault.span.stop]}
        worse = [f for f in after if not known.issuperset(new[f.span.start : f.span.stop])]
        if grammar.is_partial and self._are_the_edits_own(worse):
            return
        place = (worse or list(after))[0].span.start
        counts = f"{len(after)} places do not parse as {self.language}, {len(before)} before"
        yield Finding("syntax-worse", counts, place)

    def _unclosed(self) -> Iterator[Finding]:
        """Brackets that do not close any more in a file of blocks, which no grammar parses."""
        old, new = self.changed.old, self.changed.new
        blocks = sum(line.rstrip().endswith("{") for line in old)
        if blocks < _FEWEST_BLOCKS or sum(balance(line) for line in old) != 0:
            return
        rest = sum(balance(line) for line in new)
        if rest:
            what = "open and do not close" if rest > 0 else "close and do not open"
            place = max(self.changed.now.stop - 1, 0)
            yield Finding("syntax-worse", f"brackets: {abs(rest)} {what}, none before", place)

    def _are_the_edits_own(self, found: Sequence[Fault]) -> bool:
        """Whether faults are short and lie in new lines only, as those of a macro do."""
        new = set(self.changed.fresh)
        return all(
            len(fault.span) <= _SHORT_FAULT
            and new.issuperset(range(fault.span.start, fault.span.stop))
            for fault in found
        )


def _leaked_fence(line: str, number: int) -> Finding:
    return Finding("fence-leak", f"a fence or sign is in the result: {line.strip()}", number)
