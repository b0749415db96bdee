"""What does a batch of tokens cost against a single step, all of them asked about?

    python tests/bench/batch_costs.py MODEL.gguf [--held 1024] [--rounds 15] [--exact] [--size 8...]

That is what `models/decoding/costs.py` holds. Sizes take turns, the median counts; any GGUF
will do. What is not llama.cpp's is mostly the choosing among its logits.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from fastapply.models.decoding.speculate import Ask, Run
from fastapply.models.decoding.tokens import Token
from fastapply.models.llama.batch import BATCH
from fastapply.models.llama.model import LlamaModel, open_model
from fastapply.models.llama.verifier import LlamaVerifier, open_verifier
from fastapply.models.settings import Settings

SIZES = (1, 2, 4, 8, 16, 24, 32, 40, 64, 96, 128, 192, 256, 384, 512)


def some_tokens(model: LlamaModel, count: int) -> list[Token]:
    """Tokens of no sense: what a batch costs does not depend on them."""
    return [(number * 7919 + 17) % min(model.size, 50_000) for number in range(count)]


def one_batch(verifier: LlamaVerifier, tokens: Sequence[Token], held: int) -> tuple[float, float]:
    """The seconds it takes, and those of them inside llama.cpp; it is forgotten at once."""
    inside, start = verifier.decode_seconds, time.perf_counter()
    verifier.verify({0: Ask(Run(tokens, (None,) * len(tokens)))})
    seconds = time.perf_counter() - start
    verifier.keep(0, held)
    return seconds, verifier.decode_seconds - inside


def costs(
    model: LlamaModel, held: int, sizes: Sequence[int], rounds: int
) -> list[dict[str, float]]:
    """A row for each size: medians in milliseconds, and in single steps."""
    tokens = some_tokens(model, held + max(sizes))
    times: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
    start = time.perf_counter()
    with open_verifier(model, len(tokens)) as verifier:
        opened = time.perf_counter() - start
        verifier.verify({0: Ask(Run(tokens[:held]))})
        read = time.perf_counter() - start - opened
        first, _ = one_batch(verifier, tokens[held:], held)
        for number in range(-1, rounds):  # one more to warm up
            for size in sizes:
                took = one_batch(verifier, tokens[held : held + size], held)
                if number >= 0:
                    times[size].append(took)
    print(f"context made in {1000 * opened:.1f} ms, {held} tokens read in {1000 * read:.1f} ms")
    print(f"the first batch of {max(sizes)} took {1000 * first:.1f} ms")
    whole = {size: 1000 * median(all_of_it for all_of_it, _ in times[size]) for size in sizes}
    inside = {size: 1000 * median(inner for _, inner in times[size]) for size in sizes}
    return [
        {
            "tokens": size,
            "ms": round(whole[size], 3),
            "llama_ms": round(inside[size], 3),
            "cost": round(whole[size] / whole[sizes[0]], 2),
            "llama_cost": round(inside[size] / inside[sizes[0]], 2),
        }
        for size in sizes
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("model", type=Path)
    options.add_argument("--held", type=int, default=1024, help="tokens in memory before the batch")
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--size", type=int, action="append", help="1 is always among them")
    options.add_argument("--threads", type=int, default=0)
    options.add_argument("--exact", action="store_true")
    options.add_argument("--out", type=Path)
    given = options.parse_args()
    sizes = sorted({1, *(given.size or SIZES)})
    if sizes[-1] > BATCH:
        raise SystemExit(f"a batch has at most {BATCH} tokens")
    with open_model(given.model, Settings(threads=given.threads, exact=given.exact)) as model:
        rows = costs(model, given.held, sizes, given.rounds)
        print(f"{model.name}, {model.place}, {given.held} tokens held, exact: {given.exact}")
    print("tokens        ms  in llama.cpp    cost  in llama.cpp  tokens/s")
    for row in rows:
        print(
            f"{row['tokens']:6} {row['ms']:9.3f} {row['llama_ms']:13.3f} {row['cost']:7.2f}"
            f" {row['llama_cost']:13.2f} {1000 * row['tokens'] / row['ms']:9.0f}"
        )
    if given.out is not None:
        about = {"model": model.name, "held": given.held, "exact": given.exact}
        given.out.write_text(json.dumps(about | {"rows": rows}, indent=1) + "\n", "ascii")


if __name__ == "__main__":
    main()
