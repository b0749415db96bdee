"""What a server would say after each token of a text that it is given: one request, many choices.

Two APIs tell it. vLLM's `prompt_logprobs` speaks of token ids. `echo` with `logprobs`, which the
completions API of OpenAI had first, speaks of pieces of text: each piece is a token of ours here.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapply.core.errors import ServerError
from fastapply.models.decoding.tokens import Token
from fastapply.models.prompt import Family, Task, messages
from fastapply.models.remote.http import Http
from fastapply.models.remote.server import Server

_TAIL = 80  # characters by which the end of a prompt is known
_MISSHAPEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
END = -1
"""The end of an answer, where a server says that it ended but names no token."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a server said of a text, from the token `after` on.

    `choices` are its own before each of these tokens, `further` what it wrote after the last;
    `scores` are the logarithms of the probabilities of the tokens that are there.
    """

    choices: list[Token]
    scores: list[float]
    further: list[Token]


class Tops(Protocol):
    """A server that says what it would say."""

    ends: set[Token]

    def asked(self, family: Family, task: Task) -> list[Token]:
        """The prompt, up to where the answer begins."""

    def encode(self, text: str) -> list[Token]:
        """The tokens of a text."""

    def decode(self, tokens: Sequence[Token]) -> str:
        """The text of tokens."""

    def look(self, tokens: Sequence[Token], after: int, more: int) -> Look:
        """What it says of `tokens`, and at most `more` that follow them; raise `ModelError`."""


@dataclass
class PromptLogprobs:
    """vLLM: the server tokenises (``/tokenize``), and speaks of ids."""

    http: Http
    server: Server
    ends: set[Token] = field(default_factory=lambda: {END})

    def asked(self, family: Family, task: Task) -> list[Token]:
        """The chat template with the task in it, and how the answer begins (`Tops`)."""
        said = {
            "messages": messages(family, task),
            "add_generation_prompt": True,
            "chat_template_kwargs": dict(family.settings),
        }
        return [*self._tokens(said), *self.encode(family.answer)]

    def encode(self, text: str) -> list[Token]:
        """The tokens of a text (`Tops`)."""
        return self._tokens({"prompt": text, "add_special_tokens": False}) if text else []

    def decode(self, tokens: Sequence[Token]) -> str:
        """The text of tokens (`Tops`)."""
        if not tokens:
            return ""
        body = {"model": self.server.address.name, "tokens": list(tokens)}
        text = self.http.post(f"{self.server.address.root}/detokenize", body).get("prompt")
        if not isinstance(text, str):
            raise _strange(self.server)
        return text

    def look(self, tokens: Sequence[Token], after: int, more: int) -> Look:
        """One request with `prompt_logprobs` (`Tops`)."""
        body = {
            "model": self.server.address.name,
            "prompt": list(tokens),
            "max_tokens": more,
            "temperature": 0,
            "prompt_logprobs": 1,
            "logprobs": 1,
            "return_tokens_as_token_ids": True,
        }
        said = _choice(self.http.post(f"{self.server.address.api}/completions", body), self.server)
        told = said.get("prompt_logprobs")
        if not isinstance(told, list) or len(told) != len(tokens):
            raise _strange(self.server)
        choices, scores = [], []
        for token, entry in zip(tokens[after:], told[after:], strict=True):
            best, score = self._read(token, entry)
            choices.append(best)
            scores.append(score)
        return Look(choices, scores, self._written(said))

    def _read(self, token: Token, entry: Any) -> tuple[Token, float]:
        """The choice at a place, and how probable the token that is there was."""
        try:
            first = min(entry, key=lambda name: entry[name]["rank"])
            best, piece = int(first), entry[first].get("decoded_token")
            score = float(entry[str(token)]["logprob"])
        except _MISSHAPEN as error:
            raise _strange(self.server) from error
        if piece is not None and _is_control(str(piece)):
            self.ends.add(best)
        return best, score

    def _written(self, said: Mapping[str, Any]) -> list[Token]:
        """What the server wrote, and the end if it came to one."""
        try:
            names = said["logprobs"]["tokens"]
            tokens = [int(str(name).removeprefix("token_id:")) for name in names]
        except _MISSHAPEN as error:
            raise _strange(self.server) from error
        if said.get("finish_reason") == "stop":
            # The token that ended it is the last one.
            self.ends.update(tokens[-1:])
            tokens.append(END)
        return tokens

    def _tokens(self, said: Mapping[str, object]) -> list[Token]:
        body = {"model": self.server.address.name, **said}
        tokens = self.http.post(f"{self.server.address.root}/tokenize", body).get("tokens")
        plain = isinstance(tokens, list) and all(isinstance(one, int) for one in tokens)
        if not plain or not tokens:  # what is asked about is never empty
            raise _strange(self.server)
        return list(tokens)


@dataclass(frozen=True, slots=True)
class _Echoed:
    """An answer: pieces, the first `prompt` of them echoed, and for each the choice and a score."""

    pieces: list[Token]
    best: list[Token]
    scores: list[float]
    prompt: int
    ended: bool

    def place(self, length: int, spelled: Sequence[str]) -> int:
        """Where the last `length` characters of the prompt begin.

        Counted from their end: servers spell the control tokens before them as they like.
        """
        place = self.prompt
        while length > 0 and place > 0:
            place -= 1
            length -= len(spelled[self.pieces[place]])
        if length:
            raise Unverifiable
        return place


@dataclass
class Echo:
    """Any completions API that echoes the prompt with log-probabilities.

    The prompt is one token here, whatever the server makes of it; the text after it is in pieces.
    """

    http: Http
    server: Server
    ends: set[Token] = field(default_factory=lambda: {END})
    _pieces: list[str] = field(default_factory=list)
    _numbers: dict[str, Token] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def asked(self, family: Family, task: Task) -> list[Token]:
        """The frame of Qwen's chats around the task (`Tops`): families named by hand speak it."""
        turns = "".join(
            f"<|im_start|>{one['role']}\n{one['content']}<|im_end|>\n"
            for one in messages(family, task)
        )
        quiet = "<think>\n\n</think>\n\n" if family.settings else ""
        return [self._number(f"{turns}<|im_start|>assistant\n{quiet}{family.answer}")]

    def encode(self, text: str) -> list[Token]:
        """The tokens of a text (`Tops`), as the server cuts it."""
        if not text:
            return []
        told = self._ask(text, 1)
        return told.pieces[told.place(len(text), self._pieces) : told.prompt]

    def decode(self, tokens: Sequence[Token]) -> str:
        """The text of tokens (`Tops`)."""
        return "".join(self._pieces[token] for token in tokens if token >= 0)

    def look(self, tokens: Sequence[Token], after: int, more: int) -> Look:
        """One request with `echo` (`Tops`).

        Where the server cuts the text otherwise than we did, what it says holds up to there.
        """
        draft = tokens[after:]
        told = self._ask(self.decode(tokens), more)
        first = told.place(len(self.decode(draft)), self._pieces)
        choices, scores = [], []
        for place, token in enumerate(draft, first):
            if place == told.prompt:
                raise Unverifiable
            choices.append(told.best[place])
            scores.append(told.scores[place])
            if told.pieces[place] != token:
                if told.best[place] == token:
                    raise Unverifiable
                return Look(choices, scores, [])
        further = told.pieces[told.prompt :]
        return Look(choices, scores, [*further, END] if told.ended else further)

    def _ask(self, text: str, more: int) -> _Echoed:
        """What the server says of `text`, and at most `more` pieces that follow."""
        body = {
            "model": self.server.address.name,
            "prompt": text,
            "max_tokens": more,
            "temperature": 0,
            "echo": True,
            "logprobs": 1,
        }
        said = self.http.post(f"{self.server.address.api}/completions", body)
        choice = _choice(said, self.server)
        try:
            told = choice["logprobs"]
            pieces = [self._number(piece) for piece in told["tokens"]]
            best = [self._best(entry) for entry in told["top_logprobs"]]
            scores = [0.0 if one is None else float(one) for one in told["token_logprobs"]]
            written = str(choice["text"]).removeprefix(text)
        except _MISSHAPEN as error:
            raise _strange(self.server) from error
        if not len(pieces) == len(best) == len(scores):
            raise _strange(self.server)
        spelled = [self._pieces[piece] for piece in pieces]
        prompt = _end_of(text, spelled, written)
        return _Echoed(pieces, best, scores, prompt, choice.get("finish_reason") == "stop")

    def _best(self, entry: Any) -> Token:
        if not entry:
            return END
        piece = max(entry, key=entry.__getitem__)
        token = self._number(piece)
        if _is_control(piece):
            self.ends.add(token)
        return token

    def _number(self, piece: str) -> Token:
        if "\ufffd" in piece or piece.startswith("bytes:"):
            raise Unverifiable  # a part of a character: such pieces do not add up to the text
        with self._lock:
            if piece not in self._numbers:
                self._numbers[piece] = len(self._pieces)
                self._pieces.append(piece)
            return self._numbers[piece]


class Unverifiable(ServerError):
    """What the server says of a text does not tell what it would write: a chat must do."""

    def __init__(self, why: str = "it cuts the text into other tokens than those it wrote") -> None:
        """Say why."""
        super().__init__(f"the server cannot verify drafts: {why}")


def _end_of(text: str, pieces: Sequence[str], written: str) -> int:
    """How many of the pieces are of the prompt `text`, before those `written` after it.

    Told by their spelling: servers leave control tokens out of the pieces, or the last one written.
    """
    tail = text.rpartition("|>")[2][-_TAIL:]
    for count in range(len(pieces), -1, -1):
        ends = "".join(pieces[max(count - _TAIL, 0) : count]).endswith(tail)
        if ends and written.startswith("".join(pieces[count:])):
            return count
    raise Unverifiable


def _choice(said: Mapping[str, Any], server: Server) -> Mapping[str, Any]:
    choices = said.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise _strange(server)
    return choices[0]


def _strange(server: Server) -> Unverifiable:
    return Unverifiable(f"{server.address.host} does not tell what it would say")


def _is_control(piece: str) -> bool:
    """Whether a piece of text stands for a token that ends an answer."""
    return (
        not piece
        or (piece[0] == "<" and piece[-1] == ">" and piece[1:2] in ("|", "\uff5c"))
        or (piece in ("</s>", "<eos>", "<end_of_turn>"))
    )
