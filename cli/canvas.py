"""Pictures as files: drawn by matplotlib without a display, readable on paper and on dark screens.

An SVG is a card that turns dark where the reader's screen is; ink and paper turn together, so that
it can be read on any page. A PNG is a white card. The same numbers give the same bytes.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fastapply.core.errors import OptionsError, UnwritableError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".svg", ".png")
PAPER, INK, FAINT = "#fefefe", "#1f2328", "#d1d9e0"
_AT_NIGHT = MappingProxyType({PAPER: "#0d1117", INK: "#e6edf3", FAINT: "#3d444d"})

# Told apart by people who see no red or no green, and on both papers; marks tell them in grey.
COLOURS = ("#3b82d0", "#d9730d", "#2f9e68", "#a45fc4", "#c9485b", "#1f9aa6", "#8a7a2f", "#7d8590")
MARKS = ("o", "s", "^", "D", "v", "P", "X", "*")

_STYLE: dict[Any, Any] = {
    "axes.edgecolor": FAINT,
    "axes.facecolor": PAPER,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": "medium",
    "figure.facecolor": PAPER,
    "font.size": 10,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",
    "svg.hashsalt": "fastapply",
    "text.color": INK,
    "xtick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.color": FAINT,
    "ytick.labelcolor": INK,
}


def check_picture(path: Path) -> None:
    """Raise `OptionsError` where no picture can be drawn at `path`."""
    if path.suffix.lower() not in SUFFIXES:
        raise OptionsError(f"{path}: pictures are {' or '.join(SUFFIXES)}")
    if find_spec("matplotlib") is None:
        raise OptionsError("drawing needs: pip install 'fastapply[plot]'")


@contextmanager
def picture(path: Path, width: float, height: float) -> Iterator[Figure]:
    """A figure of that many inches to draw on; it is at `path`, whole, when the block ends.

    Raises `UnwritableError` where it cannot be written.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        figure = Figure((width, height), dpi=150, layout="constrained")
        yield figure
        suffix = path.suffix.lower()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=path.parent) as folder:
                drawn = Path(folder) / f"picture{suffix}"
                figure.savefig(drawn, metadata={"Date": None} if suffix == ".svg" else None)
                if suffix == ".svg":
                    drawn.write_text(_turning_dark(drawn.read_text("utf-8")), "utf-8")
                os.replace(drawn, path)
        except OSError as error:
            message = f"cannot write {path}: {error.strerror}"
            raise UnwritableError(message, str(path)) from error


def thousands(axes: Axes, which: str) -> None:
    """Let the numbers of the x or the y axis be 1k and 3M."""
    from matplotlib.ticker import EngFormatter, NullFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(EngFormatter(sep=""))
    axis.set_minor_formatter(NullFormatter())


def _turning_dark(svg: str) -> str:
    """The picture with other ink and paper for dark screens, and without what no eye sees."""
    rules = "".join(
        f'[style*="{what}: {day}"]{{{what}:{night}!important}}'
        for day, night in _AT_NIGHT.items()
        for what in ("fill", "stroke")
    )
    style = f"<style>@media screen and (prefers-color-scheme: dark){{{rules}}}</style>"
    kept = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    return kept.replace("<defs>", f"{style}\n <defs>", 1)
