"""Streaming chat, which every server has; with predicted outputs where the server takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapply.core.errors import ModelError
from fastapply.models.decoding.tally import Tally
from fastapply.models.prompt import Family, Task, messages
from fastapply.models.remote.dialect import Reply, check_plain, code_of, limit_of
from fastapply.models.remote.http import Http, Refused
from fastapply.models.remote.server import Kind, Server
from fastapply.models.remote.stream import Piece, Stream
from fastapply.models.writer import Job

# What may be left out where a server refuses it; a limit may also be called otherwise.
_OPTIONAL = ("prediction", "max_tokens", "max_completion_tokens", "temperature", "stream_options")
_RENAMED = {"max_tokens": "max_completion_tokens"}
_REFUSALS = (400, 404, 422)
_PREDICTED = ("accepted", "rejected")


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
            check_plain(job.task, self.server.address.host)
        most = limit_of(job, 0, 0)
        while True:
            body = self._body(job, most)
            stream = Stream(self.server.address.host, _piece, watch, most)
            try:
                self.http.stream(f"{self.server.address.api}/chat/completions", body, stream)
            except Refused as error:
                blamed = _blamed(error, body)
                if blamed is None:
                    raise
                self._refused.add(blamed)
                continue
            return self._reply(stream, job)

    def score(self, task: Task, texts: Sequence[str]) -> list[float]:
        """Nothing: chats give no probabilities of texts they did not write."""
        return []

    def _reply(self, stream: Stream, job: Job) -> Reply:
        """The answer, once the stream is over; raise `ModelError` where it is not all."""
        text = stream.text()
        if stream.ended not in ("stop", "eos"):
            raise ModelError(f"{stream.host} stopped its answer: {stream.ended}")
        asked = stream.told.get("prompt_tokens")
        code = code_of(self.family, text, job.task)
        return Reply(code, _counted(stream), asked if isinstance(asked, int) else 0)

    def _body(self, job: Job, limit: int) -> dict[str, object]:
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


def _piece(event: Mapping[str, Any]) -> Piece | None:
    """What an event of a chat brings (`stream.Stream`)."""
    usage = event.get("usage")
    told = usage if isinstance(usage, dict) else {}
    choices = event.get("choices")
    if not isinstance(choices, list):
        return None if usage is None else Piece(told=told)
    choice = choices[0] if choices else {}
    said = (
        (choice.get("delta") or choice.get("message") or {}) if isinstance(choice, dict) else None
    )
    if not isinstance(said, dict):
        return None
    text, ended = said.get("content"), str(choice.get("finish_reason") or "")
    if isinstance(text, str) and text:
        return Piece(text, 1, ended, told)
    return Piece(ended=ended, told=told)


def _counted(stream: Stream) -> Tally:
    """The server's numbers where it gives any: events may hold several tokens."""
    tally, usage = stream.tally, stream.told
    details = usage.get("completion_tokens_details")
    told = details if isinstance(details, dict) else {}
    kept, rejected = (_number(told, f"{what}_prediction_tokens") for what in _PREDICTED)
    tokens = _number(usage, "completion_tokens")
    if tokens:
        # Rejected ones are billed as written.
        tally.tokens = max(tokens - rejected, 0)
        tally.calls = max(tally.tokens - kept, 1)
    tally.kept, tally.drafted = kept, kept + rejected
    return tally


def _number(told: Mapping[str, Any], name: str) -> int:
    found = told.get(name)
    return found if isinstance(found, int) else 0
