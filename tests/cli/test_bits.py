"""``eval --bpb`` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import Run, block

pytest.importorskip("gguf")
pytest.importorskip("llama_cpp")

from tests.models.replay import make_replay


@pytest.fixture
def cases(folder: Path) -> Path:
    for name, text in (("good", b"two\n"), ("latin", b"\xe9\n")):
        place = folder / "cases" / name
        place.mkdir(parents=True)
        (place / "before.txt").write_bytes(b"one\n" + text)
        (place / "after.txt").write_bytes(b"ONE\n" + text)
        (place / "edit.md").write_text(block("one\n", "ONE\n"))
    (folder / "cases" / "empty").mkdir()
    return folder / "cases"


@pytest.fixture
def tiny(folder: Path) -> str:
    make_replay(folder / "tiny.gguf")
    return "tiny.gguf"


def test_finals_are_scored_model_by_model(run: Run, cases: Path, tiny: str) -> None:
    models = ("--model", tiny, "--model", "nowhere.gguf", "--model", "http://host#name")
    ended = run("eval", "cases", "--bpb", *models, "--out", "bits.jsonl")
    assert ended.code == 4
    (line,) = map(json.loads, (cases.parent / "bits.jsonl").read_text().splitlines())
    assert (line["case"], line["model"], line["bytes"]) == ("good", tiny, 8)
    assert line["bits_per_byte"] > 0
    assert f"| {tiny}".encode() in ended.out
    assert "left out: cases/empty: an empty folder" in ended.err
    assert "not scored: latin, tiny.gguf: a model reads UTF-8 only" in ended.err
    assert "1 of 2 finals were not scored" in ended.err
    assert "nowhere.gguf is not there" in ended.err
    assert "not a server" in ended.err
    again = run("eval", "cases", "--bpb", "--model", tiny, "--out", "bits.jsonl")
    assert again.code == 2
    assert run("eval", "cases", "--bpb", "--model", tiny).out == ended.out


@pytest.mark.parametrize(
    "options",
    [("--engine", "merge"), ("--judge", "http://a#b"), ("--plot", "a.svg"), ("--max-wrong", "0")],
)
def test_engines_are_not_run_beside(run: Run, cases: Path, options: tuple[str, ...]) -> None:
    assert run("eval", "cases", "--bpb", *options).code == 2


def test_no_edits_are_an_error(run: Run, cases: Path) -> None:
    assert run("eval", "cases/empty", "--bpb").code == 5
