"""Streaming chat, which every server has; with predicted outputs where the server takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapply.core.errors import ModelError, ServerError
from fastapply.models.prompt import Family, Task, messages
from fastapply.models.remote.dialect import Reply, check_plain, code_of, limit_of
from fastapply.models.remote.http import Http, Refused
from fastapply.models.remote.server import Kind, Server
from fastapply.models.tally import Tally
from fastapply.models.writer import Job

# What may be left out where a server refuses it; a limit may also be called otherwise.
_OPTIONAL = ("prediction", "max_tokens", "max_completion_tokens", "temperature", "stream_options")
_RENAMED = {"max_tokens": "max_completion_tokens"}
_REFUSALS = (400, 404, 422)


@dataclass
class Chat:
    """Asks by ``/chat/completions``. `predicts`: says what it expects (OpenAI's `prediction`)."""

    http: Http
    server: Server
    family: Family
    predicts: bool = False
    _refused: set[str] = field(default_factory=set)

    def write(self, job: Job, watch: Callable[[Tally], None]) -> Reply:
        """The code of a task after its update (`dialect.Dialect`)."""
        if self.server.kind is not Kind.OPENAI:
            check_plain(self.family, job.task, self.server.address.host)
        while True:
            body = self._body(job)
            stream = _Stream(self.server.address.host, watch)
            try:
                self.http.stream(f"{self.server.address.api}/chat/completions", body, stream)
            except Refused as error:
                blamed = _blamed(error, body)
                if blamed is None:
                    raise
                self._refused.add(blamed)
                continue
            return stream.reply(self.family, job)

    def score(self, task: Task, texts: Sequence[str]) -> list[float]:
        """Nothing: chats give no probabilities of texts they did not write."""
        return []

    def _body(self, job: Job) -> dict[str, object]:
        limit = limit_of(job, 0, 0)
        said: list[Mapping[str, str]] = list(messages(self.family, job.task))
        body: dict[str, object] = {
            "model": self.server.address.name,
            "messages": said,
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0,
        }
        if self.family.settings and self.server.kind is Kind.VLLM:
            body["chat_template_kwargs"] = dict(self.family.settings)
        if self.predicts and "prediction" not in self._refused:
            # OpenAI takes no limit beside a prediction.
            expected = f"{self.family.answer}{job.expected}{self.family.closing}"
            body["prediction"] = {"type": "content", "content": expected}
        elif "max_tokens" in self._refused or self.server.kind is Kind.OPENAI:
            body["max_completion_tokens"] = limit
        else:
            body["max_tokens"] = limit
        return {key: value for key, value in body.items() if key not in self._refused}


def _blamed(error: Refused, body: Mapping[str, object]) -> str | None:
    """The optional parameter that a server does not take, None where it blames none."""
    if error.status not in _REFUSALS:
        return None
    there = [name for name in _OPTIONAL if name in body]
    if error.parameter.partition(".")[0] in there:
        return error.parameter.partition(".")[0]
    return next((name for name in there if name in error.said), None)


@dataclass
class _Stream:
    """The events of one answer, put together."""

    host: str
    watch: Callable[[Tally], None]
    parts: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    usage: Mapping[str, Any] = field(default_factory=dict)
    ended: str = ""

    def begin(self) -> None:
        """Forget what came (`http.Reader`)."""
        self.parts, self.tally, self.usage, self.ended = [], Tally(), {}, ""

    def take(self, event: Mapping[str, Any]) -> None:
        """Take one event (`http.Reader`)."""
        usage = event.get("usage")
        if isinstance(usage, dict):
            self.usage = usage
        choices = event.get("choices")
        if not isinstance(choices, list):
            if usage is None:
                raise ServerError(f"{self.host} sent an event that is part of no chat")
            return
        for choice in choices[:1]:
            self._choice(choice)

    def _choice(self, choice: Any) -> None:
        said = choice.get("delta") or choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(said, dict) and said is not None:
            raise ServerError(f"{self.host} sent an event that is part of no chat")
        text = (said or {}).get("content")
        if isinstance(text, str) and text:
            self.parts.append(text)
            self.tally.calls += 1
            self.tally.tokens += 1
            self.watch(self.tally)
        self.ended = str(choice.get("finish_reason") or self.ended)

    def reply(self, family: Family, job: Job) -> Reply:
        """The answer, once the stream is over; raise `ModelError` where it is not all."""
        if self.ended == "length":
            raise ModelError(f"the answer of {self.host} did not come to an end")
        if self.ended not in ("stop", "eos"):
            raise ModelError(f"{self.host} stopped its answer: {self.ended}")
        self._count()
        prompt = self.usage.get("prompt_tokens")
        text = code_of(family, "".join(self.parts), job.task)
        return Reply(text, self.tally, prompt if isinstance(prompt, int) else 0)

    def _count(self) -> None:
        """Take the server's numbers where it gives any: events may hold several tokens."""
        tokens = self.usage.get("completion_tokens")
        if isinstance(tokens, int):
            self.tally.tokens = self.tally.calls = tokens
        details = self.usage.get("completion_tokens_details")
        if isinstance(details, dict):
            kept = details.get("accepted_prediction_tokens") or 0
            rejected = details.get("rejected_prediction_tokens") or 0
            self.tally.kept, self.tally.drafted = kept, kept + rejected
            self.tally.calls = max(self.tally.tokens - kept, 1)
