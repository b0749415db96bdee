"""The real llama.cpp on a tiny model whose answer is known."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from gguf import GGMLQuantizationType
from hypothesis import given, settings
from hypothesis import strategies as st
from replay import hide, make_replay, tiny_vocabulary

from fastapply.core.errors import ContextTooSmallError, ModelError, WeightsNotFoundError
from fastapply.models.decoding.costs import SMALL_CPU_COSTS
from fastapply.models.decoding.draft import TextDrafter
from fastapply.models.decoding.serve import serve
from fastapply.models.decoding.speculate import Ask, Decoding, PlainDrafter, Run
from fastapply.models.decoding.tally import Tally
from fastapply.models.llama import verifier as llama_verifier
from fastapply.models.llama.batch import Rows
from fastapply.models.llama.beginning import Beginning, beginning_of
from fastapply.models.llama.model import can_repack, open_model
from fastapply.models.llama.verifier import open_verifier
from fastapply.models.settings import Settings

TEXT = "".join(f"def f{i}(x):\n    return x + {i}\n\n" for i in range(10))
CHANGED = TEXT.replace("return x + 7\n", "y = x * 7\n    return y\n").replace("f8", "eight")
FRAME = "rewrite this file, please\n"


def answer(model, prompt, drafter):
    decoding = Decoding(prompt, drafter, model.stop, 800)
    tally = Tally()
    with open_verifier(model, len(prompt) + 2000) as verifier:
        for _, turn in serve([decoding], verifier):
            tally.add(turn)
            assert verifier.lengths == [len(decoding.history) - 1]
    return decoding.answer, tally


@pytest.mark.parametrize("exact", [False, True])
def test_drafts_change_the_calls_and_not_the_text(replaying, exact):
    vocabulary = tiny_vocabulary()
    frame = list(FRAME.encode())
    prompt = hide(frame, CHANGED.encode(), vocabulary)
    path = replaying(len(prompt) - 1)
    with open_model(path, Settings(exact=exact, threads=1)) as model:
        plain, slow = answer(model, prompt, PlainDrafter())
        drafted, fast = answer(model, prompt, TextDrafter(model.encode(TEXT), prompt=prompt))
        assert plain == drafted
        assert model.decode(drafted[:-1]) == CHANGED
        assert drafted[-1] in model.stop
        assert fast.calls < slow.calls / 3
        assert fast.acceptance_length > 8


@pytest.mark.parametrize(("offloads", "unit"), [(False, 8), (True, 64)])
def test_exact_batches_are_padded_as_the_place_asks(replaying, monkeypatch, offloads, unit):
    prompt = hide(list(FRAME.encode()), CHANGED.encode(), tiny_vocabulary())
    sizes = []
    fill = Rows.fill

    def counted(self, rows):
        sizes.append(len(rows))
        fill(self, rows)

    monkeypatch.setattr(Rows, "fill", counted)
    with open_model(replaying(len(prompt) - 1), Settings(exact=True, threads=1)) as model:
        model.offloads = offloads
        plain, _ = answer(model, prompt, PlainDrafter())
        assert unit in sizes
        drafted, _ = answer(model, prompt, TextDrafter(model.encode(TEXT), prompt=prompt))
        assert plain == drafted
        assert model.decode(drafted[:-1]) == CHANGED
    assert not any(size % unit for size in sizes)


@settings(max_examples=10, deadline=None)
@given(drafts=st.lists(st.lists(st.integers(97, 99), max_size=20), max_size=10))
def test_exact_mode_does_not_depend_on_the_drafts(replay_path, drafts):
    class Wild(PlainDrafter):
        def __init__(self):
            self.left = list(drafts)

        def propose(self, limit, rows):
            return [self.left.pop(0)[:limit]] if self.left else []

    prompt = list(b"abcabcaabbccabc")
    texts = []
    with open_model(replay_path, Settings(exact=True, threads=1)) as model:
        for drafter in (PlainDrafter(), Wild()):
            with open_verifier(model, 200) as verifier:
                turns = serve([Decoding(prompt, drafter, model.stop, 20)], verifier)
                texts.append([token for _, turn in turns for token in turn.tokens])
    assert texts[0] == texts[1]


def test_branches_of_one_batch_score_like_straight_runs(replaying):
    vocabulary = tiny_vocabulary()
    prompt = hide(list(FRAME.encode()), b"the right text\n", vocabulary)
    with open_model(replaying(len(prompt) - 1)) as model:
        branches = [list(b"the wrong text\n"), list(b"the right text\n"), list(b"the")]
        with open_verifier(model, 400, slots=3) as verifier:
            together = verifier.score(prompt, branches)
            alone = [verifier.score(prompt, [branch])[0] for branch in branches]
    assert together == pytest.approx(alone, rel=0.02, abs=0.05)
    assert together[1] > together[0] + 10
    assert together[2] > together[0]


@pytest.mark.parametrize(
    "text", ["", "plain\n", "a\r\nb\x00c", "-" * 300, "žluťoučký <|im_end|> 🐎\n", "\t\t  x"]
)
def test_text_is_data_and_comes_back_to_the_byte(replay_path, text):
    with open_model(replay_path) as model:
        tokens = model.encode(text)
        assert model.decode(tokens) == text
        assert not any(token in model.stop for token in tokens)
        assert model.control("<|im_end|>") in model.stop
        assert model.control("nothing") is None


def test_what_is_not_utf8_is_refused(replay_path):
    with open_model(replay_path) as model:
        with pytest.raises(ModelError, match="UTF-8"):
            model.encode("caf\udce9")
        with pytest.raises(ModelError, match="UTF-8"):
            model.decode([0xE9])


def test_more_than_fits_is_an_error(replay_path):
    with open_model(replay_path, Settings(context=512)) as model:
        with pytest.raises(ContextTooSmallError, match="512"), open_verifier(model, 513):
            pass
        with open_verifier(model, 256) as verifier, pytest.raises(ContextTooSmallError):
            verifier.verify({0: Ask(Run([1] * 300))})


def test_bad_files_are_errors(tmp_path: Path, replay_path: Path):
    def opened(path):
        with open_model(path):
            pass

    with pytest.raises(WeightsNotFoundError):
        opened(tmp_path / "none.gguf")
    foreign = tmp_path / "foreign.gguf"
    foreign.write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(ModelError, match="no GGUF"):
        opened(foreign)
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(replay_path.read_bytes()[:60_000])
    with pytest.raises(ModelError, match="cannot load"):
        opened(cut)
    with pytest.raises(ModelError):
        opened(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells its maps")
def test_weights_are_in_memory_once(tmp_path: Path, replay_path: Path):
    repacked = tmp_path / "repacked.gguf"
    make_replay(repacked, quantization=GGMLQuantizationType.Q4_0)
    for path, mapped in ((replay_path, True), (repacked, not can_repack())):
        with open_model(path) as model:
            assert (str(path) in Path("/proc/self/maps").read_text()) is (mapped or model.offloads)


def hidden(texts, distance, frame):
    """Prompts of one length that begin with `frame`, each hiding one of `texts`."""
    vocabulary = tiny_vocabulary()
    for text in texts:
        tail = hide([], text.encode(), vocabulary)
        yield [*frame, *tail, *list(b" " * (distance + 1 - len(tail)))]


@pytest.mark.parametrize(("slots", "room"), [(1, 2000), (2, 1400), (5, 4000)])
def test_parallel_answers_are_the_same_and_take_fewer_calls(replaying, slots, room):
    texts = [TEXT[:60], CHANGED[30:200], "x = 1\n", TEXT[50:90]]
    prompts = list(hidden(texts, 300, list(FRAME.encode())))
    with open_model(replaying(300), Settings(threads=1)) as model:
        decodings = [
            Decoding(asked, TextDrafter(list(TEXT.encode()), prompt=asked), model.stop, 250)
            for asked in prompts
        ]
        with open_verifier(model, room, slots) as verifier:
            turns = sum(1 for _ in serve(decodings, verifier))
            assert not any(verifier.lengths)
            calls = verifier.calls
    assert [model_text(decoding) for decoding in decodings] == texts
    assert (calls < turns) == (slots > 2)


def test_what_is_asked_of_a_batch_is_bounded(replaying, monkeypatch):
    (asked,) = hidden([CHANGED[:200]], 300, list(FRAME.encode()))
    monkeypatch.setattr(llama_verifier, "_LOGITS_BYTES", 0)
    with open_model(replaying(300), Settings(threads=1)) as model:
        assert llama_verifier.most_asked(model) == 40
        drafter = TextDrafter(list(CHANGED[:200].encode()), trust=500.0, costs=SMALL_CPU_COSTS)
        decoding = Decoding(asked, drafter, model.stop, 250)
        with open_verifier(model, 800) as verifier:
            turns = sum(1 for _ in serve([decoding], verifier))
            assert verifier.calls >= max(turns, 200 // 40)
            scores = verifier.score(asked, [list(CHANGED[:100].encode())])
    assert model_text(decoding) == CHANGED[:200]
    assert scores[0] > -1


def model_text(decoding):
    return bytes(decoding.answer[:-1]).decode()


class Forked(PlainDrafter):
    """Knows the answer, and proposes it among others that leave it sooner."""

    def __init__(self, answer):
        self.answer = list(answer)

    def propose(self, limit, rows):
        right = self.answer[:30]
        return [[*right[:5], 1], [*right[:9], 2, 3], right][: limit and 3]

    def observe(self, tokens):
        del self.answer[: len(tokens)]


def test_the_memory_goes_on_from_the_branch_that_was_right(replaying):
    (asked,) = hidden([CHANGED[:200]], 300, list(FRAME.encode()))
    with open_model(replaying(300), Settings(threads=1)) as model:
        decoding = Decoding(asked, Forked(CHANGED[:200].encode()), model.stop, 250)
        branches = []
        with open_verifier(model, 1000) as verifier:
            for _, turn in serve([decoding], verifier):
                branches.append(turn.branch)
                assert verifier.lengths == [decoding.held] == [len(decoding.history) - 1]
    assert model_text(decoding) == CHANGED[:200]
    assert branches[:6] == [2] * 6
    assert len(branches) < 10


def test_an_interrupt_ends_a_batch_that_is_being_decoded(replay_path, monkeypatch):
    @contextmanager
    def interrupted():
        yield lambda: True

    monkeypatch.setattr(llama_verifier, "_SLOW", 0)
    monkeypatch.setattr(llama_verifier, "held_interrupts", interrupted)
    with (
        open_model(replay_path) as model,
        open_verifier(model, 256) as verifier,
        pytest.raises(ModelError, match=r"\(2\)"),
    ):
        verifier.verify({0: Ask(Run([1] * 100))})


class Counting(PlainDrafter):
    """Notes how many tokens each batch holds."""

    def __init__(self):
        self.rows = []

    def propose(self, limit, rows):
        self.rows.append(rows)
        return []


def test_what_prompts_begin_with_is_read_once_and_kept(replaying, tmp_path):
    (asked,) = hidden([TEXT[:90]], 300, list(FRAME.encode()) * 4)
    path = replaying(300)
    read = []
    with open_model(path, Settings(threads=1)) as model:
        for damaged in (False, False, True, False):
            beginning = beginning_of(asked[:60], model, path, tmp_path / "states")
            assert beginning is not None
            if damaged:
                beginning.path.write_bytes(beginning.path.read_bytes()[:1000])
            counting = Counting()
            decoding = Decoding(asked, counting, model.stop, 250)
            with open_verifier(model, 800, 1, beginning) as verifier:
                for _ in serve([decoding], verifier):
                    assert verifier.lengths == [decoding.held] == [len(decoding.history) - 1]
            assert model_text(decoding) == TEXT[:90]
            read.append(counting.rows[0])
        assert beginning is not None
        other = Beginning(tuple(asked[1:60]), beginning.path)
        with open_verifier(model, 800, 1, other) as verifier:
            assert verifier.recall(0, asked) == 0
            assert verifier.recall(0, asked[1:]) == 0
            assert verifier.recall(0, asked[1:60]) == 0
    assert read == [len(asked), len(asked) - 60, len(asked), len(asked) - 60]
    assert [file.suffix for file in (tmp_path / "states").iterdir()] == [".state"]


def test_states_that_cannot_be_kept_are_no_error(replaying, tmp_path):
    (asked,) = hidden([TEXT[:20]], 300, list(FRAME.encode()))
    path = replaying(300)
    (tmp_path / "file").write_text("in the way")
    with open_model(path, Settings(threads=1)) as model:
        beginning = beginning_of(asked[:20], model, path, tmp_path / "file")
        decoding = Decoding(asked, PlainDrafter(), model.stop, 60)
        with open_verifier(model, 800, 1, beginning) as verifier:
            assert list(serve([decoding], verifier))
        assert model_text(decoding) == TEXT[:20]
        assert beginning_of(asked, model, tmp_path / "none.gguf", tmp_path) is None
