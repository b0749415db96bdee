"""The arrays behind a `llama_batch`, which llama.cpp reads in place."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple

import llama_cpp as ll
import numpy as np
from numpy.typing import NDArray

from fastapply.models.decoding.constraint import Allowed
from fastapply.models.decoding.tokens import Token

BATCH = 512


class Row(NamedTuple):
    """One token of a batch: where it stands, in which sequences, and whether it is asked about.

    `allowed` is what the choice after it may fall on.
    """

    token: Token
    place: int
    sequences: tuple[int, ...]
    asked: bool = False
    allowed: Allowed = None


class Rows:
    """A batch of at most `most` tokens, each in at most `width` sequences."""

    def __init__(self, most: int, width: int) -> None:
        """Lay out the arrays once."""
        self._tokens = np.zeros(most, np.int32)
        self._places = np.zeros(most, np.int32)
        self._counts = np.ones(most, np.int32)
        self._sequences = np.zeros((most, width), np.int32)
        self._answers = np.zeros(most, np.int8)
        address, step = self._sequences.ctypes.data, self._sequences.strides[0]
        self._pointers = np.arange(most, dtype=np.uint64) * np.uint64(step) + np.uint64(address)
        self.batch: Any = ll.llama_batch()
        self.batch.token = _pointer(self._tokens, ctypes.c_int32)
        self.batch.pos = _pointer(self._places, ctypes.c_int32)
        self.batch.n_seq_id = _pointer(self._counts, ctypes.c_int32)
        pointers: Any = ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))
        self.batch.seq_id = ctypes.cast(self._pointers.ctypes.data, pointers)
        self.batch.logits = _pointer(self._answers, ctypes.c_int8)

    def fill(self, rows: Sequence[Row]) -> None:
        """Make the batch these rows."""
        count = len(rows)
        tokens, places, sequences, asked, _ = zip(*rows, strict=True)
        self._tokens[:count] = tokens
        self._places[:count] = places
        self._answers[:count] = asked
        self._counts[:count] = [len(members) for members in sequences]
        for at, members in enumerate(sequences):
            self._sequences[at, : len(members)] = members
        self.batch.n_tokens = count


def _pointer(array: NDArray[Any], kind: Any) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(kind))
