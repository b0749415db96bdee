"""``--interactive``: the user chooses which hunks to keep, as in ``git add --patch``.

The answers come from the terminal, even where the document came through the pipe.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TextIO

from fastapply.cli.render import show
from fastapply.cli.report import diff_report
from fastapply.core.errors import OptionsError
from fastapply.core.plan import Plan, Replacement
from fastapply.core.ports import Change

_HELP = """\
y - apply this hunk
n - leave this hunk out
a - apply this hunk and all that follow
d - leave this hunk and all that follow out
q - quit: apply nothing at all
"""


class _Answers:
    """Asks until an answer is one of y, n, a, d, q; a and d answer what follows too."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        self._rest: bool | None = None

    def wants(self, title: str) -> bool:
        """Whether the user wants what was just shown; `KeyboardInterrupt` where they quit."""
        while self._rest is None:
            sys.stderr.write(f"{title} [y,n,a,d,q,?] ")
            sys.stderr.flush()
            line = self._read()
            answer = line.strip().lower()[:1]
            if not line or answer == "q":
                raise KeyboardInterrupt
            if answer in ("y", "n"):
                return answer == "y"
            if answer in ("a", "d"):
                self._rest = answer == "a"
            else:
                sys.stderr.write(_HELP)
        return self._rest


def choose_hunks(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The changes with only the hunks the user wants; raise `OptionsError` without a terminal."""
    with _terminal() as terminal:
        answers = _Answers(terminal.readline)
        chosen = [_chosen(change, answers) for change in changes]
    return tuple(change for change in chosen if change is not None)


def _chosen(change: Change, answers: _Answers) -> Change | None:
    before, plan = change.before, change.plan
    if before is None or change.after is None or plan is None or not plan.replacements:
        show(((change.path, "path"),) for _ in range(1))
        show(diff_report(change))
        return change if answers.wants(f"Apply this to {change.path}?") else None
    kept: list[Replacement] = []
    count = len(plan.replacements)
    for number, replacement in enumerate(plan.replacements, 1):
        alone = replace(change, after=Plan((replacement,)).apply(before), move_to=None)
        show(diff_report(alone))
        if answers.wants(f"{change.path}: apply hunk {number} of {count}?"):
            kept.append(replacement)
    if not kept and change.move_to is None:
        return None
    if len(kept) == count:
        return change
    narrowed = Plan(tuple(kept))
    return replace(change, after=narrowed.apply(before), plan=narrowed)


@contextmanager
def _terminal() -> Iterator[TextIO]:
    if sys.stdin is not None and sys.stdin.isatty():
        yield sys.stdin
        return
    try:
        handle = os.open("/dev/tty", os.O_RDONLY)
    except OSError as error:
        raise OptionsError("--interactive needs a terminal to ask on") from error
    with os.fdopen(handle, encoding="utf-8") as terminal:
        yield terminal
