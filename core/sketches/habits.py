"""What a fragment writes otherwise than the file out of habit, and not because that is the change.

Quotes, semicolons and typography differ where a model quotes from memory. A habit shows on every
occasion: a fragment that also writes strings the file's way, or adds a semicolon to a file that
has them, means what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from fastapply.core.lines.plain import plain, straight
from fastapply.core.lines.shift import indent_of
from fastapply.core.regex import regex

_STRING = regex(r""""((?:[^"\\]|\\.)*)"|(?<!\w)'((?:[^'\\]|\\.)*)'""")
_TRIPLE = ('"""', "'''")
_SOME = 10  # one line in so many that ends with a semicolon, and the file is written with them


@dataclass(frozen=True, eq=False, repr=False)
class Habits:
    """The habits of a fragment's `lines` beside the `file`; none count where all else is known.

    `apply` is false where the fragment says nothing new but in quotes and semicolons, or the
    prose is about style.
    """

    lines: Sequence[str]
    file: Sequence[str]
    apply: bool

    def explain(self, text: str, held: str) -> bool:
        """Whether `text` is but the file's line `held`, as the model is used to write it."""
        if text.rstrip() == held.rstrip():
            return True
        if indent_of(text) != indent_of(held) or plain(text) != plain(held):
            return False
        ours, theirs = straight(text.strip()), straight(held.strip())
        if not self.apply:
            return False
        if theirs == f"{ours};" and not any(map(str.isalnum, ours)):
            return True
        if ours.endswith(";") != theirs.endswith(";"):
            if self._ends_lines if theirs.endswith(";") else self._file_ends_lines:
                return False
            ours, theirs = ours.rstrip("; "), theirs.rstrip("; ")
        quotes = {one for one, other in zip(ours, theirs, strict=False) if one != other}
        return (
            not quotes
            or (quotes == {'"'} and not self._quotes("'"))
            or (quotes == {"'"} and not self._quotes('"'))
        )

    def _quotes(self, sign: str) -> bool:
        """Whether the fragment writes a string in `sign`, where either kind would do."""
        return sign in self._signs

    @cached_property
    def _signs(self) -> frozenset[str]:
        found: set[str] = set()
        for line in self.lines:
            if not any(triple in line for triple in _TRIPLE):
                for double, single in _STRING.findall(straight(line)):
                    if single and '"' not in single:
                        found.add("'")
                    if double and "'" not in double:
                        found.add('"')
        return frozenset(found)

    @cached_property
    def _ends_lines(self) -> bool:
        return any(line.rstrip().endswith(";") for line in self.lines)

    @cached_property
    def _file_ends_lines(self) -> bool:
        ended = sum(line.rstrip().endswith(";") for line in self.file)
        return _SOME * ended > sum(map(bool, map(str.strip, self.file)))
