"""Names of which a fragment has more definitions than the file: some of them are new.

Which ones, the name cannot tell; only a header the file has, word for word, stands for its old
definition.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from fastapply.core.regex import regex
from fastapply.core.syntax.kinds import SOLID, Definition

_OVERLOAD = regex(r"\boverload(?:s|ed|ing)?\b[^`.\n]{0,40}`([\w:.~]+)", re.IGNORECASE)


def overloaded(own: Sequence[Definition], held: Sequence[Definition], prose: str) -> frozenset[str]:
    """The names that more definitions of one scope have in the fragment than in the file.

    And those the prose says are overloaded: "an overload of `f` for strings".
    """
    ours, theirs = _most(own), _most(held)
    told = _OVERLOAD.findall(prose) if "overload" in prose.lower() else ()
    return frozenset(
        name
        for name, count in ours.items()
        if count > theirs[name] > 0 or (theirs[name] and name in told)
    )


def _most(definitions: Sequence[Definition]) -> Counter[str]:
    """How many definitions of one scope have a name, at most."""
    most: Counter[str] = Counter()
    scopes = [definitions]
    while scopes:
        scope = scopes.pop()
        counts = Counter(each.name for each in scope if each.kind in SOLID)
        most.update(
            {name: count - most[name] for name, count in counts.items() if count > most[name]}
        )
        scopes += [each.children for each in scope if each.children]
    return most
