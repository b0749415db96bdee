"""The text to hand back to the model that wrote the document: what failed, and what to resend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fastapply.cli.failures import Failed, Misfit, advice, misfits, said
from fastapply.core.edits import Span
from fastapply.core.errors import CheckError, EditError, UnresolvedError

_AROUND = 5
_MOST_LINES = 80
_MOST_PLACES = 5
_PLACES = {
    "missing": "The nearest place is",
    "ambiguous": "It fits",
    "conflict": "Both edits want",
}
_TICKS = re.compile(r"`{3,}")


def retry_text(failed: Failed) -> str | None:
    """What to say to the model; None where the model cannot help."""
    error = failed.error
    if not isinstance(error, (UnresolvedError, CheckError, EditError)):
        return None
    parts = ["Your edit was not applied: all edits apply, or none. No file was changed."]
    match error:
        case UnresolvedError():
            found = misfits(failed)
            for misfit in found:
                parts += _about(misfit)
            if not found:
                parts.append(f"The edits for `{error.path}` do not fit the file.")
        case CheckError():
            parts.append(f"The result for `{error.path}` was refused:")
            parts.append("\n".join(f"- {finding.message}" for finding in error.findings))
        case _:
            parts.append(f"{_sentence(str(error))}")
            if error.span is not None:
                block = failed.document.split("\n")[error.span.start : error.span.stop]
                parts += [f"{_where(error.span)} of your answer:", _fenced(block)]
    todo = advice(error.reason)
    if todo is not None:
        parts.append(f"Please {todo}. Send all edits again, those that were fine too.")
    return "\n\n".join(parts) + "\n"


def _about(misfit: Misfit) -> Iterator[str]:
    yield f"This edit of `{misfit.path}` ({_where(misfit.failure.at).lower()} of your answer):"
    yield _fenced(misfit.block)
    yield f"does not fit: {said(misfit)}."
    difference = misfit.differing
    if difference is not None:
        yield f"The first line that differs is:\n{_fenced([difference.wanted])}"
    places = misfit.places[:_MOST_PLACES]
    if not places:
        return
    more = len(misfit.places) - len(places)
    rest = f" and {more} more places" if more else ""
    yield f"{_PLACES[misfit.failure.reason]} {_listed(places)}{rest} of the file as it is."
    for span in _windows(places, len(misfit.lines)):
        yield f"{_where(span)}:\n{_fenced(misfit.shown(span))}"


def _windows(places: Sequence[Span], count: int) -> list[Span]:
    """The places with lines around them, of a file of `count` lines; those that meet are one."""
    found: list[Span] = []
    for place in sorted(places, key=lambda one: one.start):
        first = max(place.start - _AROUND, 0)
        last = max(min(place.stop + _AROUND, count), first)
        if found and first <= found[-1].stop:
            found[-1] = Span(found[-1].start, max(found[-1].stop, last))
        else:
            found.append(Span(first, last))
    return found


def _listed(places: Sequence[Span]) -> str:
    return ", ".join(_where(place).lower() for place in places)


def _where(span: Span) -> str:
    if len(span) <= 1:
        return f"Line {span.start + 1}"
    return f"Lines {span.start + 1}-{span.stop}"


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:] + "."


def _fenced(lines: Sequence[str]) -> str:
    """`lines` in a fence that none of them closes; the middle of very many is left out."""
    shown = list(lines)
    if len(shown) > _MOST_LINES:
        half = _MOST_LINES // 2
        left_out = len(shown) - 2 * half
        shown = [*shown[:half], f"[{left_out} lines are not shown]", *shown[-half:]]
    longest = max((len(ticks) for ticks in _TICKS.findall("\n".join(shown))), default=2)
    fence = "`" * (longest + 1)
    return "\n".join([fence, *shown, fence])
