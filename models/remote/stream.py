"""An answer that streams in: what its events bring is put together, whatever their shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from fastapply.core.errors import ModelError, ServerError
from fastapply.models.decoding.tally import Tally

_CUT_OFF = ("length", "limit")
_LONG = 64  # characters of a token, or events before one: no answer has so many throughout
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Piece(NamedTuple):
    """What an event brings: text of some `tokens`, how the answer `ended`, what else is `told`."""

    text: str = ""
    tokens: int = 0
    ended: str = ""
    told: Mapping[str, Any] = _NOTHING


@dataclass
class Stream:
    """Puts one answer together (`http.Reader`); `watch` is told how far it is.

    `read` says what an event brings, None of one that is no part of an answer. `most` tokens were
    asked for; where a server writes far more, it has gone astray.
    """

    host: str
    read: Callable[[Mapping[str, Any]], Piece | None]
    watch: Callable[[Tally], None]
    most: int
    parts: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    told: Mapping[str, Any] = field(default_factory=dict)
    ended: str = ""
    _left: int = 0

    def begin(self) -> None:
        """Forget what came (`http.Reader`)."""
        self.parts, self.tally, self.told, self.ended = [], Tally(), {}, ""
        self._left = self.most * _LONG

    def take(self, event: Mapping[str, Any]) -> None:
        """Take one event (`http.Reader`)."""
        piece = self.read(event)
        if piece is None:
            raise ServerError(f"{self.host} sent an event that is part of no answer")
        self._left -= max(len(piece.text), 1)
        if self._left < 0:
            raise ServerError(f"{self.host} writes without end: {self.most} tokens were asked for")
        self.told = piece.told or self.told
        self.ended = piece.ended or self.ended
        if piece.text or piece.tokens:
            self.parts.append(piece.text)
            self.tally.calls += 1
            self.tally.tokens += piece.tokens
            self.watch(self.tally)

    def text(self) -> str:
        """What was written, once the stream is over; raise `ModelError` where it was cut off."""
        if self.ended in _CUT_OFF:
            raise ModelError(f"the answer of {self.host} did not come to an end")
        return "".join(self.parts)
