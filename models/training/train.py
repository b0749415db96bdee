"""Train the embedded model; stop and resume at will.

    python -m fastapply.models.training.train RUN_FOLDER --corpus CORPUS.json.xz --minutes 60

The run folder keeps the tokeniser, the last checkpoint and a log. A second call goes on from the
checkpoint until the total of minutes is reached; the learning rate falls over the last part of
that total. On a GPU: many `--workers`, a larger `--batch` and with it a larger `--rate`.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from fastapply.models.training.batch import NOT_ALLOWED, Tensors
from fastapply.models.training.circuits import build_circuits
from fastapply.models.training.evaluate import bits_per_byte, evaluate
from fastapply.models.training.feed import Feeding, feed
from fastapply.models.training.model import ApplyModel, Shape
from fastapply.models.training.optimizer import Optimizer
from fastapply.models.training.pack import Split, read_packed
from fastapply.models.training.tasks import TaskSource
from fastapply.models.training.tokenizer import (
    LineEncoder,
    encode_task,
    load_tokenizer,
    train_tokenizer,
)

HELD_OUT_TASKS = 400
MATRIX_RATE, OTHER_RATE = 0.0012, 0.0003
WARM_UP, COOL_DOWN = 60, 0.9
LOG_EVERY = 50
TOKENIZER_TASKS = 6000
LOOSE, PLAIN = 0.5, 0.3


def batch_loss(model: ApplyModel, batch: Tensors) -> tuple[Tensor, Tensor]:
    """The loss of a batch, and the part of it that decisions cause.

    Decisions pay for the allowed tokens only; they are few, so those that a lattice without
    anchors leaves are paid for, too. A little is paid for every token of the answer, so that scores
    stay probabilities of text. Nothing else is computed at the output.
    """
    with torch.autocast(batch.tokens.device.type, torch.bfloat16):
        stream = model.stream(batch.tokens[:, :-1], len(model.layers))
        answers = stream.flatten(0, 1)[batch.before]
        logits = model.head(model.norm(answers)).float()
    decided = _choice_loss(logits, batch.tight, batch.tight_allowed)
    loose = _choice_loss(logits, batch.loose, batch.loose_allowed)
    plain = functional.cross_entropy(logits, batch.wanted)
    return decided + LOOSE * loose + PLAIN * plain, decided.detach()


def _choice_loss(logits: Tensor, places: Tensor, allowed: Tensor) -> Tensor:
    """The mean loss at decisions, of the tokens allowed there, the first right; 0 without any."""
    if not len(places):
        return logits.new_zeros(())
    chosen = logits[places].gather(1, allowed.clamp(min=0))
    barred = chosen.masked_fill(allowed == NOT_ALLOWED, -torch.inf)
    return (barred.logsumexp(1) - barred[:, 0]).mean()


def _source(split: Split, seed: int) -> TaskSource:
    return TaskSource(split.files, split.revisions, seed)


def _saved(folder: Path) -> dict[str, Any]:
    """What a run has kept: its checkpoint or its weights, nothing if it has neither."""
    paths = (folder / name for name in ("checkpoint.pt", "weights.pt"))
    path = next((path for path in paths if path.exists()), None)
    if path is None:
        return {}
    kept: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return kept


class Run:
    """A training run and the folder it lives in."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.folder: Path = options.folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.seconds = options.minutes * 60.0
        corpus = read_packed(options.corpus)
        self.tokenizer = self._tokenizer(corpus.training)
        step = _saved(self.folder).get("step", 0)
        budget, longest = options.batch, options.longest
        # Before the model, for the workers are forked.
        feeding = Feeding(corpus.training, self.tokenizer, budget, longest, seed=step)
        self.feed = feed(feeding, options.workers)
        judge = _source(corpus.held_out, seed=2)
        encoder = LineEncoder(self.tokenizer)
        drawn = [judge.draw() for _ in range(HELD_OUT_TASKS)]
        self.judged = [encode_task(encoder, task) for task in drawn]
        size = sum(len(line.encode()) + 1 for task in drawn for line in task.final)
        self.bytes_per_token = size / sum(len(task.answer) for task in self.judged)
        shape = Shape(width=options.width, layers=options.layers, hidden=options.hidden)
        self.model = ApplyModel(shape)
        build_circuits(self.model)
        self.device = torch.device(options.device)
        self.model.to(self.device)
        if options.compile:
            for layer in self.model.layers:
                layer.compile(dynamic=True)
        rate = options.rate
        self.optimizer = Optimizer(self.model, rate * MATRIX_RATE, rate * OTHER_RATE)
        self.step, self.tokens, self.elapsed = 0, 0, 0.0
        self._resume()

    def _tokenizer(self, training: Split) -> Tokenizer:
        path = self.folder / "tokenizer.json"
        if not path.exists():
            source = _source(training, seed=3)
            texts = ("\n".join(source.draw().final) for _ in range(TOKENIZER_TASKS))
            train_tokenizer(texts).save(str(path))
        return load_tokenizer(path)

    def _resume(self) -> None:
        """Go on from the checkpoint, or from weights alone where only they came along."""
        saved = _saved(self.folder)
        if not saved:
            return
        self.model.load_state_dict(saved["model"])
        if "optimizer" in saved:
            self.optimizer.restore(saved["optimizer"])
        self.step, self.tokens, self.elapsed = (saved[k] for k in ("step", "tokens", "elapsed"))

    def save(self) -> None:
        """Write the checkpoint and, smaller, the weights alone; each whole or not at all."""
        weights = {
            "model": self.model.state_dict(),
            "shape": asdict(self.model.shape),
            "step": self.step,
            "tokens": self.tokens,
            "elapsed": self.elapsed,
        }
        state = {**weights, "optimizer": self.optimizer.state()}
        for name, content in (("checkpoint.pt", state), ("weights.pt", weights)):
            fresh = self.folder / (name + ".new")
            torch.save(content, fresh)
            fresh.replace(self.folder / name)

    def log(self, text: str) -> None:
        """A line for the eye and for later."""
        line = f"step {self.step} tokens {self.tokens / 1e6:.2f}M {self.elapsed:.0f}s {text}"
        print(line, flush=True)
        with (self.folder / "log.txt").open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    def judge(self) -> None:
        """Log the scores on held-out tasks."""
        with torch.compiler.set_stance("force_eager"):  # compiling again would take longer
            scores = evaluate(self.model, self.judged)
        bits = bits_per_byte(scores.loss, self.bytes_per_token)
        self.log(f"held out: bits/byte {bits:.4f} {scores.line()}")
        with (self.folder / "scores.jsonl").open("a", encoding="utf-8") as out:
            record = {"step": self.step, "tokens": self.tokens, "bits": bits, **asdict(scores)}
            out.write(json.dumps(record) + "\n")

    def _rate(self) -> float:
        used: float = self.elapsed / self.seconds
        warm = min(1.0, (self.step + 1) / WARM_UP)
        return warm * min(1.0, max(0.03, (1 - used) / COOL_DOWN))

    def train(self, save_every: float, judge_every: float, stop_after: float) -> None:
        """Train until the minutes are used up, or `stop_after` seconds of this call."""
        smooth: Tensor | None = None
        waited = 0.0
        saved = judged = self.elapsed
        end = min(self.seconds, self.elapsed + stop_after)
        if not self.step:
            self.judge()
        while self.elapsed < end:
            begun = time.monotonic()
            batch = self.feed.draw()
            waited += time.monotonic() - begun
            loss, decided = batch_loss(self.model, batch.to(self.device))
            torch.autograd.backward(loss)
            self.optimizer.step(self._rate())
            self.step += 1
            self.tokens += batch.size
            smooth = decided if smooth is None else 0.95 * smooth + 0.05 * decided
            if self.step % LOG_EVERY == 0:
                self.log(f"decisions {smooth.item():.4f} waited {waited:.1f}s")
            self.elapsed += time.monotonic() - begun
            if self.elapsed - saved > save_every:
                saved = self.elapsed
                self.save()
            if self.elapsed - judged > judge_every:
                judged = self.elapsed
                self.judge()
        self.save()
        self.judge()


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description="Train the embedded apply model.")
    parser.add_argument("folder", type=Path, help="where the run lives")
    parser.add_argument("--minutes", type=float, default=60.0, help="in total, over all calls")
    parser.add_argument("--corpus", type=Path, required=True, help="written by pack")
    parser.add_argument("--rate", type=float, default=1.0, help="times the usual learning rates")
    parser.add_argument("--batch", type=int, default=6144, help="tokens a step")
    parser.add_argument("--longest", type=int, default=1600, help="tokens a task at most")
    parser.add_argument("--stop-after", type=float, default=1e9, help="seconds, in this call")
    parser.add_argument("--judge-every", type=float, default=900.0, help="seconds")
    parser.add_argument("--compile", action="store_true", help="faster; needs a C++ compiler")
    parser.add_argument("--save-every", type=float, default=300.0, help="seconds")
    parser.add_argument("--width", type=int, default=Shape().width)
    parser.add_argument("--layers", type=int, default=Shape().layers)
    parser.add_argument("--hidden", type=int, default=Shape().hidden)
    parser.add_argument("--workers", type=int, default=0, help="processes that draw tasks")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    torch.set_num_threads(options.threads)
    Run(options).train(options.save_every, options.judge_every, options.stop_after)


if __name__ == "__main__":
    main()
