"""`fastapply hook install`: real commits, and hooks of others that were there first."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.support import EDITED, SOURCE, GitRepository, Run, block

TEN = block("line 10\n", "line ten\n", "a.txt")
LEAK = "x = 1\n# ... existing code ...\n"
THEIRS = "#!/bin/sh\necho theirs >>ran\n"


@pytest.fixture
def repository(git: GitRepository) -> GitRepository:
    git.commit(a__txt=SOURCE)
    return git


def commit(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    program = ["git", "commit", "--quiet", "--message", "x", *options]
    return subprocess.run(  # git sends to stderr what hooks print
        program, cwd=root, capture_output=True, text=True, check=False
    )


def program(place: Path, text: str) -> None:
    place.parent.mkdir(exist_ok=True)
    place.write_text(text)
    place.chmod(0o755)


def test_commits_are_stopped_with_what_happened(repository: GitRepository, run: Run) -> None:
    ended = run("hook", "install")
    assert (ended.code, ended.out.startswith(b"installed: ")) == (0, True)
    assert run("hook", "install").code == 0
    repository.write("b.py", LEAK)
    repository("add", "--all")
    done = commit(repository.root)
    assert (done.returncode, "b.py:2: lazy marker" in done.stderr) == (1, True)
    repository.write("b.py", "x = 1\n")
    repository.write("x.fastapply.md", TEN)
    repository("add", "b.py")
    done = commit(repository.root)
    assert (done.returncode, "commit again" in done.stderr) == (1, True)
    assert repository.status() == "M  a.txt\nA  b.py\n"
    assert commit(repository.root).returncode == 0
    assert repository.status() == ""
    assert repository("show", "HEAD:a.txt") == EDITED
    assert run("hook", "uninstall").code == 0
    assert b"there is no hook" in run("hook", "uninstall").out


def test_commits_with_an_index_of_their_own(repository: GitRepository, run: Run) -> None:
    assert run("hook", "install").code == 0
    repository.write("a.txt", SOURCE + "mine\n")
    repository.write("x.fastapply.md", TEN)
    done = commit(repository.root, "--all")
    assert (done.returncode, "index of its own" in done.stderr) == (1, True)
    assert repository.status() == " M a.txt\n"
    assert Path("a.txt").read_text() == EDITED + "mine\n"
    repository.write("b.py", LEAK)
    repository("add", "b.py")
    assert "b.py:2" in commit(repository.root, "--", "b.py").stderr
    assert commit(repository.root, "--", "a.txt").returncode == 0


def test_a_hook_that_is_there_stays(repository: GitRepository, run: Run) -> None:
    hook = repository.root / ".git" / "hooks" / "pre-commit"
    program(hook, THEIRS)
    ended = run("hook", "install")
    assert (ended.code, "--chain" in ended.err) == (5, True)
    assert run("hook", "uninstall").code == 5
    assert hook.read_text() == THEIRS
    assert run("hook", "install", "--chain").code == 0
    assert run("hook", "install").code == 0
    repository.write("b.py", LEAK)
    repository("add", "b.py")
    assert commit(repository.root).returncode == 1
    assert Path("ran").read_text() == "theirs\n"
    program(hook.with_name("pre-commit.before-fastapply"), "#!/bin/sh\nexit 3\n")
    assert "lazy marker" not in commit(repository.root).stderr
    assert run("hook", "uninstall").code == 0
    assert hook.read_text() == "#!/bin/sh\nexit 3\n"


def test_hooks_in_a_folder_of_the_repository(repository: GitRepository, run: Run) -> None:
    repository("config", "core.hooksPath", ".githooks")
    assert run("hook", "install").code == 0
    repository.write("b.py", LEAK)
    repository("add", "b.py")
    assert commit(repository.root).returncode == 1
    assert os.listdir(".githooks") == ["pre-commit"]


def test_hooks_for_all_repositories_are_left_alone(
    repository: GitRepository, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(f"[core]\n\thooksPath = {tmp_path}/hooks\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    ended = run("hook", "install")
    assert (ended.code, "core.hooksPath (global)" in ended.err) == (5, True)
    assert not (tmp_path / "hooks").exists()


def test_in_worktrees_and_submodules(
    repository: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository("worktree", "add", "--quiet", "../tree")
    tree = repository.root.parent / "tree"
    add = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add")
    repository(*add, str(repository.root), "sub")
    repository("commit", "--quiet", "--message", "sub")
    for place in (tree, repository.root / "sub"):
        monkeypatch.chdir(place)
        assert run("hook", "install").code == 0
        (place / "x.fastapply.md").write_text(TEN)
        done = commit(place)
        assert (done.returncode, "commit again" in done.stderr) == (1, True), done.stderr
        assert commit(place).returncode == 0
    assert (repository.root / "a.txt").read_text() == SOURCE


def test_a_superprojects_hook_edits_a_submodule(repository: GitRepository, run: Run) -> None:
    """The environment of the hook names the index of the superproject."""
    add = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add")
    repository(*add, str(repository.root), "sub")
    assert run("hook", "install").code == 0
    repository.write("x.fastapply.md", block("line 10\n", "line ten\n", "sub/a.txt"))
    assert commit(repository.root).returncode == 1
    sub = subprocess.run(
        ["git", "status", "--porcelain"], cwd="sub", capture_output=True, text=True, check=True
    )
    assert sub.stdout == "M  a.txt\n"
    assert "a.txt" not in repository.status()


def test_hooks_in_parallel_write_whole_files_or_nothing(
    repository: GitRepository, run: Run
) -> None:
    assert run("hook", "install").code == 0
    repository.write("x.fastapply.md", TEN)
    program = ["git", "commit", "--quiet", "--message", "x", "--allow-empty"]
    started = [subprocess.Popen(program, stderr=subprocess.DEVNULL) for _ in range(4)]
    for each in started:
        each.wait(60)
    assert Path("a.txt").read_text() == EDITED
    assert not Path("x.fastapply.md").exists()
    assert not [name for name in os.listdir() if name.endswith(".fastapply")]


def test_a_program_that_is_gone_stops_the_commit(repository: GitRepository, run: Run) -> None:
    assert run("hook", "install").code == 0
    hook = repository.root / ".git" / "hooks" / "pre-commit"
    lines = hook.read_text().splitlines(keepends=True)
    hook.write_text(
        "".join("fastapply=/gone\n" if "fastapply='" in line else line for line in lines)
    )
    program = ["git", "commit", "--quiet", "--allow-empty", "--message", "x"]
    done = subprocess.run(
        program,
        env={**os.environ, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "--no-verify" in done.stderr) == (1, True)
