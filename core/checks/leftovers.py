"""Lines of a file that an edit document left there: they stand for something, or frame it.

    marker  a lazy marker: ``# ... existing code ...``
    sign    a line of SEARCH/REPLACE, apply-patch or a diff
    tag     a tag around an answer: ``<updated-code>``, ``</think>``
    fence   a Markdown fence in a file that is no prose

Unlike the check of a candidate (`core.check`) nothing is known here of an edit: the file must tell.
So a line counts only where nobody would write it on purpose: not inside a string, a docstring or a
block comment, and in prose neither in a fence nor indented. A line that says `ALLOW`, or has a
comment above it that says so, and a file that says `ALLOW_FILE` are let pass.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from fastapply.core.checks.lone_markers import is_lone_marker
from fastapply.core.lines.signs import EDIT_SIGN, FENCE, HUNK_SIGN, TAG
from fastapply.core.regex import regex

ALLOW = "fastapply: allow"
ALLOW_FILE = "fastapply: allow-file"

_PROSE = frozenset({"md", "mdx", "markdown", "mdown", "mkd", "rst", "txt", "adoc", "org", "tex"})
_PATCHES = frozenset({"diff", "patch", "rej"})
_WITH_FENCES = frozenset({"html", "yaml"})  # underlined headings, and texts that are Markdown
# What every leftover holds. Most files hold none of it, and then nothing else is asked.
_MAY_BE_ONE = regex(
    r"\.\.\.|…|\. \. \.|[<>]{4}|-{5} ?SEARCH|\+{5} ?REPLACE|\*\*\* |```|~~~|@@ |<\|"
    r"|</?(?:\w+[-_]|think|antArtifact)|\b(?:existing|unchanged|rest|remain|others?|omitted|snip|same|keep)",
    re.IGNORECASE,
)
_ALONE = regex(r"\s*(?:#|//|--|;|%|/\*|\*|<!--|\{/\*)")
_HTML_COMMENT = regex(r"\s*<!--.*-->\s*$")


class Leftover(NamedTuple):
    """A line of a file that an edit left there: its index, what it is, its text."""

    line: int
    kind: str
    text: str


def leftovers(path: str, lines: Sequence[str]) -> tuple[Leftover, ...]:
    """What edits left in the file `path`, in the order of its lines."""
    suspects = [number for number, line in enumerate(lines) if _MAY_BE_ONE.search(line)]
    if not suspects:
        return ()
    from fastapply.core.syntax.trees import language_of

    language, suffix = language_of(path, lines[0]), path.rpartition(".")[2].lower()
    if language == "markdown" or suffix in _PROSE:
        found = list(_in_prose(lines, suspects))
    elif suffix in _PATCHES:
        return ()
    else:
        found = list(_in_code(lines, suspects, language))
        if found:
            from fastapply.core.syntax.quotations import in_blocks, quoted

            numbers = [each.line for each in found]
            inside = quoted(lines, language, numbers) if language else in_blocks(lines, suffix)
            found = [each for each in found if each.line not in inside]
    if not found or any(ALLOW_FILE in line for line in lines):
        return ()
    return tuple(each for each in found if not _is_allowed(lines, each.line))


class Said(Protocol):
    """Whatever has a text that it shares with others."""

    @property
    def text(self) -> str:
        """The text."""


_Said = TypeVar("_Said", bound=Said)


def unexcused(found: Iterable[_Said], before: Iterable[Said]) -> Iterator[_Said]:
    """Those of `found` that were not there `before`: each text is excused as often as it was."""
    there = Counter(each.text for each in before)
    for each in found:
        if there[each.text]:
            there[each.text] -= 1
        else:
            yield each


def _is_allowed(lines: Sequence[str], number: int) -> bool:
    above = lines[number - 1] if number else ""
    return ALLOW in lines[number] or (ALLOW in above and bool(_ALONE.match(above)))


def _in_code(
    lines: Sequence[str], suspects: Sequence[int], language: str | None
) -> Iterator[Leftover]:
    known = language is not None
    fences_mean_themselves = language in _WITH_FENCES or not known
    for number in suspects:
        line = lines[number]
        kind = _sign(line)
        if kind is None and HUNK_SIGN.match(line):
            kind = "sign" if known else None
        elif kind is None and FENCE.match(line):
            at_home = fences_mean_themselves and not _is_at_an_end(lines, number)
            kind = None if at_home else "fence"
        elif kind is None and is_lone_marker(lines, number, language or ""):
            kind = "marker"
        if kind is not None:
            yield Leftover(number, kind, line.strip())


def _in_prose(lines: Sequence[str], suspects: Sequence[int]) -> Iterator[Leftover]:
    shown = _shown(lines)
    for number in suspects:
        line = lines[number]
        if number in shown or line.startswith(("    ", "\t")):
            continue
        kind = _sign(line)
        if kind is None and _HTML_COMMENT.match(line) and is_lone_marker(lines, number, "markdown"):
            kind = "marker"
        if kind is not None:
            yield Leftover(number, kind, line.strip())


def _shown(lines: Sequence[str]) -> set[int]:
    """The lines inside fences."""
    shown: set[int] = set()
    opening = ""
    for number, line in enumerate(lines):
        text = line.strip(" \t>")
        if opening:
            shown.add(number)
            if text.startswith(opening) and not text.strip(opening[0]):
                opening = ""
        elif text.startswith(("```", "~~~")):
            opening = text[: len(text) - len(text.lstrip(text[0]))]
    return shown


def _sign(line: str) -> str | None:
    if EDIT_SIGN.match(line):
        return "sign"
    return "tag" if TAG.match(line) else None


def _is_at_an_end(lines: Sequence[str], number: int) -> bool:
    """Whether a line is the first or the last that is not blank."""
    return not any(map(str.strip, lines[:number])) or not any(map(str.strip, lines[number + 1 :]))
