"""`fastapply hook check`: what a commit would bring, against what was there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.support import Ended, GitRepository, Run

MARKER = "# ... existing code ..."
LEAK = f"x = 1\n{MARKER}\ny = 2\n"


def alarms(ended: Ended) -> list[str]:
    assert "Traceback" not in ended.err
    lines = ended.out.decode().splitlines()
    assert ended.code == (1 if lines else 0), ended.err
    return lines


def test_a_finding_names_file_and_line(git: GitRepository, run: Run) -> None:
    git.commit(a__py="x = 1\n")
    git.write("a.py", LEAK)
    git("add", "--all")
    ended = run("hook", "check")
    assert alarms(ended) == [f"a.py:2: lazy marker: {MARKER}"]
    assert "fastapply: allow" in ended.err


def test_the_index_is_read_and_not_the_work_tree(git: GitRepository, run: Run) -> None:
    git.commit(a__py="x = 1\n", b__py="x = 1\n")
    git.write("a.py", LEAK)
    assert alarms(run("hook", "check")) == []
    git("add", "--all")
    git.write("a.py", "x = 1\n")
    assert alarms(run("hook", "check")) == [f"a.py:2: lazy marker: {MARKER}"]
    Path("a.py").unlink()
    assert len(alarms(run("hook", "check"))) == 1


def test_what_was_there_before_passes(git: GitRepository, run: Run) -> None:
    git.commit(a__py=LEAK, b__py="y = 1\n")
    git.write("a.py", LEAK + "z = 3\n")
    git("add", "--all")
    assert alarms(run("hook", "check")) == []
    git.write("a.py", LEAK + LEAK)
    git("add", "--all")
    assert alarms(run("hook", "check")) == [f"a.py:5: lazy marker: {MARKER}"]


def test_code_that_moves_may_keep_its_oddities(git: GitRepository, run: Run) -> None:
    git.commit(a__py=LEAK)
    git("mv", "a.py", "b.py")
    git.write("b.py", "import os\n" + LEAK)
    git("add", "--all")
    assert alarms(run("hook", "check")) == []
    git.write("c.py", LEAK)
    git("add", "--all")
    assert len(alarms(run("hook", "check"))) == 1


def test_in_a_repository_without_commits(git: GitRepository, run: Run) -> None:
    git.write("a.py", LEAK)
    assert alarms(run("hook", "check")) == []
    git("add", "--all")
    assert len(alarms(run("hook", "check"))) == 1


def test_in_a_merge_both_sides_were_there_before(git: GitRepository, run: Run) -> None:
    git.commit(a__py="x = 1\n", b__py="x = 1\n")
    git("checkout", "--quiet", "-b", "other")
    git.commit(a__py=LEAK)
    git("checkout", "--quiet", "main")
    git.commit(a__py="x = 2\n")
    git("merge", "--quiet", "other", check=False)
    assert alarms(run("hook", "check")) == []  # unresolved: git commits nothing yet
    git.write("a.py", LEAK.replace("x = 1", "x = 2"))
    git("add", "--all")
    assert alarms(run("hook", "check")) == []
    git.write("b.py", LEAK)
    git("add", "--all")
    assert alarms(run("hook", "check")) == [f"b.py:2: lazy marker: {MARKER}"]


def test_links_binaries_submodules_and_deleted_files_pass(git: GitRepository, run: Run) -> None:
    git.commit(a__py=LEAK, gone__py="x = 1\n")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(git.root), "sub")
    os.symlink(MARKER, git.root / "link.py")
    git.write("b.py", b"\0\n" + LEAK.encode())
    Path("gone.py").unlink()
    git("add", "--all")
    assert alarms(run("hook", "check")) == []


def test_names_with_spaces_newlines_and_bytes(git: GitRepository, run: Run) -> None:
    for name in (b"a b.py", b"-n.py", b"new\nline.py", b"\xff.py"):
        with open(os.path.join(os.fsencode(git.root), name), "w") as file:
            file.write(LEAK)
    git("add", "--all")
    found = alarms(run("hook", "check"))
    assert [line.partition(":")[0] for line in found] == [
        "-n.py",
        "a b.py",
        "new\ufffdline.py",
        "\ufffd.py",
    ]
    assert len(alarms(run("hook", "check", "--", "-n.py", "a b.py"))) == 2


def test_files_can_be_named_and_are_found_from_a_folder(
    git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.write("sub/a.py", LEAK)
    git.write("b.py", LEAK)
    git("add", "--all")
    monkeypatch.chdir("sub")
    assert alarms(run("hook", "check", "a.py")) == [f"sub/a.py:2: lazy marker: {MARKER}"]


def test_allowed_files_and_pending_documents_pass(git: GitRepository, run: Run) -> None:
    sign = "<<<<<<< SEARCH\n"
    for name in ("tests/cases/x/a.py", "docs/deep/b.py", "c.snap", "e.fastapply.md"):
        git.write(name, sign)
    git.write(".fastapply/d.md", sign)
    git.write("fastapply.toml", '[hook]\nallow = ["tests/cases/**", "docs", "*.snap"]\n')
    git("add", "--all")
    assert alarms(run("hook", "check")) == []
    git("rm", "--quiet", "--cached", "fastapply.toml")
    Path("fastapply.toml").unlink()
    assert len(alarms(run("hook", "check"))) == 3


def test_against_another_commit_and_against_nothing(
    git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(a__py="x = 1\n")
    git.commit(a__py=LEAK)
    assert alarms(run("hook", "check")) == []
    assert len(alarms(run("hook", "check", "--against", "HEAD~"))) == 1
    assert len(alarms(run("hook", "check", "--all"))) == 1
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "HEAD~")
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "HEAD")
    assert len(alarms(run("hook", "check"))) == 1
    ended = run("hook", "check", "--against", "nowhere")
    assert (ended.code, ended.err) == (5, "fastapply: there is no commit nowhere\n")


def test_where_there_is_no_work_tree(folder: Path, run: Run) -> None:
    for command in ("check", "apply", "run", "install", "uninstall"):
        ended = run("hook", command)
        assert (ended.code, "no" in ended.err) == (5, True)
    subprocess.run(["git", "init", "--quiet", "--bare", "."], check=True)
    for command in ("check", "apply", "run", "install", "uninstall"):
        ended = run("hook", command)
        assert (ended.code, "git work tree" in ended.err) == (5, True)


def test_a_partial_clone_fetches_only_what_is_compared(
    git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(a__py="x = 1\n", b__py=LEAK)
    git("config", "uploadpack.allowFilter", "true")
    clone = git.root.parent / "clone"
    git("clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{git.root}", str(clone))
    monkeypatch.chdir(clone)
    copy = GitRepository.__new__(GitRepository)
    copy.root = clone
    copy("reset", "--quiet", "--mixed", "HEAD")
    copy.write("a.py", "z = 0\n" + LEAK)
    copy("add", "a.py")
    assert len(alarms(run("hook", "check"))) == 1
    copy("remote", "set-url", "origin", "file:///nowhere")
    copy.write("b.py", LEAK + "z = 1\n")
    copy("add", "b.py")
    ended = run("hook", "check")
    assert (ended.code, ended.out) == (5, b"")
    assert "git has not got the blob" in ended.err
