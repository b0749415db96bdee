"""The options of ``apply`` that say how a model rewrites: what typer reads off `cli.main`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

MOST_THREADS = 512  # llama.cpp takes no more
_PANEL = "Rewriting with a model"


class CacheType(str, Enum):
    """How a model's memory is kept, in llama.cpp's words (`models.settings.CACHE_TYPES`)."""

    F16 = "f16"
    Q8_0 = "q8_0"


Model: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="The model: a name of `fastapply models list`, a GGUF file, or URL#NAME.",
        metavar="NAME",
        rich_help_panel=_PANEL,
    ),
]
Whole: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--whole/--no-whole",
        help="Rewrite the whole file, not only the regions the edit touches.",
        rich_help_panel=_PANEL,
    ),
]
Instruction: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--instruction",
        help="Tell the model what was wanted.",
        metavar="TEXT",
        rich_help_panel=_PANEL,
    ),
]
Chat: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--chat",
        help="The conversation the edit came up in: text, or JSON messages.",
        metavar="PATH",
        rich_help_panel=_PANEL,
    ),
]
Exact: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--exact/--no-exact",
        help="The text of plain greedy decoding to the bit, whatever was drafted; slower.",
        rich_help_panel=_PANEL,
    ),
]
GpuLayers: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--gpu-layers",
        help="Layers to put on the GPU; all, where llama.cpp was built for one.",
        metavar="N",
        min=0,
        rich_help_panel=_PANEL,
    ),
]
Context: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--ctx",
        help="Tokens the model may hold at once; what it was trained for.",
        metavar="N",
        min=1,
        rich_help_panel=_PANEL,
    ),
]
Threads: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--threads",
        help="Threads that compute; one a core.",
        metavar="N",
        min=1,
        max=MOST_THREADS,
        rich_help_panel=_PANEL,
    ),
]
Cache: TypeAlias = Annotated[
    CacheType | None,
    typer.Option(
        "--cache-type",
        help="How the model's memory is kept; q8_0 takes half of what f16 takes.",
        rich_help_panel=_PANEL,
    ),
]
