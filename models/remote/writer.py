"""The writer on a server: which dialect it speaks, several answers at once, how far they are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from fastapply.core.errors import OptionsError
from fastapply.models.decoding.tally import Tally, joined
from fastapply.models.progress import Progress
from fastapply.models.prompt import CHAT, Family, Task, family_named
from fastapply.models.remote.chat import Chat
from fastapply.models.remote.dialect import Dialect, Reply, check_encodes
from fastapply.models.remote.http import Http, Refused
from fastapply.models.remote.llama_server import LlamaServer
from fastapply.models.remote.parallel import in_order
from fastapply.models.remote.server import Kind, Server, look_at
from fastapply.models.remote.settings import Speculation
from fastapply.models.remote.tops import Echo, PromptLogprobs, Unverifiable
from fastapply.models.remote.verified import Verified
from fastapply.models.writer import Answer, Job

_CHARACTERS = 4  # of code in a token, about


@dataclass
class RemoteWriter:
    """Writes with a model on a server (`writer.Writer`), several answers at once.

    `report` is told how far all answers together are.
    """

    http: Http
    report: Callable[[Progress], None] | None = None
    _opened: tuple[Server, Dialect] | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return self._opened[0].model if self._opened else self.http.address.name

    @property
    def place(self) -> str:
        """Where it runs, "" before it was looked at."""
        return self._opened[0].place if self._opened else ""

    @property
    def held(self) -> bool:
        """Nothing holds what a server writes."""
        return False

    def close(self) -> None:
        """End what is under way."""
        self.http.close()

    def write(self, jobs: Sequence[Job]) -> Sequence[Answer]:
        """The code of each task after its update (`writer.Writer`)."""
        start = time.perf_counter()
        server, dialect = self._open()
        for job in jobs:
            check_encodes(family_named(server.address.name), job.task)
        board = _Board(server, jobs, self.report)

        def work(numbered: tuple[int, Job]) -> Reply:
            number, job = numbered
            return self._reply(server, dialect, job, partial(board.note, number))

        replies = in_order(work, enumerate(jobs), self.http.settings.parallel)
        seconds = time.perf_counter() - start
        total = sum(len(reply.text) + 1 for reply in replies)
        shares = [seconds * (len(reply.text) + 1) / total for reply in replies]
        return [
            Answer(reply.text, reply.tally, reply.prompt, share, share)
            for reply, share in zip(replies, shares, strict=True)
        ]

    def score(self, task: Task, texts: Sequence[str]) -> list[float]:
        """How probable each of `texts` is, nothing where that cannot be said (`writer.Writer`)."""
        _, dialect = self._open()
        try:
            return dialect.score(task, texts)
        except (Refused, Unverifiable):
            return []

    def _reply(
        self, server: Server, dialect: Dialect, job: Job, watch: Callable[[Tally], None]
    ) -> Reply:
        """The reply, by a chat where the text cannot be verified after all."""
        try:
            return dialect.write(job, watch)
        except (Refused, Unverifiable) as error:
            chosen = (
                isinstance(error, Refused)
                and self.http.settings.speculation is not Speculation.AUTO
            )
            if not isinstance(dialect, Verified) or chosen:
                raise
        chat = Chat(self.http, server, dialect.family)
        self._opened = (server, chat)
        return chat.write(job, watch)

    def _open(self) -> tuple[Server, Dialect]:
        if self._opened is None:
            server = look_at(self.http)
            self._opened = (server, self._dialect(server))
        return self._opened

    def _dialect(self, server: Server) -> Dialect:
        """The fastest way there is with this server, or the one that was chosen."""
        family = family_named(server.address.name)
        chosen = self.http.settings.speculation
        if chosen is Speculation.AUTO:
            chosen = _best(server, family)
        if chosen is Speculation.ECHO:
            if family is CHAT:
                raise OptionsError(
                    f"server.speculation = echo needs to know how {server.address.name} is talked"
                    " to: it is for FastApply and Osmosis models"
                )
            return Verified(Echo(self.http, server), server, family)
        if chosen is Speculation.PROMPT_LOGPROBS:
            return Verified(PromptLogprobs(self.http, server), server, family)
        if server.kind is Kind.LLAMA and chosen is Speculation.SERVER:
            return LlamaServer(self.http, server)
        return Chat(self.http, server, family, predicts=chosen is Speculation.PREDICTION)


class _Board:
    """How far answers are that several threads write at once."""

    def __init__(
        self, server: Server, jobs: Sequence[Job], report: Callable[[Progress], None] | None
    ) -> None:
        self._server = server
        self._expected = sum(len(job.expected) for job in jobs) // _CHARACTERS + 1
        self._report = report
        self._tallies: dict[int, Tally] = {}
        self._lock = threading.Lock()
        self._start = time.perf_counter()

    def note(self, number: int, tally: Tally) -> None:
        """Job `number` is so far."""
        if self._report is None:
            return
        with self._lock:
            self._tallies[number] = tally
            seconds = time.perf_counter() - self._start
            name, place = self._server.model, self._server.place
            total = joined(self._tallies.values())
            self._report(Progress(name, place, total, self._expected, seconds))


def _best(server: Server, family: Family) -> Speculation:
    """What is fastest where nothing was chosen."""
    if server.kind is Kind.OPENAI:
        return Speculation.PREDICTION
    if server.kind is Kind.VLLM and not server.speculates:
        return Speculation.PROMPT_LOGPROBS
    if server.kind is Kind.OTHER and family is not CHAT:
        return Speculation.ECHO
    return Speculation.SERVER
