"""Pictures: what is drawn, that it can be read in both lights, and what stands in the way."""

from __future__ import annotations

import importlib.util
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from fastapply.cli import canvas
from fastapply.cli.bench.pictures import draw as draw_race
from fastapply.cli.bench.summary import Row
from fastapply.cli.evaluation.pictures import draw as draw_evaluation
from fastapply.cli.evaluation.pictures import front
from fastapply.cli.evaluation.records import Record, Verdict
from fastapply.cli.evaluation.summary import Spread
from fastapply.core.errors import OptionsError, UnwritableError
from tests.cli.support import Run, block

PNG = b"\x89PNG\r\n\x1a\n"
NAMES = ("merge", "rewrite:/models/" + "long" * 20 + ".gguf")


def record(contestant: str, lines: int, *, reason: str = "") -> Record:
    return Record(
        case=f"{lines}",
        digest="",
        contestant=contestant,
        engine="merge",
        model=None,
        format="snippet",
        style="",
        language="python",
        lines=lines,
        characters=30 * lines,
        verdict=Verdict.REFUSED if reason else Verdict.EXACT,
        reason=reason,
        seconds=0.01,
    )


RECORDS = [
    record(name, lines, reason="ambiguous" if lines == 50 else "")
    for name in NAMES
    for lines in (20, 50, 500)
]


def row(name: str, faster: Spread | None) -> Row:
    return Row(
        contestant=name,
        runs=3,
        jobs=1,
        same=3,
        compared=3,
        ended=3,
        characters=100.0,
        tokens=25.0,
        faster=faster,
        faster_total=faster,
        bound=None,
        accepted=None,
        per_turn=None,
        calls=None,
        outside=None,
        extrapolated=True,
        lengths={},
    )


ROWS = [row("plain", Spread(1, 1, 1)), row("merge", Spread(4, 3.5, 4.5)), row("region", None)]


def texts(path: Path) -> str:
    return " ".join(
        "".join(node.itertext()) for node in ET.parse(path).iter() if "text" in node.tag
    )


def test_an_evaluation_names_its_contestants_and_axes(tmp_path: Path) -> None:
    path = tmp_path / "new" / "eval.svg"
    draw_evaluation(RECORDS, path)
    said = texts(path)
    for words in (
        "merge",
        "rewrite:longlong",
        "…",
        "Pareto front",
        "exact, % of cases",
        "lines of",
    ):
        assert words in said
    assert [found.name for found in path.parent.iterdir()] == ["eval.svg"]


def test_a_race_says_how_many_times(tmp_path: Path) -> None:
    path = tmp_path / "race.svg"
    draw_race(ROWS, "tiny, 3 edits", path)
    assert "4.0x" in texts(path)
    assert "tiny, 3 edits" in texts(path)
    assert "region" not in texts(path)


@pytest.mark.parametrize("records", [[], RECORDS[1:2], RECORDS[:1]])
def test_little_to_draw_is_drawn(tmp_path: Path, records: list[Record]) -> None:
    draw_evaluation(records, tmp_path / "eval.png")
    draw_race([], "nothing", tmp_path / "race.PNG")
    assert (tmp_path / "eval.png").read_bytes().startswith(PNG)
    assert (tmp_path / "race.PNG").read_bytes().startswith(PNG)


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        draw_evaluation(RECORDS, tmp_path / f"{name}.svg")
        draw_evaluation(RECORDS, tmp_path / f"{name}.png")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_can_be_told_from_the_paper_by_day_and_at_night(tmp_path: Path) -> None:
    path = tmp_path / "eval.svg"
    draw_evaluation(RECORDS, path)
    svg = path.read_text()
    night = dict(re.findall(r'\[style\*="fill: (#\w+)"\]\{fill:(#\w+)!important\}', svg))
    drawn = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", svg)) - {canvas.PAPER, canvas.FAINT}
    assert canvas.INK in drawn
    assert {canvas.PAPER, canvas.INK, canvas.FAINT} == set(night)
    for colour in drawn:
        least = 7.0 if colour == canvas.INK else 3.0
        assert contrast(colour, canvas.PAPER) >= least
        assert contrast(night.get(colour, colour), night[canvas.PAPER]) >= least


def test_the_front_is_those_that_nobody_beats() -> None:
    points = {"a": (10.0, 50.0), "b": (5.0, 90.0), "c": (5.0, 80.0), "d": (1.0, 90.0)}
    assert front(points) == ["b", "a"]
    assert front({}) == []


def test_no_picture_is_said_beforehand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match=r"svg or \.png"):
        canvas.check_picture(Path("a.gif"))
    canvas.check_picture(Path("a.SVG"))
    monkeypatch.setattr(canvas, "find_spec", lambda name: None)
    with pytest.raises(OptionsError, match=re.escape("pip install 'fastapply[plot]'")):
        canvas.check_picture(Path("a.svg"))
    assert importlib.util.find_spec("matplotlib")
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableError):
        draw_race(ROWS, "", tmp_path / "file" / "a.svg")


def test_both_commands_draw(run: Run, folder: Path) -> None:
    case = folder / "cases" / "one"
    case.mkdir(parents=True)
    (case / "before.txt").write_text("one\ntwo\n")
    (case / "after.txt").write_text("one\nTWO\n")
    (case / "edit.md").write_text(block("two\n", "TWO\n"))
    ended = run("eval", "cases", "--engine", "merge", "--cold", "0", "--plot", "eval.svg")
    assert ended.code == 0
    assert "merge" in texts(folder / "eval.svg")
    assert run("eval", "cases", "--engine", "merge", "--plot", "eval.gif").code == 2
    assert run("bench", "cases", "--plot", "race.gif").code == 2
