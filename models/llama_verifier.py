"""Verification in llama.cpp: whole drafts in one `llama_decode`, greedy choices for every token.

Batches are filled in numpy arrays that llama.cpp reads in place; logits are computed only where an
answer is asked for and never copied. Floating point: kernels are chosen by the number of tokens
in a batch, so a batch may round a near tie otherwise than single steps would. In exact mode every
batch is padded to a multiple of `EXACT_ROWS` tokens (the padding is forgotten at once), flash
attention is off, and the choices no longer depend on how the tokens were batched.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import llama_cpp as ll
import numpy as np
from numpy.typing import NDArray

from fastapply.core.errors import ContextTooSmallError, ModelError
from fastapply.models.llama import LlamaModel, last_words
from fastapply.models.tokens import Token

BATCH = 512
EXACT_ROWS = 8
_GRANULE = 256
_NO_ROOM = 1
_CACHE_TYPES = {"f16": ll.GGML_TYPE_F16, "q8_0": ll.GGML_TYPE_Q8_0}


class LlamaVerifier:
    """One context of a model: its memory, and the batches that fill it (`speculate.Verifier`).

    `length` is how many tokens the memory holds; `decode_seconds` the time spent inside llama.cpp.
    """

    def __init__(self, context: ll.llama_context_p, model: LlamaModel, room: int) -> None:
        """Take over `context`; use `open_verifier`."""
        self.length = 0
        self.decode_seconds = 0.0
        self._context = context
        self._memory = ll.llama_get_memory(context)
        self._words = model.size
        self._room = room
        self._exact = model.settings.exact and model.can_rewind
        self._rows = _Rows(BATCH)

    def verify(self, tokens: Sequence[Token], answers: int) -> Sequence[Token]:
        """Take in `tokens`; the greedy choice after each of the last `answers` of them."""
        if self.length + len(tokens) > self._room:
            raise ContextTooSmallError(
                f"{self.length + len(tokens)} tokens do not fit a context of {self._room}"
            )
        choices: list[Token] = []
        silent = len(tokens) - answers
        for start in range(0, len(tokens), BATCH):
            chunk = tokens[start : start + BATCH]
            asked = min(len(chunk), max(start + len(chunk) - silent, 0))
            choices += self._take_in(chunk, asked)
        return choices

    def rewind(self, length: int) -> None:
        """Forget everything but the first `length` tokens."""
        if not ll.llama_memory_seq_rm(self._memory, 0, length, -1):
            raise ModelError("this model cannot forget single tokens")
        self.length = length

    def clear(self) -> None:
        """Forget everything."""
        ll.llama_memory_clear(self._memory, False)
        self.length = 0

    def score(self, prefix: Sequence[Token], branches: Sequence[Sequence[Token]]) -> list[float]:
        """The log probability of each of `branches` after `prefix`, as branches of one batch.

        Starts from an empty memory and leaves it empty. Every branch is a sequence of its own
        that shares the cells of the prefix.
        """
        self.clear()
        self.verify(prefix[:-1], 0)
        for sequence in range(1, len(branches)):
            ll.llama_memory_seq_cp(self._memory, 0, sequence, -1, -1)
        steps = [
            (token, self.length + at, sequence, following)
            for sequence, branch in enumerate(branches)
            for at, (token, following) in enumerate(
                zip(chain(prefix[-1:], branch), branch, strict=False)
            )
        ]
        scores = [0.0] * len(branches)
        for start in range(0, len(steps), BATCH):
            chunk = steps[start : start + BATCH]
            given, places, sequences, wanted = zip(*chunk, strict=True)
            self._rows.fill(given, places, len(chunk), sequences)
            self._decode()
            for row, sequence, token in zip(
                self._logits(len(chunk)), sequences, wanted, strict=True
            ):
                top = row.max()
                scores[sequence] += float(row[token] - top - np.log(np.exp(row - top).sum()))
        self.clear()
        return scores

    def _take_in(self, tokens: Sequence[Token], answers: int) -> list[Token]:
        """Decode one batch; the choices after its last `answers` tokens."""
        missing = -len(tokens) % EXACT_ROWS if self._exact else 0
        padded = [*tokens, *[tokens[-1]] * missing]
        places = range(self.length, self.length + len(padded))
        self._rows.fill(padded, places, answers + missing if answers else 0)
        self._decode()
        self.length += len(padded)
        if missing:
            self.rewind(self.length - missing)
        if not answers:
            return []
        choices: list[Token] = self._logits(answers).argmax(1).tolist()
        return choices

    def _decode(self) -> None:
        start = time.perf_counter()
        status = ll.llama_decode(self._context, self._rows.batch)
        ll.llama_synchronize(self._context)
        self.decode_seconds += time.perf_counter() - start
        if status == _NO_ROOM:
            raise ContextTooSmallError("the context is full")
        if status:
            raise ModelError(f"llama.cpp failed to decode ({status}){last_words()}")

    def _logits(self, rows: int) -> NDArray[np.float32]:
        """The logits of the first `rows` answers, where llama.cpp keeps them."""
        pointer = ll.llama_get_logits(self._context)
        return np.ctypeslib.as_array(pointer, shape=(rows, self._words))


class _Rows:
    """The arrays behind a `llama_batch`."""

    def __init__(self, most: int) -> None:
        self._tokens = np.zeros(most, np.int32)
        self._places = np.zeros(most, np.int32)
        self._counts = np.ones(most, np.int32)
        self._sequences = np.zeros(most, np.int32)
        self._answers = np.zeros(most, np.int8)
        address, width = self._sequences.ctypes.data, self._sequences.itemsize
        self._pointers = np.arange(most, dtype=np.uint64) * width + np.uint64(address)
        self.batch: Any = ll.llama_batch()
        self.batch.token = _pointer(self._tokens, ctypes.c_int32)
        self.batch.pos = _pointer(self._places, ctypes.c_int32)
        self.batch.n_seq_id = _pointer(self._counts, ctypes.c_int32)
        pointers: Any = ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))
        self.batch.seq_id = ctypes.cast(self._pointers.ctypes.data, pointers)
        self.batch.logits = _pointer(self._answers, ctypes.c_int8)

    def fill(
        self,
        tokens: Sequence[Token],
        places: Sequence[int],
        answers: int,
        sequences: Sequence[int] = (0,),
    ) -> None:
        """Make the batch these tokens at these places; logits for the last `answers`."""
        count = len(tokens)
        self._tokens[:count] = tokens
        self._places[:count] = places
        self._sequences[:count] = sequences
        self._answers[: count - answers] = 0
        self._answers[count - answers : count] = 1
        self.batch.n_tokens = count


def _pointer(array: NDArray[Any], kind: Any) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(kind))


@contextmanager
def open_verifier(model: LlamaModel, need: int, sequences: int = 1) -> Iterator[LlamaVerifier]:
    """A context with room for `need` tokens, all `sequences` together; freed at the end.

    Raises `ContextTooSmallError` where the model, or the user, allows fewer.
    """
    if need > model.context_limit:
        raise ContextTooSmallError(
            f"{need} tokens are needed, and {model.name} takes {model.context_limit}"
        )
    params = ll.llama_context_default_params()
    spare = EXACT_ROWS if model.settings.exact else 0
    params.n_ctx = -(-(need + spare) // _GRANULE) * _GRANULE
    params.n_batch = params.n_ubatch = BATCH
    params.n_seq_max = sequences
    params.kv_unified = True
    params.swa_full = True
    params.n_threads = params.n_threads_batch = model.threads
    quick = model.offloads and not model.settings.exact
    params.flash_attn_type = -1 if quick or model.settings.cache_type != "f16" else 0
    params.type_k = params.type_v = _CACHE_TYPES[model.settings.cache_type]
    params.no_perf = True
    context = ll.llama_init_from_model(model.handle, params)
    if not context:
        raise ModelError(
            f"llama.cpp cannot make a context of {params.n_ctx} tokens for {model.name}"
            f"{last_words() or ': perhaps there is too little memory'}"
        )
    try:
        yield LlamaVerifier(context, model, int(params.n_ctx) - spare)
    finally:
        ll.llama_free(context)
