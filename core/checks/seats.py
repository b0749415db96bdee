"""Whether what an edit shows sits in one piece, and in place, in a text that a model wrote.

A merge puts sections of a sketch where their lines stand. A model may put them anywhere: take a
line of context for a new one, tear a section in two, drop a function in silence, or put what
stands alone where it likes. Each is a finding, for what can be so and otherwise is a guess:

    doubled      a definition stands more often than file and edit show it
    scattered    lines the edit shows side by side do not stand so
    no-place     nothing the edit shows beside new lines says where they go
    silent-loss  a definition is gone, the edit does not say so and changes something else; or
                 a line at an edge of what the edit shows, and nothing like it came there
    respaced     of two lines that the file has side by side one moved, or has other space inside
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from fastapply.core.checks.account import Account
from fastapply.core.checks.changed import Changed
from fastapply.core.lines.sightings import Section, aligned, sightings, squeeze
from fastapply.core.result import Finding
from fastapply.core.syntax.kinds import SOLID, Definition
from fastapply.core.syntax.trees import outline

# How alike (0 to 100) a line is at least to its changed version.
_ALIKE = 60


def misplaced(changed: Changed, account: Account, language: str | None) -> Iterator[Finding]:
    """What speaks against the places of what sketches show; hunks say what goes themselves."""
    if account.spelt_out or not changed.old:
        return
    for sections in account.sections:
        for section in sections:
            yield from _seated(section, changed)
    yield from _respaced(changed)
    yield from _slipped(changed, account)
    if language is not None:
        was, now = _every(changed.old, language), _every(changed.new, language)
        yield from _doubled(now, changed, account)
        yield from _lost(was, now, changed, account)


def _seated(section: Section, changed: Changed) -> Iterator[Finding]:
    seen = [*sightings([section], changed.keys)]
    if not seen:
        return
    row = changed.rows[seen[0].start] if seen[0].start < len(changed.rows) else None
    if len(seen) > 1:
        yield Finding("scattered", f"torn apart: {section.keys[0]}", row)
    fresh = set(changed.fresh)
    rows = changed.rows[seen[0].start : seen[-1].stop]
    replaces = any(each.covers(run.place) for each in seen for run in changed.runs())
    if all(number in fresh for number in rows) and not replaces:
        yield Finding("no-place", f"nothing says where this goes: {section.keys[0]}", row)


def _respaced(changed: Changed) -> Iterator[Finding]:
    """Lines that moved though the line above did not; what moved may end anywhere."""
    old = [line for line in changed.old if line.strip()]
    pairs = aligned([squeeze(line) for line in old], changed.keys)
    for was, now in pairs.items():
        row = changed.rows[now]
        before, after = old[was], changed.new[row]
        shift = _shift(before, after)
        follows = shift != 0 and pairs.get(was - 1) == now - 1
        moved = follows and _shift(old[was - 1], changed.new[changed.rows[now - 1]]) != shift
        if moved or before.strip() != after.strip():
            yield Finding("respaced", f"the edit does not move: {before.strip()}", row)


def _slipped(changed: Changed, account: Account) -> Iterator[Finding]:
    """Lines gone at an edge of what the edit shows, beyond all that something like them replaced.

    Beside a gap the edit says what comes, not that anything goes.
    """
    seen = account.sightings(changed.keys)
    text = "\n".join(changed.new)
    for run in changed.runs():
        lines = [changed.old[number] for number in run.lines]
        if account.names_one_of(lines, text.__contains__):
            continue
        came = changed.keys[run.place.start : run.place.stop]
        replaced = [at for at, line in enumerate(lines) if _has_like(squeeze(line), came)]
        start, stop = min(replaced, default=len(lines)), max(replaced, default=-1) + 1
        if any(each.start < place.start < each.stop for each in seen for place in run.places):
            start = 0
        if any(each.start < place.stop < each.stop for each in seen for place in run.places):
            stop = len(lines)
        lost = [*run.lines[:start], *run.lines[stop:]] if start < stop else run.lines
        first = next((number for number in lost if number in run.gone), None)
        if first is not None:
            message = f"gone, and nothing like it came: {changed.old[first].strip()}"
            yield Finding("silent-loss", message)


def _has_like(key: str, came: Sequence[str]) -> bool:
    """Whether a changed version of a line is among those that came."""
    from rapidfuzz import fuzz

    return any(fuzz.ratio(key, other, score_cutoff=_ALIKE) for other in came)


def _shift(before: str, after: str) -> int:
    """By how much a line moved to the right."""
    return len(after) - len(after.lstrip()) - len(before) + len(before.lstrip())


def _every(lines: Sequence[str], language: str) -> list[Definition]:
    found = list(outline(lines, language))
    for each in found:
        found += each.children
    return [each for each in found if each.kind in SOLID]


def _doubled(now: Sequence[Definition], changed: Changed, account: Account) -> Iterator[Finding]:
    old = Counter(map(squeeze, changed.old))
    new = Counter(changed.keys)
    shown = Counter(
        key for sections in account.sections for section in sections for key in section.keys
    )
    for key in dict.fromkeys(squeeze(changed.new[each.header.start]) for each in now):
        if new[key] > max(old[key], shown[key]):
            yield Finding("doubled", f"stands twice: {key}")


def _lost(
    was: Sequence[Definition], now: Sequence[Definition], changed: Changed, account: Account
) -> Iterator[Finding]:
    gone = Counter(each.name for each in was)
    gone.subtract(each.name for each in now)
    came = -sum(count for count in gone.values() if count < 0)
    lost = [name for name, count in gone.items() if count > 0 and not account.says_gone(name)]
    if len(lost) > came and changed.fresh:
        yield Finding("silent-loss", f"gone without a word: {lost[0]}")
