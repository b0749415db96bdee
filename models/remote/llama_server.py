"""llama-server by its own paths, which the OpenAI ones do not replace.

It tokenises text as data, so that a file may hold any control token's spelling; the answer's
beginning can be said for the model; the beginning of a prompt that it has seen is kept
(`cache_prompt`), in the slot that holds most of it. Drafting is the server's (``--spec-type``):
prompts are not verified over HTTP, so ours cannot be used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapply.core.errors import ContextTooSmallError, ServerError
from fastapply.models.decoding.tally import Tally
from fastapply.models.decoding.tokens import Token
from fastapply.models.prompt import Family, Message, Task, cut, family_of, prompt
from fastapply.models.remote.dialect import Reply, limit_of
from fastapply.models.remote.http import Http
from fastapply.models.remote.server import Server
from fastapply.models.remote.stream import Piece, Stream
from fastapply.models.writer import Job


@dataclass
class ServerModel:
    """The model of a llama-server as prompts see it (`prompt.PromptModel`)."""

    http: Http
    server: Server
    _controls: dict[str, list[Token]] = field(default_factory=dict)

    def encode(self, text: str, *, control: bool = False) -> list[Token]:
        """The tokens of `text` (`tokens.Tokenizer`)."""
        if not text:
            return []
        if control and text in self._controls:
            return self._controls[text]
        said = {"content": text, "add_special": False, "parse_special": control}
        tokens = self._tokens(self._ask("tokenize", said))
        if control:
            self._controls[text] = tokens
        return tokens

    def decode(self, tokens: Sequence[Token]) -> str:
        """The text of `tokens` (`tokens.Tokenizer`)."""
        return str(self._ask("detokenize", {"tokens": list(tokens)}).get("content", ""))

    @property
    def chat_template(self) -> str | None:
        """Its Jinja template; the server renders it (`render`)."""
        return str((self.server.told or {}).get("chat_template") or "") or None

    @property
    def bos_and_eos(self) -> tuple[str, str]:
        """The spellings of its first and last tokens."""
        told = self.server.told or {}
        return str(told.get("bos_token") or ""), str(told.get("eos_token") or "")

    @property
    def opening(self) -> list[Token]:
        """What the model wants at the beginning of every text."""
        said = {"content": "", "add_special": True}
        return self._tokens(self._ask("tokenize", said))

    def control(self, spelling: str) -> Token | None:
        """The control token spelled so."""
        tokens = self.encode(spelling, control=True)
        return tokens[0] if len(tokens) == 1 else None

    def render(self, said: Sequence[Message], settings: Mapping[str, object]) -> str:
        """The server's chat template with messages in it."""
        body = {"messages": list(said), "chat_template_kwargs": dict(settings)}
        return str(self._ask("apply-template", body).get("prompt", ""))

    def _ask(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        address = self.server.address
        return self.http.post(f"{address.root}/{path}", {"model": address.name, **body})

    def _tokens(self, said: Mapping[str, Any]) -> list[Token]:
        tokens = said.get("tokens")
        if not isinstance(tokens, list) or not all(isinstance(one, int) for one in tokens):
            raise ServerError(f"{self.server.address.host} does not tokenise as llama-server does")
        return tokens


@dataclass
class LlamaServer:
    """Asks by ``/completion``."""

    http: Http
    server: Server
    _model: ServerModel = field(init=False)
    _family: Family | None = None

    def __post_init__(self) -> None:
        """Ask nothing yet."""
        self._model = ServerModel(self.http, self.server)

    @property
    def family(self) -> Family:
        """The family of the model, told by its control tokens and its name."""
        if self._family is None:
            self._family = family_of(self._model, (self.server.address.name,))
        return self._family

    def write(self, job: Job, watch: Callable[[Tally], None]) -> Reply:
        """The code of a task after its update (`dialect.Dialect`)."""
        family, model = self.family, self._model
        asked = prompt(model, family, job.task, lambda said: model.render(said, family.settings))
        host = self.server.address.host
        most = limit_of(job, len(asked), self.server.context)
        stream = Stream(host, _piece, watch, most)
        body = {
            "model": self.server.address.name,
            "prompt": asked,
            "n_predict": most,
            "temperature": 0.0,
            "samplers": ["top_k"],
            "top_k": 1,
            "cache_prompt": True,
            "id_slot": -1,
            "stream": True,
        }
        self.http.stream(f"{self.server.address.root}/completion", body, stream)
        if stream.told.get("truncated"):
            raise ContextTooSmallError(f"prompt and answer do not fit into {host}'s context")
        text = cut(family, stream.text(), job.task.code)
        return Reply(text, _counted(stream), len(asked))

    def score(self, task: Task, texts: Sequence[str]) -> list[float]:
        """Nothing: it gives probabilities only of what it writes."""
        return []


def _piece(event: Mapping[str, Any]) -> Piece | None:
    """What an event of a completion brings (`stream.Stream`); the last one tells how it went."""
    text, tokens = event.get("content"), event.get("tokens")
    if not isinstance(text, str):
        return None
    count = len(tokens) if isinstance(tokens, list) else 1
    if not event.get("stop"):
        return Piece(text, count)
    return Piece(text, count, str(event.get("stop_type") or "eos"), event)


def _counted(stream: Stream) -> Tally:
    """The server's numbers, drafts of its own among them."""
    tally, times = stream.tally, stream.told.get("timings")
    if isinstance(times, dict):
        written = times.get("predicted_n")
        tally.tokens = written if isinstance(written, int) else tally.tokens
        tally.drafted = times.get("draft_n") or 0
        tally.kept = times.get("draft_n_accepted") or 0
    tally.calls = max(tally.tokens - tally.kept, 1)
    return tally
