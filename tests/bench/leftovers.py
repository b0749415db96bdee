"""How often `fastapply hook check` is wrong.

    python tests/bench/leftovers.py [--edits CASES] FOLDER...

False alarms: every text file below the folders is taken for newly added, and what would be found
is counted and listed. Detection: what the fences of edit documents hold (`original.*` and `edit.md`
a folder) is pasted into the middle of the original, as people do; and no alarm in any `final.*`.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from fastapply.core.checks.leftovers import Leftover, leftovers
from fastapply.core.lines.markers import Kind, marker
from fastapply.core.text import SourceText

_KNOWN = (
    "py pyi pyx js mjs cjs ts tsx jsx h c cc cpp hpp cu pl pm sh bash css scss html md rst txt rb"
    " go rs java kt swift lua php toml yaml yml sql cmake vue svelte"
)
SUFFIXES = frozenset(_KNOWN.split())
FENCE = re.compile(r"\s*(?:```|~~~)")


def found_in(place: Path) -> tuple[Leftover, ...]:
    return leftovers(place.name, SourceText.decode(place.read_bytes()).lines)


def sources(folders: list[str]) -> Iterator[Path]:
    """The text files, each content once."""
    seen: set[int] = set()
    for folder in folders:
        for root, _, names in os.walk(folder):
            for place in (Path(root, name) for name in names):
                if place.suffix[1:] not in SUFFIXES or place.is_symlink():
                    continue
                data = place.read_bytes()
                if b"\0" not in data and len(data) <= 20_000_000 and hash(data) not in seen:
                    seen.add(hash(data))
                    yield place


def false_alarms(folders: list[str]) -> None:
    files, alarmed, kinds = 0, 0, Counter[str]()
    for place in sources(folders):
        found = found_in(place)
        files += 1
        alarmed += bool(found)
        kinds.update(each.kind for each in found)
        for each in found:
            print(f"{place}:{each.line + 1}: {each.kind}: {each.text}")
    rate = 1000 * kinds.total() / max(files, 1)
    print(f"{files} files, {alarmed} with alarms, {rate:.1f} alarms per 1000 files, {dict(kinds)}")


def detection(cases: Path) -> None:
    tried, hit = Counter[str](), Counter[str]()
    for edit in sorted(cases.glob("*/edit.md")):
        original = next(edit.parent.glob("original.*"))
        final = next(edit.parent.glob("final.*"))
        tried["finals without alarm"] += 1
        hit["finals without alarm"] += not found_in(final)
        lines = SourceText.decode(original.read_bytes()).lines
        middle = len(lines) // 2
        for fence in fences(edit.read_text().split("\n")):
            for kind, paste in pastes(fence):
                pasted = (*lines[:middle], *paste, *lines[middle:])
                tried[kind] += 1
                hit[kind] += bool(leftovers(original.name, pasted))
    for kind, count in tried.items():
        print(f"{kind}: {hit[kind]} of {count}")


def fences(document: list[str]) -> Iterator[list[str]]:
    """The fences of a document with their signs."""
    start = None
    for number, line in enumerate(document):
        if FENCE.match(line):
            if start is not None:
                yield document[start : number + 1]
            start = number if start is None else None


def pastes(fence: list[str]) -> Iterator[tuple[str, list[str]]]:
    """What of a fence may be pasted, and what there is to find in it."""
    yield "fence", fence
    body = fence[1:-1]
    markers = [found for found in map(marker, body) if found and found.kind is Kind.GAP]
    if any(line.lstrip().startswith(("<<<<<<", "*** ")) for line in body):
        yield "SEARCH/REPLACE or apply-patch", body
    elif any(line.startswith("@@") for line in body):
        yield "diff", body
    elif any(found.certain for found in markers):
        yield "snippet with a sure marker", body
    elif any(found.text != "..." for found in markers):
        yield "snippet with an unsure marker", body


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if "--edits" in arguments:
        at = arguments.index("--edits")
        detection(Path(arguments[at + 1]))
        del arguments[at : at + 2]
    if arguments:
        false_alarms(arguments)
