"""All files or none, with their permissions, through their links."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from fastapply.cli import atomic
from fastapply.core.errors import StaleFileError, UnwritableError
from fastapply.core.ports import Change
from fastapply.core.text import SourceText


def text(string: str) -> SourceText:
    return SourceText.from_str(string)


def change(path: str, before: str | None, after: str | None, move_to: str | None = None) -> Change:
    return Change(
        path,
        None if before is None else text(before),
        None if after is None else text(after),
        None,
        move_to,
    )


def write(folder: Path, *changes: Change) -> None:
    atomic.write_all(changes, lambda path: os.path.join(folder, path))


def tree(folder: Path) -> dict[str, tuple[str, int]]:
    """All files with their texts and modes, and the folders."""
    return {
        str(place.relative_to(folder)): (
            place.read_text() if place.is_file() else "folder",
            place.stat().st_mode & 0o777,
        )
        for place in folder.rglob("*")
    }


def test_update_create_delete_and_move(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(f"{name}\n")
    (tmp_path / "c").chmod(0o751)
    write(
        tmp_path,
        change("a", "a\n", "A\n"),
        change("b", "b\n", None),
        change("c", "c\n", "C\n", "x/y/c"),
        change("d", None, "D\n"),
    )
    found = tree(tmp_path)
    assert {name: entry[0] for name, entry in found.items() if entry[0] != "folder"} == {
        "a": "A\n",
        "x/y/c": "C\n",
        "d": "D\n",
    }
    assert found["x/y/c"][1] == 0o751


def test_modes_and_links_stay(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a\n")
    (tmp_path / "a").chmod(0o755)
    (tmp_path / "link").symlink_to("a")
    write(tmp_path, change("link", "a\n", "b\n"))
    assert (tmp_path / "link").is_symlink()
    assert tree(tmp_path)["a"] == ("b\n", 0o755)


def test_new_files_follow_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write(tmp_path, change("a", None, "a\n"))
    finally:
        os.umask(old)
    assert tree(tmp_path)["a"] == ("a\n", 0o640)


@pytest.mark.parametrize("failing", range(5))
def test_a_failing_replace_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    for name in ("a", "b", "c", "e"):
        (tmp_path / name).write_text(f"{name}\n")
        (tmp_path / name).chmod(0o751)
    before = tree(tmp_path)
    put = atomic._put
    calls = iter(range(100))

    def fails(prepared: atomic._Prepared) -> None:
        if next(calls) == failing:
            raise OSError(28, "No space left on device")
        put(prepared)

    monkeypatch.setattr(atomic, "_put", fails)
    with pytest.raises(UnwritableError, match="No space left"):
        write(
            tmp_path,
            change("a", "a\n", "A\n"),
            change("b", "b\n", None),
            change("c", "c\n", "C\n", "x/y/c"),
            change("d/d", None, "D\n"),
            change("e", "e\n", "E\n"),
        )
    assert tree(tmp_path) == before


def test_a_stale_second_file_puts_the_first_back(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a\n")
    (tmp_path / "b").write_text("changed\n")
    before = tree(tmp_path)
    with pytest.raises(StaleFileError, match="b has changed"):
        write(tmp_path, change("a", "a\n", "A\n"), change("b", "b\n", "B\n"))
    assert tree(tmp_path) == before


def test_an_interrupt_puts_everything_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("a\n")
    (tmp_path / "b").write_text("b\n")
    before = tree(tmp_path)
    fresh = atomic._check_fresh

    def interrupted(target: atomic.Target) -> None:
        if target.path == "b":
            raise KeyboardInterrupt
        fresh(target)

    monkeypatch.setattr(atomic, "_check_fresh", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, change("a", "a\n", "A\n"), change("b", "b\n", "B\n"))
    assert tree(tmp_path) == before


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a\n")
    with pytest.raises(UnwritableError):
        write(tmp_path, change("a/b", None, "x\n"))
    assert tree(tmp_path).keys() == {"a"}


def test_ctrl_c_leaves_all_files_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"{name}\n")
    before, really = tree(tmp_path), os.replace

    def replace(source: str, target: str) -> None:
        really(source, target)
        signal.raise_signal(signal.SIGINT)  # again and again, while old bytes are put back too

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, change("a", "a\n", "A\n"), change("b", "b\n", "B\n"))
    assert tree(tmp_path) == before
