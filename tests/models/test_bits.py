"""Bits per byte, on models whose probabilities are known."""

import math
from pathlib import Path

import gguf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replay import Dial, hide, make_replay, tiny_vocabulary

from fastapply.models.bits import Bits, bits_of, together
from fastapply.models.llama.model import open_model
from fastapply.models.llama.verifier import open_verifier
from fastapply.models.prompt import CHAT, Task, prompt
from fastapply.models.settings import Settings

TASK = Task("x = 1\n", ("x = 2",), "#")
SIZE = len(tiny_vocabulary().tokens)


@pytest.fixture(scope="module")
def uniform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model to which all tokens are alike: its output is nothing."""
    path = tmp_path_factory.mktemp("weights") / "uniform.gguf"
    make_replay(path)
    reader = gguf.GGUFReader(path, "r+")
    for tensor in reader.tensors:
        if tensor.name == "output.weight":
            tensor.data[:] = 0
    reader.data.flush()
    return path


def test_where_all_tokens_are_alike_a_byte_takes_the_bits_of_a_token(uniform: Path) -> None:
    with open_model(uniform, Settings(threads=1)) as model:
        short = bits_of(model, CHAT, TASK, "x = 2\n")
        long = bits_of(model, CHAT, TASK, "y = 3\n" * 200)
        other = bits_of(model, CHAT, TASK, "\u0101\u0102")
        nothing = bits_of(model, CHAT, TASK, "")
    assert (short.tokens, short.size) == (6, 6)
    assert short.per_byte == pytest.approx(math.log2(SIZE))
    assert long.per_byte == pytest.approx(math.log2(SIZE))
    assert (other.tokens, other.size) == (2, 4)
    assert other.per_byte == pytest.approx(math.log2(SIZE) / 2)
    assert nothing == Bits(0.0, 0, 0)
    assert nothing.per_byte == 0.0
    whole = together([short, long])
    assert (whole.tokens, whole.size) == (1206, 1206)
    assert whole.per_byte == pytest.approx(math.log2(SIZE))


def test_a_model_that_knows_the_text_needs_no_bits(replay_path: Path) -> None:
    text = "x = 2  # now two\n"
    with open_model(replay_path, Settings(threads=1)) as model:
        asked = hide(prompt(model, CHAT, TASK), text.encode(), tiny_vocabulary())
        Dial(replay_path).set(len(asked) - 1)
        with open_verifier(model, len(asked) + 100) as verifier:
            right = -verifier.score(asked, [model.encode(text)])[0]
            wrong = -verifier.score(asked, [model.encode(text.replace("2", "3"))])[0]
    assert right / len(text) < 0.01
    assert wrong > 10


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 700))
def test_the_sum_does_not_depend_on_how_the_tokens_are_batched(replay_path: Path, cut: int) -> None:
    tokens = [97 + at * at % 23 for at in range(700)]
    with open_model(replay_path, Settings(threads=1)) as model, open_verifier(model, 900) as one:
        asked = model.encode("once upon a time")
        whole = one.score(asked, [tokens])[0]
        first = one.score(asked, [tokens[:cut]])[0]
        rest = one.score([*asked, *tokens[:cut]], [tokens[cut:]])[0]
    assert first + rest == pytest.approx(whole, rel=1e-3)
