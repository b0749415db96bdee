"""Whatever comes in: a clear error, the right exit code, nothing written, no traceback."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from fastapply.cli import document, workspace
from fastapply.core.errors import StaleFileError, UnwritableError
from fastapply.core.plan import Plan
from fastapply.core.ports import Change
from fastapply.core.text import SourceText
from tests.cli.support import EDIT, SOURCE, Ended, GitRepository, Run, block


@pytest.fixture
def source(folder: Path) -> Path:
    place = folder / "a.txt"
    place.write_text(SOURCE)
    return place


def refused(ended: Ended, code: int, *words: str) -> None:
    assert ended.code == code, ended.err
    for word in words:
        assert word in ended.err
    assert ended.out == b""
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        ("I would rename the function, and that is all there is to say.\n", "no edit"),
        ("a\0b\n", "NUL"),
        ("```\n<<<<<<< SEARCH\nline 10\n=======\nline t", ""),
        ("```\n<<<<<<< SEARCH\nline 10\n", ""),
        ("*** Begin Patch\n*** Update File: a.txt\n@@\n-line 10\n", ""),
    ],
)
def test_documents_without_a_whole_edit(source: Path, run: Run, text: str, word: str) -> None:
    refused(run("a.txt", stdin=text), 3, word)
    assert source.read_text() == SOURCE


def test_a_gigantic_document(source: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 1000)
    refused(run("a.txt", stdin=EDIT + "x" * 1000), 3, "more than")
    assert source.read_text() == SOURCE


def test_what_is_nested_too_deeply(folder: Path, run: Run) -> None:
    def nested(inside: str) -> str:
        return "function f(){\n" * 3000 + f"{inside}\n" + "}\n" * 3000

    Path("a.js").write_text(nested("x(1)").replace("\n", ""))
    refused(run("a.js", stdin=f"```js\n{nested('x(2)')}```\n"), 3, "nested too deeply")


def test_a_document_that_is_not_there(source: Path, run: Run) -> None:
    refused(run("a.txt", "-e", "no.md"), 5, "no.md", "No such file")


def test_a_document_that_is_a_directory(source: Path, run: Run) -> None:
    refused(run("a.txt", "-e", "."), 5, "directory")


def test_a_directory_as_file(folder: Path, run: Run) -> None:
    Path("d").mkdir()
    refused(run("d", stdin=EDIT), 5, "d is a directory", "nothing was written")


def test_an_empty_file(folder: Path, run: Run) -> None:
    Path("a.txt").touch()
    refused(run("a.txt", stdin=EDIT), 1)
    assert Path("a.txt").read_bytes() == b""


def test_a_binary_file(source: Path, run: Run) -> None:
    source.write_bytes(b"\x7fELF\0\0" + SOURCE.encode())
    refused(run("a.txt", stdin=EDIT), 5, "binary")


def test_a_huge_file(source: Path, run: Run) -> None:
    with source.open("wb") as file:
        file.truncate(50_000_000)
    refused(run("a.txt", stdin=EDIT), 5, "50 MB", "at most 20 MB")


def test_a_read_only_file(source: Path, run: Run) -> None:
    source.chmod(0o444)
    refused(run("a.txt", stdin=EDIT), 5, "read-only")
    assert source.read_text() == SOURCE


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser reads everything")
def test_an_unreadable_file(source: Path, run: Run) -> None:
    source.chmod(0)
    refused(run("a.txt", stdin=EDIT), 5, "cannot read a.txt")


def test_an_unreadable_file_as_the_system_says_it(
    source: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(workspace, "_bytes_of", no)
    monkeypatch.setattr(os, "access", lambda *_, **__: False)  # what typer would ask
    refused(run("a.txt", stdin=EDIT), 5, "cannot read a.txt: Permission denied")


def test_a_fifo_and_a_socket(folder: Path, run: Run) -> None:
    os.mkfifo("fifo")
    refused(run("fifo", stdin=EDIT), 5, "not a regular file")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        refused(run("socket", stdin=EDIT), 5, "not a regular file")


def test_a_link_to_nothing(folder: Path, run: Run) -> None:
    Path("a.txt").symlink_to("gone.txt")
    refused(run("a.txt", stdin=EDIT), 5, "link to nothing")


def test_a_file_that_is_not_there(folder: Path, run: Run) -> None:
    refused(run("a.txt", stdin=EDIT), 5, "a.txt")


def _change(before: str, after: str) -> Change:
    old, new = SourceText.from_str(before), SourceText.from_str(after)
    return Change("a.txt", old, new, Plan())


def test_a_file_that_changed_meanwhile(source: Path) -> None:
    files = workspace.FileWorkspace(str(source.parent), None)
    with pytest.raises(StaleFileError, match="has changed"):
        files.write((_change("what was read\n", "x\n"),))
    assert source.read_text() == SOURCE


def test_a_file_that_vanished_meanwhile(folder: Path) -> None:
    files = workspace.FileWorkspace(str(folder), None)
    with pytest.raises(StaleFileError, match="has vanished"):
        files.write((_change("what was read\n", "x\n"),))
    assert list(folder.iterdir()) == []


def test_a_file_that_appeared_meanwhile(source: Path) -> None:
    files = workspace.FileWorkspace(str(source.parent), None)
    with pytest.raises(UnwritableError, match="it exists"):
        files.write((Change("a.txt", None, SourceText.from_str("x\n")),))
    assert source.read_text() == SOURCE


PATHS = ["/etc/passwd", "../a.txt", "x/../../a.txt", ".git/config", "sub/.GIT/x", "C:\\a.txt"]


@pytest.mark.parametrize("path", PATHS)
def test_paths_that_leave(git: GitRepository, run: Run, path: str) -> None:
    document = f"*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch\n"
    ended = run(stdin=document)
    assert ended.code in (3, 5), ended.err
    assert git.status() == ""
    assert not (git.root.parent / "a.txt").exists()


def test_links_that_leave(git: GitRepository, run: Run) -> None:
    outside = git.root.parent / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text(SOURCE)
    (git.root / "link").symlink_to(outside)
    (git.root / "b.txt").symlink_to(outside / "a.txt")
    refused(run(stdin=block("line 10\n", "x\n", "link/a.txt")), 3, "leads out")
    refused(run(stdin=block("line 10\n", "x\n", "b.txt")), 3, "leads out")
    assert (outside / "a.txt").read_text() == SOURCE


def test_a_link_that_leads_out_is_fine_where_the_user_names_it(
    git: GitRepository, run: Run
) -> None:
    outside = git.root.parent / "a.txt"
    outside.write_text(SOURCE)
    (git.root / "b.txt").symlink_to(outside)
    assert run("b.txt", stdin=EDIT).code == 0
    assert (git.root / "b.txt").is_symlink()
    assert outside.read_text() != SOURCE


def test_one_file_under_two_names(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    (git.root / "b.txt").symlink_to("a.txt")
    both = block("line 10\n", "x\n", "a.txt") + block("line 20\n", "y\n", "b.txt")
    refused(run(stdin=both), 5, "same file")
    assert Path("a.txt").read_text() == SOURCE


def test_a_path_that_means_two_files(
    git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.write("a.txt", SOURCE)
    git.write("sub/a.txt", SOURCE)
    monkeypatch.chdir(git.root / "sub")
    refused(run(stdin=block("line 10\n", "x\n", "a.txt")), 5, "may mean")


def test_a_path_from_the_root_is_found_from_below(
    git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(a__txt=SOURCE)
    git.write("sub/b.txt", "")
    monkeypatch.chdir(git.root / "sub")
    assert run(stdin=block("line 10\n", "x\n", "a.txt")).code == 0
    assert git.status() == "M  a.txt\n?? sub/\n"


def test_usage(source: Path, run: Run) -> None:
    refused(run("a.txt", "--diff", "--stdout", stdin=EDIT), 2)
    refused(run("a.txt", "--no-stage", "--commit", stdin=EDIT), 2, "--no-stage")
    refused(run("a.txt", "--check", "-i", stdin=EDIT), 2, "--interactive")
    assert run("a.txt", "--format", "nonsense", stdin=EDIT).code == 2
    assert run("a.txt", "--engine", "nonsense", stdin=EDIT).code == 2
    assert source.read_text() == SOURCE


def test_an_insisted_on_model_that_is_not_there(source: Path, run: Run) -> None:
    ended = run("a.txt", "--engine", "rewrite", stdin=EDIT)
    assert ended.code in (0, 1, 4)  # 1: the model of the package reads it otherwise
