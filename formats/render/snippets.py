"""A revision as lazy snippets: what a chat model shows of a file it changed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from fastapply.core.edits import Span
from fastapply.formats.render.definitions import Held, holders
from fastapply.formats.render.revision import Revision
from fastapply.formats.render.wording import (
    Marker,
    dedented,
    document,
    fence,
    info_word,
    margin_of,
    marker_for,
)

_UNMARKED = 2  # lines that may give way to each new one where no marker says what is left out
_MARKED = 6
_LONG = 3  # lines of a definition that is told from its neighbours


def markers(revision: Revision, rng: random.Random) -> str | None:
    """One fence, a marker for every run of lines that is left out."""
    windows = revision.framed(rng.choice((1, 2, 2, 3, 4)))
    marker = marker_for(revision.path, rng)
    if windows is None or marker is None or revision.hides_loss(_MARKED):
        return None
    lines = _with_markers(revision, windows, marker, rng)
    return document(revision, [fence(lines, info_word(revision, rng))], rng)


def fragments(revision: Revision, rng: random.Random) -> str | None:
    """A fence for every window, no markers."""
    windows = revision.framed(rng.choice((1, 2, 3, 4)))
    if windows is None or revision.hides_loss(_UNMARKED):
        return None
    info = info_word(revision, rng)
    return document(revision, [fence(revision.new(window), info) for window in windows], rng)


def dedented_fragments(revision: Revision, rng: random.Random) -> str | None:
    """A fence for every window, each without the indentation its lines share."""
    windows = revision.framed(rng.choice((1, 2, 3, 4)))
    if windows is None or revision.hides_loss(_UNMARKED):
        return None
    return _at_margin(revision, windows, rng)


def definitions(revision: Revision, rng: random.Random) -> str | None:
    """The definitions that changed, complete, with nothing to say where they are.

    They share a fence if all are long enough to be told from lines of their neighbours.
    """
    found = holders(revision)
    if not found:
        return None
    info = info_word(revision, rng)
    shown = [revision.new(held.window) for held in found]
    if min(map(len, shown)) < _LONG:
        return document(revision, [fence(lines, info) for lines in shown], rng)
    return document(revision, [fence(_spaced(revision, found, shown), info)], rng)


def dedented_definitions(revision: Revision, rng: random.Random) -> str | None:
    """A fence for each definition that changed, complete, at the margin."""
    found = holders(revision)
    if not found:
        return None
    return _at_margin(revision, [held.window for held in found], rng)


def shortened_definitions(revision: Revision, rng: random.Random) -> str | None:
    """The definitions that changed, with markers for long runs in them that stay."""
    found, marker = holders(revision), marker_for(revision.path, rng)
    windows = revision.framed(rng.choice((1, 2, 3)))
    if not found or marker is None or windows is None:
        return None
    shown = []
    for held in found:
        shown.append(_joined(revision, _inner(revision, held, windows), marker))
    if not any(marker.words in line for lines in shown for line in lines):
        return None
    info = info_word(revision, rng)
    if min(map(len, shown)) < _LONG:
        return document(revision, [fence(lines, info) for lines in shown], rng)
    return document(revision, [fence(_spaced(revision, found, shown), info)], rng)


def members(revision: Revision, rng: random.Random) -> str | None:
    """What changed in one class or the like: its head, markers, and the changed members whole."""
    found, marker = holders(revision), marker_for(revision.path, rng)
    if not found or marker is None or not found[0].parent:
        return None
    if len({held.parent for held in found}) > 1:
        return None
    lines = list(found[0].parent)
    for held in found:
        new = revision.new(held.window)
        if not margin_of(new[0]):
            return None
        lines += [marker.line(margin_of(new[0])), "", *new, ""]
    lines.append(
        marker.line(margin_of(found[-1].parent[0]) if rng.random() < 0.2 else margin_of(new[0]))
    )
    closing = {"{": "}", ":": ""}.get(found[0].parent[-1].strip()[-1:])
    if closing is None:
        return None
    if closing:
        lines.append(margin_of(found[0].parent[0]) + closing)
    return document(revision, [fence(lines, info_word(revision, rng))], rng)


def _at_margin(revision: Revision, windows: Sequence[Span], rng: random.Random) -> str | None:
    """A fence for each window without the indentation its lines share; None where none do."""
    shown = [dedented(revision.new(window)) for window in windows]
    if not any(shown):
        return None
    info = info_word(revision, rng)
    fences = [
        fence(lines or revision.new(window), info)
        for lines, window in zip(shown, windows, strict=True)
    ]
    return document(revision, fences, rng)


def _spaced(revision: Revision, found: Sequence[Held], shown: Sequence[Sequence[str]]) -> list[str]:
    """What is shown of definitions, one after another, as far apart as the file has them."""
    lines = list(shown[0])
    for held, own in zip(found[1:], shown[1:], strict=True):
        above = revision.after[: revision.new_span(held.window).start]
        blank = next((at for at, line in enumerate(reversed(above)) if line.strip()), 1)
        lines += [*[""] * max(blank, 1), *own]
    return lines


def _with_markers(
    revision: Revision, windows: Sequence[Span], marker: Marker, rng: random.Random
) -> list[str]:
    """The windows in one text, with markers between them and, mostly, around them."""
    airy, at_margin = rng.random() < 0.4, rng.random() < 0.3
    bare_head, bare_tail = rng.random() < 0.2, rng.random() < 0.2
    lines: list[str] = []
    for number, window in enumerate(windows):
        new = revision.new(window)
        first = number == 0
        if _has_lines(revision, 0, window.start) and not (first and bare_head):
            space = [""] if airy else []
            margin = "" if at_margin else margin_of(new[0])
            lines += [*([] if first else space), marker.line(margin), *space]
        lines += new
    last = windows[-1]
    if _has_lines(revision, last.stop, len(revision.steps)) and not bare_tail:
        margin = "" if at_margin else margin_of(lines[-1])
        lines += [*([""] if airy else []), marker.line(margin)]
    return lines


def _has_lines(revision: Revision, start: int, stop: int) -> bool:
    return any(step.text.strip() for step in revision.steps[start:stop])


def _inner(revision: Revision, held: Held, windows: Sequence[Span]) -> list[Span]:
    """What is shown of `held`: its head, the windows in it, its last line."""
    own = held.window
    inside = [window for window in windows if window.start < own.stop and own.start < window.stop]
    after = revision.new_span(own)
    head = own.start + (held.header.stop - after.start)
    flags = [
        at < head or at >= own.stop - 1 or any(w.start <= at < w.stop for w in inside)
        for at in range(own.start, own.stop)
    ]
    shown: list[Span] = []
    for at, flag in zip(range(own.start, own.stop), flags, strict=True):
        if not flag:
            continue
        if shown and at - shown[-1].stop <= 2:
            shown[-1] = Span(shown[-1].start, at + 1)
        else:
            shown.append(Span(at, at + 1))
    return shown


def _joined(revision: Revision, shown: Sequence[Span], marker: Marker) -> list[str]:
    lines: list[str] = []
    for number, window in enumerate(shown):
        new = revision.new(window)
        if number and new:
            before = revision.steps[window.start - 1].text
            lines.append(marker.line(margin_of(before) or margin_of(new[0])))
        lines += new
    return lines
