"""How other programs draft, in this decoding loop: what the benchmark races against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from llama_cpp.llama_speculative import LlamaPromptLookupDecoding

from fastapply.models.decoding.tokens import Token


class PromptLookup:
    """llama-cpp-python's prompt lookup with its defaults: 2 tokens matched, 10 drafted."""

    def __init__(self, prompt: Sequence[Token]) -> None:
        """Look in `prompt` and in what is written after it."""
        self._find = LlamaPromptLookupDecoding()
        self._tokens = list(prompt)

    def propose(self, limit: int, rows: int) -> Sequence[Sequence[Token]]:
        """What followed the last two tokens where they stood first."""
        drafted: list[Token] = self._find(np.array(self._tokens, np.intc)).tolist()
        return (drafted[:limit],)

    def observe(self, tokens: Sequence[Token]) -> None:
        """`tokens` came next."""
        self._tokens += tokens


class NgramSimple:
    """llama-server's ``--spec-type ngram-simple`` with its defaults."""

    matched, drafted = 12, 48

    def __init__(self, prompt: Sequence[Token]) -> None:
        """Look in `prompt` and in what is written after it."""
        self._tokens = list(prompt)
        self._ends: dict[tuple[Token, ...], int] = {}
        self._indexed = self.matched

    def propose(self, limit: int, rows: int) -> Sequence[Sequence[Token]]:
        """What followed the last twelve tokens where they stood last."""
        for end in range(self._indexed, len(self._tokens)):
            self._ends[tuple(self._tokens[end - self.matched : end])] = end
        self._indexed = len(self._tokens)
        found = self._ends.get(tuple(self._tokens[-self.matched :]))
        if found is None:
            return ()
        return (self._tokens[found : found + min(self.drafted, limit)],)

    def observe(self, tokens: Sequence[Token]) -> None:
        """`tokens` came next."""
        self._tokens += tokens
