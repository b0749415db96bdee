"""What all prompts for a model begin with: read once, and kept on disk as the state it leaves.

A state is good for one file of weights, one build of llama.cpp and one way to run them; all that is
in its name. What cannot be read or written is as good as absent.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import llama_cpp as ll

from fastapply.models.decoding.tokens import Token
from fastapply.models.llama.model import LlamaModel


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first tokens of every prompt, and the file that holds the state after them."""

    tokens: tuple[Token, ...]
    path: Path

    def begins(self, prompt: Sequence[Token]) -> bool:
        """Whether `prompt` begins so, and goes on."""
        return len(prompt) > len(self.tokens) and (*prompt[: len(self.tokens)],) == self.tokens

    def restore(self, context: ll.llama_context_p, sequence: int) -> bool:
        """Put the state into an empty sequence; whether that went well."""
        if not self.path.is_file():
            return False
        tokens = (ctypes.c_int32 * len(self.tokens))()
        count = ctypes.c_size_t()
        done = ll.llama_state_seq_load_file(
            context, os.fsencode(self.path), sequence, tokens, len(tokens), ctypes.byref(count)
        )
        if done and (*tokens[: count.value],) == self.tokens:
            return True
        ll.llama_memory_seq_rm(ll.llama_get_memory(context), sequence, -1, -1)
        return False

    def save(self, context: ll.llama_context_p, sequence: int) -> None:
        """Keep the state of a sequence that holds these tokens; older ones of the model go."""
        new = self.path.with_suffix(f".{os.getpid()}")
        tokens = (ctypes.c_int32 * len(self.tokens))(*self.tokens)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            done = ll.llama_state_seq_save_file(
                context, os.fsencode(new), sequence, tokens, len(tokens)
            )
            if done:
                for old in self.path.parent.glob(f"{self.path.name[:16]}*.state"):
                    old.unlink()
                new.replace(self.path)
        except OSError:
            with suppress(OSError):
                new.unlink()


def beginning_of(
    tokens: Sequence[Token], model: LlamaModel, weights: Path, folder: Path
) -> Beginning | None:
    """The beginning `tokens` of prompts for the model in `weights`, kept in `folder`."""
    try:
        about = weights.stat()
    except OSError:
        return None
    run = (model.settings.exact, model.settings.cache_type, model.offloads, ll.__version__)
    key = (about.st_size, about.st_mtime_ns, *run, *tokens)
    name = f"{_digest(weights.resolve())}-{_digest(key)}.state"
    return Beginning(tuple(tokens), folder / name)


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]
