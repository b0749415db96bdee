"""A model that is held to lines of code and update, on the real llama.cpp."""

from functools import partial
from pathlib import Path

import pytest
from replay import EMBEDDED, Dial, make_replay, tiny_vocabulary

from fastapply.core.errors import ModelError
from fastapply.models.held.guide import Guided
from fastapply.models.llama.writer import LlamaWriter
from fastapply.models.prompt import Task
from fastapply.models.settings import Settings
from fastapply.models.writer import Job

CODE = "".join(f"def f{i}(x):\n    return x + {i}\n\n\n" for i in range(6))
UPDATE = ("def f2(x):", "    # twice", "    return 2 * x", None, "def f4(x):", "    return x * 44")
LINES = {*CODE.split("\n"), *filter(None, UPDATE)}


@pytest.fixture(scope="module")
def babbler(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the embedded family that says whatever stood some tokens before."""
    path = tmp_path_factory.mktemp("weights") / "babbler.gguf"
    make_replay(path, vocabulary=tiny_vocabulary(EMBEDDED), chat_template=None)
    return path


@pytest.fixture
def sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be sure of everything."""
    monkeypatch.setattr("fastapply.models.llama.writer.Guided", partial(Guided, margin=0.0))


@pytest.fixture
def never_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be sure of nothing."""
    never = partial(Guided, margin=float("inf"))
    monkeypatch.setattr("fastapply.models.llama.writer.Guided", never)


@pytest.mark.usefixtures("sure")
@pytest.mark.parametrize("distance", [1, 7, 40, 150])
@pytest.mark.parametrize("expected", ["", CODE])
def test_whatever_it_says_is_lines_of_code_and_update(babbler, distance, expected):
    Dial(babbler).set(distance)
    with LlamaWriter(babbler, Settings(threads=1)) as writer:
        (answer,) = writer.write([Job(Task(CODE, UPDATE), expected, 64.0)])
    lines = answer.text.split("\n")
    assert set(lines) <= LINES
    new = [line for line in lines if line and line not in CODE.split("\n")]
    assert new == ["    return 2 * x", "    return x * 44"] or new == [
        "    # twice",
        "    return 2 * x",
        "    return x * 44",
    ]
    assert answer.tally.calls < answer.tally.tokens / 2


@pytest.mark.usefixtures("sure")
def test_drafts_do_not_change_what_it_says(babbler):
    Dial(babbler).set(40)
    with LlamaWriter(babbler, Settings(threads=1, exact=True)) as writer:
        texts = {
            writer.write([Job(Task(CODE, UPDATE), expected, 64.0)])[0].text
            for expected in ("", CODE, "def f2(x):\n" * 9)
        }
    assert len(texts) == 1


@pytest.mark.usefixtures("never_sure")
def test_what_it_is_not_sure_of_it_does_not_say(babbler):
    with LlamaWriter(babbler, Settings(threads=1)) as writer:
        (answer,) = writer.write([Job(Task(CODE, UPDATE), CODE, 64.0)])
    assert not answer.sure


@pytest.mark.usefixtures("never_sure")
def test_where_it_is_not_sure_the_candidate_stands(babbler):
    candidate = CODE.replace("x + 2", "2 * x").replace("x + 4", "x * 44").replace("f5", "five")
    with LlamaWriter(babbler, Settings(threads=1)) as writer:
        (answer,) = writer.write([Job(Task(CODE, UPDATE), candidate, 64.0, proposed=True)])
    assert answer.text == candidate


def test_left_free_it_babbles(babbler):
    Dial(babbler).set(7)
    with LlamaWriter(babbler, Settings(threads=1, free=True)) as writer, pytest.raises(ModelError):
        writer.write([Job(Task(CODE, UPDATE), CODE, 64.0)])
