"""The embedded model: its tokeniser, its built-in copying, its export, its training."""

from argparse import Namespace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tokenizers")

from fastapply.core.edits import Op, steps_between  # noqa: E402
from fastapply.models.training.batch import NOT_ALLOWED, batch_of  # noqa: E402
from fastapply.models.training.circuits import build_circuits  # noqa: E402
from fastapply.models.training.corpus import SourceFile  # noqa: E402
from fastapply.models.training.evaluate import (  # noqa: E402
    answer_logits,
    evaluate,
    wrong_decisions,
)
from fastapply.models.training.feed import Batches, Feeding, feed  # noqa: E402
from fastapply.models.training.fragments import GAP  # noqa: E402
from fastapply.models.training.model import ApplyModel, Shape  # noqa: E402
from fastapply.models.training.optimizer import Optimizer, orthogonal  # noqa: E402
from fastapply.models.training.pack import Corpus, Split, read_packed, write_corpus  # noqa: E402
from fastapply.models.training.tasks import Revision, Task  # noqa: E402
from fastapply.models.training.tokenizer import (  # noqa: E402
    CODE,
    END,
    FINAL,
    GAP_TOKEN,
    SPECIAL,
    UPDATE,
    Choice,
    Encoded,
    LineEncoder,
    encode_task,
    load_tokenizer,
    train_tokenizer,
)
from fastapply.models.training.train import Run, batch_loss  # noqa: E402

SHAPE = Shape(vocabulary=600, context=512)
TEXTS = [f"def name_{n}(self, value):\n    return value + {n}\n" for n in range(200)]
ODD = ("\t\tx\r\n", "日本語 test。", "naïve — “q”", "🎉 x½²", "<|code|> <|end|>", "e\u0301\u00a0")


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(TEXTS, 600)


@pytest.fixture(scope="module")
def model():
    model = ApplyModel(SHAPE)
    build_circuits(model)
    return model


def random_copy(count: int = 60) -> Encoded:
    generator = torch.Generator().manual_seed(1)
    text = torch.randint(10, 600, (count,), generator=generator).tolist()
    choices: list[Choice] | None = [
        (at, (token, 8, 9)) for at, token in enumerate(text) if at % 5 == 0
    ]
    return Encoded("made-none-copy", [CODE, *text, UPDATE, FINAL], [*text, END], choices)


def test_text_comes_back_and_spells_no_special_token(tokenizer) -> None:
    for text in (*ODD, *TEXTS[:5]):
        tokens = tokenizer.encode(text).ids
        assert tokenizer.decode(tokens) == text
        assert min(tokens) >= len(SPECIAL)


def test_a_task_is_laid_out_as_the_prompt_is(tokenizer) -> None:
    task = Task("made-add-markers", ("a", "b"), (GAP, "b", "c"), ("a", "b", "c"))
    encoded = encode_task(LineEncoder(tokenizer), task)
    feed = tokenizer.encode("\n").ids
    region, shown, final = (tokenizer.encode(t).ids for t in ("a\nb\n", "b\nc\n", "a\nb\nc\n"))
    assert encoded.prompt == [CODE, *region, UPDATE, GAP_TOKEN, *feed, *shown, FINAL]
    assert encoded.answer == [*final, END]


def test_an_untrained_model_copies_what_it_never_saw(model) -> None:
    scores = evaluate(model, [random_copy()])
    assert scores.exact["all"] == (1, 1)


def test_an_untrained_model_takes_a_new_line_from_the_fragment(model) -> None:
    generator = torch.Generator().manual_seed(2)
    a, b, new = (torch.randint(10, 600, (20,), generator=generator).tolist() for _ in range(3))
    fragment = [*a[-12:], *new, *b[:12]]
    answer = [*a, *new, *b, END]
    task = Encoded("made-add-x", [CODE, *a, *b, UPDATE, *fragment, FINAL], answer)
    assert evaluate(model, [task]).accuracy >= 0.95


def test_orthogonal_updates_have_singular_values_near_one() -> None:
    values = torch.linalg.svdvals(orthogonal(torch.randn(3, 48, 32)))
    assert 0.4 < values.min() < values.max() < 1.4


def test_a_step_lowers_the_loss() -> None:
    model = ApplyModel(SHAPE)
    build_circuits(model)
    optimizer = Optimizer(model, 0.001, 0.001)
    batch = batch_of([random_copy(20), random_copy(30)]).to(torch.device("cpu"))
    first, decided = batch_loss(model, batch)
    for _ in range(3):
        batch_loss(model, batch)[0].backward()
        optimizer.step(1.0)
    last, decided_last = batch_loss(model, batch)
    assert last < first
    assert decided_last < decided


def test_a_decision_is_lost_to_allowed_tokens_only(model) -> None:
    task = random_copy()
    logits, at = answer_logits(model, task), 5
    logits[at, 20:] += 1000.0
    logits[at, task.answer[at]] = 0.0
    logits[at, [8, 9]] = -1.0
    assert wrong_decisions(logits, task) == []
    logits[at, 9] = 1.0
    assert wrong_decisions(logits, task) == [at]


def test_decisions_of_a_batch_keep_their_places(model) -> None:
    def decided(*tasks: Encoded) -> float:
        return float(batch_loss(model, batch_of(tasks).to(torch.device("cpu")))[1])

    short, long = random_copy(11), random_copy(31)
    alone = [decided(task) for task in (short, long)]
    weights = [len(task.choices or ()) for task in (short, long)]
    mean = sum(a * w for a, w in zip(alone, weights, strict=True)) / sum(weights)
    assert decided(short, long) == pytest.approx(mean, rel=0.05, abs=1e-4)


def test_a_batch_says_where_answers_are_and_what_is_allowed_there() -> None:
    first = Encoded("made-add-x", [1, 2], [3, 4, 5], [(1, (9, 4))], [(0, (3, 7, 8)), (1, (4, 6))])
    second = Encoded("made-add-x", [1, 2, 6], [7], None, None)
    batch = batch_of([first, second])
    assert batch.tokens.shape == (2, 5)
    inputs = batch.tokens[:, :-1].ravel()
    assert [int(token) for token in inputs[batch.before]] == [2, 3, 4, 6]
    assert batch.wanted.tolist() == [3, 4, 5, 7]
    assert (batch.tight.tolist(), batch.tight_allowed.tolist()) == ([1], [[4, 9]])
    assert batch.loose_allowed.tolist() == [[3, 7, 8], [4, 6, NOT_ALLOWED]]
    assert batch.size == len(first) + len(second)


def test_an_answer_that_is_not_of_whole_lines_counts_as_not_held(tokenizer) -> None:
    task = Task("made-add-x", ("a",), ("b",), ("a", "c"))
    encoded = encode_task(LineEncoder(tokenizer), task)
    assert encoded.choices is None


def test_batches_hold_whole_tasks_within_the_budget(tokenizer) -> None:
    class Source:
        def draw(self) -> Task:
            return Task("made-add-x", ("def f():",), ("def g():",), ("def g():",))

    batches = Batches(Source(), tokenizer, budget=200, longest=100)
    for _ in range(10):
        batch = batches.draw()
        assert 0 < batch.size <= 200
        assert len(batch.loose) > 0


def split() -> Split:
    lines = tuple(f"def name_{n}(self, value_{n}):" for n in range(60))
    change = steps_between(lines, (*lines[:30], "pass", *lines[30:]))
    return Split((SourceFile(".py", lines),), (Revision(".py", change),))


def packed(path: Path) -> Path:
    write_corpus(Corpus(split(), split()), path)
    return path


def test_a_packed_corpus_comes_back(tmp_path: Path) -> None:
    corpus = read_packed(packed(tmp_path / "corpus.json.xz"))
    assert corpus.training == corpus.held_out == split()
    assert corpus.training.revisions[0].change[30].op is Op.ADD


@pytest.mark.slow
def test_workers_draw_what_one_drawer_would(tokenizer) -> None:
    feeding = Feeding(split(), tokenizer, 4000, 4000, 0)
    alone, workers = feed(feeding, 0), feed(feeding, 1)
    for _ in range(3):
        assert (alone.draw().tokens == workers.draw().tokens).all()


@pytest.mark.parametrize(("kind", "tolerance"), [("F32", 0.02), ("F16", 0.02), ("Q8_0", 0.1)])
def test_llama_cpp_agrees_with_torch(
    model, tokenizer, tmp_path: Path, kind, tolerance, monkeypatch
) -> None:
    pytest.importorskip("gguf")
    llama_cpp = pytest.importorskip("llama_cpp")
    import numpy as np

    # As models/llama/model.py loads it: some builds crash on repacked matrices.
    settings = llama_cpp.llama_cpp.llama_model_default_params()
    settings.use_extra_bufts = False
    monkeypatch.setattr(llama_cpp.llama_cpp, "llama_model_default_params", lambda: settings)

    from fastapply.models.training.export import export

    path = tmp_path / "model.gguf"
    export(model, tokenizer, path, kind)
    task = random_copy()
    tokens = task.prompt + task.answer[:-1]
    with torch.no_grad():
        ours = model(torch.tensor([tokens]))[0].numpy()
    theirs = llama_cpp.Llama(str(path), n_ctx=512, n_threads=1, logits_all=True, verbose=False)
    theirs.eval(tokens)
    logits = np.array(theirs.scores[: len(tokens)])
    assert np.abs(logits - ours).mean() < tolerance * ours.std()
    answer = slice(len(task.prompt) - 1, None)
    assert (logits[answer].argmax(1) == ours[answer].argmax(1)).all()
    for text in (*ODD, *TEXTS[:20]):
        assert theirs.tokenize(text.encode(), add_bos=False, special=False) == (
            tokenizer.encode(text).ids
        )
    theirs.close()


def test_what_is_shipped_can_be_trained_on(model, tokenizer, tmp_path: Path) -> None:
    pytest.importorskip("gguf")
    from fastapply.models.training.export import export, load_model
    from fastapply.models.training.restore import restore

    export(model, tokenizer, tmp_path / "model.gguf", "F32")
    restore(tmp_path / "model.gguf", tmp_path / "run")
    again = load_model(tmp_path / "run").state_dict()
    assert all(torch.equal(again[name], weight) for name, weight in model.state_dict().items())
    restored = load_tokenizer(tmp_path / "run" / "tokenizer.json")
    assert all(restored.encode(text).ids == tokenizer.encode(text).ids for text in (*ODD, *TEXTS))


@pytest.mark.slow
def test_a_run_stops_and_goes_on(tmp_path: Path) -> None:
    corpus = packed(tmp_path / "corpus.json.xz")
    options = Namespace(
        folder=tmp_path / "run",
        corpus=corpus,
        minutes=60.0,
        batch=600,
        longest=500,
        workers=0,
        width=384,
        layers=3,
        hidden=64,
        device="cpu",
        compile=False,
        rate=1.0,
    )
    first = Run(options)
    first.judged = first.judged[:2]
    first.train(save_every=1e9, judge_every=1e9, stop_after=0.01)
    assert first.step >= 1
    second = Run(options)
    assert (second.step, second.tokens) == (first.step, first.tokens)
    for old, new in zip(first.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(old, new)
    (tmp_path / "run" / "checkpoint.pt").unlink()
    assert Run(options).step == first.step
    assert len((tmp_path / "run" / "scores.jsonl").read_text().splitlines()) == 2
