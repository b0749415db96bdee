"""The options, and where results go: stdout for results, stderr for the eye."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fastapply import __version__
from fastapply.cli.request import Format
from fastapply.formats import FORMATS
from tests.cli.support import EDIT, EDITED, SOURCE, Ended, GitRepository, Run, block

MISSING = block("line 8\nline nine\nline 10\n", "x\n")
AMBIGUOUS = block("same\n", "x\n")


@pytest.fixture
def source(folder: Path) -> Path:
    place = folder / "a.txt"
    place.write_text(SOURCE)
    return place


def loaded(ended: Ended) -> dict[str, Any]:
    value = json.loads(ended.out)
    assert isinstance(value, dict)
    assert value["exit_code"] == ended.code
    return value


def test_apply_needs_no_name(source: Path, run: Run) -> None:
    assert run("a.txt", stdin=EDIT).code == 0
    assert source.read_text() == EDITED


def test_apply_may_be_named(source: Path, run: Run) -> None:
    assert run("apply", "a.txt", stdin=EDIT).code == 0
    assert source.read_text() == EDITED


@pytest.mark.parametrize("arguments", [("--", "apply"), ("./apply",), ("-q", "apply")])
def test_a_file_may_be_called_like_a_command(
    folder: Path, run: Run, arguments: tuple[str, ...]
) -> None:
    Path("apply").write_text(SOURCE)
    assert run(*arguments, stdin=EDIT).code == 0
    assert Path("apply").read_text() == EDITED


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals there")
def test_a_mistyped_command_is_named(source: Path) -> None:
    mine, theirs = os.openpty()
    call = [sys.executable, "-m", "fastapply", "modles", "list"]
    done = subprocess.run(call, stdin=theirs, capture_output=True, text=True, check=False)
    os.close(mine)
    os.close(theirs)
    assert done.returncode == 2
    assert "did you mean models?" in " ".join(done.stderr.replace("│", "").split())


def test_the_document_from_a_file(source: Path, run: Run) -> None:
    Path("edit.md").write_text(EDIT)
    assert run("a.txt", "--edit", "edit.md").code == 0
    assert source.read_text() == EDITED


def test_the_document_names_the_files(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE, b__txt=SOURCE)
    both = block("line 10\n", "line ten\n", "a.txt") + block("line 10\n", "line ten\n", "b.txt")
    assert run(stdin=both).code == 0
    assert git.status() == "M  a.txt\nM  b.txt\n"


def test_all_files_or_none(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE, b__txt=SOURCE)
    both = block("line 10\n", "line ten\n", "a.txt") + block("no\n", "line ten\n", "b.txt")
    assert run(stdin=both).code == 1
    assert git.status() == ""


def test_again_is_already_applied(source: Path, run: Run) -> None:
    edit = block("line 9\nline 10\nline 11\n", "line 9\nline ten\nline 11\n")
    assert run("a.txt", stdin=edit).code == 0
    ended = run("a.txt", stdin=edit)
    assert (ended.code, "already applied" in ended.err) == (0, True)


@pytest.mark.parametrize("option", ["--dry-run", "--check", "--diff", "--stdout"])
def test_nothing_is_written(source: Path, run: Run, option: str) -> None:
    assert run("a.txt", option, stdin=EDIT).code == 0
    assert run("a.txt", option, stdin=MISSING).code == 1
    assert source.read_text() == SOURCE


def test_stdout_is_the_file_and_nothing_else(source: Path, run: Run) -> None:
    source.write_bytes(b"\xef\xbb\xbf" + SOURCE.replace("\n", "\r\n").encode())
    ended = run("a.txt", "--stdout", stdin=EDIT)
    assert ended.out == b"\xef\xbb\xbf" + EDITED.replace("\n", "\r\n").encode()
    assert ended.err == ""


def test_diff_is_a_patch_for_git(
    git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(**{"a__txt": SOURCE, "sub/b__txt": SOURCE})
    monkeypatch.chdir(git.root / "sub")
    both = block("line 10\n", "line ten\n", "a.txt") + block("line 10\n", "x\n", "sub/b.txt")
    ended = run("--diff", stdin=both)
    assert ended.code == 0, ended.err
    git.write("patch", ended.out)
    git("apply", "patch")
    assert Path("../a.txt").read_text() == EDITED
    assert Path("b.txt").read_text() == SOURCE.replace("line 10\n", "x\n")


def test_diff_of_a_name_that_git_quotes(git: GitRepository, run: Run) -> None:
    name = 'two "wörds".txt'
    git.commit(**{name: SOURCE})
    git.write("patch", run(name, "--diff", stdin=EDIT).out)
    git("apply", "--index", "patch")
    assert Path(name).read_text() == EDITED


def test_quiet_says_nothing_unless_it_fails(source: Path, run: Run) -> None:
    ended = run("a.txt", "--quiet", stdin=MISSING)
    assert ended.err.count("\n") == 1
    ended = run("a.txt", "--quiet", stdin=EDIT)
    assert (ended.out, ended.err) == (b"", "")


def test_version(run: Run) -> None:
    assert run("--version").out.decode() == f"fastapply {__version__}\n"


def test_help_shows_the_options_of_apply_and_the_commands(run: Run) -> None:
    ended = run("--help")
    assert ended.code == 0
    for word in (
        b"--edit",
        b"--stdout",
        b"apply",
        b"Exit codes",
        b"--install-completion",
        b"--version",
    ):
        assert word in ended.out


def test_formats_are_those_there_are() -> None:
    assert sorted(format.value for format in Format) == sorted(FORMATS)


def test_an_error_shows_the_block_and_the_nearest_place(source: Path, run: Run) -> None:
    ended = run("a.txt", stdin=MISSING)
    assert ended.code == 1
    for text in (
        "    4 | line nine\n      | ^ the first line that differs",
        "    9 | line 9\n      | ^ the first line that differs",
        "what to do: copy the lines",
        "nothing was written",
    ):
        assert text in ended.err


def test_a_long_diff_is_cut_and_says_how_much_is_left(source: Path, run: Run) -> None:
    new = "".join(f"new {number}\n" for number in range(100))
    err = run("a.txt", "--dry-run", stdin=block("line 10\n", new)).err
    assert "   66 + new 56\n      … 45 more lines\nnothing was written" in err


def test_lines_that_are_shown_end_where_their_text_does(source: Path, run: Run) -> None:
    source.write_text(SOURCE.replace("line 9\n", "\n"))
    assert "\n    9\n" in run("a.txt", "--dry-run", stdin=EDIT).err


def test_an_ambiguous_edit_lists_its_candidates(source: Path, run: Run) -> None:
    source.write_text("same\na\nsame\n")
    ended = run("a.txt", stdin=AMBIGUOUS)
    assert ended.code == 1
    assert "a.txt, line 1\n" in ended.err
    assert "a.txt, line 3\n" in ended.err


def test_terminal_commands_of_a_file_are_not_obeyed(source: Path, run: Run) -> None:
    source.write_text("\x1b[2J\nline 10\n")
    assert "\x1b" not in run("a.txt", "--dry-run", stdin=EDIT).err


def test_json_of_a_change(source: Path, run: Run) -> None:
    value = loaded(run("a.txt", "--json", stdin=EDIT))
    assert (value["status"], value["written"], value["retry"]) == ("applied", True, None)
    assert value["files"] == [
        {
            "path": "a.txt",
            "move_to": None,
            "status": "applied",
            "method": "merge",
            "edits": [
                {
                    "document_lines": value["files"][0]["edits"][0]["document_lines"],
                    "file_lines": {"first": 10, "last": 10},
                    "rung": "exact",
                    "already": False,
                }
            ],
            "stats": {},
        }
    ]


def test_json_of_no_change(source: Path, run: Run) -> None:
    value = loaded(run("a.txt", "--json", stdin=block("line 10\n", "line 10\n")))
    assert (value["status"], value["written"]) == ("unchanged", False)


def test_json_of_a_check(source: Path, run: Run) -> None:
    value = loaded(run("a.txt", "--json", "--check", stdin=EDIT))
    assert (value["status"], value["written"]) == ("fits", False)


def test_json_of_a_missing_place(source: Path, run: Run) -> None:
    value = loaded(run("a.txt", "--json", stdin=MISSING))
    assert (value["status"], value["reason"], value["written"]) == ("failed", "missing", False)
    failure = value["failures"][0]
    assert failure["sought"] == ["line 8", "line nine", "line 10"]
    assert failure["nearest"]["lines"] == {"first": 8, "last": 10}
    assert failure["nearest"]["text"] == ["line 8", "line 9", "line 10"]
    assert failure["differs"] == {"text": "line nine", "document_line": 4, "file_line": 9}
    for text in ("line nine", "line 8\nline 9\nline 10\n", "Send all edits again"):
        assert text in value["retry"]


def test_an_empty_search_says_what_is_wrong_with_it(source: Path, run: Run) -> None:
    ended = run("a.txt", stdin=block("", "x\n"))
    assert (ended.code, source.read_text()) == (1, SOURCE)
    assert "nothing it shows says where its new lines go" in ended.err


def test_json_of_an_ambiguous_place(source: Path, run: Run) -> None:
    source.write_text("same\na\nsame\n")
    value = loaded(run("a.txt", "--json", stdin=AMBIGUOUS))
    assert value["reason"] == "ambiguous"
    candidates = value["failures"][0]["candidates"]
    assert [each["lines"]["first"] for each in candidates] == [1, 3]
    assert "It fits line 1, line 3 of the file as it is." in value["retry"]
    assert value["retry"].count("```\nsame\na\nsame\n```") == 1


def test_json_of_a_document_without_an_edit(source: Path, run: Run) -> None:
    value = loaded(run("a.txt", "--json", stdin="All is well.\n"))
    assert (value["reason"], value["exit_code"]) == ("no-edit", 3)
    assert "SEARCH/REPLACE" in value["retry"]


def test_an_edit_for_no_file_says_how_to_name_one(source: Path, run: Run) -> None:
    value = loaded(run("--json", stdin=EDIT))
    assert (value["reason"], value["exit_code"]) == ("no-path", 3)
    assert "name its file in the line above each block" in value["retry"]
    ended = run(
        "a.txt", "--quiet", stdin=block("x\n", "y\n", "b.txt") + block("x\n", "y\n", "c.txt")
    )
    assert ended.err == "fastapply: the document holds edits for b.txt, c.txt, but none for a.txt\n"


def test_json_of_usage(source: Path, run: Run) -> None:
    assert loaded(run("a.txt", "--json", "--stdout", stdin=EDIT))["reason"] == "usage"


def test_a_quoted_block_with_fences_is_fenced_with_more(source: Path, run: Run) -> None:
    document = "<<<<<<< SEARCH\n```\nno such line\n=======\n```\n>>>>>>> REPLACE\n"
    value = loaded(run("a.txt", "--json", stdin=document))
    assert "````\n" in value["retry"]


def process(*arguments: str, stdin: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fastapply", *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
    )


def test_a_pipe_in_and_a_pipe_out(source: Path) -> None:
    done = process("a.txt", "--stdout", stdin=EDIT)
    assert (done.returncode, done.stdout, done.stderr) == (0, EDITED, "")


def test_the_reader_may_close_the_pipe_early(source: Path) -> None:
    source.write_text(SOURCE + "more\n" * 100_000)
    Path("edit.md").write_text(EDIT)
    command = f"{sys.executable} -m fastapply a.txt -e edit.md --stdout | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("line 1\n", "")


def test_the_way_to_stdout_imports_neither_git_nor_rich(source: Path) -> None:
    Path("edit.md").write_text(EDIT)
    program = (
        "import sys\nfrom fastapply.cli.main import app\n"
        "try: app(['a.txt', '-e', 'edit.md', '--stdout'])\n"
        "except SystemExit as end: assert not end.code\n"
        "heavy = {'git', 'rich', 'json', 'llama_cpp', 'pydantic'} & sys.modules.keys()\n"
        "sys.stderr.write(repr(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr == "set()"
