"""How to run a model; apart from the engine, so that naming a setting does not load it."""

from __future__ import annotations

from dataclasses import dataclass

CACHE_TYPES = ("f16", "q8_0")


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run a model.

    `gpu_layers` None offloads all layers where this build of llama.cpp can, else none. `context`
    bounds the tokens held at once (0: what the model was trained for). `exact` makes the text
    independent of how tokens were batched (`llama_verifier`). `threads` 0 takes all cores.
    `cache_type` is the KV cache's, one of `CACHE_TYPES`. `free` lets models write what they
    like that are else held to lines of code and update (`prompt.Family`).
    """

    gpu_layers: int | None = None
    context: int = 0
    exact: bool = False
    threads: int = 0
    cache_type: str = "f16"
    verbose: bool = False
    free: bool = False
