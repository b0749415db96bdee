"""Batches of tasks, drawn here or by worker processes ahead of the model.

One core draws some hundred thousand tokens a second: enough for a CPU at any size, too few for a
GPU, which wants many workers.
"""

from __future__ import annotations

import multiprocessing
import random
from dataclasses import dataclass, replace
from multiprocessing.queues import Queue
from typing import Protocol

from tokenizers import Tokenizer

from fastapply.models.training.batch import Batch, batch_of
from fastapply.models.training.pack import Split
from fastapply.models.training.tasks import Task, TaskSource
from fastapply.models.training.tokenizer import Encoded, LineEncoder, encode_task, loose_choices

POOL = 8
AHEAD = 6
HARD, DULL_SHARE = 8, 0.03
"""How many decisions a task needs to be always taken, and how often one without any is."""


class Tasks(Protocol):
    """Where tasks come from."""

    def draw(self) -> Task:
        """The next task."""


@dataclass(frozen=True, slots=True)
class Feeding:
    """What batches are made of: `budget` tokens a batch, at most `longest` a task."""

    training: Split
    tokenizer: Tokenizer
    budget: int
    longest: int
    seed: int


class Feed(Protocol):
    """Endless batches."""

    def draw(self) -> Batch:
        """The next batch."""


class Batches:
    """Endless batches of whole tasks of similar length, about `budget` tokens each."""

    def __init__(self, source: Tasks, tokenizer: Tokenizer, budget: int, longest: int) -> None:
        self.source, self.encoder = source, LineEncoder(tokenizer)
        self.budget, self.longest = budget, longest
        self._ready: list[list[Encoded]] = []
        self._rng = random.Random(budget)

    def draw(self) -> Batch:
        """The next batch."""
        if not self._ready:
            self._fill()
        return batch_of(self._ready.pop())

    def _teaches(self, task: Encoded) -> bool:
        """Whether to take a task: the more often, the more decisions it has."""
        share = max(len(task.choices or ()) / HARD, DULL_SHARE)
        return len(task) <= self.longest and self._rng.random() < share

    def _fill(self) -> None:
        tasks: list[Encoded] = []
        tokens = 0
        while tokens < POOL * self.budget:
            drawn = self.source.draw()
            task = encode_task(self.encoder, drawn)
            loose = loose_choices(self.encoder, drawn) if self._teaches(task) else None
            if loose:
                tasks.append(replace(task, loose=loose))
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
    training = feeding.training
    source = TaskSource(training.files, training.revisions, feeding.seed * 1009 + number)
    return Batches(source, feeding.tokenizer, feeding.budget, feeding.longest)


def feed(feeding: Feeding, workers: int) -> Feed:
    """Where a run gets its batches: from `workers` processes, or from this one if 0."""
    return Workers(feeding, workers) if workers else open_batches(feeding)


class Workers:
    """Batches drawn ahead by processes, which end with this one.

    They are forked, so that all share one corpus: start them before threads and devices.
    """

    def __init__(self, feeding: Feeding, count: int) -> None:
        context = multiprocessing.get_context("fork")
        self._queue: Queue[Batch] = context.Queue(AHEAD * count)
        for number in range(count):
            context.Process(target=_work, args=(feeding, number, self._queue), daemon=True).start()

    def draw(self) -> Batch:
        """The next batch."""
        return self._queue.get()


def _work(feeding: Feeding, number: int, queue: Queue[Batch]) -> None:
    batches = open_batches(feeding, number)
    while True:
        queue.put(batches.draw())
