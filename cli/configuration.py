"""What the user settled once: files, environment and flags, the later over the earlier.

    the user's own file        ~/.config/fastapply/fastapply.toml
    the project's files        pyproject.toml ([tool.fastapply]), then fastapply.toml, of the
                               nearest folder that has one, up to the root of the repository
    the environment            FASTAPPLY_ENGINE, FASTAPPLY_SERVER_TIMEOUT, ...
    flags                      --engine, ... (`settled`)

A new key is a field here, its reader in `config_layers.READERS`, and a line in
docs/configuration.md; tests hold the three together. These are `NamedTuple`s because they are made
at every start; nothing is parsed, nor its parser imported, where nothing was settled.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from fastapply.core.pipeline import Engine
from fastapply.models.remote.settings import DEFAULTS, ServerSettings

PREFIX = "FASTAPPLY_"
OTHER_VARIABLES = frozenset({"FASTAPPLY_API_KEY", "FASTAPPLY_JUDGE_KEY", "FASTAPPLY_MODELS"})
"""Variables of ours that are no keys."""


class Hook(NamedTuple):
    """The hooks: `allow` are patterns of files that may hold what an edit leaves behind.

    `pending` is the folder of edit documents that wait, `archive` where they go ("": nowhere).
    """

    allow: tuple[str, ...] = ()
    pending: str = ".fastapply"
    archive: str = ""


DEFAULT_HOOK = Hook()


class Configuration(NamedTuple):
    """What holds. None leaves the choice to the program."""

    engine: Engine = Engine.AUTO
    model: str | None = None
    format: str | None = None
    stage: bool = True
    whole: bool = False
    exact: bool = False
    gpu_layers: int | None = None
    ctx: int | None = None
    threads: int | None = None
    cache_type: str | None = None
    hook: Hook = DEFAULT_HOOK
    server: ServerSettings = DEFAULTS


class Configured(NamedTuple):
    """What holds, and by key where it was said; what is not in `origins` is a default."""

    values: Configuration = Configuration()
    origins: Mapping[str, str] = MappingProxyType({})


def places(cwd: str, root: str | None) -> list[str]:
    """Where files are looked for: the user's, then those of each folder, the nearest first."""
    found = [user_file()]
    folder = os.path.realpath(cwd)
    while True:
        found += (os.path.join(folder, name) for name in ("pyproject.toml", "fastapply.toml"))
        parent = os.path.dirname(folder)
        if root is None or folder == root or parent == folder:
            return found
        folder = parent


def user_file() -> str:
    """The user's own file, whether it is there or not."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or os.path.expanduser("~")
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return os.path.join(base, "fastapply", "fastapply.toml")
