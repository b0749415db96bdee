"""Train the embedded model; stop and resume at will.

    python -m fastapply.models.training.train RUN_FOLDER --corpus CORPUS.json.gz --minutes 60

The run folder keeps the tokeniser, the last checkpoint and a log. A second call goes on from the
checkpoint until the total of minutes is reached; the learning rate falls over the last part of
that total, and tasks lengthen as it is used up. On a GPU: more `--workers`, a larger `--batch`.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from fastapply.models.training.circuits import build_circuits
from fastapply.models.training.corpus import SourceFile
from fastapply.models.training.evaluate import bits_per_byte, evaluate
from fastapply.models.training.feed import Feeding, feed
from fastapply.models.training.model import ApplyModel, Shape
from fastapply.models.training.optimizer import Optimizer
from fastapply.models.training.pack import Split, read_packed
from fastapply.models.training.tasks import Pair, TaskSource
from fastapply.models.training.tokenizer import (
    PAD,
    Choice,
    Encoded,
    LineEncoder,
    encode_task,
    load_tokenizer,
    train_tokenizer,
)

SIZES = ((0.0, (3, 24)), (0.08, (3, 48)), (0.2, (3, 72)))
"""From which part of the run on regions have how many lines."""
HELD_OUT_SIZE = (3, 64)
HELD_OUT_TASKS = 160
MATRIX_RATE, OTHER_RATE = 0.0012, 0.0003
WARM_UP, COOL_DOWN = 60, 0.9
TOKENIZER_TASKS = 6000
LOOSE, PLAIN = 0.5, 0.3


def batch_loss(model: ApplyModel, batch: list[Encoded]) -> tuple[Tensor, float]:
    """The loss of a batch, and the part of it that decisions cause.

    Decisions pay for the allowed tokens only; they are few, so those that a lattice without
    anchors leaves are paid for, too. A little is paid for every token of the answer, so that scores
    stay probabilities of text. Nothing else is computed at the output.
    """
    device = next(model.parameters()).device
    width = max(len(task) for task in batch)
    rows = [task.prompt + task.answer for task in batch]
    tokens = torch.tensor([row + [PAD] * (width - len(row)) for row in rows], device=device)
    answered = torch.zeros(tokens.shape, dtype=torch.bool, device=device)
    for at, task in enumerate(batch):
        answered[at, len(task.prompt) : len(task)] = True
    with torch.autocast(device.type, torch.bfloat16):
        stream = model.stream(tokens[:, :-1], len(model.layers))[answered[:, 1:]]
        logits = model.head(model.norm(stream)).float()
    wanted = tokens[answered]
    decided = _choice_loss(logits, wanted, batch, [task.choices or [] for task in batch])
    loose = _choice_loss(logits, wanted, batch, [task.loose or [] for task in batch])
    plain = functional.cross_entropy(logits, wanted)
    return decided + LOOSE * loose + PLAIN * plain, decided.item()


def _choice_loss(
    logits: Tensor, wanted: Tensor, batch: list[Encoded], choices: list[list[Choice]]
) -> Tensor:
    """The mean loss at the choices of each task, of the tokens allowed there; 0 without any."""
    places: list[int] = []
    rows: list[int] = []
    columns: list[int] = []
    start = 0
    for task, own in zip(batch, choices, strict=True):
        for at, allowed in own:
            rows += [len(places)] * len(allowed)
            columns += allowed
            places.append(start + at)
        start += len(task.answer)
    if not places:
        return logits.new_zeros(())
    chosen = logits[torch.tensor(places, device=logits.device)]
    barred = torch.ones(chosen.shape, dtype=torch.bool)
    barred[torch.tensor(rows), torch.tensor(columns)] = False
    chosen = chosen.masked_fill(barred.to(logits.device), -torch.inf)
    return functional.cross_entropy(chosen, wanted[places])


def _parts(split: Split) -> tuple[tuple[SourceFile, ...], tuple[Pair, ...]]:
    return split.files, split.pairs


class Run:
    """A training run and the folder it lives in."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.folder: Path = options.folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.seconds = options.minutes * 60.0
        corpus = read_packed(options.corpus)
        self.tokenizer = self._tokenizer(corpus.training)
        judge = TaskSource(*_parts(corpus.held_out), seed=2, sizes=HELD_OUT_SIZE)
        drawn = [judge.draw() for _ in range(HELD_OUT_TASKS)]
        encoder = LineEncoder(self.tokenizer)
        self.judged = [encode_task(encoder, task) for task in drawn]
        size = sum(len(line.encode()) + 1 for task in drawn for line in task.final)
        self.bytes_per_token = size / sum(len(task.answer) for task in self.judged)
        shape = Shape(width=options.width, layers=options.layers, hidden=options.hidden)
        self.model = ApplyModel(shape)
        build_circuits(self.model)
        self.model.to(options.device)
        if options.compile:
            for layer in self.model.layers:
                layer.compile(dynamic=True)
        self.optimizer = Optimizer(self.model, MATRIX_RATE, OTHER_RATE)
        self.step, self.tokens, self.elapsed = 0, 0, 0.0
        self._resume()
        tokenizer = self.folder / "tokenizer.json"
        feeding = Feeding(options.corpus, tokenizer, options.batch, options.longest, self.step)
        self.feed = feed(feeding, options.workers)

    def _tokenizer(self, training: Split) -> Tokenizer:
        path = self.folder / "tokenizer.json"
        if not path.exists():
            source = TaskSource(*_parts(training), seed=3, sizes=(30, 60))
            texts = ("\n".join(source.draw().final) for _ in range(TOKENIZER_TASKS))
            train_tokenizer(texts).save(str(path))
        return load_tokenizer(path)

    def _resume(self) -> None:
        """Go on from the checkpoint, or from weights alone where only they came along."""
        names = ("checkpoint.pt", "weights.pt")
        path = next((self.folder / name for name in names if (self.folder / name).exists()), None)
        if path is None:
            return
        saved = torch.load(path, map_location="cpu", weights_only=True)
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
        smooth: float | None = None
        saved = judged = self.elapsed
        end = min(self.seconds, self.elapsed + stop_after)
        if not self.step:
            self.judge()
        while self.elapsed < end:
            begun = time.monotonic()
            used = self.elapsed / self.seconds
            sizes = next(size for start, size in reversed(SIZES) if used >= start)
            batch = self.feed.draw(sizes)
            loss, decided = batch_loss(self.model, batch)
            torch.autograd.backward(loss)
            self.optimizer.step(self._rate())
            self.step += 1
            self.tokens += sum(map(len, batch))
            smooth = decided if smooth is None else 0.95 * smooth + 0.05 * decided
            self.elapsed += time.monotonic() - begun
            if self.step % 20 == 0:
                self.log(f"decisions {smooth:.4f} lines {sizes}")
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
    parser.add_argument("--batch", type=int, default=6144, help="tokens a step")
    parser.add_argument("--longest", type=int, default=1200, help="tokens a task at most")
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
    torch.set_num_threads(options.threads)
    Run(options).train(options.save_every, options.judge_every, options.stop_after)


if __name__ == "__main__":
    main()
