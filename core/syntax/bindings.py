"""Names that a function binds: an edit must not take away what binds one that stays in use.

No grammar is asked, for any language: what stands alone left of a sign of assignment is bound. If
the line that binds a name before its first use goes, and nothing that comes or stays before that
use mentions the name, it is bound no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fastapply.core.edits import Span
from fastapply.core.plan import Replacement
from fastapply.core.regex import regex
from fastapply.core.syntax.kinds import FUNCTIONS, Definition, every

_BINDING = regex(r"\s*(?P<what>[\w$<>\[\]{},:&*?\s]+?)\s*(?::=|=(?![=>~]))")
_ANNOTATION = regex(r":[^,{}]*$")
_NAME = regex(r"([A-Za-z_$][\w$]*)[\s}\]]*$")


def unbound(
    lines: Sequence[str], replacements: Sequence[Replacement], held: Sequence[Definition]
) -> frozenset[str]:
    """The names that functions of `lines` bind, and after `replacements` only use."""
    return frozenset(
        name
        for each in every(held)
        if each.kind in FUNCTIONS
        for change in replacements
        if each.span.start < change.start and change.stop <= each.span.stop
        for line in lines[change.start : change.stop]
        for name in _bound(line)
        if _is_left(name, lines, each.span, replacements)
    )


def _bound(line: str) -> Iterator[str]:
    """The names that stand left of the line's first sign of assignment."""
    found = _BINDING.match(line)
    for part in _ANNOTATION.sub("", found["what"]).split(",") if found is not None else ():
        name = _NAME.search(part)
        if name is not None:
            yield name[1]


def _is_left(
    name: str, lines: Sequence[str], span: Span, replacements: Sequence[Replacement]
) -> bool:
    """Whether a line that goes binds the name, and the next to mention it is one that stays."""
    # Not a member, a text or, as far as that can be seen, an argument that has the name.
    use = re.compile(rf"(?<![\w$.'\"]){re.escape(name)}(?![\w$'\"]|\s*=(?![=>]))").search
    gone = {n for each in replacements for n in range(each.start, each.stop)}
    if any(use(line) or name in _bound(line) for each in replacements for line in each.lines):
        return False
    is_bound = False
    for number in range(span.start, span.stop):
        if name in _bound(lines[number]):
            is_bound = number in gone
            if not is_bound:
                return False
        elif use(lines[number]) and number not in gone:
            return is_bound
    return False
