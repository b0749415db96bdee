"""The last application taken back: files, permissions, index; refused where life went on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fastapply.cli import journal as journals
from fastapply.cli.journal import Journal, journal_folder
from fastapply.cli.repository import Repository
from fastapply.cli.workspace import FileWorkspace
from fastapply.core.ports import Change
from fastapply.core.text import SourceText
from tests.cli.support import EDIT, EDITED, SOURCE, Ended, GitRepository, Run, block

EVERYTHING = """```
*** Begin Patch
*** Update File: a.txt
@@
-line 10
+line ten
*** Delete File: gone.sh
*** Add File: new/deep/b.txt
+hello
*** Update File: moved.txt
*** Move to: other/place.txt
@@
-line 20
+line twenty
*** End Patch
```
"""


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(place.relative_to(root)): (place.read_bytes(), place.stat().st_mode & 0o777)
        for place in sorted(root.rglob("*"))
        if place.is_file() and ".git" not in place.parts
    }


def refused(ended: Ended, *words: str) -> None:
    assert ended.code == 5, ended.err
    for word in (*words, "nothing was taken back"):
        assert word in ended.err


def test_all_of_it_comes_back(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE, moved__txt=SOURCE, gone__sh="#!/bin/sh\n")
    (git.root / "gone.sh").chmod(0o755)
    (git.root / "moved.txt").chmod(0o640)
    git("add", "--all")
    git("commit", "--quiet", "--amend", "--no-edit")
    git.write("a.txt", SOURCE.replace("line 25", "mine"))
    before, index = tree(git.root), git("ls-files", "--stage")
    assert run(stdin=EVERYTHING).code == 0
    assert tree(git.root) != before
    ended = run("undo")
    assert ended.code == 0
    assert ended.err.splitlines() == [
        "a.txt  restored",
        "gone.sh  brought back",
        "new/deep/b.txt  removed",
        "other/place.txt  removed",
        "moved.txt  brought back",
    ]
    assert tree(git.root) == before
    assert git("ls-files", "--stage") == index
    assert not (git.root / "new").exists()
    assert not (git.root / "other").exists()


def test_it_walks_back_and_ends(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    assert run("a.txt", stdin=EDIT).code == 0
    assert run("a.txt", stdin=block("line 11\n", "line eleven\n")).code == 0
    assert run("undo", "--quiet").err == ""
    assert git.staged("a.txt") == (git.root / "a.txt").read_text() == EDITED
    assert run("undo").code == 0
    assert git.status() == ""
    ended = run("undo")
    assert (ended.code, ended.err) == (0, "nothing to undo here\n")


def test_unstaged_and_staged_changes_of_the_user_stay(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    git.write("a.txt", SOURCE.replace("line 25", "staged"))
    git("add", "--all")
    git.write("a.txt", SOURCE.replace("line 25", "staged").replace("line 28", "mine"))
    before = git("diff"), git("diff", "--cached")
    assert run("a.txt", stdin=EDIT).code == 0
    assert run("undo").code == 0
    assert (git("diff"), git("diff", "--cached")) == before


def test_what_ctrl_c_left_unstaged_is_taken_back(
    git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(a__txt=SOURCE)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Repository, "update_index", stopped)
        ended = run("a.txt", stdin=EDIT)
    assert (ended.code, git.status()) == (130, " M a.txt\n")
    assert "the files are written: `fastapply undo` takes it back" in ended.err
    assert run("undo").code == 0
    assert git.status() == ""


def test_a_file_that_moved_on_is_refused(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE, b__txt=SOURCE)
    assert (
        run(stdin=block("line 10\n", "x\n", "a.txt") + block("line 9\n", "y\n", "b.txt")).code == 0
    )
    with open("b.txt", "a") as file:
        file.write("more\n")
    before = tree(git.root), git("ls-files", "--stage")
    refused(run("undo"), "b.txt has changed", "what to do")
    assert (tree(git.root), git("ls-files", "--stage")) == before
    Path("b.txt").unlink()
    refused(run("undo"), "b.txt has vanished")


def test_an_index_that_moved_on_is_refused(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    assert run("a.txt", stdin=EDIT).code == 0
    git("reset", "--quiet")  # back to how it was: nothing to do there
    assert run("undo", "--dry-run").err == "a.txt  would be restored\n"
    git.write("a.txt", "other\n")
    git("add", "--all")
    git.write("a.txt", EDITED)
    refused(run("undo"), "a.txt was staged anew")
    assert git.staged("a.txt") == "other\n"


def test_what_was_committed_is_for_git_revert(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    assert run("a.txt", "--commit", stdin=EDIT).code == 0
    commit = git("rev-parse", "HEAD")[:10]
    refused(run("undo"), f"git revert {commit}")
    git("reset", "--quiet", "--soft", "HEAD~")
    assert run("undo").code == 0
    assert git.status() == ""


def test_an_application_cut_off_in_the_middle_is_mended(
    git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(a__txt=SOURCE, b__txt=SOURCE)
    monkeypatch.setattr(Journal, "finish", lambda *_: None)
    assert (
        run(stdin=block("line 10\n", "x\n", "a.txt") + block("line 9\n", "y\n", "b.txt")).code == 0
    )
    git("reset", "--quiet")
    git.write("b.txt", SOURCE)
    ended = run("undo")
    assert ended.err.startswith("a.txt  restored\nnote: git's index was left")
    assert git.status() == ""


def test_what_failed_is_not_kept(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE, b__txt=SOURCE)
    (git.root / "sub").mkdir()
    workspace = FileWorkspace(str(git.root), str(git.root), journal=Journal.of(".", str(git.root)))
    changes = (
        Change("a.txt", SourceText.from_str(SOURCE), SourceText.from_str("x\n")),
        Change("b.txt", SourceText.from_str("stale\n"), SourceText.from_str("x\n")),
    )
    with pytest.raises(Exception, match="changed meanwhile"):
        workspace.write(changes)
    assert run("undo").err == "nothing to undo here\n"
    assert git.status() == ""


def test_list_and_json(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    assert run("undo", "--list").out == b""
    assert run("a.txt", stdin=EDIT).code == 0
    assert run("undo", "--list").out.decode().endswith("  a.txt\n")
    listed = json.loads(run("undo", "--list", "--json").out)
    assert [each["files"] for each in listed["applications"]] == [["a.txt"]]
    done = json.loads(run("undo", "--json").out)
    assert (done["status"], done["files"]) == ("undone", [{"path": "a.txt", "status": "restored"}])
    assert json.loads(run("undo", "--json").out)["status"] == "unchanged"


def test_refusals_as_json(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    assert run("a.txt", stdin=EDIT).code == 0
    git.write("a.txt", "other\n")
    ended = run("undo", "--json")
    said = json.loads(ended.out)
    assert (ended.code, said["exit_code"], said["reason"]) == (5, 5, "stale")


def test_nothing_is_kept_of_what_is_only_shown(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    for option in ("--dry-run", "--diff", "--stdout", "--check"):
        assert run("a.txt", option, stdin=EDIT).code == 0
    assert not (git.root / ".git" / "fastapply").exists()


def test_it_is_private_and_bounded(
    git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "MOST_ENTRIES", 3)
    git.commit(a__txt=SOURCE)
    for number in range(1, 6):
        assert run("a.txt", stdin=block(f"line {number}\n", f"{number}\n")).code == 0
    folder = git.root / ".git" / "fastapply" / "journal"
    assert sorted(os.listdir(folder)) == ["000003.json", "000004.json", "000005.json"]
    assert {place.stat().st_mode & 0o777 for place in folder.iterdir()} == {0o600}
    assert {place.stat().st_mode & 0o777 for place in (folder, folder.parent)} == {0o700}
    monkeypatch.setattr(journals, "MOST_BYTES", 10)
    ended = run("a.txt", stdin=EDIT)
    assert "undo` will not know this: it is too large" in ended.err
    assert os.listdir(folder) == []


def test_a_journal_that_cannot_be_written_stops_nobody(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    (git.root / ".git" / "fastapply").write_text("in the way")
    ended = run("a.txt", stdin=EDIT)
    assert ended.code == 0
    assert "note: `fastapply undo` will not know this" in ended.err


def test_a_journal_that_is_full_by_the_time_of_staging_is_said(
    git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(a__txt=SOURCE)
    update = Repository.update_index

    def filling(*arguments: Any) -> None:
        update(*arguments)
        monkeypatch.setattr(Journal, "_waiting", full)

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Repository, "update_index", filling)
    ended = run("a.txt", stdin=EDIT)
    assert ended.code == 0
    assert "undo` will not know what was staged: No space left on device" in ended.err


def test_a_torn_entry_is_passed_over(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    assert run("a.txt", stdin=EDIT).code == 0
    folder = git.root / ".git" / "fastapply" / "journal"
    (folder / "000002.json").write_text('{"when": 1, "files": [[')
    (folder / "000003.json").write_text('{"when": 1, "files": [["a", "!", 1, 2]]}')
    assert run("undo").err == "a.txt  restored\n"


def test_outside_of_git(folder: Path, run: Run) -> None:
    Path("a.txt").write_text(SOURCE)
    assert run("a.txt", stdin=EDIT).code == 0
    assert run("undo").err == "a.txt  restored\n"
    assert Path("a.txt").read_text() == SOURCE


def test_a_moved_repository_knows_its_files(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    assert run("a.txt", stdin=EDIT).code == 0
    moved = git.root.parent / "moved"
    git.root.rename(moved)
    os.chdir(moved)
    assert run("undo").err == "a.txt  restored\n"
    assert (moved / "a.txt").read_text() == SOURCE


def test_worktrees_and_submodules_have_their_own(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    git("worktree", "add", "--quiet", "../tree")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(git.root), "sub")
    for place in (git.root, git.root.parent / "tree", git.root / "sub"):
        said = subprocess.run(
            ["git", "rev-parse", "--path-format=absolute", "--git-path", "fastapply"],
            cwd=place,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        assert journal_folder(str(place), str(place)) == os.path.join(
            os.path.realpath(said), "journal"
        )
    os.chdir(git.root.parent / "tree")
    assert run("a.txt", stdin=EDIT).code == 0
    os.chdir(git.root)
    assert run("undo").err == "nothing to undo here\n"
    os.chdir(git.root.parent / "tree")
    assert run("undo").err == "a.txt  restored\n"


def test_parallel_applications_lose_no_entry(git: GitRepository, run: Run) -> None:
    names = [f"f{number}.txt" for number in range(6)]
    git.commit(**{name.replace(".", "__"): SOURCE for name in names})
    edit = git.write("edit.md", EDIT)
    program = [sys.executable, "-m", "fastapply", "--no-stage", "--edit", str(edit)]
    started = [subprocess.Popen([*program, name], cwd=git.root, stderr=-3) for name in names]
    assert [each.wait(60) for each in started] == [0] * len(names)
    listed = json.loads(run("undo", "--list", "--json").out)["applications"]
    assert sorted(name for each in listed for name in each["files"]) == names
    for _ in names:
        assert run("undo").code == 0
    assert git.status() == "?? edit.md\n"
