"""How often does a choice depend on how many tokens were in its batch?

    python tests/bench/rounding.py MODEL.gguf TEXT... [--tokens 512] [--exact]

The tokens of each text go through the model in batches of every size, all of them asked about, and
the greedy choices are held against those of single steps and against those of the size before.
With `--exact` there should be no difference. Only a model with weights of its own can tell.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from fastapply.models.decoding.speculate import Ask, Run
from fastapply.models.decoding.tokens import Token
from fastapply.models.llama.model import LlamaModel, open_model
from fastapply.models.llama.verifier import open_verifier
from fastapply.models.settings import Settings

SIZES = (1, 2, 3, 4, 8, 12, 16, 32, 64, 100, 256, 512)


def choices(model: LlamaModel, tokens: Sequence[Token], size: int) -> list[Token]:
    """The choice after each of `tokens`, which come in batches of `size`."""
    chosen: list[Token] = []
    with open_verifier(model, len(tokens)) as verifier:
        for start in range(0, len(tokens), size):
            batch = tokens[start : start + size]
            chosen += verifier.verify({0: Ask(Run(batch, (None,) * len(batch)))})[0]
    return chosen


def differences(some: Sequence[Token], others: Sequence[Token]) -> int:
    return sum(one != other for one, other in zip(some, others, strict=True))


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("model", type=Path)
    options.add_argument("texts", type=Path, nargs="+")
    options.add_argument("--tokens", type=int, default=512, help="of each text")
    options.add_argument("--threads", type=int, default=0)
    options.add_argument("--exact", action="store_true")
    given = options.parse_args()
    with open_model(given.model, Settings(threads=given.threads, exact=given.exact)) as model:
        texts = [model.encode(text.read_text("utf-8"))[: given.tokens] for text in given.texts]
        single = before = [choices(model, text, 1) for text in texts]
        print(f"{model.name}, {model.place}, exact: {given.exact}; {sum(map(len, texts))} choices")
        print("batch  other than single steps  other than the size before")
        for size in SIZES[1:]:
            now = [choices(model, text, size) for text in texts]
            against = [sum(map(differences, now, them)) for them in (single, before)]
            print(f"{size:5} {against[0]:25} {against[1]:27}")
            before = now


if __name__ == "__main__":
    main()
