"""The writer that runs a GGUF here: prompt, drafts, the decoding loop, the answer cut out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from fastapply.core.errors import ContextTooSmallError, ModelError
from fastapply.models.constraint import Constraint, Free
from fastapply.models.draft import CPU_COSTS, GPU_COSTS, SMALL_CPU_COSTS, Costs, TextDrafter
from fastapply.models.lattice import Lattice, Lines, offers
from fastapply.models.llama import LlamaModel, open_model
from fastapply.models.llama_verifier import open_verifier
from fastapply.models.prompt import FAMILIES, Family, Task, cut, family_of, prompt
from fastapply.models.serve import serve
from fastapply.models.settings import Settings
from fastapply.models.speculate import Decoding, Drafter, PlainDrafter
from fastapply.models.tally import Tally
from fastapply.models.tokens import Token
from fastapply.models.writer import Answer

# An answer may be longer than what is expected by the update, half as much again, and this.
_SLACK = 128
_SMALL = 100_000_000
_END = "<|end|>"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an answer is: tokens written of about `expected`, and what drafts did for it.

    `place` says where `model` runs.
    """

    model: str
    place: str
    tally: Tally
    expected: int
    seconds: float


@dataclass
class LlamaWriter:
    """Writes with the GGUF at `path`; loads it when first needed, frees it on exit.

    `family` names the kind of prompt (`prompt.FAMILIES`), None to tell by the model. `report` is
    called after every verification batch.
    """

    path: Path
    settings: Settings = field(default_factory=Settings)
    family: str | None = None
    report: Callable[[Progress], None] | None = None
    _stack: ExitStack = field(default_factory=ExitStack)
    _loaded: tuple[LlamaModel, Family] | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.stem

    @property
    def place(self) -> str:
        """Where the model runs, "" before it is loaded."""
        return self._loaded[0].place if self._loaded is not None else ""

    def __enter__(self) -> LlamaWriter:
        """Nothing is loaded yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Free the model."""
        self.close()

    def close(self) -> None:
        """Free the model."""
        self._loaded = None
        self._stack.close()

    def write(self, task: Task, expected: str, *, trust: float) -> Answer:
        """The code of `task` after its update (`writer.Writer`)."""
        start = time.perf_counter()
        model, family = self._load()
        asked = prompt(model, family, task)
        draft = [*model.encode(expected + family.closing), *likely_end(model, family)]
        limit = self._limit(model, len(asked), len(draft), len(model.encode(task.shown)))
        drafter = _drafter(model, task, draft, asked, trust)
        decoding = Decoding(asked, drafter, model.stop, limit, _constraint(model, family, task))
        tally = Tally()
        with open_verifier(model, decoding.need) as verifier:
            for _, turn in serve([decoding], verifier):
                tally.add(turn)
                if self.report is not None:
                    seconds = time.perf_counter() - start
                    self.report(Progress(self.name, model.place, tally, len(draft), seconds))
            decode_seconds = verifier.decode_seconds
        tokens = decoding.answer
        if tokens[-1] not in model.stop:
            raise ModelError(f"{self.name} did not come to an end within {limit} tokens")
        text = cut(family, model.decode(tokens[:-1]), task.code)
        seconds = time.perf_counter() - start
        return Answer(text, tally, len(asked), seconds, decode_seconds)

    def score(self, task: Task, texts: Sequence[str]) -> list[float]:
        """How probable each of `texts` is as the answer (`writer.Writer`)."""
        model, family = self._load()
        asked = prompt(model, family, task)
        branches = [model.encode(text + family.closing) for text in texts]
        need = len(asked) + sum(map(len, branches))
        with open_verifier(model, need, slots=len(branches)) as verifier:
            return verifier.score(asked, branches)

    def _load(self) -> tuple[LlamaModel, Family]:
        if self._loaded is None:
            model = self._stack.enter_context(open_model(self.path, self.settings))
            family = FAMILIES[self.family] if self.family else None
            names = (self.path.parent.name, self.path.name, model.metadata("general.name"))
            self._loaded = (model, family or family_of(model, names))
        return self._loaded

    def _limit(self, model: LlamaModel, asked: int, expected: int, shown: int) -> int:
        """The most tokens to write: enough for any honest answer, no more than there is room."""
        wanted = expected + expected // 2 + shown + _SLACK
        room = model.context_limit - asked
        if room < expected + shown:
            raise ContextTooSmallError(
                f"prompt and answer take some {asked + expected + shown} tokens, and"
                f" {model.name} takes {model.context_limit}"
            )
        return min(wanted, room)


def _drafter(
    model: LlamaModel, task: Task, draft: Sequence[Token], asked: Sequence[Token], trust: float
) -> Drafter:
    """Drafts for models that can take them back."""
    if not model.can_rewind:
        return PlainDrafter()
    fragments = [model.encode(run) for run in task.runs if run]
    return TextDrafter(draft, fragments, prompt=asked, costs=costs_of(model), trust=trust)


def _constraint(model: LlamaModel, family: Family, task: Task) -> Constraint:
    """What the answer may consist of."""
    end = model.control(_END)
    if end is None or not family.held or model.settings.free:
        return Free()
    code = task.code.split("\n")[:-1]
    offered = offers(code, task.update, known=task.elsewhere, lenient=task.shared)
    return Lattice(Lines(offered, model.encode, end))


def costs_of(model: LlamaModel) -> Costs:
    """What batches of `model` cost here."""
    if model.offloads:
        return GPU_COSTS
    return SMALL_CPU_COSTS if model.parameters < _SMALL else CPU_COSTS


def likely_end(model: LlamaModel, family: Family) -> list[Token]:
    """The token that an answer of `model` most likely ends with."""
    spelling = _END if family.name == "embedded" else model.bos_and_eos[1]
    token = model.control(spelling)
    return [] if token is None else [token]
