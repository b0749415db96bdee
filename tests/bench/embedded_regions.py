"""Regions of real edits, and how many of them the embedded model rewrites exactly.

    python tests/bench/embedded_regions.py dump EDITS_FOLDER REGIONS.json    (where fastapply is)
    python tests/bench/embedded_regions.py score REGIONS.json RUN_FOLDER     (where torch is)

`dump` takes the snippet cases of a folder like ../shared/edits apart into the regions that the
rewriting engine would hand to a model, with what should come of each; `score` counts the regions
that greedy decoding along the lattice gets right, and the cases all of whose regions it does.
"""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def dump(edits: Path, out: Path) -> None:
    """Write the regions of every snippet case."""
    cases = [taken for folder in sorted(edits.glob("*/")) if (taken := take_apart(folder))]
    out.write_text(json.dumps(cases), "utf-8")
    print(f"{len(cases)} cases, {sum(len(case['regions']) for case in cases)} regions")


def take_apart(folder: Path) -> dict[str, Any] | None:
    """The regions of one case; None if it is no snippet."""
    from fastapply.core.merge import merge
    from fastapply.core.result import Merged
    from fastapply.core.text import SourceText
    from fastapply.formats import parse
    from fastapply.models.region import find_regions, update_of, whole_region

    case = json.loads((folder / "case.json").read_text("utf-8"))
    if case["format"] != "snippet":
        return None
    old, new = (
        SourceText.decode(next(folder.glob(f"{name}.*")).read_bytes())
        for name in ("original", "final")
    )
    document = (folder / "edit.md").read_text("utf-8")
    edit = parse(document, target=case["path"]).files[0]
    merged = merge(old, edit, case["path"])
    plan = merged.plan if isinstance(merged, Merged) else None
    touched = () if isinstance(merged, Merged) else merged.regions
    found = find_regions(case["path"], old.lines, edit, plan=plan, touched=touched)
    regions = found or (whole_region(old.lines, edit, plan),)
    matcher = difflib.SequenceMatcher(None, old.lines, new.lines, autojunk=False)
    codes = matcher.get_opcodes()
    return {
        "id": case["id"],
        "style": case["style"],
        "merged": plan is not None and plan.apply(old).lines == new.lines,
        "regions": [
            {
                "region": old.lines[region.span.start : region.span.stop],
                "fragment": region.update,
                "known": [*old.lines[: region.span.start], *old.lines[region.span.stop :]],
                "lenient": len(regions) > 1 and region.update == update_of(edit),
                "final": _after(codes, region.span.start, region.span.stop, new.lines),
            }
            for region in regions
        ],
        "covered": all(
            tag == "equal" or any(r.span.start <= a and b <= r.span.stop for r in regions)
            for tag, a, b, _, _ in codes
        ),
    }


def _after(
    codes: Sequence[tuple[str, int, int, int, int]], start: int, stop: int, new: tuple[str, ...]
) -> list[str]:
    """The lines that [start, stop) became, with what was inserted at its edges."""
    spans = [(x, y) for _, a, b, x, y in codes if start <= a and b <= stop]
    cut = [
        (x + max(start, a) - a, x + min(stop, b) - a)
        for tag, a, b, x, _ in codes
        if tag == "equal" and max(start, a) < min(stop, b)
    ]
    edges = [*spans, *cut]
    return list(new[min(x for x, _ in edges) : max(y for _, y in edges)]) if edges else []


def score(regions: Path, run: Path) -> None:
    """Print how many regions and cases come out exactly."""
    from fastapply.models.training.evaluate import evaluate
    from fastapply.models.training.export import load_model
    from fastapply.models.training.tasks import Task
    from fastapply.models.training.tokenizer import LineEncoder, encode_task, load_tokenizer

    model, encoder = load_model(run), LineEncoder(load_tokenizer(run / "tokenizer.json"))
    exact_cases = 0
    tasks = []
    cases = json.loads(regions.read_text("utf-8"))
    for case in cases:
        own = [
            encode_task(
                encoder,
                Task(
                    f"edit-any-{case['style']}",
                    tuple(region["region"]),
                    tuple(region["fragment"]),
                    tuple(region["final"]),
                    frozenset(region["known"]),
                    region["lenient"],
                ),
            )
            for region in case["regions"]
        ]
        scores = evaluate(model, own)
        exact_cases += case["covered"] and scores.exact["all"] == (len(own), len(own))
        tasks += own
    print(f"cases {exact_cases}/{len(cases)} {evaluate(model, tasks).line()}")


def main() -> None:
    """Read the options and do one of the two."""
    parser = argparse.ArgumentParser(description="The embedded model on regions of real edits.")
    parser.add_argument("step", choices=("dump", "score"))
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    (dump if options.step == "dump" else score)(options.source, options.target)


if __name__ == "__main__":
    main()
