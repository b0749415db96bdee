"""Weights: which GGUF files are known, where they are kept, how they get there.

A model is named by

    NAME                        an entry of the catalogue, or what `use` chose where none is said
    hf:OWNER/REPO/FILE.gguf     a file on the Hugging Face hub
    a path                      anything that holds a separator or ends in .gguf

Downloads go on where they broke off (`hub`; ``HF_ENDPOINT`` and tokens are honoured) into the
platform's data folder, where a file appears only when it is complete.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from glob import escape
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from fastapply.core.errors import ModelError, WeightsNotFoundError

EMBEDDED_NAME = "embedded"
_CHOICE = "default.json"
_MAGIC = b"GGUF"
_HUB = re.compile(r"hf:(?P<owner>[\w.-]+)/(?P<repo>[\w.-]+)/(?P<file>[^\s]+\.gguf)")


@dataclass(frozen=True, slots=True)
class Published:
    """A model on the hub. `family` names its kind of prompt (None: told by the model itself).

    `sha256` is "" where it is not known here; then the hub's own digest is checked. `seen` says
    whether other programs are known to download just this file, as nobody here has.
    """

    name: str
    repo: str
    file: str
    family: str | None
    about: str
    sha256: str = ""
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Shipped:
    """The model that comes with the package."""

    path: Path
    name: str = EMBEDDED_NAME
    family: str | None = EMBEDDED_NAME
    about: str = "small, comes with fastapply"


@dataclass(frozen=True, slots=True)
class Local:
    """A file of the user's."""

    path: Path
    family: str | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.stem


Model: TypeAlias = "Published | Shipped | Local"

CATALOGUE = (
    Published(
        "fastapply-1.5b",
        "Kortix/FastApply-1.5B-v1.0_GGUF",
        "unsloth.Q4_K_M.gguf",
        "fastapply",
        "Kortix FastApply 1.5B v1.0, 1.0 GB",
        seen=True,
    ),
    Published(
        "fastapply-7b",
        "Kortix/FastApply-7B-v1.0_GGUF",
        "hf.Q4_K_M.gguf",
        "fastapply",
        "Kortix FastApply 7B v1.0, 4.7 GB",
        seen=True,
    ),
    Published(
        "osmosis-1.7b",
        "osmosis-ai/Osmosis-Apply-1.7B",
        "osmosis-apply-1.7b-bf16.gguf",
        "osmosis",
        "Osmosis Apply 1.7B, 3.4 GB",
    ),
)


@dataclass(frozen=True, slots=True)
class Store:
    """The folder where downloaded models are kept."""

    folder: Path

    @classmethod
    def of_the_user(cls) -> Store:
        """The platform's place, or ``FASTAPPLY_MODELS``."""
        named = os.environ.get("FASTAPPLY_MODELS")
        if named:
            return cls(Path(named))
        from platformdirs import user_data_path

        return cls(user_data_path("fastapply", appauthor=False) / "models")

    def find(self, name: str | None = None) -> Model:
        """The model called `name`; without one the chosen, else the shipped one.

        Raises `WeightsNotFoundError` where nothing is called so.
        """
        if name is None:
            chosen = self.chosen()
            if chosen is not None:
                return self.find(chosen)
            model = shipped()
            if model is None:
                raise WeightsNotFoundError(
                    "no model comes with this installation and none was chosen:"
                    " fastapply models pull NAME, then fastapply models use NAME"
                )
            return model
        known = {model.name: model for model in known_models()}
        if name in known:
            return known[name]
        hub = _HUB.fullmatch(name)
        if hub:
            return Published(name, f"{hub['owner']}/{hub['repo']}", hub["file"], None, "")
        if name.startswith("hf:"):
            raise WeightsNotFoundError(f"{name} is not hf:OWNER/REPO/FILE.gguf")
        if "://" in name:
            raise WeightsNotFoundError(
                f"{name} is a server, which keeps its models itself: name it with --model, in"
                " FASTAPPLY_MODEL or in your own configuration"
            )
        if name.endswith(".gguf") or "/" in name or os.sep in name:
            return Local(Path(name).expanduser())
        raise WeightsNotFoundError(
            f"no model is called {name}; known: {', '.join(known)}, a path,"
            " hf:OWNER/REPO/FILE.gguf, or for one on a server http(s)://HOST[:PORT]#NAME"
        )

    def path(self, model: Model) -> Path:
        """Where the file of `model` is, or will be once pulled."""
        if isinstance(model, Published):
            return self.folder / model.repo.replace("/", "--") / model.file
        return model.path

    def holds(self, model: Model) -> bool:
        """Whether the file is there."""
        return self.path(model).is_file()

    def ready(self, model: Model) -> Path:
        """The file of `model`; raise `WeightsNotFoundError` if it is not there."""
        if not self.holds(model):
            hint = f": fastapply models pull {model.name}" if isinstance(model, Published) else ""
            raise WeightsNotFoundError(f"the model {self.path(model)} is not there{hint}")
        return self.path(model)

    def pull(self, model: Model) -> Path:
        """Fetch the file of `model` unless it is there (`hub.fetch`).

        Raises `ModelError` where it cannot be had, or is not what it should be.
        """
        path = self.path(model)
        if self.holds(model):
            return path
        if not isinstance(model, Published):
            raise WeightsNotFoundError(f"there is no model at {path}")
        from fastapply.models.hub import fetch

        fetch(model.repo, model.file, path, model.sha256)
        return path

    def remove(self, model: Model) -> None:
        """Delete a downloaded file, and what came of downloads of it that broke off.

        Raises `WeightsNotFoundError` where there is nothing.
        """
        path = self.path(model)
        found = [*path.parent.glob(f"{escape(path.name)}.*.part")]
        if self.holds(model):
            found.append(path)
        if not isinstance(model, Published) or not found:
            raise WeightsNotFoundError(f"{model.name} was not downloaded")
        for place in found:
            place.unlink()
        if self.chosen() == model.name:
            (self.folder / _CHOICE).unlink()

    def others(self) -> tuple[Published, ...]:
        """What was pulled besides the models of the catalogue."""
        known = {self.path(model) for model in CATALOGUE}
        found = sorted(self.folder.glob("*--*/**/*.gguf"))
        parts = [path.relative_to(self.folder).parts for path in found if path not in known]
        repos = [(repo.replace("--", "/", 1), "/".join(file)) for repo, *file in parts]
        return tuple(Published(f"hf:{repo}/{file}", repo, file, None, "") for repo, file in repos)

    def use(self, name: str) -> None:
        """Make `name` the model that is taken where none is said."""
        check_kind(self.ready(self.find(name)))
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = (
            str(Path(name).expanduser().resolve()) if isinstance(self.find(name), Local) else name
        )
        (self.folder / _CHOICE).write_text(json.dumps({"model": kept}), "utf-8")

    def chosen(self) -> str | None:
        """What `use` chose, None if nothing."""
        try:
            return str(json.loads((self.folder / _CHOICE).read_text("utf-8"))["model"])
        except (OSError, ValueError, KeyError, TypeError):
            return None


def check_kind(path: Path) -> None:
    """Raise unless there is something at `path` that begins like a GGUF."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except FileNotFoundError as error:
        raise WeightsNotFoundError(f"there is no model at {path}") from error
    except OSError as error:
        raise ModelError(f"cannot read the model {path}: {error.strerror}") from error
    if magic != _MAGIC:
        raise ModelError(f"{path} is no GGUF file")


def known_models() -> tuple[Published | Shipped, ...]:
    """The shipped model, if there is one, and the catalogue."""
    own = shipped()
    return (*CATALOGUE,) if own is None else (own, *CATALOGUE)


def shipped() -> Shipped | None:
    """The model in the package, None where it was left out."""
    folder = Path(str(files("fastapply.models"))) / "data"
    found = sorted(folder.glob("*.gguf"))
    return Shipped(found[0]) if found else None
