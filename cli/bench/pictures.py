"""The picture of a race: how many times faster than plain decoding each contestant is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapply.cli.bench.contestants import PLAIN
from fastapply.cli.bench.summary import Row
from fastapply.cli.canvas import COLOURS, INK, picture
from fastapply.cli.evaluation.summary import Spread

_BAR = 0.36


def draw(rows: Sequence[Row], title: str, path: Path) -> None:
    """Draw a pair of bars a contestant, the answer alone and with its prompt, with quartiles."""
    shown = [row for row in rows if row.faster is not None and row.contestant != PLAIN]
    with picture(path, 7.2, 1.5 + 0.62 * max(len(shown), 1)) as figure:
        axes = figure.add_subplot()
        kinds = (
            ("the answer alone", COLOURS[0], "", [row.faster for row in shown]),
            ("with its prompt", COLOURS[1], "////", [row.faster_total for row in shown]),
        )
        for number, (label, colour, hatch, spreads) in enumerate(kinds):
            places = [at + (number - 0.5) * _BAR for at in range(len(shown))]
            kept = [spread or Spread(0.0, 0.0, 0.0) for spread in spreads]
            axes.barh(
                places,
                [spread.median for spread in kept],
                _BAR,
                color=colour,
                edgecolor="#ffffff",
                hatch=hatch,
                linewidth=0,
                label=label,
            )
            errors = [
                [spread.median - spread.low for spread in kept],
                [spread.high - spread.median for spread in kept],
            ]
            medians = [spread.median for spread in kept]
            axes.errorbar(medians, places, xerr=errors, fmt="none", ecolor=INK, capsize=2, lw=1)
            for place, spread in zip(places, kept, strict=True):
                axes.annotate(
                    f"{spread.median:.1f}x",
                    (spread.high, place),
                    xytext=(5, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=8,
                )
        axes.axvline(1, color=INK, lw=1, ls=":")
        axes.set_yticks(range(len(shown)), [row.contestant for row in shown])
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.margins(x=0.12)
        axes.set_xlim(left=0)
        axes.set_xlabel("times faster than plain decoding (median, quartiles)")
        axes.set_title(title)
        figure.legend(loc="outside lower center", ncols=2)
