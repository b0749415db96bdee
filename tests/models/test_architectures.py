"""Models whose memory is no plain list of tokens write what they would write token by token."""

import pytest
from chance import make_jamba, make_lfm2, make_mamba, make_sliding
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapply.models.decoding.draft import TextDrafter
from fastapply.models.decoding.serve import serve
from fastapply.models.decoding.speculate import Decoding, PlainDrafter
from fastapply.models.llama.model import open_model
from fastapply.models.llama.verifier import open_verifier
from fastapply.models.settings import Settings

PROMPT = list(b"def f(x):\n    return x\n")
LIMIT = 60


@pytest.fixture(scope="module", params=[make_mamba, make_jamba, make_lfm2, make_sliding])
def model(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("chance") / "model.gguf"
    request.param(path)
    with open_model(path, Settings(threads=1)) as model:
        yield model


def answer(model, drafter):
    decoding = Decoding(PROMPT, drafter, model.stop, LIMIT)
    with open_verifier(model, 200) as verifier:
        for _ in serve([decoding], verifier):
            assert decoding.held == verifier.lengths[0] < len(decoding.history)
        return decoding.answer, verifier.calls


def test_they_are_told_apart(model):
    assert model.can_rewind == (model.metadata("general.architecture") == "gemma3")


@settings(max_examples=8, deadline=None)
@given(mistakes=st.sets(st.integers(0, LIMIT), max_size=6), trust=st.sampled_from([4.0, 64.0]))
def test_drafts_do_not_change_the_text(model, mistakes, trust):
    plain, most = answer(model, PlainDrafter())
    expected = [1 if at in mistakes else token for at, token in enumerate(plain)]
    drafted, calls = answer(model, TextDrafter(expected, trust=trust))
    assert drafted == plain
    assert calls <= most
    if not mistakes:
        assert calls < most / 3
