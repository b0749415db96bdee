"""Whether to believe a candidate: look at the result with eyes that did not make it.

Each finding has a stable `reason`:

    marker-leak           a marker or note of the document is in the result
    fence-leak            a fence, tag or SEARCH/REPLACE sign is
    unexplained-addition  a line was added that the edit does not show
    unexplained-removal   a line is gone, and nothing in the edit says so
    incomplete            a line that the edit shows is not there
    truncated             the same, at the end of the file
    lost-code             most of the file is gone
    empty-result          all of it is
    syntax-worse          the result parses less well than the file did

Nothing here guesses what was meant: the questions are asked of the edit and of the two texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from fastapply.core.account import Account
from fastapply.core.edits import FileEdit, Sketch, Span, WholeFile
from fastapply.core.markers import Kind, marker
from fastapply.core.result import Candidate, Finding
from fastapply.core.sightings import squeeze
from fastapply.core.text import SourceText

if TYPE_CHECKING:
    from fastapply.core.syntax import Fault

_MOST_OF_A_KIND = 5
_LOST_LINES = 0.5
_LOST_CHARACTERS = 0.6
_MOST_FAULTS = 12
_LONGEST_MACRO = 2
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})[\w+#.{}=\" /:-]*$")
_SIGN = re.compile(
    r"\s*(?:</?updated[-_]code>|[<]{5,9} ?SEARCH\b.*|[>]{5,9} ?REPLACE\b.*"
    r"|\*\*\* (?:Begin|End) (?:Patch|of File)|\*\*\* (?:Update|Add|Delete) File: .*)\s*$"
)
_OPENING_SIGN = re.compile(r"\s*(?:<updated|<{5,9} ?SEARCH|\*\*\* Begin Patch)")
_CLOSING_SIGN = re.compile(r"\s*(?:</updated|>{5,9} ?REPLACE|\*\*\* End Patch)")


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
    if any(map(str.strip, old)) and not any(map(str.strip, new)):
        return (Finding("empty-result", "nothing is left of the file"),) if trial.is_lost() else ()
    found = (
        trial.markers(),
        trial.fences(),
        trial.additions(),
        trial.removals(),
        trial.omissions(),
        trial.size(),
        trial.syntax(),
    )
    return tuple(chain.from_iterable(_first(findings) for findings in found))


def _first(findings: Iterator[Finding]) -> Iterator[Finding]:
    return islice(findings, _MOST_OF_A_KIND)


@dataclass(frozen=True, slots=True)
class _Trial:
    """The two texts, the edit's account, and the lines of the result that are new (`fresh`)."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    edit: FileEdit
    account: Account
    fresh: tuple[int, ...]
    language: str | None

    @classmethod
    def of(
        cls, old: tuple[str, ...], new: tuple[str, ...], edit: FileEdit, language: str | None
    ) -> _Trial:
        account = Account.of(edit, language, {line.strip() for line in old})
        return cls(old, new, edit, account, tuple(_fresh(old, new)), language)

    def markers(self) -> Iterator[Finding]:
        """Markers and notes of sketches, and beyond doubt markers in any other edit."""
        for number in self.fresh:
            sign = marker(self.new[number], self.language or "")
            if sign is None:
                continue
            is_certain_gap = sign.certain and sign.kind is Kind.GAP
            if is_certain_gap or (sign.text in self.account.markers and not self._is_stub(number)):
                yield Finding("marker-leak", f"a marker is in the result: {sign.text}", number)

    def _is_stub(self, number: int) -> bool:
        """Whether a bare ellipsis is the body of something new: Python's ``...``."""
        above = next((n for n in range(number - 1, -1, -1) if self.new[n].strip()), number)
        return (
            self.new[number].strip() == "..."
            and self.language == "python"
            and self.new[above].rstrip().endswith(":")
            and above in self.fresh
        )

    def fences(self) -> Iterator[Finding]:
        """Fences and signs that are new and that the edit's own lines do not hold in pairs."""
        signs = [number for number in self.fresh if _SIGN.match(self.new[number])]
        opened = sum(_OPENING_SIGN.match(self.new[number]) is not None for number in signs)
        closed = sum(_CLOSING_SIGN.match(self.new[number]) is not None for number in signs)
        for number in signs:
            if opened != closed or not self.account.brings(self.new[number]):
                yield _leaked_fence(self.new[number], number)
        fences = [number for number in self.fresh if _FENCE.match(self.new[number])]
        odd = len(fences) % 2 == 1 and self.language not in ("markdown", None)
        for number in fences:
            if odd or not self.account.brings(self.new[number]):
                yield _leaked_fence(self.new[number], number)

    def additions(self) -> Iterator[Finding]:
        """New lines that the edit does not show."""
        for number in self.fresh:
            if not self.account.brings(self.new[number]):
                text = self.new[number].strip()
                yield Finding("unexplained-addition", f"the edit does not show: {text}", number)

    def removals(self) -> Iterator[Finding]:
        """Runs of lines that are gone, and that nothing in the edit explains."""
        if self.account.is_whole:
            return
        lost = Counter(map(squeeze, self.old))
        lost.subtract(map(squeeze, self.new))
        for start, stop, place in _removed(self.old, self.new, lost, self.account):
            text = self.old[start].strip()
            if stop >= len(self.old) - self._trailing_blanks():
                yield Finding("truncated", f"the end of the file is gone, from: {text}", place)
            else:
                yield Finding("unexplained-removal", f"the edit does not remove: {text}", place)

    def omissions(self) -> Iterator[Finding]:
        """Lines the edit shows and the result lacks."""
        shown = [(number, squeeze(line)) for number, line in enumerate(self.new) if line.strip()]
        for text, place in self.account.unmet([key for _, key in shown]):
            number = shown[place][0] if place < len(shown) else len(self.new)
            yield Finding("incomplete", f"the edit shows a line that is not there: {text}", number)

    def _trailing_blanks(self) -> int:
        count = 0
        while count < len(self.old) and not self.old[-1 - count].strip():
            count += 1
        return count

    def size(self) -> Iterator[Finding]:
        """Most of the file is gone, and no edit spells that out."""
        if self.is_lost() and len(self.old) > 20:
            yield Finding("lost-code", f"{len(self.old)} lines became {len(self.new)}")

    def is_lost(self) -> bool:
        """Whether most of the file is gone though no hunk or whole file says so."""
        if not all(isinstance(part, Sketch) for part in self.edit.edits):
            return any(isinstance(part, WholeFile) for part in self.edit.edits) and not self.new
        characters = sum(map(len, self.new))
        return len(self.new) < (1 - _LOST_LINES) * len(self.old) and characters < (
            1 - _LOST_CHARACTERS
        ) * sum(map(len, self.old))

    def syntax(self) -> Iterator[Finding]:
        """More faults than the file had, unless it had so many that they say nothing."""
        if self.language is None or not self.old:
            return
        from fastapply.core.languages import GRAMMARS
        from fastapply.core.syntax import faults

        after = faults(self.new, self.language)
        if not after:
            return
        before = faults(self.old, self.language)
        if len(before) > _MOST_FAULTS or len(after) <= len(before):
            return
        known = {line for fault in before for line in self.old[fault.span.start : fault.span.stop]}
        worse = [f for f in after if not known.issuperset(self.new[f.span.start : f.span.stop])]
        if GRAMMARS[self.language].has_macros and self._are_macros(worse):
            return
        place = (worse or list(after))[0].span.start
        counts = f"{len(after)} places do not parse as {self.language}, {len(before)} before"
        yield Finding("syntax-worse", counts, place)

    def _are_macros(self, found: Sequence[Fault]) -> bool:
        """Whether faults are short and lie in the edit's own new lines, as unknown macros do."""
        new = set(self.fresh)
        return all(
            len(fault.span) <= _LONGEST_MACRO and new.issuperset(_rows(fault)) for fault in found
        )


def _rows(fault: Fault) -> range:
    return range(fault.span.start, fault.span.stop)


def _fresh(old: Sequence[str], new: Sequence[str]) -> Iterator[int]:
    """The lines of `new`, blank ones left out, beyond those `old` has as often."""
    left = Counter(map(squeeze, old))
    for number, line in enumerate(new):
        key = squeeze(line)
        if not key:
            continue
        if left[key] > 0:
            left[key] -= 1
        else:
            yield number


def _leaked_fence(line: str, number: int) -> Finding:
    return Finding("fence-leak", f"a fence or sign is in the result: {line.strip()}", number)


def _removed(
    old: Sequence[str], new: Sequence[str], lost: Counter[str], account: Account
) -> Iterator[tuple[int, int, int]]:
    """Runs of `old` that are gone without account, and where in `new` they would be.

    Lines that moved are not gone: only those `new` has less often (`lost`).
    """
    keys = [squeeze(line) for line in old]
    kept = [(number, key) for number, key in enumerate(keys) if key]
    shown = [(number, squeeze(line)) for number, line in enumerate(new) if line.strip()]
    there = [key for _, key in shown]
    stretches = account.stretches(there)
    text = "\n".join(new)
    for was, now in _changes([key for _, key in kept], there):
        run = kept[was.start : was.stop]
        gone = _undropped(run, old, lost, account)
        if not gone or account.names_one_of([old[number] for number, _ in run], text.__contains__):
            continue
        if any(stretch.covers(now.start, now.stop) for stretch in stretches):
            continue
        if not account.elides(keys, gone[0], gone[-1] + 1):
            at = shown[now.start][0] if now.start < len(shown) else len(new)
            yield gone[0], gone[-1] + 1, at


def _undropped(
    run: Sequence[tuple[int, str]], old: Sequence[str], lost: Counter[str], account: Account
) -> list[int]:
    """The lines of a run that no hunk drops, nor encloses by lines that it drops.

    Enclosed lines are those a model forgets in a SEARCH: a comment, a blank line.
    """
    dropped = [number for number, key in run if account.drops(old[number], max(lost[key], 1))]
    enclosed = range(dropped[0], dropped[-1] + 1) if dropped else range(0)
    return [number for number, key in run if lost[key] > 0 and number not in enclosed]


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Span, Span]]:
    """What differs between two texts: lines of the one, and those in their place."""
    from rapidfuzz.distance import LCSseq

    was = now = 0
    for block in LCSseq.opcodes(old, new):
        if block.tag == "equal":
            yield Span(was, block.src_start), Span(now, block.dest_start)
            was, now = block.src_end, block.dest_end
    yield Span(was, len(old)), Span(now, len(new))
