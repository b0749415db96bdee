"""`fastapply hook apply`: pending documents, all or none, and a commit that is stopped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.support import EDITED, SOURCE, GitRepository, Run, block

TEN = block("line 10\n", "line ten\n", "a.txt")
MORE = block("line ten\n", "LINE TEN\n", "a.txt") + block("line 5\n", "five\n", "b.txt")
WRONG = block("no such line\n", "x\n", "a.txt")


@pytest.fixture
def repository(git: GitRepository) -> GitRepository:
    git.commit(a__txt=SOURCE, b__txt=SOURCE)
    return git


def test_nothing_pending(repository: GitRepository, run: Run) -> None:
    ended = run("hook", "apply")
    assert (ended.code, ended.out, ended.err) == (0, b"", "")


def test_documents_are_applied_in_order_staged_and_removed(
    repository: GitRepository, run: Run
) -> None:
    repository.write("docs/1.fastapply.md", TEN)
    repository.write("docs/2.fastapply.md", MORE)
    ended = run("hook", "apply")
    assert ended.code == 1
    assert "applied docs/1.fastapply.md, docs/2.fastapply.md: look at it" in ended.err
    assert "+ LINE TEN" in ended.err
    assert repository.status() == "M  a.txt\nM  b.txt\n"
    assert repository.staged("a.txt") == EDITED.replace("line ten", "LINE TEN")
    assert run("hook", "apply").code == 0


def test_the_folder_of_pending_documents_and_an_archive(
    repository: GitRepository, run: Run
) -> None:
    repository.write("fastapply.toml", '[hook]\npending = "edits/todo"\narchive = "edits/done"\n')
    repository.write("edits/todo/x.md", TEN)
    repository.write("edits/todo/notes.txt", "no document\n")
    repository.write("edits/done/x.md", "an older one\n")
    repository("add", "--all")
    assert run("hook", "apply").code == 1
    assert Path("edits/done/x-2.md").read_text() == TEN
    assert Path("edits/done/x.md").read_text() == "an older one\n"
    assert repository("ls-files", "edits").split() == [
        "edits/done/x-2.md",
        "edits/done/x.md",
        "edits/todo/notes.txt",
    ]
    assert run("hook", "apply").code == 0


def test_all_or_nothing(repository: GitRepository, run: Run) -> None:
    repository.write("1.fastapply.md", TEN)
    repository.write("2.fastapply.md", WRONG)
    ended = run("hook", "apply")
    assert ended.code == 1
    assert "2.fastapply.md: a pending document that does not apply" in ended.err
    assert "nothing was written" in ended.err
    assert repository.status() == "?? 1.fastapply.md\n?? 2.fastapply.md\n"


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("nothing to see here\n", 3, "no edit"),
        (block("line 10\n", "x\n"), 3, "names no file"),
        (block("line 10\n", "x\n", "../a.txt"), 3, ".."),
        (block("line 10\n", "x\n", "c.txt"), 5, "no such file"),
        ("\0", 3, "NUL"),
    ],
)
def test_documents_that_cannot_be_applied(
    repository: GitRepository, run: Run, text: str, code: int, word: str
) -> None:
    repository.write("x.fastapply.md", text)
    ended = run("hook", "apply")
    assert (ended.code, word in ended.err) == (code, True), ended.err
    assert "x.fastapply.md" in ended.err
    assert repository.status() == "?? x.fastapply.md\n"


def test_a_document_that_edits_a_document_and_one_that_is_a_link(
    repository: GitRepository, run: Run
) -> None:
    repository.write("x.fastapply.md", block("line 10\n", "x\n", "y.fastapply.md"))
    repository.write("y.fastapply.md", TEN)
    assert run("hook", "apply").code == 5
    Path("x.fastapply.md").unlink()
    os.symlink("a.txt", "x.fastapply.md")
    ended = run("hook", "apply")
    assert (ended.code, "symbolic link" in ended.err) == (5, True)
    assert "M" not in repository.status()


def test_created_deleted_and_moved_files_over_several_documents(
    repository: GitRepository, run: Run
) -> None:
    patch = "```\n*** Begin Patch\n{}*** End Patch\n```\n"
    repository.write("1.fastapply.md", patch.format("*** Add File: new.txt\n+one\n+two\n"))
    repository.write("2.fastapply.md", block("two\n", "three\n", "new.txt"))
    repository.write(
        "3.fastapply.md",
        patch.format("*** Update File: a.txt\n*** Move to: c.txt\n@@\n-line 10\n+line ten\n"),
    )
    repository.write("4.fastapply.md", patch.format("*** Delete File: b.txt\n"))
    assert run("hook", "apply").code == 1
    assert repository.status() == "D  b.txt\nR  a.txt -> c.txt\nA  new.txt\n"
    assert repository.staged("new.txt") == "one\nthree\n"
    assert run("undo").code == 0
    assert repository.status().count("?? ") == 4
    assert "M" not in repository.status()
    repository.write("5.fastapply.md", block("line ten\n", "x\n", "c.txt"))
    ended = run("hook", "apply")
    assert (ended.code, "moved by one pending document" in ended.err) == (5, True)
    assert Path("a.txt").read_text() == SOURCE


def test_tracked_documents_go_from_the_index_too_and_undo_brings_them_back(
    repository: GitRepository, run: Run
) -> None:
    repository.commit(x__fastapply__md=TEN)
    repository.write("a.txt", SOURCE.replace("line 25", "mine"))
    assert run("hook", "apply").code == 1
    assert repository.status() == "MM a.txt\nD  x.fastapply.md\n"
    assert repository.staged("a.txt") == EDITED
    assert run("undo").code == 0
    assert repository.status() == " M a.txt\n"
    assert Path("x.fastapply.md").read_text() == TEN


def test_from_a_folder_and_in_a_worktree(
    repository: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository("worktree", "add", "--quiet", "../tree")
    tree = repository.root.parent / "tree"
    (tree / "sub").mkdir()
    (tree / "x.fastapply.md").write_text(TEN)
    monkeypatch.chdir(tree / "sub")
    assert run("hook", "apply").code == 1
    assert (tree / "a.txt").read_text() == EDITED
    assert Path(repository.root / "a.txt").read_text() == SOURCE
    assert run("undo").code == 0
    assert (tree / "a.txt").read_text() == SOURCE


def test_settings_lead_nowhere_else(repository: GitRepository, run: Run) -> None:
    repository.write("fastapply.toml", '[hook]\npending = "../elsewhere"\n')
    ended = run("hook", "apply")
    assert (ended.code, "must not leave" in ended.err) == (2, True)
    assert "fastapply.toml:2: hook.pending must be a folder inside the repository" in ended.err
