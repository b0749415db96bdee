"""Batches: tasks as arrays, made where tasks are drawn, so that whoever trains only computes.

Small integers, for they travel between processes; `Batch.to` makes tensors of them on a device.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fastapply.models.training.tokenizer import PAD, Choice, Encoded

NOT_ALLOWED = -1


@dataclass(frozen=True, slots=True)
class Batch:
    """Tasks padded to the longest, (tasks, width) tokens.

    `before` are the places, in the tokens without the last column taken row by row, after which
    the tokens of the answers come: `wanted`. `tight` and `loose` are decisions: numbers of answer
    tokens, and which are allowed there, in rows filled up with `NOT_ALLOWED`.
    """

    tokens: NDArray[np.int16]
    before: NDArray[np.int32]
    wanted: NDArray[np.int16]
    tight: NDArray[np.int32]
    tight_allowed: NDArray[np.int16]
    loose: NDArray[np.int32]
    loose_allowed: NDArray[np.int16]
    size: int

    def to(self, device: torch.device) -> Tensors:
        """The same on a device."""
        named = (field.name for field in fields(self) if field.name != "size")
        arrays = (torch.from_numpy(getattr(self, name)) for name in named)
        if device.type == "cuda":
            arrays = (array.pin_memory() for array in arrays)
        return Tensors(*(array.to(device, non_blocking=True).long() for array in arrays))


@dataclass(frozen=True, slots=True)
class Tensors:
    """A `Batch` where it is computed."""

    tokens: Tensor
    before: Tensor
    wanted: Tensor
    tight: Tensor
    tight_allowed: Tensor
    loose: Tensor
    loose_allowed: Tensor


def batch_of(tasks: Sequence[Encoded]) -> Batch:
    """The tasks as one batch; those whose answer the lattice does not hold have no decisions."""
    width = max(len(task) for task in tasks)
    tokens = np.full((len(tasks), width), PAD, np.int16)
    before: list[NDArray[np.int32]] = []
    for row, task in enumerate(tasks):
        tokens[row, : len(task)] = task.prompt + task.answer
        start = row * (width - 1) + len(task.prompt) - 1
        before.append(np.arange(start, start + len(task.answer), dtype=np.int32))
    wanted = [token for task in tasks for token in task.answer]
    return Batch(
        tokens,
        np.concatenate(before),
        np.array(wanted, np.int16),
        *_decisions(tasks, (task.choices for task in tasks)),
        *_decisions(tasks, (task.loose for task in tasks)),
        size=sum(map(len, tasks)),
    )


def _decisions(
    tasks: Sequence[Encoded], choices: Iterable[list[Choice] | None]
) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
    places: list[int] = []
    allowed: list[tuple[int, ...]] = []
    start = 0
    for task, own in zip(tasks, choices, strict=True):
        for at, tokens in own or ():
            places.append(start + at)
            # The token that is right comes first.
            right = task.answer[at]
            allowed.append((right, *(token for token in tokens if token != right)))
        start += len(task.answer)
    widest = max(map(len, allowed), default=1)
    rows = np.full((len(places), widest), NOT_ALLOWED, np.int16)
    for row, tokens in enumerate(allowed):
        rows[row, : len(tokens)] = tokens
    return np.array(places, np.int32), rows
