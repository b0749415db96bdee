"""Verification in llama.cpp: whole drafts in one `llama_decode`, greedy choices for every token.

Batches are filled in numpy arrays that llama.cpp reads in place; logits are computed only where an
answer is asked for and never copied. Every slot is a sequence of one context; branches of a draft
are sequences of their own that share the cells of their trunk. Floating point: kernels are chosen
by the number of tokens in a batch, so a batch may round a near tie otherwise than single steps
would. In exact mode every batch is padded to a multiple of `exact_rows` tokens (the padding is
forgotten at once), flash attention is off, and drafts have neither branches nor company, so that
a token lies in the same cell however it came: choices do not depend on how tokens were batched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain

import llama_cpp as ll
import numpy as np
from numpy.typing import NDArray

from fastapply.core.errors import ContextTooSmallError, ModelError
from fastapply.models.decoding.speculate import BRANCHES, Ask, Run
from fastapply.models.decoding.tokens import Token
from fastapply.models.llama.batch import BATCH, Row, Rows
from fastapply.models.llama.beginning import Beginning
from fastapply.models.llama.choices import Chooser
from fastapply.models.llama.interrupts import held_interrupts
from fastapply.models.llama.model import LlamaModel, last_words

# Batches of multiples of so many rows choose alike: on a CPU, and measured on one GPU.
EXACT_ROWS = 8
EXACT_GPU_ROWS = 64
_GRANULE = 256
# Tokens that go through a CPU together: more gain nothing, and take memory.
_UBATCH = 64
# Logits are held twice; but no fewer rows than these, as a batch of few costs more a token.
_LOGITS_BYTES = 24_500_000
_FEWEST_ASKED = 40
_NO_ROOM = 1
# From so many parameters on a batch may take seconds, and Ctrl-C shall end it.
_SLOW = 100_000_000
_CACHE_TYPES = {"f16": ll.GGML_TYPE_F16, "q8_0": ll.GGML_TYPE_Q8_0}


class LlamaVerifier:
    """One context of a model: its memory, and the batches that fill it (`serve.Verifier`).

    Where the memory cannot forget its last tokens (recurrent states), a second sequence keeps
    the state from before a draft: copying is free until one of the two goes on.
    `lengths` says how many tokens each slot holds, `decode_seconds` the time spent inside
    llama.cpp, `calls` how many batches it was given.
    """

    def __init__(
        self,
        context: ll.llama_context_p,
        model: LlamaModel,
        slots: int,
        room: int,
        beginning: Beginning | None,
    ) -> None:
        """Take over `context`; use `open_verifier`."""
        self.slots = slots
        self.room = room
        self.forks = model.can_rewind
        self.lengths = [0] * slots
        self.decode_seconds = 0.0
        self.calls = 0
        self._context = context
        self._memory = ll.llama_get_memory(context)
        self._words = model.size
        self._multiple = exact_rows(model) if model.can_rewind else 1
        self._padding = slots * (1 + BRANCHES)
        self._interrupted: Callable[[], bool] = lambda: False
        self._abort = ll.ggml_abort_callback(lambda _: self._interrupted())
        if model.parameters >= _SLOW:
            ll.llama_set_abort_callback(context, self._abort, None)
        self._beginning = beginning if model.can_rewind else None
        self._reads_beginning: int | None = None
        self._branching: dict[int, int] = {}
        self._saved = [0] * slots
        self._most, self._most_asked = min(BATCH, room), most_asked(model)
        self._batch = Rows(BATCH, 1 + BRANCHES)
        self._chooser = Chooser(model.threads if model.offloads else 1)

    def close(self) -> None:
        """End what it started; the context is not its own to free."""
        self._chooser.close()

    def verify(self, asks: Mapping[int, Ask]) -> dict[int, list[Token]]:
        """Take in what is asked for by slot; the greedy choices wanted (`serve.Verifier`)."""
        if not self.forks:
            return {slot: self._with_checkpoint(slot, ask.trunk) for slot, ask in asks.items()}
        return self._together(asks)

    def keep(self, slot: int, length: int, branch: int | None = None) -> int:
        """Keep the first `length` tokens of a slot (`serve.Verifier`)."""
        if branch is not None:
            place = self.lengths[slot]
            other = self._branch(slot, branch)
            ll.llama_memory_seq_cp(self._memory, other, slot, place, length)
            self.lengths[slot] = length
        for number in range(self._branching.pop(slot, 0)):
            ll.llama_memory_seq_rm(self._memory, self._branch(slot, number), -1, -1)
        if length < self.lengths[slot]:
            if self.forks:
                ll.llama_memory_seq_rm(self._memory, slot, length, -1)
                self.lengths[slot] = length
            else:
                self._go_back(slot)
        return self.lengths[slot]

    def recall(self, slot: int, prompt: Sequence[Token]) -> int:
        """Let an empty slot begin with what was read before of `prompt` (`serve.Verifier`).

        What was not is kept for the next time, once this slot has read it.
        """
        beginning = self._beginning
        if beginning is None or not beginning.begins(prompt):
            return 0
        if not beginning.restore(self._context, slot):
            self._reads_beginning = slot
            return 0
        self.lengths[slot] = len(beginning.tokens)
        return self.lengths[slot]

    def copy(self, source: int, slot: int, length: int) -> None:
        """Let an empty slot hold the first `length` tokens of another, in the same cells."""
        ll.llama_memory_seq_cp(self._memory, source, slot, 0, length)
        self.lengths[slot] = length

    def free(self, slot: int) -> None:
        """Forget what a slot holds."""
        ll.llama_memory_seq_rm(self._memory, slot, -1, -1)
        if not self.forks:
            ll.llama_memory_seq_rm(self._memory, self.slots + slot, -1, -1)
        self.lengths[slot] = 0

    def score(self, prefix: Sequence[Token], branches: Sequence[Sequence[Token]]) -> list[float]:
        """The log probability of each of `branches` after `prefix`, as branches of one batch.

        Takes a slot for every branch; they share the cells of the prefix, and end empty.
        """
        self.verify({0: Ask(Run(prefix[:-1]))})
        held = self.lengths[0]
        for slot in range(1, len(branches)):
            self.copy(0, slot, held)
        steps = [
            (Row(token, held + at, (slot,), True), following)
            for slot, branch in enumerate(branches)
            for at, (token, following) in enumerate(
                zip(chain(prefix[-1:], branch), branch, strict=False)
            )
        ]
        scores = [0.0] * len(branches)
        for start in range(0, len(steps), self._most_asked):
            chunk = steps[start : start + self._most_asked]
            self._decode([row for row, _ in chunk])
            for logits, (row, token) in zip(self._logits(len(chunk)), chunk, strict=True):
                top = logits.max()
                scores[row.sequences[0]] += float(
                    logits[token] - top - np.log(np.exp(logits - top).sum())
                )
        for slot in range(len(branches)):
            self.free(slot)
        return scores

    def _together(self, asks: Mapping[int, Ask]) -> dict[int, list[Token]]:
        """Decode all asks in as few batches as they fit."""
        rows: list[Row] = []
        owners: list[int] = []
        for slot, ask in asks.items():
            rows += self._laid_out(slot, ask)
            owners += [slot] * (len(rows) - len(owners))
            self.lengths[slot] += len(ask.trunk.tokens)
        choices: dict[int, list[Token]] = {slot: [] for slot in asks}
        start = 0
        for chunk in self._chunks(rows):
            for at, choice in self._take_in(chunk):
                choices[owners[start + at]].append(choice)
            start += len(chunk)
        if self._reads_beginning is not None:
            self._keep_beginning(self._reads_beginning)
        return choices

    def _keep_beginning(self, slot: int) -> None:
        """Keep the state after what all prompts begin with."""
        self._reads_beginning = None
        if self._beginning is not None:
            length = len(self._beginning.tokens)
            ll.llama_memory_seq_cp(self._memory, slot, self._padding, 0, length)
            self._beginning.save(self._context, self._padding)
            ll.llama_memory_seq_rm(self._memory, self._padding, -1, -1)

    def _with_checkpoint(self, slot: int, run: Run) -> list[Token]:
        """Decode a draft so that the memory can go back to where it begins.

        What precedes the draft goes first, unless that is a single token; then the draft is
        decoded only if it begins with what the model chose. So no call is in vain.
        """
        certain = len(run.tokens) - max(len(run.asked) - 1, 0)
        choices: list[Token] = []
        if 1 < certain < len(run.tokens):
            before = Run(run.tokens[:certain], run.asked[:1])
            choices = self._together({slot: Ask(before)})[slot]
            if choices and choices[0] != run.tokens[certain]:
                return choices
            run = Run(run.tokens[certain:], run.asked[1:])
        if len(run.asked) > 1 or choices:
            ll.llama_memory_seq_cp(self._memory, slot, self.slots + slot, -1, -1)
            self._saved[slot] = self.lengths[slot]
        return choices + self._together({slot: Ask(run)})[slot]

    def _go_back(self, slot: int) -> None:
        """Restore the last checkpoint of a slot."""
        ll.llama_memory_seq_rm(self._memory, slot, -1, -1)
        ll.llama_memory_seq_cp(self._memory, self.slots + slot, slot, -1, -1)
        self.lengths[slot] = self._saved[slot]

    def _laid_out(self, slot: int, ask: Ask) -> Iterator[Row]:
        """The rows of an ask; makes the sequences of its branches."""
        others = tuple(self._branch(slot, number) for number in range(len(ask.branches)))
        for other in others:
            ll.llama_memory_seq_cp(self._memory, slot, other, -1, -1)
        self._branching[slot] = len(others)
        start = self.lengths[slot]
        yield from _rows(ask.trunk, start, (slot, *others))
        for branch, other in zip(ask.branches, others, strict=True):
            yield from _rows(branch, start + len(ask.trunk.tokens), (other,))

    def _branch(self, slot: int, number: int) -> int:
        """The sequence of a branch."""
        return self.slots + slot * BRANCHES + number

    def _chunks(self, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
        """`rows` in as few batches as there may be."""
        start = asked = 0
        for at, row in enumerate(rows):
            if at - start == self._most or asked + row.asked > self._most_asked:
                yield rows[start:at]
                start, asked = at, 0
            asked += row.asked
        yield rows[start:]

    def _take_in(self, rows: Sequence[Row]) -> Iterator[tuple[int, Token]]:
        """Decode one batch; the choices asked for, each with the index of its row."""
        missing = -len(rows) % self._multiple
        padding = [Row(0, place, (self._padding,)) for place in range(missing)]
        self._decode([*rows, *padding])
        if missing:
            ll.llama_memory_seq_rm(self._memory, self._padding, -1, -1)
        asked = [(at, row.allowed) for at, row in enumerate(rows) if row.asked]
        if asked:
            yield from zip(
                (at for at, _ in asked),
                self._chooser.choices(self._logits(len(asked)), [allowed for _, allowed in asked]),
                strict=True,
            )

    def _decode(self, rows: Sequence[Row]) -> None:
        self._batch.fill(rows)
        start = time.perf_counter()
        with held_interrupts() as self._interrupted:
            status = ll.llama_decode(self._context, self._batch.batch)
            ll.llama_synchronize(self._context)
        self.decode_seconds += time.perf_counter() - start
        self.calls += 1
        if status == _NO_ROOM:
            raise ContextTooSmallError(f"the context of {self.room} tokens is full")
        if status:
            raise ModelError(f"llama.cpp failed to decode ({status}){last_words()}")

    def _logits(self, rows: int) -> NDArray[np.float32]:
        """The logits of the first `rows` answers, where llama.cpp keeps them."""
        pointer = ll.llama_get_logits(self._context)
        return np.ctypeslib.as_array(pointer, shape=(rows, self._words))


def _rows(run: Run, start: int, sequences: tuple[int, ...]) -> Iterator[Row]:
    """A run as rows from place `start` on."""
    questions = dict(run.questions)
    for at, token in enumerate(run.tokens):
        yield Row(token, start + at, sequences, at in questions, questions.get(at))


def exact_rows(model: LlamaModel) -> int:
    """Batches of `model` are padded to a multiple of so many rows: 1 unless it shall be exact."""
    if not model.settings.exact:
        return 1
    return EXACT_GPU_ROWS if model.offloads else EXACT_ROWS


def most_asked(model: LlamaModel) -> int:
    """How many tokens of a batch may be asked about.

    On a CPU as few as cost no time, where the vocabulary is large: their logits take memory.
    """
    if model.offloads:
        return BATCH
    logits = np.dtype(np.float32).itemsize * model.size
    return min(max(_LOGITS_BYTES // logits // EXACT_ROWS * EXACT_ROWS, _FEWEST_ASKED), BATCH)


@contextmanager
def open_verifier(
    model: LlamaModel, need: int, slots: int = 1, beginning: Beginning | None = None
) -> Iterator[LlamaVerifier]:
    """A context with room for `need` tokens in all its `slots` together; freed at the end.

    `beginning` is what prompts for the model begin with, where that is kept on disk.

    Raises `ContextTooSmallError` where the model, or the user, allows fewer.
    """
    if need > model.context_limit:
        raise ContextTooSmallError(
            f"{need} tokens are needed, and {model.name} takes {model.context_limit}"
        )
    params = ll.llama_context_default_params()
    spare = exact_rows(model) if model.settings.exact else 0
    params.n_ctx = -(-(need + spare) // _GRANULE) * _GRANULE
    params.n_outputs_max = most_asked(model)
    params.n_batch, params.n_ubatch = BATCH, BATCH if params.n_outputs_max == BATCH else _UBATCH
    params.n_seq_max = slots * (1 + BRANCHES) + 1 if model.can_rewind else 2 * slots
    params.kv_unified = True
    params.swa_full = True
    params.n_threads = params.n_threads_batch = model.threads
    quick = model.offloads and not model.settings.exact
    params.flash_attn_type = -1 if quick or model.settings.cache_type != "f16" else 0
    params.type_k = params.type_v = _CACHE_TYPES[model.settings.cache_type]
    params.no_perf = True
    with held_interrupts():
        context = ll.llama_init_from_model(model.handle, params)
    if not context:
        raise ModelError(
            f"llama.cpp cannot make a context of {params.n_ctx} tokens for {model.name}"
            f"{last_words() or ': perhaps there is too little memory'}"
        )
    verifier = LlamaVerifier(context, model, slots, int(params.n_ctx) - spare, beginning)
    try:
        yield verifier
    finally:
        verifier.close()
        ll.llama_free(context)
