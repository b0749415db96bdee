"""A model that writes what a test says: a real GGUF in the real llama.cpp (tests/models/replay)."""

from __future__ import annotations

from pathlib import Path

from fastapply.models.llama.model import open_model
from fastapply.models.prompt import CHAT, Task, prompt
from tests.models.replay import Dial, shadow_of


class Scripted:
    """The model at `path`. What it is to write travels in the instruction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Behind the instruction stands what every prompt of the family ends with.
        with open_model(path) as model:
            shadow = shadow_of("")
            tokens = prompt(model, CHAT, Task("", (), instruction=shadow))
            self._behind = len(tokens) - 1 - tokens.index(model.encode(shadow)[0])

    def options(self, answer: str, closing: str = CHAT.closing) -> list[str]:
        """The options that make it write `answer`, ASCII."""
        shadow = shadow_of(answer + closing)
        Dial(self.path).set(self._behind + len(shadow) - 1)
        return ["--model", str(self.path), "--threads", "1", "--instruction", shadow]
