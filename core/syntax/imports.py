"""The names that the imports of a text bring: which a text uses, it must not lose.

Where new imports come beside old ones, a likeness of lines cannot tell whether they take their
place; what the rest of the text uses can.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from fastapply.core.lines.brackets import balance
from fastapply.core.regex import regex

_IMPORT = regex(r"\s*(?:from\s+\S+\s+)?(?:pub\s+)?(?:import|use|using)\s+(?=[^\s\"'])")
_LONGEST = 2000
_SOURCE = regex(r"\s+from\b.*|[;\s]+$")
_PART = regex(r"[{},()]")
_LAST = regex(r"([A-Za-z_$][\w$]*)\s*$")
_WORD = regex(r"[A-Za-z_$][\w$]*")


def misbound(lines: Sequence[str], old: Sequence[str]) -> int:
    """How many names `lines` use and no longer import, or import twice, unlike `old`."""
    ours, rest = _split(lines)
    names, before = Counter(bound_names(ours)), Counter(bound_names(_split(old)[0]))
    doubled = sum(count > max(1, before[name]) for name, count in names.items())
    lost = before.keys() - names.keys()
    used = {word for line in rest for word in _WORD.findall(line)} if lost else set()
    return doubled + len(lost & used)


def _split(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The imports of a text, each as one line, and its other lines."""
    imports: list[str] = []
    rest: list[str] = []
    is_open = False
    for line in lines:
        if is_open:
            imports[-1] += f" {line.strip()}"
        elif _IMPORT.match(line):
            imports.append(line)
        else:
            rest.append(line)
            continue
        is_open = balance(imports[-1]) > 0 and len(imports[-1]) < _LONGEST
    return imports, rest


def bound_names(imports: Sequence[str]) -> Iterator[str]:
    """The last name of each part of an import: of ``use a::{B, c as D}`` B and D."""
    for line in imports:
        what = _SOURCE.sub("", _IMPORT.sub("", line))
        for part in _PART.split(what):
            last = _LAST.search(part)
            if last is not None:
                yield last[1]
