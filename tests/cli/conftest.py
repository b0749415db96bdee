from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fastapply.cli.exit_codes import exit_code
from fastapply.cli.main import app
from fastapply.core.errors import FastApplyError
from tests.cli.support import Ended, GitRepository, Run


@pytest.fixture(autouse=True)
def _state_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is kept in the state directory of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / "state"))
        yield


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls fastapply in this process: `run("a.py", "-e", "edit.md", stdin="...")`."""
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*arguments: str, stdin: str | bytes | None = None) -> Ended:
        result = CliRunner().invoke(app, list(arguments), input=stdin)
        error = result.exception
        if isinstance(error, FastApplyError):  # what `main` makes of it
            said = f"{result.stderr}fastapply: {error}\n"
            return Ended(exit_code(error), result.stdout_bytes, said)
        if error is not None and not isinstance(error, SystemExit):
            raise error
        return Ended(result.exit_code, result.stdout_bytes, result.stderr)

    return call


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory that is in no repository."""
    place = tmp_path / "folder"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    return place


@pytest.fixture
def git(folder: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepository:
    """A repository in the working directory, deaf to this machine's settings."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "a@example.org")
    return GitRepository(folder)
