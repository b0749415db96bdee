from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fastapply.cli.evaluation.cases import read_cases
from fastapply.cli.evaluation.contestants import Contestant, contestants
from fastapply.cli.evaluation.records import Record, from_line
from fastapply.cli.evaluation.results import read_results
from fastapply.cli.evaluation.run import Runner
from fastapply.core.errors import OptionsError, UnreadableError
from fastapply.core.pipeline import Engine
from fastapply.formats import FORMATS
from tests.cli.support import EDIT, EDITED, SOURCE, Run, block

MERGE = ("--engine", "merge", "--cold", "0")


def case(folder: Path, /, **files: str) -> Path:
    """A case folder: `original__py="..."`; `EDIT` is the document where none is given."""
    folder.mkdir(parents=True)
    for name, text in {"edit__md": EDIT, **files}.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


@pytest.fixture
def cases(folder: Path) -> Path:
    """One case of each verdict, in both forms."""
    about = {"path": "src/a.py", "format": "search-replace", "style": "clean", "id": "one"}
    case(
        folder / "cases/exact", original__py=SOURCE, final__py=EDITED, case__json=json.dumps(about)
    )
    case(folder / "cases/equivalent", before__txt=SOURCE, after__txt=f"{EDITED}\n\n")
    case(folder / "cases/wrong", before__txt=SOURCE, after__txt=SOURCE)
    case(folder / "cases/refused", before__txt="other\n", after__txt="other\n")
    case(folder / "cases/right", before__txt="other\n", expect__toml='reason = "missing"\n')
    layout = block("x = (1,2)\n", "x = (1, 3)\n")
    case(folder / "cases/tree", before__py="x = (1,2)\n", after__py="x = (1,3)\n", edit__md=layout)
    return folder / "cases"


def verdicts(out: Path) -> dict[str, str]:
    return {record.case: record.verdict.value for record in read_results(out)}


def test_every_verdict(cases: Path, run: Run) -> None:
    ended = run("eval", str(cases), *MERGE, "--out", "out.jsonl")
    assert ended.code == 0
    assert verdicts(Path("out.jsonl")) == {
        "equivalent": "equivalent",
        "one": "exact",
        "refused": "refused",
        "right": "exact",
        "tree": "wrong",
        "wrong": "wrong",
    }
    trees = {record.case: record.same_tree for record in read_results(Path("out.jsonl"))}
    assert [name for name, same in trees.items() if same] == ["tree"]
    assert b"| merge      |     6 |     2 |          1 |       1 |     2 |" in ended.out
    assert "wrong, same tree: tree" in ended.err
    assert "refused (missing): refused" in ended.err


def test_the_accuracy_is_the_same_every_time(cases: Path, run: Run) -> None:
    assert run("eval", str(cases), *MERGE).out == run("eval", str(cases), *MERGE).out


def test_several_files_and_a_prose_refusal(folder: Path, run: Run) -> None:
    patch = "*** Begin Patch\n*** Add File: b.txt\n+b\n*** Delete File: a.txt\n*** End Patch\n"
    place = case(folder / "cases/two", edit__md=patch)
    for name, file in (("input", "a.txt"), ("expected", "b.txt")):
        (place / name).mkdir()
        (place / name / file).write_text(f"{file[0]}\n")
    place = case(folder / "cases/not", edit__md=patch, refuse="b.txt is there\n")
    (place / "input").mkdir()
    (place / "input/b.txt").write_text("here\n")
    run("eval", "cases", *MERGE, "--out", "out.jsonl")
    assert verdicts(Path("out.jsonl")) == {"two": "exact", "not": "exact"}


def test_broken_folders_are_named_and_counted(cases: Path, run: Run) -> None:
    (cases / "empty").mkdir()
    case(cases / "no-final", original__py=SOURCE)
    case(cases / "no-original", final__py=SOURCE)
    case(cases / "both", original__py=SOURCE, final__py=SOURCE, refuse="why\n")
    case(cases / "json", original__py=SOURCE, final__py=SOURCE, case__json="{")
    case(cases / "outside", original__py="", final__py="", case__json='{"path": "../x"}')
    case(cases / "twice", original__py="", final__py="", case__json='{"id": "one"}')
    ended = run("eval", str(cases), "nowhere", *MERGE)
    assert ended.code == 0
    for name, why in {
        "empty": "an empty folder",
        "no-final": "no final, and no refusal",
        "no-original": "no original",
        "both": "a final and a refusal",
        "json": "case.json is no JSON",
        "outside": "a path that leads outside: ../x",
        "twice": f"has the id 'one' of {cases}/exact",
    }.items():
        assert f"broken: {cases}/{name}: {why}" in ended.err
    assert "broken: nowhere: there is no such folder" in ended.err
    assert "6 of 6 results, 8 broken folders left out" in ended.err


def test_a_link_that_leads_back_is_not_followed(cases: Path, run: Run) -> None:
    (cases / "again").symlink_to(cases)
    (cases / "above").symlink_to(cases.parent)
    (cases / "other").mkdir()
    (cases / "other/linked").symlink_to(cases / "exact")
    found, faults = read_cases([cases])
    assert len(found) == 6
    assert [fault.why for fault in faults] == [f"has the id 'one' of {cases / 'exact'}"]


def test_no_cases_at_all(folder: Path, run: Run) -> None:
    ended = run("eval", str(folder), *MERGE)
    assert ended.code == 5
    assert "an empty folder" in ended.err


def test_limits_for_ci(cases: Path, run: Run) -> None:
    assert run("eval", str(cases), *MERGE, "--min-exact", "33", "--max-wrong", "2").code == 0
    ended = run("eval", str(cases), *MERGE, "--min-exact", "34")
    assert ended.code == 1
    assert "merge: 33.33 % are exact, --min-exact wants 34 %" in ended.err
    assert run("eval", str(cases), *MERGE, "--max-wrong", "1").code == 1
    (cases / "empty").mkdir()
    assert run("eval", str(cases), *MERGE, "--min-exact", "33").code == 1


def test_resume_runs_only_what_is_missing(
    cases: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run("eval", str(cases), *MERGE, "--out", "out.jsonl")
    lines = Path("out.jsonl").read_text().splitlines(keepends=True)
    Path("out.jsonl").write_text("".join(lines[:4]) + lines[4][:30])
    assert run("eval", str(cases), *MERGE, "--out", "out.jsonl").code == 2
    (cases / "wrong/after.txt").write_text(EDITED)
    ran: list[str] = []
    monkeypatch.setattr(Runner, "evaluate", _spied(ran))
    ended = run("eval", str(cases), *MERGE, "--out", "out.jsonl", "--resume")
    assert ran == ["tree", "wrong"]
    assert len(Path("out.jsonl").read_text().splitlines()) == 6
    assert ended.out != whole.out
    assert run("eval", str(cases), *MERGE, "--out", "out.jsonl", "--resume").out == ended.out
    assert ran == ["tree", "wrong"]


def _spied(ran: list[str], stop_at: str = "") -> object:
    original = Runner.evaluate

    def evaluate(self: Runner, case: object, *, cold: bool = False) -> Record:
        name = getattr(case, "id", "")
        if name == stop_at:
            raise KeyboardInterrupt
        ran.append(name)
        return original(self, case, cold=cold)  # type: ignore[arg-type]

    return evaluate


def test_ctrl_c_keeps_what_is_done(cases: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["eval", str(cases), *MERGE, "--out", "out.jsonl"]
    monkeypatch.setattr(Runner, "evaluate", _spied([], "right"))
    monkeypatch.setattr(sys, "argv", ["fastapply", *words])
    ended = run(*words)
    assert ended.code == 130
    assert len(Path("out.jsonl").read_text().splitlines()) == 3
    assert f"go on with: fastapply {' '.join(words)} --resume" in ended.err
    assert b"| merge      |     3 |" in ended.out


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_real_interrupt(folder: Path) -> None:
    for number in range(400):
        case(folder / f"cases/{number}", before__py=SOURCE, after__py=EDITED)
    command = [sys.executable, "-m", "fastapply", "eval", "cases", *MERGE, "--out", "out.jsonl"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not (Path("out.jsonl").exists() and Path("out.jsonl").stat().st_size):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"--resume" in said
    assert 0 < len(read_results(Path("out.jsonl"))) < 400


def test_compare_tells_both_ways(cases: Path, run: Run) -> None:
    run("eval", str(cases), *MERGE, "--out", "old.jsonl")
    old = Path("old.jsonl").read_text()
    mixed = old.replace('"verdict": "exact"', '"verdict": "wrong"', 1)
    mixed = mixed.replace('"verdict": "refused"', '"verdict": "exact"')
    Path("old.jsonl").write_text(mixed)
    (cases / "tree/edit.md").write_text(EDIT)
    case(cases / "more", before__txt=SOURCE, after__txt=EDITED)
    said = run("eval", str(cases), *MERGE, "--compare", "old.jsonl").out.decode()
    assert "better: one, merge: wrong -> exact" in said
    assert "worse: refused, merge: exact -> refused" in said
    assert (
        "compared: 1 better, 1 worse, 3 the same, 1 of changed cases, 0 only then, 1 only" in said
    )


def test_a_process_of_its_own_is_timed(cases: Path, run: Run) -> None:
    run("eval", str(cases / "exact"), "--engine", "merge", "--cold", "1", "--out", "out.jsonl")
    (record,) = read_results(Path("out.jsonl"))
    assert record.cold_seconds is not None
    assert record.cold_seconds > record.seconds


def test_a_model_that_is_not_there(
    cases: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FASTAPPLY_MODELS", str(tmp_path))
    chosen = ("--engine", "rewrite", "--model", "./no.gguf", *MERGE)
    ended = run("eval", str(cases), *chosen)
    assert ended.code == 4
    assert "not evaluated: rewrite:./no.gguf" in ended.err
    assert b"| merge      |     6 |" in ended.out


def test_wishes_that_do_not_go_together(cases: Path, run: Run) -> None:
    for words in (
        ("eval",),
        ("eval", str(cases), "--resume"),
        ("eval", str(cases), "--write", "made"),
        ("eval", str(cases), "--engine", "merge", "--model", "x"),
        ("eval", "--from-git", "--all"),
    ):
        assert run(*words).code == 2, words


def test_who_is_evaluated() -> None:
    found = contestants((Engine.MERGE, Engine.AUTO), ("a", "b", "a"))
    assert [contestant.label for contestant in found] == ["merge", "auto:a", "auto:b"]
    assert contestants((), ()) == (Contestant(Engine.AUTO),)
    with pytest.raises(OptionsError):
        contestants((Engine.MERGE,), ("a",))


@pytest.mark.parametrize("text", ["no results", '{"case": 1}\n', "[]\n", '{"case": "a"}\n'])
def test_a_file_that_holds_no_results(folder: Path, run: Run, text: str) -> None:
    Path("out.jsonl").write_text(text)
    with pytest.raises(UnreadableError):
        read_results(Path("out.jsonl"))
    case(folder / "cases/a", before__py=SOURCE, after__py=EDITED)
    assert run("eval", "cases", *MERGE, "--out", "out.jsonl", "--resume").code == 5
    assert Path("out.jsonl").read_text() == text


def test_a_record_survives_its_line(cases: Path, run: Run) -> None:
    run("eval", str(cases), *MERGE, "--out", "out.jsonl")
    for record in read_results(Path("out.jsonl")):
        assert from_line(record.to_line()) == record


def test_our_own_cases_are_cases() -> None:
    tests = Path(__file__).parents[1]
    cases, faults = read_cases([tests / "cases", tests / "gaps"])
    assert not faults
    assert {"snippet"} <= {case.format for case in cases} <= {*FORMATS}
