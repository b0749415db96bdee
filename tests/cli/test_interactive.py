"""Choosing hunks."""

from __future__ import annotations

import io
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from fastapply.cli import interactive
from fastapply.cli.interactive import choose_hunks
from fastapply.core.errors import OptionsError
from fastapply.core.plan import Plan, Replacement
from fastapply.core.ports import Change
from fastapply.core.text import SourceText
from tests.cli.support import EDIT, SOURCE, Run, block

BEFORE = SourceText.from_str(SOURCE)
PLAN = Plan(tuple(Replacement(line, line + 1, (f"new {line}",)) for line in (0, 10, 20)))
CHANGE = Change("a.txt", BEFORE, PLAN.apply(BEFORE), PLAN)
CREATED = Change("b.txt", None, SourceText.from_str("x\n"))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def choose(monkeypatch: pytest.MonkeyPatch, answers: str) -> tuple[Change, ...]:
    monkeypatch.setattr(sys, "stdin", Terminal(answers))
    return choose_hunks((CHANGE, CREATED))


@pytest.mark.parametrize(
    ("answers", "lines", "created"),
    [
        ("y\ny\ny\ny\n", {0, 10, 20}, True),
        ("n\ny\nn\nn\n", {10}, False),
        ("n\na\n", {10, 20}, True),
        ("y\nd\n", {0}, False),
        ("?\nwhat\ny\nd\n", {0}, False),
    ],
)
def test_answers(
    monkeypatch: pytest.MonkeyPatch, answers: str, lines: set[int], created: bool
) -> None:
    first, *rest = choose(monkeypatch, answers)
    assert first.after is not None
    assert {i for i, line in enumerate(first.after.lines) if line.startswith("new")} == lines
    assert rest == ([CREATED] if created else [])


def test_nothing_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose(monkeypatch, "d\n") == ()


@pytest.mark.parametrize("answers", ["y\nq\n", "y\n", ""])
def test_quitting_applies_nothing(monkeypatch: pytest.MonkeyPatch, answers: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        choose(monkeypatch, answers)


def test_quitting_says_that_nothing_was_written(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder / "a.txt"
    place.write_text(SOURCE)
    monkeypatch.setattr(interactive, "_terminal", lambda: nullcontext(Terminal("q\n")))
    ended = run("a.txt", "-i", stdin=EDIT)
    assert (ended.code, place.read_text()) == (130, SOURCE)
    assert ended.err.endswith("fastapply: stopped\nnothing was written\n")


def test_choosing_nothing_and_having_nothing_to_choose_are_said(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder / "a.txt"
    place.write_text(SOURCE)
    monkeypatch.setattr(interactive, "_terminal", lambda: nullcontext(Terminal("n\n")))
    ended = run("a.txt", "-i", stdin=EDIT)
    assert (ended.code, place.read_text()) == (0, SOURCE)
    assert ended.err.endswith("nothing was chosen: nothing was written\n")
    same = block("line 10\n", "line 10\n")
    assert run("a.txt", "-i", stdin=same).err.startswith("a.txt  already applied")


def test_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr("os.open", lambda *_: (_ for _ in ()).throw(OSError(6, "no tty")))
    with pytest.raises(OptionsError, match="terminal"):
        choose_hunks((CHANGE,))
