"""What git's index holds afterwards, in real repositories."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.support import EDIT, EDITED, SOURCE, GitRepository, Run, block

CREATE = "```\n*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch\n```\n"
DELETE = "```\n*** Begin Patch\n*** Delete File: a.txt\n*** End Patch\n```\n"
MOVE = """```
*** Begin Patch
*** Update File: a.txt
*** Move to: sub/b.txt
@@
-line 10
+line ten
*** End Patch
```
"""


def test_the_change_is_staged(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    ended = run("a.txt", "-e", "-", stdin=EDIT)
    assert ended.code == 0, ended.err
    assert git.status() == "M  a.txt\n"
    assert git.staged("a.txt") == EDITED


def test_no_stage_leaves_the_index_alone(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    assert run("a.txt", "--no-stage", stdin=EDIT).code == 0
    assert git.status() == " M a.txt\n"


def test_other_unstaged_changes_stay_unstaged(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    git.write("a.txt", SOURCE.replace("line 25", "mine"))
    assert run("a.txt", stdin=EDIT).code == 0
    assert git.staged("a.txt") == EDITED
    assert Path("a.txt").read_text() == EDITED.replace("line 25", "mine")


def test_a_change_inside_unstaged_changes_is_not_staged(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    mine = SOURCE.replace("line 10", "my line")
    git.write("a.txt", mine)
    ended = run("a.txt", stdin=block("my line\n", "line ten\n"))
    assert ended.code == 0
    assert "not staged" in ended.err
    assert git.staged("a.txt") == SOURCE
    assert Path("a.txt").read_text() == EDITED


def test_what_was_staged_before_stays_staged(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE, other__txt="1\n")
    git.write("a.txt", SOURCE.replace("line 25", "staged"))
    git.write("other.txt", "2\n")
    git("add", "--all")
    assert run("a.txt", stdin=EDIT).code == 0
    assert git.staged("a.txt") == EDITED.replace("line 25", "staged")
    assert git.status() == "M  a.txt\nM  other.txt\n"


def test_a_new_file_is_added(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    assert run(stdin=CREATE).code == 0
    assert git.status() == "A  new.txt\n"


def test_a_new_file_that_git_ignores_is_not_added_and_it_is_said(
    git: GitRepository, run: Run
) -> None:
    git.commit(a__txt=SOURCE)
    git.write(".git/info/exclude", "new.txt\n")
    ended = run(stdin=CREATE)
    assert ended.code == 0
    assert "git ignores it" in ended.err
    assert Path("new.txt").read_text() == "hello\n"
    assert git.status() == ""


def test_a_deletion_is_staged(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    assert run(stdin=DELETE).code == 0
    assert git.status() == "D  a.txt\n"


def test_a_move_is_staged(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    ended = run(stdin=MOVE)
    assert ended.code == 0, ended.err
    assert git.status() == "R  a.txt -> sub/b.txt\n"
    assert git.staged("sub/b.txt") == EDITED


def test_an_untracked_file_stays_untracked(git: GitRepository, run: Run) -> None:
    git.commit(b__txt="")
    git.write("a.txt", SOURCE)
    ended = run("a.txt", stdin=EDIT)
    assert ended.code == 0
    assert "does not track" in ended.err
    assert git.status() == "?? a.txt\n"


def test_a_file_only_intended_to_be_added_is_not_staged(git: GitRepository, run: Run) -> None:
    git.commit(b__txt="")
    git.write("a.txt", SOURCE)
    git("add", "--intent-to-add", "a.txt")
    ended = run("a.txt", stdin=EDIT)
    assert ended.code == 0
    assert "not staged" in ended.err
    assert git.status() == " A a.txt\n"


@pytest.mark.parametrize("flag", ["skip-worktree", "assume-unchanged"])
def test_a_file_that_git_is_told_to_overlook_stays_so(
    git: GitRepository, run: Run, flag: str
) -> None:
    git.commit(a__txt=SOURCE)
    git("update-index", f"--{flag}", "a.txt")
    before = git("ls-files", "-v", "--stage")
    ended = run("a.txt", stdin=EDIT)
    assert (ended.code, git("ls-files", "-v", "--stage")) == (0, before)
    assert "a.txt: not staged: git is told to overlook it" in ended.err


def test_line_endings_go_through_gits_filters(git: GitRepository, run: Run) -> None:
    git("config", "core.autocrlf", "true")
    git.commit(a__txt=SOURCE)
    crlf = SOURCE.replace("\n", "\r\n").encode()
    git.write("a.txt", crlf)
    assert run("a.txt", stdin=EDIT).code == 0
    assert Path("a.txt").read_bytes() == EDITED.replace("\n", "\r\n").encode()
    assert git("cat-file", "blob", ":a.txt") == EDITED
    assert git.status() == "M  a.txt\n"


def test_clean_and_smudge_filters_are_used(git: GitRepository, run: Run) -> None:
    git("config", "filter.shout.clean", "tr a-z A-Z")
    git("config", "filter.shout.smudge", "tr A-Z a-z")
    git.write(".gitattributes", "a.txt filter=shout\n")
    git.commit(a__txt=SOURCE)
    git.write("a.txt", SOURCE.replace("line 25", "mine"))
    assert run("a.txt", stdin=EDIT).code == 0
    assert git("cat-file", "blob", ":a.txt") == EDITED.upper()


def test_the_mode_in_the_index_stays(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    os.chmod("a.txt", 0o755)
    assert run("a.txt", stdin=EDIT).code == 0
    assert git("ls-files", "--stage", "a.txt").startswith("100644")
    assert Path("a.txt").stat().st_mode & 0o777 == 0o755


def test_an_unresolved_merge_conflict_is_not_staged(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    git("checkout", "--quiet", "-b", "other")
    git.commit(a__txt=SOURCE.replace("line 25", "theirs"))
    git("checkout", "--quiet", "main")
    git.commit(a__txt=SOURCE.replace("line 25", "ours"))
    git("merge", "other", check=False)
    ended = run("a.txt", stdin=EDIT)
    assert ended.code == 0, ended.err
    assert "merge conflict" in ended.err
    assert git.status() == "UU a.txt\n"
    assert run("a.txt", "--commit", stdin=block("line 11\n", "x\n")).code == 5
    assert "line 11\n" in Path("a.txt").read_text()


def test_a_linked_worktree_has_its_own_index(
    git: GitRepository, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(a__txt=SOURCE)
    git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    monkeypatch.chdir(tmp_path / "linked")
    assert run("a.txt", stdin=EDIT).code == 0
    assert git.status() == ""
    git.root = tmp_path / "linked"
    assert git.status() == "M  a.txt\n"


def test_a_file_of_a_submodule_is_staged_there(
    git: GitRepository, run: Run, tmp_path: Path
) -> None:
    git.commit(a__txt=SOURCE)
    inner = tmp_path / "inner"
    inner.mkdir()
    GitRepository(inner).commit(c__txt=SOURCE)
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "sub")
    git("commit", "--quiet", "--message", "sub")
    assert run("sub/c.txt", stdin=EDIT).code == 0
    assert git.status() == " M sub\n"
    git.root = git.root / "sub"
    assert git.status() == "M  c.txt\n"


def test_inside_a_hook_the_index_of_the_hook_is_used(
    git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(a__txt=SOURCE)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert run("a.txt", stdin=EDIT).code == 0
    assert git.staged("a.txt") == EDITED


def test_a_locked_index_is_a_git_failure_that_says_the_files_are_written(
    git: GitRepository, run: Run
) -> None:
    git.commit(a__txt=SOURCE)
    git.write(".git/index.lock", "")
    ended = run("a.txt", stdin=EDIT)
    assert ended.code == 5
    assert "the files are written" in ended.err
    assert "take it back with `fastapply undo`" in ended.err
    assert "nothing was written" not in ended.err
    assert Path("a.txt").read_text() == EDITED


def test_strange_names(git: GitRepository, run: Run) -> None:
    names = ["*.txt", "two words.txt", "ünï.txt", ":(top)x.txt"]
    for name in names:
        git.write(name, SOURCE)
    git.commit(a__txt=SOURCE)
    for name in names:
        ended = run("--", name, stdin=EDIT)
        assert ended.code == 0, ended.err
    staged = git("diff", "--cached", "--name-only", "-z").split("\0")
    assert sorted(filter(None, staged)) == sorted(names)


def test_not_a_repository_is_no_failure_and_said_only_under_verbose(folder: Path, run: Run) -> None:
    Path("a.txt").write_text(SOURCE)
    ended = run("a.txt", stdin=EDIT)
    assert (ended.code, "not staged" in ended.err) == (0, False)
    ended = run("a.txt", "--verbose", stdin=block("line 11\n", "x\n"))
    assert (ended.code, "not staged" in ended.err) == (0, True)


def test_commit_without_a_repository_writes_nothing(folder: Path, run: Run) -> None:
    Path("a.txt").write_text(SOURCE)
    ended = run("a.txt", "--commit", stdin=EDIT)
    assert ended.code == 5
    assert Path("a.txt").read_text() == SOURCE


def test_commit_takes_exactly_the_change(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE, other__txt="1\n")
    git.write("other.txt", "2\n")
    git.write("a.txt", SOURCE.replace("line 3\n", "staged\n"))
    git("add", "--all")
    git.write("a.txt", SOURCE.replace("line 3\n", "staged\n").replace("line 25", "unstaged"))
    ended = run("a.txt", "-m", "Ten in words", stdin=EDIT)
    assert ended.code == 0, ended.err
    assert git("log", "-1", "--format=%s").strip() == "Ten in words"
    assert git("show", "HEAD:a.txt") == EDITED
    assert git("show", "--format=", "--name-only", "HEAD").split() == ["a.txt"]
    assert git.staged("a.txt") == EDITED.replace("line 3\n", "staged\n")
    assert git.status() == "MM a.txt\nM  other.txt\n"


def test_commit_makes_up_a_message_and_needs_no_commit_before(git: GitRepository, run: Run) -> None:
    ended = run("--commit", stdin=CREATE)
    assert ended.code == 0, ended.err
    assert git("log", "-1", "--format=%s").strip() == "Add new.txt"
    assert git.status() == ""


def test_a_hook_that_refuses_the_commit_is_a_git_failure(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    hook = git.write(".git/hooks/pre-commit", "#!/bin/sh\necho no way >&2\nexit 1\n")
    hook.chmod(0o755)
    ended = run("a.txt", "--commit", stdin=EDIT)
    assert ended.code == 5
    assert "no way" in ended.err
    assert git.status() == "M  a.txt\n"
