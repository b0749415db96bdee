"""The writer that runs a GGUF here: prompt, drafts, the decoding loop, the answer cut out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from fastapply.core.errors import ContextTooSmallError, ModelError
from fastapply.models.decoding.costs import CPU_COSTS, GPU_COSTS, SMALL_CPU_COSTS, Costs
from fastapply.models.decoding.draft import TextDrafter
from fastapply.models.decoding.serve import LEAST_SHARED, room_for, serve, shared_prefix
from fastapply.models.decoding.speculate import Decoding, Drafter
from fastapply.models.decoding.tally import Tally, joined
from fastapply.models.decoding.tokens import Token
from fastapply.models.held.guide import UNSURE, Guided
from fastapply.models.held.lattice import Lattice, Lines, offers
from fastapply.models.llama.beginning import Beginning, beginning_of
from fastapply.models.llama.model import LlamaModel, open_model
from fastapply.models.llama.verifier import LlamaVerifier, open_verifier
from fastapply.models.progress import Progress
from fastapply.models.prompt import FAMILIES, Family, Task, common_beginning, cut, family_of, prompt
from fastapply.models.settings import Settings
from fastapply.models.writer import Answer, Job

# An answer may be longer than what is expected by the update, half as much again, and this.
_SLACK = 128
_SMALL = 100_000_000
# Side by side on a GPU, which has time to spare while it reads the weights. On a CPU each token
# pays for looking at the cells of all: there they follow one another, from what they share.
_MOST_SLOTS = 8
_MOST_ROOM = 8192
_END = "<|end|>"


@dataclass
class LlamaWriter:
    """Writes with the GGUF at `path`; loads it when first needed, frees it on exit.

    `family` names the kind of prompt (`prompt.FAMILIES`), None to tell by the model. `report` is
    called after every verification batch. `states` is a folder to keep what all prompts of a model
    begin with (`llama_beginning`), None to read it every time.
    """

    path: Path
    settings: Settings = field(default_factory=Settings)
    family: str | None = None
    report: Callable[[Progress], None] | None = None
    states: Path | None = None
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

    @property
    def held(self) -> bool:
        """Whether it is held to lines of code and update (`writer.Writer`); loads the model."""
        model, family = self._load()
        return family.held and not model.settings.free

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

    def write(self, jobs: Sequence[Job]) -> Sequence[Answer]:
        """The code of each task after its update, written in shared batches (`writer.Writer`)."""
        start = time.perf_counter()
        model, family = self._load()
        prepared = [_prepare(model, family, job, self.held) for job in jobs]
        tallies = [Tally() for _ in jobs]
        everything = sum(len(one.draft) for one in prepared)
        beginning = self._beginning(model, family)
        with _table(model, [one.decoding for one in prepared], beginning) as verifier:
            for index, turn in serve([one.decoding for one in prepared], verifier):
                tallies[index].add(turn)
                _check_end(self.name, prepared[index].decoding)
                if self.report is not None:
                    seconds = time.perf_counter() - start
                    total = joined(tallies)
                    self.report(Progress(self.name, model.place, total, everything, seconds))
            decode_seconds = verifier.decode_seconds
        texts = [
            cut(family, model.decode(one.decoding.answer[:-1]), job.task.code)
            for one, job in zip(prepared, jobs, strict=True)
        ]
        seconds = time.perf_counter() - start
        sizes = [len(one.decoding.history) for one in prepared]
        shares = [size / sum(sizes) for size in sizes]
        return [
            Answer(
                text,
                tally,
                len(one.decoding.prompt),
                seconds * share,
                decode_seconds * share,
                sure=one.decoding.history[-1] != UNSURE,
            )
            for text, tally, one, share in zip(texts, tallies, prepared, shares, strict=True)
        ]

    def score(self, task: Task, texts: Sequence[str]) -> list[float]:
        """How probable each of `texts` is as the answer (`writer.Writer`)."""
        model, family = self._load()
        asked = prompt(model, family, task)
        branches = [model.encode(text + family.closing) for text in texts]
        need = len(asked) + sum(map(len, branches))
        with open_verifier(model, need, slots=len(branches)) as verifier:
            return verifier.score(asked, branches)

    def _beginning(self, model: LlamaModel, family: Family) -> Beginning | None:
        """What prompts begin with, where reading that takes longer than getting it from disk."""
        if self.states is None or model.offloads:
            return None
        tokens = common_beginning(model, family)
        if len(tokens) < LEAST_SHARED:
            return None
        return beginning_of(tokens, model, self.path, self.states)

    def _load(self) -> tuple[LlamaModel, Family]:
        if self._loaded is None:
            model = self._stack.enter_context(open_model(self.path, self.settings))
            self._loaded = (model, family_at(self.path, model, self.family))
        return self._loaded


def family_at(path: Path, model: LlamaModel, name: str | None) -> Family:
    """The family called `name`; without one, that of the model and of the file it came from."""
    if name:
        return FAMILIES[name]
    return family_of(model, (path.parent.name, path.name, model.metadata("general.name")))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A job in tokens: how it will be decoded, and what is expected of it."""

    decoding: Decoding
    draft: Sequence[Token]


def _prepare(model: LlamaModel, family: Family, job: Job, held: bool) -> _Prepared:
    asked = prompt(model, family, job.task)
    draft = [*model.encode(job.expected + family.closing), *likely_end(model, family)]
    # What is proposed to a held model has what the update shows already.
    shown = 0 if held and job.proposed else len(model.encode(job.task.shown))
    limit = _limit(model, len(asked), len(draft), shown)
    drafter = _drafter(model, job, draft, asked)
    if not held:
        return _Prepared(Decoding(asked, drafter, model.stop, limit), draft)
    guided = Guided(_lattice(model, job), draft if job.proposed else None)
    stop = {likely_end(model, family)[0], UNSURE}
    return _Prepared(Decoding(asked, drafter, stop, limit, guided), draft)


def _limit(model: LlamaModel, asked: int, expected: int, shown: int) -> int:
    """The most tokens to write: enough for any honest answer, no more than there is room."""
    wanted = expected + expected // 2 + shown + _SLACK
    room = model.context_limit - asked
    if room < expected + shown:
        raise ContextTooSmallError(
            f"prompt and answer take some {asked + expected + shown} tokens, and"
            f" {model.name} takes {model.context_limit}"
        )
    return min(wanted, room)


def _table(
    model: LlamaModel, decodings: Sequence[Decoding], beginning: Beginning | None
) -> AbstractContextManager[LlamaVerifier]:
    """A verifier for as many of `decodings` at a time as is good."""
    largest = max(decoding.need for decoding in decodings)
    room = min(room_for(decodings), model.context_limit, max(largest, _MOST_ROOM))
    abreast = model.offloads and not model.settings.exact
    slots = min(len(decodings), _MOST_SLOTS) if abreast else 1
    shares = model.can_rewind and shared_prefix(decodings) > 0
    return open_verifier(model, room, slots + shares, beginning)


def _check_end(name: str, decoding: Decoding) -> None:
    """Raise `ModelError` where the model would have gone on writing."""
    if decoding.done and decoding.history[-1] not in decoding.stop:
        raise ModelError(f"{name} did not come to an end within {decoding.limit} tokens")


def _drafter(
    model: LlamaModel, job: Job, draft: Sequence[Token], asked: Sequence[Token]
) -> Drafter:
    fragments = [model.encode(run) for run in job.task.runs if run]
    return TextDrafter(draft, fragments, prompt=asked, costs=costs_of(model), trust=job.trust)


def _lattice(model: LlamaModel, job: Job) -> Lattice:
    """What the answer of a held model may consist of; raise where the update does not say where."""
    end = model.control(_END)
    if end is None:
        raise ModelError(f"{model.name} has no {_END}")
    task = job.task
    code = task.code.split("\n")[:-1]
    offered = offers(code, task.update, known=task.elsewhere, lenient=task.shared)
    if not job.proposed and not offered.anchors:
        raise ModelError(
            f"the edit shows no line of the code that tells {model.name} where it goes"
        )
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
