"""Choosing between readings: an edit that can be read in several ways is decided by a model.

Every reading is a text the region may have; the model says how probable each is. One is taken only
if it leaves the next by a clear margin.
"""

from __future__ import annotations

from collections.abc import Sequence

# Natural logarithms: e^3 is odds of 20 to 1.
CLEAR_MARGIN = 3.0
MOST_READINGS = 8


def clear_winner(scores: Sequence[float], margin: float = CLEAR_MARGIN) -> int | None:
    """The index of the best score if the next best is at least `margin` below; else None."""
    if len(scores) < 2:
        return None
    ranked = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    clear = scores[ranked[0]] - scores[ranked[1]] >= margin
    return ranked[0] if clear else None
