"""A revision in the formats that spell out what goes and what comes."""

from __future__ import annotations

import random
from collections.abc import Sequence

from fastapply.core.edits import Span
from fastapply.formats.render.revision import Revision
from fastapply.formats.render.wording import dedented, document, fence, info_word

_SIGNS = ("<<<<<<<", "=======", ">>>>>>>", "-------", "+++++++")
_ANCHORS = ("def ", "class ", "func ", "fn ", "function ", "export ", "public ", "impl ")


def search_replace(revision: Revision, rng: random.Random) -> str | None:
    """SEARCH/REPLACE blocks as they should be."""
    return _blocks(revision, rng, flawed=False)


def flawed_search_replace(revision: Revision, rng: random.Random) -> str | None:
    """SEARCH/REPLACE blocks in which both halves lost their indentation, or their ends' spaces."""
    return _blocks(revision, rng, flawed=True)


def udiff(revision: Revision, rng: random.Random) -> str | None:
    """A unified diff, numbers and all."""
    windows = revision.windows(3)
    body = [
        line
        for window in windows
        for line in (_numbered(revision, window, 0), *_signed(revision, window))
    ]
    return _diff(revision, body, rng)


def misnumbered_udiff(revision: Revision, rng: random.Random) -> str | None:
    """A unified diff whose numbers are wrong, or not there."""
    windows = revision.sought(rng.choice((1, 2, 3)))
    if windows is None:
        return None
    kind = rng.choice(("wrong", "none", "dots"))
    body = []
    for window in windows:
        header = {"none": "@@", "dots": "@@ ... @@"}.get(kind)
        body.append(header or _numbered(revision, window, rng.randint(-40, 40)))
        body += _signed(revision, window)
    return _diff(revision, body, rng)


def diff_like(revision: Revision, rng: random.Random) -> str | None:
    """A fence of lines with signs, no headers; one for each window."""
    windows = revision.sought(rng.choice((1, 2, 3)))
    if windows is None:
        return None
    fences = [fence(_signed(revision, window), "diff") for window in windows]
    return document(revision, fences, rng)


def apply_patch(revision: Revision, rng: random.Random) -> str | None:
    """The format of codex."""
    windows = revision.sought(3)
    if windows is None:
        return None
    body = ["*** Begin Patch", f"*** Update File: {revision.path}"]
    for window in windows:
        anchor = _anchor(revision, window) if rng.random() < 0.5 else None
        body.append(f"@@ {anchor}" if anchor else "@@")
        body += _signed(revision, window)
    body.append("*** End Patch")
    if rng.random() < 0.5:
        return "\n".join(body) + "\n"
    return document(revision, [fence(body, rng.choice(("", "patch", "diff")))], rng)


def whole(revision: Revision, rng: random.Random) -> str | None:
    """The complete new file."""
    name = rng.choice(("`{}`", "{}", "**{}**")).format(revision.path)
    shown = fence(revision.after, info_word(revision, rng))
    return "\n".join(("Here is the complete file:", "", name, *shown, ""))


def _blocks(revision: Revision, rng: random.Random, *, flawed: bool) -> str | None:
    windows = revision.sought(rng.choice((1, 2, 3)))
    if windows is None or any(line.startswith(_SIGNS) for line in _texts(revision)):
        return None
    together = rng.random() < 0.5
    blocks, changed = [], False
    for window in windows:
        old, new = list(revision.old(window)), list(revision.new(window))
        if flawed:
            bent = _bent(old, new)
            changed |= bent is not None
            old, new = bent or (old, new)
        blocks.append(["<<<<<<< SEARCH", *old, "=======", *new, ">>>>>>> REPLACE"])
    if flawed and not changed:
        return None
    if together:
        return document(revision, [fence([line for block in blocks for line in block], "")], rng)
    info = info_word(revision, rng)
    return document(revision, [[revision.path, *fence(block, info)] for block in blocks], rng)


def _bent(old: list[str], new: list[str]) -> tuple[list[str], list[str]] | None:
    """Both halves with a flaw that leaves the meaning plain; None where it changes nothing."""
    if any(line != line.rstrip() for line in old):
        return [line.rstrip() for line in old], new
    both = dedented([*old, *new])
    return (both[: len(old)], both[len(old) :]) if both is not None else None


def _diff(revision: Revision, body: Sequence[str], rng: random.Random) -> str | None:
    header = rng.choice(("a/{0}\n+++ b/{0}", "{0}\n+++ {0}")).format(revision.path)
    lines = [*f"--- {header}".split("\n"), *body]
    if rng.random() < 0.2:
        return "\n".join((f"diff --git a/{revision.path} b/{revision.path}", *lines, ""))
    return document(revision, [fence(lines, rng.choice(("diff", "diff", "patch")))], rng)


def _signed(revision: Revision, window: Span) -> list[str]:
    return [step.op.value + step.text for step in revision.steps[window.start : window.stop]]


def _numbered(revision: Revision, window: Span, wrong: int) -> str:
    old, new = revision.old_span(window), revision.new_span(window)
    at = [max(span.start + (1 if len(span) else 0) + wrong, 1) for span in (old, new)]
    if not wrong and not len(old):
        at[0] = old.start
    return f"@@ -{at[0]},{max(len(old) + wrong % 3, 0)} +{at[1]},{len(new)} @@"


def _anchor(revision: Revision, window: Span) -> str | None:
    """The nearest line above that opens a definition, if the file has it once."""
    start = revision.old_span(window).start
    for line in reversed(revision.before[:start]):
        if line.strip().startswith(_ANCHORS):
            return line.strip() if revision.before.count(line) == 1 else None
    return None


def _texts(revision: Revision) -> list[str]:
    return [step.text for step in revision.steps]
