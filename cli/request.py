"""What the user asked for on the command line, and which wishes do not go together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from fastapply.core.errors import OptionsError
from fastapply.core.pipeline import Engine
from fastapply.models.remote.settings import DEFAULTS, ServerSettings


class Mode(Enum):
    """What becomes of the result: written, or only shown in one of several ways."""

    APPLY = "apply"
    DRY_RUN = "--dry-run"
    DIFF = "--diff"
    STDOUT = "--stdout"
    CHECK = "--check"


class Format(str, Enum):
    """The edit formats by name; a test holds them equal to `fastapply.formats.FORMATS`."""

    SNIPPET = "snippet"
    SEARCH_REPLACE = "search-replace"
    UDIFF = "udiff"
    APPLY_PATCH = "apply-patch"
    WHOLE = "whole"


class Verbosity(Enum):
    """How much is said on stderr."""

    QUIET = "--quiet"
    NORMAL = ""
    VERBOSE = "--verbose"


@dataclass(frozen=True, slots=True)
class Rewriting:
    """How a model is to rewrite; None wherever the user did not say.

    `model` is a name as in `models.weights`, `chat` the path of a conversation. `context` bounds
    the tokens held at once; `exact` makes the text independent of the drafts; `cache_type` is how
    the model's memory is kept (`models.settings`).
    """

    model: str | None = None
    whole: bool = False
    instruction: str | None = None
    chat: str | None = None
    exact: bool = False
    gpu_layers: int | None = None
    context: int | None = None
    threads: int | None = None
    cache_type: str | None = None

    def given(self) -> list[str]:
        """The options the user gave."""
        values = {name: getattr(self, name) for name in _OPTIONS}
        return [_OPTIONS[name] for name, value in values.items() if not _unsaid(value)]


_OPTIONS = MappingProxyType(
    {
        "model": "--model",
        "whole": "--whole",
        "instruction": "--instruction",
        "chat": "--chat",
        "exact": "--exact",
        "gpu_layers": "--gpu-layers",
        "context": "--ctx",
        "threads": "--threads",
        "cache_type": "--cache-type",
    }
)


_LOCAL = ("--exact", "--gpu-layers", "--ctx", "--threads", "--cache-type")


@dataclass(frozen=True, slots=True)
class Request:
    """One call of ``fastapply apply``.

    `edit` is the path of the document, ``-`` for stdin, None where the user named none. `commit`
    is the message to commit with, "" for one made up, None not to commit. `said` names the
    parameters that stand on the command line: the others may be configured.
    """

    files: tuple[str, ...] = ()
    edit: str | None = None
    mode: Mode = Mode.APPLY
    json: bool = False
    stage: bool = True
    commit: str | None = None
    interactive: bool = False
    format: str | None = None
    engine: Engine = Engine.AUTO
    rewriting: Rewriting = Rewriting()
    server: ServerSettings = DEFAULTS
    verbosity: Verbosity = Verbosity.NORMAL
    said: frozenset[str] = frozenset()

    def check(self) -> None:
        """Raise `OptionsError` where the wishes do not go together."""
        if self.mode is not Mode.APPLY:
            writing = {"--interactive": self.interactive, "--commit": self.commit is not None}
            for option, given in writing.items():
                if given:
                    raise OptionsError(f"{option} writes, {self.mode.value} does not: choose one")
        if self.commit is not None and not self.stage:
            raise OptionsError("--commit commits what is staged: it excludes --no-stage")
        if self.json and self.mode in (Mode.DIFF, Mode.STDOUT):
            raise OptionsError(f"--json and {self.mode.value} both want stdout: choose one")
        if self.engine is Engine.MERGE:
            for option in self.rewriting.given():
                raise OptionsError(f"{option} is for rewriting, --engine merge merges: choose one")
        self._check_place()
        if self.json and self.interactive:
            raise OptionsError("--json is for programs, --interactive for people: choose one")
        if self.mode is Mode.STDOUT and len(self.files) > 1:
            raise OptionsError("--stdout prints one file: name one FILE")

    def _check_place(self) -> None:
        """Raise `OptionsError` where a model on a server is to run as models here do."""
        model = self.rewriting.model
        if model is None or "://" not in model:
            return
        for option in self.rewriting.given():
            if option in _LOCAL:
                raise OptionsError(f"{option} is for models on this machine, {model} is not")


def _unsaid(value: object) -> bool:
    return value is None or value is False


def mode_of(flags: dict[Mode, bool]) -> Mode:
    """The only mode asked for; `APPLY` where there is none; `OptionsError` where there are two."""
    chosen = [mode for mode, given in flags.items() if given]
    if len(chosen) > 1:
        raise OptionsError(f"{chosen[0].value} and {chosen[1].value} exclude each other")
    return chosen[0] if chosen else Mode.APPLY


def verbosity_of(*, quiet: bool, verbose: bool) -> Verbosity:
    """How much to say; `OptionsError` where both much and little are asked for."""
    if quiet and verbose:
        raise OptionsError("--quiet and --verbose exclude each other")
    return Verbosity.QUIET if quiet else Verbosity.VERBOSE if verbose else Verbosity.NORMAL
