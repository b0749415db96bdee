"""The definitions that hold what a revision changes: what models like to show whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from fastapply.core.edits import Span
from fastapply.core.syntax.kinds import Definition
from fastapply.core.syntax.trees import outline
from fastapply.formats.render.revision import Revision

_LONGEST = 80  # lines of a definition that is shown whole


class Held(NamedTuple):
    """A definition that both versions have once, the steps it covers, and what it stands in."""

    name: str
    window: Span
    header: Span
    parent: tuple[str, ...]


def holders(revision: Revision) -> tuple[Held, ...] | None:
    """The innermost definitions that hold all changes, in order; None where there are none."""
    if revision.language is None:
        return None
    before = _unique(outline(revision.before, revision.language))
    after = _unique(outline(revision.after, revision.language))
    found: dict[tuple[str, ...], Held] = {}
    for change in revision.changes:
        old, new = revision.old_span(change), revision.new_span(change)
        holding = [
            path
            for path, definition in after.items()
            if path in before and _within(new, definition.span) and _within(old, before[path].span)
        ]
        if not holding:
            return None
        path = max(holding, key=len)
        if len(after[path].span) > _LONGEST:
            return None
        held = _held(revision, path, before, after)
        if held is None:
            return None
        found[path] = held
    kept = [
        held
        for path, held in found.items()
        if not any(path[:n] in found for n in range(1, len(path)))
    ]
    return tuple(sorted(kept, key=lambda held: held.window))


def _held(
    revision: Revision,
    path: tuple[str, ...],
    before: dict[tuple[str, ...], Definition],
    after: dict[tuple[str, ...], Definition],
) -> Held | None:
    """The definition at `path`, with the head of the one around it where that did not change.

    None where its ends are not at the same steps in both versions.
    """
    old, new = before[path].span, after[path].span
    places = range(len(revision.steps) + 1)
    starts = [at for at in places if revision.place(at) == (old.start, new.start)]
    stops = [at for at in places if revision.place(at) == (old.stop, new.stop)]
    if not starts or not stops:
        return None
    parent: tuple[str, ...] = ()
    if len(path) > 1 and path[:-1] in after and path[:-1] in before:
        span = after[path[:-1]].header
        header = revision.after[span.start : span.stop]
        was = before[path[:-1]].header
        if header == revision.before[was.start : was.stop]:
            parent = header
    return Held(path[-1], Span(starts[0], stops[-1]), after[path].header, parent)


def _unique(definitions: tuple[Definition, ...]) -> dict[tuple[str, ...], Definition]:
    """The definitions by their names from the outside in; not those that share all names."""
    found = list(_walk(definitions, ()))
    times = Counter(path for path, _ in found)
    return {path: definition for path, definition in found if times[path] == 1}


def _walk(
    definitions: tuple[Definition, ...], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Definition]]:
    for definition in definitions:
        path = (*above, definition.name)
        yield path, definition
        yield from _walk(definition.children, path)


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.stop <= outer.stop
