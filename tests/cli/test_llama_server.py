"""A real llama-server with a real GGUF, which writes what the test says (`sh tests/server`)."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.support import GitRepository, Run

pytest.importorskip("gguf")
pytest.importorskip("llama_cpp")
pytest.importorskip("httpx2")

from tests.cli.scripted import Scripted
from tests.models.replay import make_replay

CACHED = Path(__file__).parents[2] / ".cache" / "llama-server" / "bin" / "llama-server"
BINARY = os.environ.get("LLAMA_SERVER") or (str(CACHED) if CACHED.exists() else None)
pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(BINARY is None, reason="no llama-server: sh tests/server builds one"),
]

BEFORE = "".join(f"def f{n}(x):\n    return x + {n}  # <|im_end|>\n\n\n" for n in range(9))
AFTER = BEFORE.replace("x + 5 ", "5 * x ")
REGION = "def f5(x):\n    return 5 * x  # <|im_end|>\n"
EDIT = f"```python\n{REGION}```\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Scripted:
    path = tmp_path_factory.mktemp("weights") / "scripted.gguf"
    make_replay(path)
    return Scripted(path)


@contextmanager
def running(model: Scripted, *options: str) -> Iterator[str]:
    """llama-server with the model, on a free port, until the end."""
    assert BINARY is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Layouts for AVX512-VNNI are left alone: some processors crash in them.
    fixed = ["-m", str(model.path), "--no-repack", "-t", "1", "-tb", "1", "-fa", "off"]
    fixed += ["--no-webui", "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "LD_LIBRARY_PATH": str(Path(BINARY).parent)}
    process = subprocess.Popen(
        [BINARY, *fixed, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _await(process, url)
        yield url
    finally:
        process.kill()
        process.wait()


def _await(process: subprocess.Popen[bytes], url: str) -> None:
    while True:
        assert process.poll() is None, "llama-server ended at once"
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)


@pytest.fixture(scope="module")
def url(model: Scripted) -> Iterator[str]:
    with running(model, "-c", "16384", "-np", "2") as url:
        yield url


@pytest.fixture(autouse=True)
def _files(git: GitRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    git.commit(a__py=BEFORE, b__py=BEFORE)


def options(model: Scripted, url: str, answer: str) -> list[str]:
    """The options that make the server write `answer`."""
    said = model.options(answer)
    return ["--engine", "rewrite", "--model", url, *said[said.index("--instruction") :]]


def test_a_file_is_written(git: GitRepository, run: Run, model: Scripted, url: str) -> None:
    ended = run("a.py", *options(model, url, AFTER), "--whole", "--json", stdin=EDIT)
    told = json.loads(ended.out)
    assert ended.code == 0, told
    assert (git.root / "a.py").read_text() == AFTER
    stats = told["files"][0]["stats"]
    assert stats["place"].endswith("(llama-server)")
    assert stats["tokens"] == len(AFTER) + len("</updated-code>") + 1


def test_two_files_at_once(git: GitRepository, run: Run, model: Scripted, url: str) -> None:
    document = f"a.py\n{EDIT}\nb.py\n{EDIT}"
    ended = run(*options(model, url, AFTER), "--whole", stdin=document)
    assert ended.code == 0, ended.err
    assert (git.root / "a.py").read_text() == (git.root / "b.py").read_text() == AFTER


def test_its_own_drafts_change_nothing_but_the_speed(
    git: GitRepository, run: Run, model: Scripted
) -> None:
    with running(model, "-c", "16384", "-np", "1", "--spec-type", "ngram-simple") as url:
        ended = run("a.py", *options(model, url, AFTER), "--whole", "--json", stdin=EDIT)
    told = json.loads(ended.out)
    assert ended.code == 0, told
    assert (git.root / "a.py").read_text() == AFTER
    stats = told["files"][0]["stats"]
    assert 0 < stats["accepted"] <= stats["drafted"]
    assert stats["calls"] < stats["tokens"]


def test_what_is_too_long_is_refused(git: GitRepository, run: Run, model: Scripted) -> None:
    with running(model, "-c", "1024", "-np", "1") as url:
        ended = run("a.py", *options(model, url, AFTER), "--whole", "--json", stdin=EDIT)
    assert (ended.code, json.loads(ended.out)["reason"]) == (4, "context")
    assert git.status() == ""


def test_an_unknown_name_and_a_key(git: GitRepository, run: Run, model: Scripted, url: str) -> None:
    unknown = run("a.py", "--engine", "rewrite", "--model", f"{url}#other", stdin=EDIT)
    with running(model, "-c", "4096", "--api-key", "k") as locked:
        closed = run("a.py", "--engine", "rewrite", "--model", locked, stdin=EDIT)
    assert (unknown.code, closed.code) == (4, 4)
    assert "has no model 'other'; it has scripted.gguf" in " ".join(unknown.err.split())
    assert "wants a key: set FASTAPPLY_API_KEY" in " ".join(closed.err.split())
    assert git.status() == ""
