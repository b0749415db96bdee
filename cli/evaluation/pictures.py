"""The picture of an evaluation: accuracy against speed, and speed against the length of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from fastapply.cli.canvas import COLOURS, INK, MARKS, PAPER, picture, thousands
from fastapply.cli.evaluation.records import Record
from fastapply.cli.evaluation.summary import count, groups, length_of, speed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LONGEST_NAME = 48
_BEYOND = 1000.0  # times outside of what is shown


def draw(records: Sequence[Record], path: Path) -> None:
    """Draw both panels, a mark and a colour a contestant."""
    names = list(dict.fromkeys(record.contestant for record in records))
    own = {name: [one for one in records if one.contestant == name] for name in names}
    rows = -(-len(names) // 2)
    with picture(path, 9.6, 4.0 + 0.22 * rows) as figure:
        accuracy, lengths = figure.subplots(1, 2)
        _draw_accuracy(accuracy, own)
        _draw_lengths(lengths, own)
        handles, labels = accuracy.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=min(len(names) + 1, 3))


def front(points: Mapping[str, tuple[float, float]]) -> list[str]:
    """Who is beaten by nobody in both, the slowest first."""
    ranked = sorted(points, key=lambda name: (-points[name][0], -points[name][1]))
    kept: list[str] = []
    best = float("-inf")
    for name in ranked:
        if points[name][1] > best:
            best = points[name][1]
            kept.append(name)
    return kept[::-1]


def _draw_accuracy(axes: Axes, own: Mapping[str, Sequence[Record]]) -> None:
    points: dict[str, tuple[float, float]] = {}
    for name, records in own.items():
        found = speed(records)
        if found is not None:
            points[name] = (found.warm.median, 100 * count(records).exact_share)
    best = front(points)
    corners = [points[name] for name in best]
    if corners:
        corners = [(corners[0][0] / _BEYOND, corners[0][1]), *corners, (corners[-1][0], -_BEYOND)]
    axes.plot(
        [speed for speed, _ in corners],
        [share for _, share in corners],
        drawstyle="steps-pre",
        color=INK,
        lw=1,
        ls="--",
        label="Pareto front",
        zorder=2,
    )
    for number, name in enumerate(own):
        colour = COLOURS[number % len(COLOURS)]
        axes.plot(
            *([points[name][0]], [points[name][1]]) if name in points else ([], []),
            marker=MARKS[number % len(MARKS)],
            ls="",
            ms=9,
            mfc=colour if name in best else PAPER,
            mec=colour,
            mew=1.8,
            label=_short(name),
            zorder=3,
        )
    axes.set_xscale("log")
    _look_at(axes, list(points.values()))
    thousands(axes, "x")
    axes.set_xlabel("characters/s in a warm process, median")
    axes.set_ylabel("exact, % of cases")
    axes.set_title("Accuracy against speed")


def _draw_lengths(axes: Axes, own: Mapping[str, Sequence[Record]]) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    drawn = False
    for number, records in enumerate(own.values()):
        colour = COLOURS[number % len(COLOURS)]
        timed = [one for one in records if not one.reason and one.seconds > 0 and one.lines]
        drawn = drawn or bool(timed)
        axes.plot(
            [one.lines for one in timed],
            [one.characters / one.seconds for one in timed],
            marker=MARKS[number % len(MARKS)],
            ls="",
            ms=3.5,
            color=colour,
            alpha=0.4,
            mew=0,
        )
        classes = [members for members in groups(timed, length_of).values() if members]
        axes.plot(
            [median(one.lines for one in members) for members in classes],
            [median(one.characters / one.seconds for one in members) for members in classes],
            marker=MARKS[number % len(MARKS)],
            color=colour,
            lw=1.8,
            ms=6,
        )
    if not drawn:
        axes.set(xlim=(1, 1000), ylim=(1, 1000))
    thousands(axes, "x")
    thousands(axes, "y")
    axes.set_xlabel("lines of the file")
    axes.set_ylabel("characters/s")
    axes.set_title("Speed against length, cases and medians")


def _look_at(axes: Axes, points: Sequence[tuple[float, float]]) -> None:
    """Show the points with room around them: some decades of speed, and where shares differ."""
    speeds = [speed for speed, _ in points] or [100.0]
    room = 3 if max(speeds) > 10 * min(speeds) else 10
    axes.set_xlim(min(speeds) / room, max(speeds) * room)
    least = min((share for _, share in points), default=0.0)
    bottom = max(10 * ((least - 10) // 10), 0)
    axes.set_ylim(bottom - (100 - bottom) / 25, 100 + (100 - bottom) / 25)


def _short(name: str) -> str:
    """`name` as a legend has room for it: a path by its end."""
    engine, colon, model = name.partition(":")
    short = f"{engine}{colon}{Path(model).name if model.endswith('.gguf') else model}"
    return short if len(short) <= _LONGEST_NAME else f"{short[: _LONGEST_NAME - 1]}…"
