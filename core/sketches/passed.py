"""What a fragment passes over in silence: comments above its definitions, docstrings in them.

Models show a definition they change without its documentation. That rather stays, unless the prose
is about it, or the fragment says nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.lines.depths import text_below
from fastapply.core.lines.plain import plain
from fastapply.core.regex import regex
from fastapply.core.sketches.fragment import Fragment
from fastapply.core.syntax.kinds import SOLID, Definition

_COMMENTS = ("/*", "//", "#", '"""')
DOCSTRING = regex(r"[rRuU]?(\"{3}|'{3})")
_IS_SAID = regex(r"(?i)\b(?:comment|doc|docs|docstring|documentation|description|[jt]sdoc)s?\b")


class Passed(NamedTuple):
    """Documentation in the file, and where the fragment passes over it."""

    joint: int
    held: Span


def passed_over(
    fragment: Fragment,
    own: Iterable[Definition],
    namesakes: Mapping[str, Sequence[Definition]],
    lines: Sequence[str],
) -> Iterator[Passed]:
    """The documentation of the file's definitions that the fragment shows without it."""
    if _IS_SAID.search(fragment.prose):
        return
    there = frozenset(map(plain, lines))
    new = [n for n, line in enumerate(fragment.lines) if plain(line) not in there]
    own = [*own]
    opened = {each.header.stop for each in own}
    for each in own:
        is_apart = each.span.start in opened or _follows_blank(fragment.lines, each.span.start)
        for other in namesakes.get(each.name, ()):
            if other.kind not in SOLID or not new:
                continue
            if is_apart and _lacks_comment(each, other, lines):
                yield Passed(each.span.start, Span(other.span.start, other.header.start))
            if any(each.header.start <= n < each.span.stop for n in new):
                yield from _docstring(fragment, each, other, lines)


def _follows_blank(lines: Sequence[str], at: int) -> bool:
    return at > 1 and not lines[at - 1].strip()


def _lacks_comment(own: Definition, held: Definition, lines: Sequence[str]) -> bool:
    """Whether a definition is shown without the comment above it."""
    if own.span.start < own.header.start:
        return False
    if held.span.start == held.header.start:
        return False  # a heading of Markdown is no comment
    return lines[held.span.start].lstrip().startswith(_COMMENTS)


def _docstring(
    fragment: Fragment, own: Definition, held: Definition, lines: Sequence[str]
) -> Iterator[Passed]:
    """The docstring that a definition of the file begins with, and the fragment's does not."""
    at = _first_shown(fragment.lines, Span(own.header.stop, own.span.stop))
    there = _first_shown(lines, Span(held.header.stop, held.span.stop))
    if at is None or there is None or DOCSTRING.match(fragment.lines[at].lstrip()):
        return
    opening = DOCSTRING.match(lines[there].lstrip())
    if opening:
        last = last_of_docstring(lines, there, opening[1])
        yield Passed(at, Span(there, text_below(lines, last + 1)))


def last_of_docstring(lines: Sequence[str], start: int, quotes: str) -> int:
    """The last line of the docstring that `quotes` open in line `start`."""
    closing = (n for n in range(start + 1, len(lines)) if quotes in lines[n])
    return start if lines[start].count(quotes) > 1 else next(closing, start)


def _first_shown(lines: Sequence[str], span: Span) -> int | None:
    return next((n for n in range(span.start, span.stop) if lines[n].strip()), None)
