"""What a server would say after each token of a text that it is given: one request, many choices.

Two APIs tell it. vLLM's `prompt_logprobs` speaks of token ids. `echo` with `logprobs`, which the
completions API of OpenAI had first, speaks of pieces of text: each piece is a token of ours here.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Protocol

from fastapply.core.errors import ServerError
from fastapply.models.prompt import Family, Task, messages
from fastapply.models.remote.http import Http
from fastapply.models.remote.server import Server
from fastapply.models.tokens import Token

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
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise _strange(self.server) from error
        if piece is not None and _is_control(str(piece)):
            self.ends.add(best)
        return best, score

    def _written(self, said: Mapping[str, Any]) -> list[Token]:
        """What the server wrote, and the end if it came to one."""
        try:
            names = said["logprobs"]["tokens"]
            tokens = [int(str(name).removeprefix("token_id:")) for name in names]
        except (KeyError, TypeError, ValueError) as error:
            raise _strange(self.server) from error
        if said.get("finish_reason") == "stop":
            # The token that ended it is the last one.
            self.ends.update(tokens[-1:])
            tokens.append(END)
        return tokens

    def _tokens(self, said: Mapping[str, object]) -> list[Token]:
        body = {"model": self.server.address.name, **said}
        tokens = self.http.post(f"{self.server.address.root}/tokenize", body).get("tokens")
        if not isinstance(tokens, list) or not all(isinstance(one, int) for one in tokens):
            raise _strange(self.server)
        return tokens


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
        pieces = self._ask(text, 1)[0]
        ends = list(accumulate(len(self._pieces[piece]) for piece in pieces))
        if len(text) not in ends:
            raise Recut
        return pieces[: ends.index(len(text)) + 1]

    def decode(self, tokens: Sequence[Token]) -> str:
        """The text of tokens (`Tops`)."""
        return "".join(self._pieces[token] for token in tokens if token >= 0)

    def look(self, tokens: Sequence[Token], after: int, more: int) -> Look:
        """One request with `echo` (`Tops`).

        Where the server cuts the text otherwise than we did, what it says holds up to there.
        """
        whole = self.decode(tokens)
        start = len(self.decode(tokens[:after]))
        pieces, said, ended = self._ask(whole, more)
        offsets = list(accumulate((len(self._pieces[piece]) for piece in pieces), initial=0))
        if start not in offsets:
            raise Recut
        first = offsets.index(start)
        choices, scores = [], []
        for number, token in enumerate(tokens[after:]):
            best, score = said[first + number] if first + number < len(said) else (END, 0.0)
            choices.append(best)
            scores.append(score)
            if first + number >= len(pieces) or pieces[first + number] != token:
                if best == token:
                    raise Recut
                return Look(choices, scores, [])
        further = pieces[offsets.index(len(whole)) :] if len(whole) in offsets else []
        return Look(choices, scores, [*further, END] if ended else further)

    def _ask(self, text: str, more: int) -> tuple[list[Token], list[tuple[Token, float]], bool]:
        """The pieces of `text` and of what follows, what is said of each, and whether it ended."""
        body = {
            "model": self.server.address.name,
            "prompt": text,
            "max_tokens": more,
            "temperature": 0,
            "echo": True,
            "logprobs": 1,
        }
        said = _choice(self.http.post(f"{self.server.address.api}/completions", body), self.server)
        try:
            told = said["logprobs"]
            pieces = [self._number(piece) for piece in told["tokens"]]
            best = [self._best(entry) for entry in told["top_logprobs"]]
            scores = [0.0 if one is None else float(one) for one in told["token_logprobs"]]
        except (KeyError, TypeError, ValueError) as error:
            raise _strange(self.server) from error
        ended = said.get("finish_reason") == "stop"
        return pieces, list(zip(best, scores, strict=False)), ended

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
            raise Recut  # a part of a character: such pieces do not add up to the text
        with self._lock:
            if piece not in self._numbers:
                self._numbers[piece] = len(self._pieces)
                self._pieces.append(piece)
            return self._numbers[piece]


class Recut(ServerError):
    """The server cuts a text otherwise than it wrote it: that cannot be verified."""

    def __init__(self) -> None:
        """Say so; a chat is tried instead."""
        super().__init__("the server cuts the text into other tokens than those it wrote")


def _choice(said: Mapping[str, Any], server: Server) -> Mapping[str, Any]:
    choices = said.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise _strange(server)
    return choices[0]


def _strange(server: Server) -> ServerError:
    return ServerError(f"{server.address.host} does not tell what it would say")


def _is_control(piece: str) -> bool:
    """Whether a piece of text stands for a token that ends an answer."""
    return (
        not piece
        or (piece[0] == "<" and piece[-1] == ">" and piece[1:2] in ("|", "\uff5c"))
        or (piece in ("</s>", "<eos>", "<end_of_turn>"))
    )
