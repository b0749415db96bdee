"""The engine as the command line sees it: lazy, and clear about what is missing."""

import subprocess
import sys

import pytest
from test_rewriter import SMALL, SMALL_EDIT, aimed, task_that_hides

from fastapply.core.edits import Span
from fastapply.core.errors import UnresolvedError, WeightsNotFoundError
from fastapply.core.result import Missing, Unresolved
from fastapply.core.text import SourceText
from fastapply.models.engine import Choice, LocalRewriter
from fastapply.models.prompt import CHAT
from fastapply.models.settings import Settings
from fastapply.models.weights import Shipped

TEXT = SourceText.from_str(SMALL)
FAILED = Unresolved((Missing(Span(0, 1), ("x",)),))


def test_without_weights_the_edit_stays_unresolved(tmp_path, monkeypatch):
    monkeypatch.setenv("FASTAPPLY_MODELS", str(tmp_path))
    monkeypatch.setattr("fastapply.models.weights.shipped", lambda: None)
    with pytest.raises(UnresolvedError) as caught:
        LocalRewriter(Choice()).rewrite("a.py", TEXT, SMALL_EDIT, FAILED)
    assert caught.value.failures == FAILED.failures
    for choice in (Choice(required=True), Choice(model="fastapply-7b")):
        with pytest.raises(WeightsNotFoundError):
            LocalRewriter(choice).rewrite("a.py", TEXT, SMALL_EDIT, FAILED)


def test_a_shipped_model_that_cannot_run_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("FASTAPPLY_MODELS", str(tmp_path))
    (tmp_path / "own.gguf").touch()
    model = Shipped(tmp_path / "own.gguf")
    monkeypatch.setattr("fastapply.models.weights.shipped", lambda: model)
    monkeypatch.setitem(sys.modules, "fastapply.models.llama.writer", None)
    with pytest.raises(UnresolvedError):
        LocalRewriter(Choice()).rewrite("a.py", TEXT, SMALL_EDIT, FAILED)
    with pytest.raises(WeightsNotFoundError, match="pip install"):
        LocalRewriter(Choice(required=True)).rewrite("a.py", TEXT, SMALL_EDIT, FAILED)


def test_a_named_file_answers(replaying):
    new = SMALL.replace("x + 2\n", "x * 22\n")
    task = task_that_hides(new + CHAT.closing, SMALL)
    path = aimed(replaying, task, CHAT.closing)
    choice = Choice(
        str(path), whole=True, instruction=task.instruction, settings=Settings(threads=1)
    )
    rewriter = LocalRewriter(choice)
    candidate = rewriter.rewrite("a.py", TEXT, SMALL_EDIT, FAILED)
    rewriter.close()
    assert str(candidate.text) == new


def test_naming_the_engine_does_not_load_it():
    code = "import sys, fastapply.models.engine; sys.exit('llama_cpp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
