"""Definitions of a text that no grammar parses: what its braces and indentation tell.

A definition is a line that ends in an opening brace, what it holds, and the line that closes it,
indented as it is: ``message Ship {``, ``location /static/ {``, ``mounted() {``. Comments and
descriptions right above belong to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastapply.core.edits import Span
from fastapply.core.lines.shift import indent_of
from fastapply.core.regex import regex
from fastapply.core.syntax.kinds import Definition

_HEADER = regex(r"[\w.&@#$:*\"'/~%-][^=;]*\{$")
_NO_NAME = regex(
    r"(?:if|else|elif|elseif|for|foreach|while|until|unless|do|switch|case|when|match|select|try"
    r"|catch|finally|return|loop|unsafe|begin|with|await|throw|new)\b|.*=>|.*\|\w*\|"
)
# What follows a name in a header: parameters, or what it builds on; a first string is a name, too.
_AFTER_NAME = regex(
    r"(?<=\w)\s*\((?!\s*[\"']).*|\s+(?:extends|implements|where|on)\s.*|\s*:\s.*|\s+@.*"
)
_COMMENT = ("#", "//", "/*", "*", "<!--", "--", ";", "@")
_QUOTES = '"""'


def outline_of_braces(lines: Sequence[str]) -> tuple[Definition, ...]:
    """The definitions of `lines`, outermost first."""
    return tuple(_inside(lines, 0, len(lines)))


def _inside(lines: Sequence[str], start: int, stop: int) -> Iterator[Definition]:
    """The definitions that begin in lines [start, stop)."""
    number = start
    while number < stop:
        name = _name(lines[number])
        end = _end(lines, number, stop) if name else None
        if end is None:
            number += 1
            continue
        span = Span(_first(lines, start, number), end + 1)
        children = tuple(_inside(lines, number + 1, end))
        kind = "key" if name.endswith(":") else "rule"
        yield Definition(name.rstrip(":"), kind, span, Span(number, number + 1), children)
        number = end + 1


def _name(line: str) -> str:
    """What the header of a definition calls it, "" for any other line."""
    text = line.strip()
    if not text.endswith("{") or not _HEADER.match(text) or _NO_NAME.match(text):
        return ""
    return " ".join(_AFTER_NAME.sub("", text[:-1].rstrip()).split())


def _end(lines: Sequence[str], header: int, stop: int) -> int | None:
    """The line that closes what line `header` opens; None where another line comes first."""
    depth = indent_of(lines[header])
    for number in range(header + 1, stop):
        line = lines[number]
        if line.strip() and len(indent_of(line)) <= len(depth):
            return number if indent_of(line) == depth and line.lstrip().startswith("}") else None
    return None


def _first(lines: Sequence[str], start: int, header: int) -> int:
    """The first line of the comments and descriptions right above line `header`."""
    first, depth = header, indent_of(lines[header])
    while first > start and lines[first - 1].strip() and indent_of(lines[first - 1]) == depth:
        above = lines[first - 1].strip()
        if above.startswith(_COMMENT):
            first -= 1
        elif above.endswith(_QUOTES):
            is_one = above.startswith(_QUOTES) and len(above) > len(_QUOTES)
            opening = (n for n in range(first - 2, start - 1, -1) if _QUOTES in lines[n])
            first = first - 1 if is_one else next(opening, first - 1)
        else:
            break
    return first
