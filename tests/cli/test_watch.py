"""The bar for what takes long: none for what does not, and none left behind."""

from __future__ import annotations

import threading

import pytest

from fastapply.cli import render, watch
from fastapply.cli.watch import Watch

REAL_BAR = render.Bar


class Bar:
    made: list[Bar]
    appeared: threading.Event

    def __init__(self, title: str) -> None:
        self.title, self.said, self.closed = title, "", False
        Bar.made.append(self)
        Bar.appeared.set()

    def show(self, done: int, expected: int, said: str = "", *, title: str | None = None) -> None:
        self.title, self.said = title or self.title, f"{done}/{expected} {said}"

    def begin(self, title: str) -> None:
        self.title = title

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def _bars(monkeypatch: pytest.MonkeyPatch) -> None:
    Bar.made, Bar.appeared = [], threading.Event()
    monkeypatch.setattr(render, "Bar", Bar)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)


def test_what_is_quick_has_no_bar() -> None:
    before = threading.active_count()
    with Watch("rewriting a.py") as seen:
        seen.show("rewriting", 1, 2, "")
    assert not Bar.made
    assert threading.active_count() == before


def test_what_takes_long_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 0.0)
    with Watch("rewriting a.py") as seen:
        assert Bar.appeared.wait(60)
        (bar,) = Bar.made
        while bar.said == "":
            seen.show("rewriting with m", 1, 2, "3 tokens/s")
        assert (bar.title, bar.said) == ("rewriting with m", "1/2 3 tokens/s")
        seen.begin("rewriting b.py")
        assert (bar.title, bar.closed) == ("rewriting b.py", False)
        seen.close()
        assert bar.closed


@pytest.mark.parametrize(("shown", "terminal"), [(False, True), (True, False)])
def test_nothing_is_shown_where_nobody_looks(
    monkeypatch: pytest.MonkeyPatch, shown: bool, terminal: bool
) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 0.0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    with Watch("rewriting", shown=shown) as seen:
        seen.show("rewriting", 1, 2, "")
    assert not Bar.made


@pytest.mark.parametrize("columns", [80, 160])
def test_how_fast_it_is_fits_a_usual_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("FORCE_COLOR", "1")
    bar = REAL_BAR("rewriting")
    bar.show(50, 100, "1,234 tokens/s, 97% accepted", title="rewriting on 16 CPU threads")
    bar.close()
    seen = capsys.readouterr().err
    assert "rewriting on 16 CPU threads" in seen
    assert "1,234 tokens/s, 97% accepted" in seen
