"""Tokens, and who turns text into them.

File and fragment are data: their text never becomes control tokens, whatever it says. Only the
frame of a prompt, which this program writes itself, may.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

Token: TypeAlias = int


class Tokenizer(Protocol):
    """Text to tokens and back."""

    def encode(self, text: str, *, control: bool = False) -> list[Token]:
        """The tokens of `text`; spellings of control tokens mean them only where `control`."""

    def decode(self, tokens: Sequence[Token]) -> str:
        """The text of `tokens`, to the byte; raise `ModelError` where it is not UTF-8."""
