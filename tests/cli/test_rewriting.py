"""Rewriting from the command line, with a real model that writes what the test says."""

from __future__ import annotations

import json
import os
import random
import signal
import string
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import Ended, Run

gguf = pytest.importorskip("gguf")
pytest.importorskip("llama_cpp")

from tests.cli.scripted import Scripted  # noqa: E402
from tests.models.replay import make_replay  # noqa: E402

SOURCE = "".join(f"def f{i}(x):\n    y = x + {i}\n    return y\n\n\n" for i in range(40))
EDIT = (
    "a.py\n```python\n# ... existing code ...\ndef f20(x):\n    y = x * 2000\n    return y\n```\n"
)
OLD = "def f20(x):\n    y = x + 20\n    return y\n"
NEW = "def f20(x):\n    y = x * 2000\n    return y\n"
EDITED = SOURCE.replace(OLD, NEW)
UNCLEAR = "a.py\n```python\n    y = x * 2000\n    return y\n```\n"
"""Fits every function: the merge cannot decide."""
REWRITE = ("a.py", "--engine", "rewrite")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Scripted:
    path = tmp_path_factory.mktemp("weights") / "scripted.gguf"
    make_replay(path)
    return Scripted(path)


@pytest.fixture(autouse=True)
def _no_model_of_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTAPPLY_MODELS", str(tmp_path / "models"))


@pytest.fixture
def source(folder: Path) -> Path:
    place = folder / "a.py"
    place.write_text(SOURCE)
    return place


def refused(ended: Ended, source: Path, code: int, said: str) -> None:
    assert (ended.code, source.read_text()) == (code, SOURCE), ended.err
    assert said in ended.err
    assert "nothing was written" in ended.err
    assert "Traceback" not in ended.err
    assert [place.name for place in source.parent.iterdir()] == [source.name]


def test_the_region_of_the_edit_is_rewritten(source: Path, run: Run, model: Scripted) -> None:
    ended = run(*REWRITE, *model.options(NEW), stdin=EDIT)
    assert (ended.code, source.read_text()) == (0, EDITED), ended.err
    said = ended.err.splitlines()[0]
    assert "rewrite" in said
    assert "scripted on 1 CPU thread" in said
    assert "of drafts accepted" in said
    assert "characters/s" in said


def test_the_whole_file_on_demand(source: Path, run: Run, model: Scripted) -> None:
    refused(run(*REWRITE, "--whole", *model.options(NEW), stdin=EDIT), source, 1, "refused")
    ended = run(*REWRITE, "--whole", "--exact", *model.options(EDITED), stdin=EDIT)
    assert (ended.code, source.read_text()) == (0, EDITED), ended.err


def test_cost_follows_the_edit_and_not_the_file(source: Path, run: Run, model: Scripted) -> None:
    many = "".join(f"def g{i}(x):\n    y = x - {i}\n    return y\n\n\n" for i in range(2000))
    source.write_text(many + SOURCE)
    options = ("--ctx", "4096", "--json", *model.options(NEW))
    ended = run(*REWRITE, *options, stdin=EDIT)
    assert (ended.code, source.read_text()) == (0, many + EDITED), ended.err
    (file,) = json.loads(ended.out)["files"]
    assert file["stats"]["tokens"] < 2 * len(NEW)
    source.write_text(many + SOURCE)
    ended = run(*REWRITE, "--whole", *options, stdin=EDIT)
    assert (ended.code, json.loads(ended.out)["reason"]) == (4, "context")
    assert source.read_text() == many + SOURCE


def test_what_was_measured_is_in_the_json(source: Path, run: Run, model: Scripted) -> None:
    ended = run(*REWRITE, "--json", *model.options(NEW), stdin=EDIT)
    (file,) = json.loads(ended.out)["files"]
    stats: dict[str, Any] = file["stats"]
    assert file["method"] == "rewrite"
    assert (stats["model"], stats["place"]) == ("scripted", "on 1 CPU thread")
    assert stats["regions"] == 1
    assert 0 < stats["acceptance_rate"] <= 1
    assert stats["calls"] < stats["tokens"]
    assert stats["characters_per_second"] == pytest.approx(len(EDITED) / stats["seconds"], rel=0.1)
    assert not ended.err


def test_auto_asks_the_model_only_where_the_merge_cannot_decide(
    source: Path, run: Run, model: Scripted
) -> None:
    ended = run("a.py", "--model", str(model.path / "nowhere.gguf"), stdin=EDIT)
    assert (ended.code, source.read_text()) == (0, EDITED), ended.err
    source.write_text(SOURCE)
    ended = run("a.py", stdin=UNCLEAR)
    refused(ended, source, 1, "fits")


def test_the_conversation_reaches_the_model(source: Path, run: Run, model: Scripted) -> None:
    Path("chat.json").write_text(json.dumps([{"role": "user", "content": "faster, please"}]))
    ended = run(*REWRITE, "--chat", "chat.json", *model.options(NEW), stdin=EDIT)
    assert (ended.code, source.read_text()) == (0, EDITED), ended.err


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (None, 5, "cannot read"),
        (b"a\0b", 3, "NUL"),
        (b'{"role": 1}', 2, "no list of messages"),
        (b'[{"role": "user", "content": 1}]', 2, "chat: the conversation is JSON"),
        (b'[{"role": "user",\n', 2, "no JSON"),
        (b'{"messages": [\n]', 2, "line 2, column 2"),
    ],
)
def test_a_conversation_that_cannot_be_read(
    source: Path, run: Run, text: bytes | None, code: int, said: str
) -> None:
    if text is not None:
        Path("chat").write_bytes(text)
    ended = run("a.py", "--chat", "chat", stdin=EDIT)
    assert (ended.code, source.read_text()) == (code, SOURCE)
    assert said in ended.err


@pytest.mark.parametrize(
    "options",
    [
        ("--whole",),
        ("--exact",),
        ("--instruction", "x"),
        ("--chat", "x"),
        ("--gpu-layers", "0"),
        ("--ctx", "100"),
        ("--threads", "1"),
        ("--cache-type", "q8_0"),
        ("--model", "x"),
    ],
)
def test_what_is_for_rewriting_excludes_the_merge(
    source: Path, run: Run, options: tuple[str, ...]
) -> None:
    ended = run("a.py", "--engine", "merge", *options, stdin=EDIT)
    assert ended.code == 2
    assert options[0] in ended.err


@pytest.mark.parametrize("option", ["--ctx", "--threads", "--gpu-layers"])
def test_numbers_that_mean_nothing_are_usage_errors(source: Path, run: Run, option: str) -> None:
    for value in ("-2", "many"):
        assert run("a.py", option, value, stdin=EDIT).code == 2


# What is wrong with a model


def embedding(path: Path) -> None:
    make_replay(path, describe=lambda header: header.add_pooling_type(gguf.PoolingType.MEAN))


def vocabulary_only(path: Path) -> None:
    whole = path.with_name("whole.gguf")
    make_replay(whole)
    reader = gguf.GGUFReader(whole)
    writer = gguf.GGUFWriter(path, "qwen2")
    for field in reader.fields.values():
        if not field.name.startswith("GGUF.") and field.name != "general.architecture":
            kind = field.types[0]
            sub = field.types[-1] if kind is gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), kind, sub)
    whole.unlink()
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def truncated(path: Path) -> None:
    make_replay(path)
    os.truncate(path, path.stat().st_size // 2)


def foreign(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 and so on")


def of_a_new_kind(path: Path) -> None:
    writer = gguf.GGUFWriter(path, "tomorrow")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def without_template(path: Path) -> None:
    make_replay(path, chat_template=None)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda _: None, "is not there"),
        (Path.mkdir, "is not there"),
        (foreign, "is no GGUF file"),
        (truncated, "not within the file bounds"),
        (vocabulary_only, "cannot load"),
        (of_a_new_kind, "tomorrow"),
        (embedding, "is no model that writes text"),
        (without_template, "no chat template"),
    ],
)
def test_models_that_are_none(
    source: Path, run: Run, tmp_path: Path, make: Callable[[Path], None], said: str
) -> None:
    path = tmp_path / "bad.gguf"
    make(path)
    refused(run(*REWRITE, "--model", str(path), stdin=EDIT), source, 4, said)
    ended = run("a.py", "--model", str(path), stdin=EDIT)
    assert (ended.code, source.read_text()) == (0, EDITED), "the merge needs no model"


def test_a_context_that_is_too_small(source: Path, run: Run, model: Scripted) -> None:
    answer = model.options(NEW)
    refused(run(*REWRITE, "--ctx", "200", *answer, stdin=EDIT), source, 4, "takes 200")
    ended = run(*REWRITE, "--ctx", "1024", "--whole", *answer, stdin=EDIT)
    refused(ended, source, 4, "takes 1024")
    assert run(*REWRITE, "--ctx", "1024", *answer, stdin=EDIT).code == 0
    assert source.read_text() == EDITED


def test_an_answer_that_does_not_end(source: Path, run: Run, model: Scripted) -> None:
    endless = model.options("x\n" * 800)
    refused(run(*REWRITE, *endless, stdin=EDIT), source, 4, "did not come to an end")


def test_an_empty_answer(source: Path, run: Run, model: Scripted) -> None:
    for closing in ("", "</updated-code>", "\n\n"):
        options = model.options("", closing)
        refused(run(*REWRITE, *options, stdin=EDIT), source, 4, "wrote nothing")


def test_an_answer_that_changes_nothing(source: Path, run: Run, model: Scripted) -> None:
    refused(run(*REWRITE, *model.options(OLD), stdin=EDIT), source, 4, "unchanged")


@pytest.mark.parametrize(
    "answer",
    [
        NEW.replace("2000", "2001"),
        f"# ... existing code ...\n{NEW}",
        f"<updated-code>\n{NEW}",
        NEW.replace("    return y\n", ""),
        "Sure! Here it is:\n" + NEW,
    ],
)
def test_an_answer_that_is_not_believed(
    source: Path, run: Run, model: Scripted, answer: str
) -> None:
    refused(run(*REWRITE, *model.options(answer), stdin=EDIT), source, 1, "refused by the check")


# Whole processes


def started(
    *arguments: str, program: Sequence[str] = ("-m", "fastapply"), **others: Any
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        **others,
    )


def test_without_llama_cpp_the_merge_works(source: Path, tmp_path: Path, model: Scripted) -> None:
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "llama_cpp.py").write_text("raise ImportError('not installed')\n")
    places = [str(tmp_path / "blocked"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)}
    process = started(*REWRITE, "--model", str(model.path), env=environment)
    _, err = process.communicate(EDIT)
    refused(Ended(process.returncode, b"", err), source, 4, "fastapply[llama]")
    process = started("a.py", env=environment)
    _, err = process.communicate(EDIT)
    assert (process.returncode, source.read_text()) == (0, EDITED), err


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux only")
@pytest.mark.parametrize("megabytes", [28, 60])
def test_memory_that_is_not_there(source: Path, model: Scripted, megabytes: int) -> None:
    code = f"""if True:
        import resource, llama_cpp, fastapply.models.llama.writer
        from fastapply.cli.main import main
        llama_cpp.llama_backend_init()
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + {megabytes} * 2**20,) * 2)
        main()
    """
    arguments = [*REWRITE, "--whole", *model.options(EDITED)]
    process = started(*arguments, program=["-c", code])
    _, err = process.communicate(EDIT)
    said = err.splitlines()[-2:]
    refused(Ended(process.returncode, b"", "\n".join(said)), source, 4, "fastapply: llama.cpp")


@pytest.mark.parametrize("moment", ["loaded meta data", "compute buffer"])
def test_an_interrupt_leaves_nothing_behind(source: Path, model: Scripted, moment: str) -> None:
    letters = random.Random(1).choices(string.ascii_letters, k=6000)  # no draft foresees them
    options = model.options("".join(letters))
    process = started(*REWRITE, "--whole", "--verbose", *options)
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(EDIT)
    process.stdin.close()
    for line in process.stderr:
        if moment in line:
            break
    process.send_signal(signal.SIGINT)
    err = process.stderr.read()
    assert (process.wait(60), source.read_text()) == (130, SOURCE), err
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    assert [place.name for place in source.parent.iterdir()] == [source.name]
    process.stderr.close()
