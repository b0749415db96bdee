"""How much memory does rewriting take? The peak of a process of its own, and what it is made of.

    python tests/bench/memory.py MODEL.gguf [--context 4096]

The process loads the model, fills a context of that many tokens, and verifies a long draft in it:
what rewriting does, without a word of sense. So any GGUF will do.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from pathlib import Path

import llama_cpp as ll

from fastapply.models.decoding.costs import CPU_COSTS
from fastapply.models.decoding.speculate import Ask, Run
from fastapply.models.llama.model import LlamaModel, open_model
from fastapply.models.llama.verifier import open_verifier
from fastapply.models.settings import Settings

GOAL = 150  # megabytes beside model and cache


def megabytes(count: float) -> float:
    return count / 2**20


def cache_size(model: LlamaModel, context: int) -> int:
    """Bytes of keys and values, 16 bits each."""
    heads = ll.llama_model_n_head_kv(model.handle)
    width = ll.llama_model_n_embd(model.handle) // ll.llama_model_n_head(model.handle)
    layers = ll.llama_model_n_layer(model.handle)
    return int(context * layers * heads * width * 2 * 2)


def peak() -> float:
    return megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def rewrite(path: Path, context: int) -> None:
    draft = CPU_COSTS.sizes[-1]
    started = peak()
    with open_model(path, Settings(threads=1)) as model:
        loaded = peak()
        with open_verifier(model, context) as verifier:
            tokens = tuple(number % 1000 for number in range(context - draft))
            verifier.verify({0: Ask(Run(tokens, (None,)))})
            verifier.verify({0: Ask(Run(tokens[:draft], (None,) * draft))})
        print(f"python and llama.cpp  {started:7.0f} MB")
        print(f"... and the model     {loaded:7.0f} MB")
        print(f"cache                 {megabytes(cache_size(model, context)):7.0f} MB")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("model", type=Path)
    options.add_argument("--context", type=int, default=4096)
    options.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.here:
        rewrite(given.model, given.context)
        return
    command = [sys.executable, __file__, str(given.model), "--context", str(given.context)]
    done = subprocess.run([*command, "--here"], check=True, capture_output=True, text=True)
    print(done.stdout, end="")
    most = megabytes(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
    size = megabytes(given.model.stat().st_size)
    cache = float(done.stdout.split()[-2])
    print(f"file                  {size:7.0f} MB")
    print(f"peak                  {most:7.0f} MB")
    print(f"beside file and cache {most - size - cache:7.0f} MB (goal: {GOAL})")


if __name__ == "__main__":
    main()
