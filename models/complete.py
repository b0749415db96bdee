"""Whether an answer has the lines that the edit shows of its region.

The check of the whole file would find a lost ``return y`` in the next function. What is asked here
is asked of the region alone: a line that the edit shows, and that the region had or was expected
to get, must be in the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fastapply.core.lines.sightings import Section, missed, squeeze
from fastapply.models.region import Region


def lost_line(region: Region, answer: Sequence[str]) -> str | None:
    """The first line that the edit shows and that `answer` should have but lacks, squeezed."""
    runs: list[list[str]] = [[]]
    for line in region.update:
        if line is None:
            runs.append([])
        else:
            runs[-1].append(line)
    sections = [Section.of(run, is_last=False) for run in runs]
    elsewhere = Counter(each.key for each in missed(sections, _keys(region.expected)))
    for each in missed(sections, _keys(answer)):
        if elsewhere[each.key] > 0:
            elsewhere[each.key] -= 1
        elif not each.has_drifted:
            return each.key
    return None


def _keys(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(squeeze, lines)))
