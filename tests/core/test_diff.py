"""The diff we print: read back by unidiff, and taken by git."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unidiff.patch import PatchSet

from fastapply.core.diff import quoted, unified
from fastapply.core.text import SourceText

LINE = st.sampled_from(["a", "b", "", "  c", "\td", "}", "-- e", "++ f", "é", "\x0cg", "h\r"])
ENDING = st.sampled_from(["\n", "\n", "\r\n"])


@st.composite
def texts(draw: st.DrawFn) -> SourceText:
    lines = draw(st.lists(st.tuples(LINE, ENDING), max_size=30))
    bare = draw(st.booleans())
    text = "".join(line + ending for line, ending in lines)
    if bare:
        text = text.removesuffix("\n")
    return SourceText.decode(text.encode())


def apply_with_git(diff: str, folder: Path) -> None:
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        input=diff.encode("utf-8", "surrogateescape"),
        cwd=folder,
        check=True,
    )


@given(texts(), texts(), st.integers(0, 4))
def test_unidiff_reads_back_what_we_print(a: SourceText, b: SourceText, context: int) -> None:
    diff = unified(a, b, "dir/file.txt", context=context)
    if str(a) == str(b):
        assert diff == ""
        return
    (file,) = PatchSet(diff)
    assert (file.source_file, file.target_file) == ("a/dir/file.txt", "b/dir/file.txt")
    changed = [line for hunk in file for line in hunk]
    assert file.added == sum(line.is_added for line in changed)
    assert file.removed == sum(line.is_removed for line in changed)
    grown = len(str(b).split("\n")) - len(str(a).split("\n"))
    lost = str(a).endswith("\n") - str(b).endswith("\n") if str(a) and str(b) else 0
    if str(a) and str(b):
        assert file.added - file.removed == grown + lost


CASES = {
    "a line": ("one\ntwo\nthree\n", "one\n2\nthree\n"),
    "newline at the end lost": ("one\ntwo\n", "one\ntwo"),
    "newline at the end won": ("one\ntwo", "one\ntwo\n"),
    "no newline on either side": ("one\ntwo", "1\ntwo"),
    "windows": ("one\r\ntwo\r\nthree\r\n", "one\r\n2\r\nthree\r\n"),
    "one ending": ("one\r\ntwo\n", "one\ntwo\n"),
    "emptied": ("one\n", ""),
    "filled": ("", "one\n"),
    "a classic mac": ("one\rtwo\r", "one\r2\r"),
    "signs": ("-- a\n++ b\n@@ c\n", "-- a\n--- b\n++++ c\n"),
    "latin-1": (b"caf\xe9\n".decode("utf-8", "surrogateescape"), "coffee\n"),
    "a form feed": ("a\x0cb\x1cc\u2028d\ne\n", "a\x0cb\x1cc\u2028d\nf\n"),
    "a byte order mark": ("\ufeffone\ntwo\n", "\ufeffone\n2\n"),
    "far apart": (
        "".join(f"{n}\n" for n in range(100)),
        "".join(f"{n}\n" if n % 17 else f"new {n}\n" for n in range(100)),
    ),
}
PATHS = ["f.txt", "a dir/a file.txt", "dé/ø.txt", 'quo"te\\.txt', "tab\there.txt"]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("path", PATHS)
def test_git_applies_it(case: str, path: str, tmp_path: Path) -> None:
    before, after = (text.encode("utf-8", "surrogateescape") for text in CASES[case])
    file = tmp_path / path
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_bytes(before)
    apply_with_git(unified(SourceText.decode(before), SourceText.decode(after), path), tmp_path)
    assert file.read_bytes() == after


@pytest.mark.parametrize("text", ["one\ntwo\n", "no newline", ""])
def test_git_creates_and_deletes(text: str, tmp_path: Path) -> None:
    source = SourceText.decode(text.encode())
    apply_with_git(unified(None, source, "new dir/new.txt"), tmp_path)
    assert (tmp_path / "new dir/new.txt").read_text() == text
    apply_with_git(unified(source, None, "new dir/new.txt"), tmp_path)
    assert not (tmp_path / "new dir/new.txt").exists()


@pytest.mark.parametrize("after", ["one\n", "two\n"])
def test_git_renames(after: str, tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("one\n")
    before, new = SourceText.decode(b"one\n"), SourceText.decode(after.encode())
    apply_with_git(unified(before, new, "old.txt", move_to="dir/new name.txt"), tmp_path)
    assert (tmp_path / "dir/new name.txt").read_text() == after
    assert not (tmp_path / "old.txt").exists()


def test_a_path_is_quoted_as_git_does() -> None:
    assert quoted("a/plain file.txt") == "a/plain file.txt"
    assert quoted("é\n") == '"\\303\\251\\n"'
