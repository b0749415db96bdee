"""The names that the imports of a text bring: which a text uses, it must not lose.

Where new imports come beside old ones, a likeness of lines cannot tell whether they take their
place; what the rest of the text uses can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastapply.core.regex import regex

_IMPORT = regex(r"\s*(?:from\s+\S+\s+)?(?:pub\s+)?(?:import|use|using)\s+(?P<what>[^\"']+)")
_SOURCE = regex(r"\s+from\b.*|[;\s]+$")
_PART = regex(r"[{},()]")
_LAST = regex(r"([A-Za-z_$][\w$]*)\s*$")
_WORD = regex(r"[A-Za-z_$][\w$]*")


def unbound(lines: Sequence[str], old: Sequence[str]) -> int:
    """How many names `lines` use that they no longer import, and that the imports of `old` did."""
    lost = frozenset(_bound(old)) - frozenset(_bound(lines))
    if not lost:
        return 0
    used = {word for line in lines if not _IMPORT.match(line) for word in _WORD.findall(line)}
    return len(lost & used)


def _bound(lines: Sequence[str]) -> Iterator[str]:
    """The last name of each part of an import: of ``use a::{B, c as D}`` B and D."""
    for line in lines:
        match = _IMPORT.match(line)
        if match is not None:
            for part in _PART.split(_SOURCE.sub("", match["what"])):
                last = _LAST.search(part)
                if last is not None:
                    yield last[1]
