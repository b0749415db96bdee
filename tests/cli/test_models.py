"""`fastapply models`: the list, the choice, and what can't be had."""

import struct
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fastapply.cli.main import app
from fastapply.core.errors import ModelError, WeightsNotFoundError
from fastapply.models.weights import shipped

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTAPPLY_MODELS", str(tmp_path / "models"))


def test_the_list_names_the_catalogue() -> None:
    result = RUNNER.invoke(app, ["models", "list"])
    assert result.exit_code == 0
    assert "fastapply-1.5b" in result.stdout
    assert "to pull" in result.stdout


def test_the_list_says_which_one_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if shipped() is not None:
        assert "* embedded" in RUNNER.invoke(app, ["models", "list"]).stdout
    monkeypatch.setenv("FASTAPPLY_MODEL", "fastapply-7b")
    listed = RUNNER.invoke(app, ["models", "list"]).stdout
    assert [line.split()[1] for line in listed.splitlines() if line[0] == "*"] == ["fastapply-7b"]


def test_a_file_can_be_chosen(tmp_path: Path) -> None:
    weights = tmp_path / "own.gguf"
    weights.write_bytes(struct.pack("<4sIQQ", b"GGUF", 3, 0, 0))
    assert RUNNER.invoke(app, ["models", "use", str(weights)]).exit_code == 0
    assert "* embedded" not in RUNNER.invoke(app, ["models", "list"]).stdout
    assert f"* {weights}" in RUNNER.invoke(app, ["models", "list"]).stdout
    assert str(weights) in RUNNER.invoke(app, ["models", "path", str(weights)]).stdout


def test_a_model_that_is_cut_off_is_not_chosen(tmp_path: Path) -> None:
    own = shipped()
    assert own is not None
    pytest.importorskip("llama_cpp")
    whole = own.path.read_bytes()
    for size in (100, 300_000, len(whole) - 1):
        cut = tmp_path / f"{size}.gguf"
        cut.write_bytes(whole[:size])
        ended = RUNNER.invoke(app, ["models", "use", str(cut)])
        assert isinstance(ended.exception, ModelError)
        assert "cut off" in str(ended.exception)


def test_what_is_no_model_is_not_chosen(tmp_path: Path) -> None:
    (tmp_path / "page.gguf").write_text("<html>not logged in</html>")
    result = RUNNER.invoke(app, ["models", "use", str(tmp_path / "page.gguf")])
    assert isinstance(result.exception, ModelError)
    assert "is no GGUF file" in str(result.exception)
    assert "page" not in RUNNER.invoke(app, ["models", "list"]).stdout


@pytest.mark.parametrize("command", ["use", "path", "remove", "pull"])
def test_what_is_not_there_is_said(command: str) -> None:
    result = RUNNER.invoke(app, ["models", command, "no-such-model"])
    assert isinstance(result.exception, WeightsNotFoundError)


def test_a_server_keeps_its_models_itself() -> None:
    result = RUNNER.invoke(app, ["models", "use", "http://gpu-box:8000#m"])
    assert isinstance(result.exception, WeightsNotFoundError)
    assert "FASTAPPLY_MODEL" in str(result.exception)


def test_a_model_excludes_the_merge() -> None:
    result = RUNNER.invoke(app, ["x.py", "--model", "m.gguf", "--engine", "merge"])
    assert result.exit_code == 2
