"""The hooks as the pre-commit framework calls them: its real program, on real repositories.

Only one test lets it install the hooks, which takes a network and half a minute; the others run
them from this environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import EDITED, SOURCE, GitRepository, block

ROOT = Path(__file__).parents[2]
TEN = block("line 10\n", "line ten\n", "a.txt")
LEAK = "x = 1\n# ... existing code ...\n"
SHIPPED = ("cli", "core", "formats", "models", "docs", "pyproject.toml", "README.md", "LICENSE")
PROBE = """\
- id: probe
  name: no model is installed
  entry: python -c "import importlib.util as u; exit(u.find_spec('llama_cpp') is not None)"
  language: python
  pass_filenames: false
"""
CONFIG = """\
repos:
- repo: local
  hooks:
  - id: fastapply-apply
    name: apply
    entry: {program} hook apply
    language: system
    pass_filenames: false
    always_run: true
  - id: fastapply-check
    name: check
    entry: {program} hook check
    language: system
    types: [text]
    require_serial: true
"""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.setenv("PRE_COMMIT_COLOR", "never")
    monkeypatch.setenv("PIP_NO_COMPILE", "1")  # it is run once


@pytest.fixture
def repository(git: GitRepository) -> GitRepository:
    program = Path(sys.executable).with_name("fastapply")
    git.commit(a__txt=SOURCE, b__txt=SOURCE)
    git.commit(**{"__pre-commit-config__yaml": CONFIG.format(program=program)})
    return git


def pre_commit(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_shipped_hooks_install_and_run(git: GitRepository, tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    for name in SHIPPED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, shipped / name)
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text()
    (shipped / ".pre-commit-hooks.yaml").write_text(hooks + PROBE)
    GitRepository(shipped).commit()
    git.commit(a__txt=SOURCE)
    git.write("b.py", LEAK)
    git.write("-c.py", LEAK)
    git.write("x.fastapply.md", TEN)
    git("add", "--all")
    done = pre_commit("try-repo", str(shipped))
    if "No matching distribution" in done.stdout and not os.environ.get("CI"):
        pytest.skip("pip reaches no package index")
    assert done.returncode == 1, done.stdout
    assert "applied x.fastapply.md: look at it" in done.stdout
    assert "\nb.py:2: lazy marker: # ... existing code ..." in done.stdout
    assert "\n-c.py:2: lazy marker: # ... existing code ..." in done.stdout
    assert "no model is installed" in done.stdout
    assert done.stdout.count("Failed") == 2
    assert git.status() == "A  -c.py\nM  a.txt\nA  b.py\n"


def test_run_and_commit(repository: GitRepository) -> None:
    assert pre_commit("install").returncode == 0
    repository.write("b.py", LEAK)
    repository.write("x.fastapply.md", TEN)
    repository("add", "b.py")
    done = pre_commit("run")
    assert (done.returncode, "applied x.fastapply.md" in done.stdout) == (1, True), done.stdout
    assert "b.py:2: lazy marker" in done.stdout
    repository.write("b.py", "x = 1\n")
    repository("add", "b.py")
    repository("commit", "--quiet", "--message", "x")
    assert repository("show", "HEAD:a.txt") == EDITED
    done = pre_commit("run", "--all-files")
    assert done.returncode == 0, done.stdout


def test_changes_that_are_put_aside_come_back(repository: GitRepository) -> None:
    repository.write("b.txt", SOURCE + "mine\n")
    repository.write("x.fastapply.md", TEN)
    assert pre_commit("run").returncode == 1
    assert repository.status() == "M  a.txt\n M b.txt\n"
    assert Path("b.txt").read_text() == SOURCE + "mine\n"


def test_a_file_with_changes_put_aside_is_left_alone(repository: GitRepository) -> None:
    repository.write("a.txt", SOURCE + "mine\n")
    repository.write("x.fastapply.md", TEN)
    done = pre_commit("run")
    assert (done.returncode, "pre-commit has put aside" in done.stdout) == (1, True), done.stdout
    assert Path("a.txt").read_text() == SOURCE + "mine\n"
    assert Path("x.fastapply.md").read_text() == TEN
    assert repository.status() == " M a.txt\n?? x.fastapply.md\n"


def test_from_a_commit_to_a_commit(repository: GitRepository) -> None:
    repository.commit(b__py=LEAK)
    done = pre_commit("run", "--from-ref", "HEAD~", "--to-ref", "HEAD")
    assert (done.returncode, "b.py:2" in done.stdout) == (1, True), done.stdout
    assert pre_commit("run", "--from-ref", "HEAD", "--to-ref", "HEAD").returncode == 0
