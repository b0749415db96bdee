"""Git that is not there, broken, locked or busy: nothing false is said of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import EDIT, EDITED, SOURCE, Ended, GitRepository, Run


def in_a_process(*arguments: str, stdin: str = "", **environment: str) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "fastapply", *arguments],
        input=stdin.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )
    return Ended(done.returncode, done.stdout, done.stderr.decode())


def test_without_git_files_are_written_and_it_is_said(git: GitRepository) -> None:
    git.commit(a__txt=SOURCE)
    ended = in_a_process("a.txt", stdin=EDIT, PATH="/nowhere")
    assert ended.code == 5
    assert "the files are written, but the program git is not to be found" in ended.err
    assert "nothing was written" not in ended.err
    assert Path("a.txt").read_text() == EDITED
    assert in_a_process("undo", PATH="/nowhere").code == 0
    assert Path("a.txt").read_text() == SOURCE
    for hook in ("check", "apply", "install"):
        ended = in_a_process("hook", hook, PATH="/nowhere")
        assert (ended.code, len(ended.err.splitlines())) == (5, 1)
    assert in_a_process("a.txt", "--no-stage", stdin=EDIT, PATH="/nowhere").code == 0


@pytest.mark.parametrize("place", ["nothing", "garbage", "gitdir: ../nowhere"])
def test_a_git_directory_that_is_none(folder: Path, run: Run, place: str) -> None:
    Path("a.txt").write_text(SOURCE)
    if place == "nothing":
        Path(".git").mkdir()
    else:
        Path(".git").write_text(f"{place}\n")
    ended = run("a.txt", stdin=EDIT)
    assert ended.code == 0
    assert f"a.txt: not staged: git cannot use {folder / '.git'}" in ended.err
    assert ("undo` will not know this" in ended.err) == (place != "nothing")
    assert sorted(os.listdir()) == [".git", "a.txt"]
    assert not (folder.parent / "nowhere").exists()
    assert run("undo").code == 0
    assert run("hook", "check").code == 5


def test_undo_is_not_promised_where_it_knows_nothing(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE, b__txt=SOURCE)
    git.write(".git/index.lock", "")
    git.write(".git/fastapply", "in the way")
    ended = run("a.txt", stdin=EDIT)
    assert ended.code == 5
    assert "take it back" not in ended.err
    assert "note: `fastapply undo` will not know this" in ended.err
    told = json.loads(run("b.txt", "--json", stdin=EDIT).out)
    assert (told["written"], len(told["notes"])) == (True, 1)


def test_what_git_says_is_one_line(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    git.write(".git/index.lock", "")
    ended = run("a.txt", stdin=EDIT)
    assert "\ufffd" not in ended.err
    assert "File exists. Another git process" in ended.err


def test_a_commit_that_a_hook_refused_is_taken_back_whole(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    git.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n").chmod(0o755)
    assert run("a.txt", "-m", "x", stdin=EDIT).code == 5
    assert git.status() == "M  a.txt\n"
    assert run("undo").err == "a.txt  restored\n"
    assert git.status() == ""


def test_undo_with_a_locked_index_says_what_is_left(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    assert run("a.txt", stdin=EDIT).code == 0
    lock = git.write(".git/index.lock", "")
    ended = run("undo")
    assert (ended.code, Path("a.txt").read_text()) == (5, SOURCE)
    assert "the files are as they were, but git failed" in ended.err
    assert "nothing was taken back" not in ended.err
    assert "undo again once git works" in ended.err
    lock.unlink()
    assert run("undo").code == 0
    assert git.status() == ""


@pytest.mark.parametrize("command", ["cherry-pick", "revert"])
def test_a_commit_in_the_middle_of_another(git: GitRepository, run: Run, command: str) -> None:
    git.commit(a__txt=SOURCE, b__txt="1\n")
    git.commit(b__txt="2\n")
    git.commit(b__txt="3\n")
    git(command, "HEAD~1", check=False)
    ended = run("a.txt", "-m", "mine", stdin=EDIT)
    assert ended.code == 5
    assert f"cannot commit in the middle of a {command}" in ended.err
    assert Path("a.txt").read_text() == SOURCE
    assert git("log", "--format=%s").split() == ["before"] * 3


def test_a_repository_that_names_objects_by_sha_256(git: GitRepository, run: Run) -> None:
    shutil.rmtree(".git")
    git("init", "--quiet", "--object-format=sha256")
    git.commit(a__txt=SOURCE)
    assert run("a.txt", "-m", "x", stdin=EDIT).code == 0
    assert git("show", "HEAD:a.txt") == EDITED
    git.write("b.py", "x = 1\n# ... existing code ...\n")
    git("add", "--all")
    ended = run("hook", "check")
    assert (ended.code, ended.out.decode()) == (
        1,
        "b.py:2: lazy marker: # ... existing code ...\n",
    )
    git("commit", "--quiet", "--message", "y")
    assert run("hook", "check", "--all").code == 1


def test_a_journal_that_cannot_be_read(
    git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(a__txt=SOURCE)
    assert run("a.txt", stdin=EDIT).code == 0

    def closed(place: str) -> list[str]:
        raise PermissionError(13, "Permission denied", place)

    with monkeypatch.context() as patch:
        patch.setattr(os, "listdir", closed)
        ended = run("undo")
        listed = run("undo", "--list", "--json")
    assert ended.code == listed.code == 5
    assert "cannot read the journal" in ended.err
    assert json.loads(listed.out)["reason"] == "unreadable"


@pytest.mark.parametrize(
    "arguments",
    [["a.txt"], ["undo"], ["config"], ["prompt"], ["hook", "check"], ["models", "list"]],
)
def test_a_working_directory_that_is_gone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    source = str(Path(__file__).parents[2])
    ended = in_a_process(*arguments, stdin=EDIT, PWD=source)
    assert ended.code == 5
    assert "the working directory is gone" in ended.err
    assert "output" not in ended.err
