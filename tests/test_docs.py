"""What the pages show is so: console blocks behind ``<!-- runs -->`` are run, line by line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import GitRepository

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"<!-- runs -->\n```console\n(.*?)```\n", re.DOTALL)
SESSIONS = [
    pytest.param(session, id=f"{page.stem}-{number}")
    for page in sorted((ROOT / "docs").glob("*.md"))
    for number, session in enumerate(BLOCK.findall(page.read_text()))
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the examples, and `fastapply` on the path."""
    place = tmp_path / "work"
    shutil.copytree(ROOT / "docs" / "examples", place)
    tools = tmp_path / "tools"
    tools.mkdir()
    script = tools / "fastapply"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fastapply "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "a@example.org")
    original = subprocess.run(
        ["git", "show", "HEAD:docs/examples/inventory.py"], cwd=ROOT, capture_output=True
    ).stdout
    if original:
        (place / "inventory.py").write_bytes(original)
    git = GitRepository(place)
    git("add", "--all")
    git("commit", "--quiet", "--message", "before")
    return place


def test_there_are_sessions() -> None:
    assert len(SESSIONS) > 3


@pytest.mark.parametrize("session", SESSIONS)
def test_sessions_end_as_shown(session: str, folder: Path) -> None:
    for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.stdout == shown, command
