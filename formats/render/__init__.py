"""From two versions of a file to the document a model might have written about them.

The way back of `formats.parse`, for measuring: every style shows enough of a change that a careful
reader gets from the version before to the one after, or does not show it at all.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from fastapply.formats.render import hunks, snippets
from fastapply.formats.render.revision import Revision

__all__ = ["STYLES", "Revision", "Style", "render"]

Style = Callable[[Revision, random.Random], "str | None"]

STYLES: Mapping[tuple[str, str], Style] = {
    ("snippet", "markers"): snippets.markers,
    ("snippet", "fragments"): snippets.fragments,
    ("snippet", "dedented"): snippets.dedented_fragments,
    ("snippet", "definitions"): snippets.definitions,
    ("snippet", "dedented-definitions"): snippets.dedented_definitions,
    ("snippet", "shortened-definitions"): snippets.shortened_definitions,
    ("snippet", "members"): snippets.members,
    ("search-replace", "clean"): hunks.search_replace,
    ("search-replace", "flawed"): hunks.flawed_search_replace,
    ("udiff", "clean"): hunks.udiff,
    ("udiff", "misnumbered"): hunks.misnumbered_udiff,
    ("udiff", "diff-like"): hunks.diff_like,
    ("apply-patch", "clean"): hunks.apply_patch,
    ("whole", "clean"): hunks.whole,
}
"""The styles by format and name; each gives None for a revision it cannot show."""


def render(revision: Revision, format: str, style: str, rng: random.Random) -> str | None:
    """The document that shows `revision` so; None where it cannot be shown so."""
    if format == "snippet" and revision.holds_markers:
        return None
    return STYLES[format, style](revision, rng)
