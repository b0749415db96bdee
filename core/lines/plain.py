"""Lines without what models change when they only quote: quotes, semicolons, typography."""

from __future__ import annotations

import re

from fastapply.core.regex import regex

_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2008\u2009\u202f\u205f\u3000", " "),
    }
)
_NAME = regex(r"[A-Za-z_$][\w$]*")
_TRIPLE = ('"""', "'''")
_STYLE = regex(
    r"quot|semicolon|format|lint|prettier|style|black\b|ruff|eslint|rubocop|gofmt|typograph",
    re.IGNORECASE,
)


def plain(line: str) -> str:
    """`line` without surrounding space, its quotes and typography made one, `;` at the end gone.

    Two lines that are plainly equal say the same; which of them holds is another question.
    """
    text = straight(line.strip())
    if "'" in text and not any(quotes in text for quotes in _TRIPLE):
        text = text.replace("'", '"')
    ends = text.endswith(";") and (len(text) > 2 or text == "};")
    return text[:-1].rstrip() if ends else text


def first_word(line: str) -> str:
    """The first name or keyword of a line, "" where it has none."""
    found = _NAME.search(line)
    return found.group() if found else ""


def straight(text: str) -> str:
    """`text` with plain quotes, dashes and spaces for typographic ones."""
    return text if text.isascii() else text.translate(_TYPOGRAPHY)


def is_about_style(prose: str) -> bool:
    """Whether the prose says that quotes, semicolons or formatting are what changes."""
    return _STYLE.search(prose) is not None
