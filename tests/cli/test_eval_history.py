from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import GitRepository, Run

OLD = '''\
"""Shapes."""

import math


def area(radius):
    square = radius * radius
    return math.pi * square


def around(radius):
    double = 2 * radius
    return math.pi * double


class Box:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def area(self):
        return self.width * self.height

    def around(self):
        return 2 * (self.width + self.height)
'''
NEW = OLD.replace("square = radius * radius", "square = radius**2").replace(
    "return self.width * self.height", "return abs(self.width * self.height)"
)


@pytest.fixture
def history(git: GitRepository) -> GitRepository:
    """A repository with a change to show, and all that cannot be shown."""
    git.commit(shapes__py=OLD, gone__py=OLD, named__py=NEW, a__bin="\0a", space__py=OLD)
    git.commit(shapes__py=NEW, space__py=OLD.replace("\n\n\n", "\n\n"), a__bin="\0b")
    git("rm", "--quiet", "gone.py")
    git("mv", "named.py", "moved.py")
    git.commit(latin__txt="", end__txt="a\nb\nc\n")
    git.write("latin.txt", b"\xe9")
    git.commit(end__txt="a\nb\nd")
    git("checkout", "--quiet", "-b", "side", "HEAD~1")
    git.commit(other__py=OLD)
    git("merge", "--quiet", "main")
    return git


def made(folder: str) -> dict[str, dict[str, str]]:
    return {
        place.name: {path.name: path.read_text() for path in sorted(place.iterdir())}
        for place in sorted(Path(folder).iterdir())
    }


def test_real_changes_become_cases(history: GitRepository, run: Run) -> None:
    ended = run("eval", "--from-git", "HEAD", "--max", "20", "--seed", "3", "--write", "made")
    assert ended.code == 0, ended.err
    assert not ended.out
    cases = made("made")
    assert f"{len(cases)} cases made" in ended.err
    for why in (
        "merge commits",
        "added files",
        "deleted files",
        "renamed files",
        "binary files",
        "changes of white space alone",
        "changes of line endings, or of the newline at the end",
    ):
        assert why in ended.err
    formats = set()
    for name, files in cases.items():
        about = json.loads(files["case.json"])
        assert about["id"] == name
        assert (about["path"], about["seed"]) == ("shapes.py", 3)
        assert history("show", f"{about['commit']}:shapes.py") == files["final.py"] == NEW
        assert files["original.py"] == OLD
        formats.add((about["format"], about["style"]))
    assert len(formats) == len(cases) >= 10


def test_the_same_seed_makes_the_same_cases(history: GitRepository, run: Run) -> None:
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        run("eval", "--from-git", "HEAD", "--max", "8", "--seed", seed, "--write", name)
    assert made("a") == made("b")
    assert made("a") != made("c")


def test_they_are_run_where_an_engine_is_named(history: GitRepository, run: Run) -> None:
    ended = run("eval", "--from-git", "HEAD", "--engine", "merge", "--cold", "0")
    assert ended.code == 0
    assert b"| merge " in ended.out
    assert "results" in ended.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--from-git", "HEAD~1..HEAD"), 5, "no case in HEAD~1..HEAD"),
        (("--from-git", "nothing"), 5, "git failed"),
        (("--from-git", "HEAD", "--write", "."), 5, "not empty"),
        (("--from-git", "--output=x"), 2, "not a range"),
        (("--from-git", "HEAD", "--max", "0"), 2, "--max"),
    ],
)
def test_what_cannot_be_done_is_said(
    git: GitRepository, run: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    git.commit(a__py=OLD)
    git.commit(b__py=OLD)
    ended = run("eval", *words, "--engine", "merge")
    assert (ended.code, said in ended.err) == (code, True), ended.err


def test_a_bare_repository(
    history: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("eval", "--from-git", "HEAD", "--max", "8", "--write", "of-work-tree")
    history("clone", "--quiet", "--bare", ".", "bare.git")
    monkeypatch.chdir("bare.git/refs")
    ended = run("eval", "--from-git", "HEAD", "--max", "8", "--write", "../../of-bare")
    assert ended.code == 0, ended.err
    assert made("../../of-bare") == made("../../of-work-tree")


def test_no_repository(folder: Path, run: Run) -> None:
    assert run("eval", "--from-git", "HEAD", "--engine", "merge").code == 5
