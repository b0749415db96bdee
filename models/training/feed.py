"""Batches of tasks, drawn here or by worker processes ahead of the model.

One core draws some 400 thousand tokens a second: enough for a CPU at any size, too few for a GPU,
which wants several workers.
"""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Protocol

from tokenizers import Tokenizer

from fastapply.models.training.pack import read_packed
from fastapply.models.training.tasks import Task, TaskSource
from fastapply.models.training.tokenizer import Encoded, LineEncoder, encode_task, load_tokenizer

POOL = 8
TOKENS_A_DECISION, DULL_SHARE = 80, 0.2
AHEAD = 4


class Tasks(Protocol):
    """Where tasks come from; regions have `sizes` lines at least and at most."""

    sizes: tuple[int, int]

    def draw(self) -> Task:
        """The next task."""


@dataclass(frozen=True, slots=True)
class Feeding:
    """What batches are made of: `budget` tokens a batch, at most `longest` a task."""

    corpus: Path
    tokenizer: Path
    budget: int
    longest: int
    seed: int


class Batches:
    """Endless batches of whole tasks of similar length, about `budget` tokens each."""

    def __init__(self, source: Tasks, tokenizer: Tokenizer, budget: int, longest: int) -> None:
        self.source, self.encoder = source, LineEncoder(tokenizer)
        self.budget, self.longest = budget, longest
        self._ready: list[list[Encoded]] = []
        self._rng = random.Random(budget)

    def draw(self, sizes: tuple[int, int]) -> list[Encoded]:
        """The next batch, of regions of so many lines."""
        if sizes != self.source.sizes:
            self.source.sizes = sizes
            self._ready.clear()
        if not self._ready:
            self._fill()
        return self._ready.pop()

    def _teaches(self, task: Encoded) -> bool:
        """Whether a task has decisions enough for its length; a few of the others come along."""
        dense = len(task.choices or ()) * TOKENS_A_DECISION >= len(task)
        return bool(task.loose) and (dense or self._rng.random() < DULL_SHARE)

    def _fill(self) -> None:
        tasks: list[Encoded] = []
        tokens = 0
        while tokens < POOL * self.budget:
            task = encode_task(self.encoder, self.source.draw())
            if len(task) <= self.longest and self._teaches(task):
                tasks.append(task)
                tokens += len(task)
        tasks.sort(key=len)
        batch: list[Encoded] = []
        for task in tasks:
            if batch and (len(batch) + 1) * len(task) > self.budget:
                self._ready.append(batch)
                batch = []
            batch.append(task)
        self._ready.append(batch)
        self._rng.shuffle(self._ready)


def open_batches(feeding: Feeding, number: int = 0) -> Batches:
    """The batches of one drawer, in this process."""
    training = read_packed(feeding.corpus).training
    seed = feeding.seed * 1009 + number
    source = TaskSource(training.files, training.pairs, seed, (4, 14))
    tokenizer = load_tokenizer(feeding.tokenizer)
    return Batches(source, tokenizer, feeding.budget, feeding.longest)


Shipment = tuple[tuple[int, int], list[Encoded]]


def feed(feeding: Feeding, workers: int) -> Feed:
    """Where a run gets its batches: from `workers` processes, or from this one if 0."""
    return Workers(feeding, workers) if workers else open_batches(feeding)


class Feed(Protocol):
    """Endless batches."""

    def draw(self, sizes: tuple[int, int]) -> list[Encoded]:
        """The next batch, of regions of so many lines."""


class Workers:
    """Batches drawn ahead by processes, which end with this one."""

    def __init__(self, feeding: Feeding, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._least, self._most = context.Value("i", 4), context.Value("i", 14)
        self._queue: Queue[Shipment] = context.Queue(AHEAD * count)
        shared = (self._queue, self._least, self._most)
        for number in range(count):
            context.Process(target=_work, args=(feeding, number, *shared), daemon=True).start()

    def draw(self, sizes: tuple[int, int]) -> list[Encoded]:
        """The next batch, of regions of so many lines; batches of other sizes are let go."""
        self._least.value, self._most.value = sizes
        return next(batch for drawn, batch in self._shipments() if drawn == sizes)

    def _shipments(self) -> Iterator[Shipment]:
        while True:
            yield self._queue.get()


def _work(
    feeding: Feeding,
    number: int,
    queue: Queue[Shipment],
    least: Synchronized[int],
    most: Synchronized[int],
) -> None:
    batches = open_batches(feeding, number)
    while True:
        sizes = (least.value, most.value)
        queue.put((sizes, batches.draw(sizes)))
