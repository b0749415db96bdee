"""How fast is the decoding loop? Engines side by side, alternating, on one machine in one run.

    python tests/bench/speculation.py --vocabulary ggml-vocab-qwen2.gguf --cases FOLDER [--only 5]

The model has the exact shape of Qwen2.5-Coder-0.5B in Q4_0 and no trained weights: it replays the
expected file, hidden in the prompt (tests/models/replay.py). So every engine writes the same text,
every number is the real cost of that shape, and none says how well a trained model would agree
with a draft. Cases are folders with original.EXT, edit.md, final.EXT. Engines:

    plain      one token a call (timed on the first tokens, extrapolated)
    lookup     llama-cpp-python's LlamaPromptLookupDecoding: 2-gram, 10 tokens, in this loop
    ngram      llama-server's ngram-simple rule: 12 tokens matched, 48 drafted, in this loop
    original   the drafter on the original file and the fragments
    merge      the drafter on what the merge made (the original where it made nothing)
    region     only the regions that the edit touches, with their own prompts

On a busy machine --cpu with --threads 1 counts the work done and not the waiting for others.

Times are of the loop after the prompt; `total` adds the prompt, which is longer by the hidden text
than a real one. The bound is the time to read the answer in as a prompt.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "models"))

import numpy as np
from gguf import GGMLQuantizationType
from llama_cpp.llama_speculative import LlamaPromptLookupDecoding
from replay import HALF_BILLION, Dial, Vocabulary, hide, make_replay, vocabulary_of

from fastapply.core.edits import FileEdit
from fastapply.core.merge import merge
from fastapply.core.result import Merged
from fastapply.core.text import SourceText
from fastapply.formats import parse
from fastapply.models.draft import TextDrafter
from fastapply.models.llama import LlamaModel, open_model
from fastapply.models.llama_verifier import LlamaVerifier, open_verifier
from fastapply.models.prompt import FASTAPPLY, Task, prompt
from fastapply.models.region import Region, find_regions, whole_region
from fastapply.models.rewriter import TRUST_IN_MERGE, TRUST_IN_ORIGINAL
from fastapply.models.settings import Settings
from fastapply.models.speculate import Ask, Decoding, Drafter, PlainDrafter
from fastapply.models.speculate import Run as Tokens
from fastapply.models.tally import Tally
from fastapply.models.tokens import Token

PLAIN_TOKENS = 60


class PromptLookup:
    """llama-cpp-python's prompt lookup."""

    def __init__(self, asked: Sequence[Token]) -> None:
        self.find = LlamaPromptLookupDecoding()
        self.tokens = list(asked)

    def propose(self, limit: int, rows: int) -> list[list[Token]]:
        drafted: list[Token] = self.find(np.array(self.tokens, np.intc)).tolist()
        return [drafted[:limit]]

    def observe(self, tokens: Sequence[Token]) -> None:
        self.tokens += tokens


class NgramSimple:
    """llama-server's ``--spec-type ngram-simple`` with its defaults."""

    matched, drafted = 12, 48

    def __init__(self, asked: Sequence[Token]) -> None:
        self.tokens = list(asked)
        self.ends: dict[tuple[Token, ...], int] = {}
        self.indexed = self.matched

    def propose(self, limit: int, rows: int) -> list[list[Token]]:
        for end in range(self.indexed, len(self.tokens)):
            self.ends[tuple(self.tokens[end - self.matched : end])] = end
        self.indexed = len(self.tokens)
        found = self.ends.get(tuple(self.tokens[-self.matched :]))
        return [] if found is None else [self.tokens[found : found + min(self.drafted, limit)]]

    def observe(self, tokens: Sequence[Token]) -> None:
        self.tokens += tokens


@dataclass
class Case:
    """One edit: its texts, and what the merge makes of it."""

    name: str
    path: str
    original: SourceText
    final: SourceText
    edit: FileEdit
    merged: Merged | None


@dataclass
class Run:
    """One engine on one case."""

    seconds: float
    prefill: float
    tokens: int
    tally: Tally
    outside: float
    bound: float = 0.0


@dataclass
class Bench:
    """A loaded replay model."""

    model: LlamaModel
    vocabulary: Vocabulary
    dial: Dial
    clock: Callable[[], float] = time.perf_counter
    runs: dict[str, list[Run]] = field(default_factory=dict)

    def case(self, case: Case) -> None:
        """Run all engines on one case."""
        plan = case.merged.plan if case.merged else None
        exact = plan is not None and plan.apply(case.original).lines == case.final.lines
        region = whole_region(case.original.lines, case.edit, plan)
        asked, gold, task = self.prepared(case, region, case.final.lines)
        stem = [*self.model.encode(_text(case.original.lines)), *gold[-4:]]
        expected = [*self.model.encode(_text(region.expected)), *gold[-4:]]
        runs = [self.model.encode(run) for run in task.runs if run]
        trust = TRUST_IN_MERGE if plan else TRUST_IN_ORIGINAL
        engines: dict[str, Callable[[], Drafter]] = {
            "plain": PlainDrafter,
            "lookup": lambda: PromptLookup(asked),
            "ngram": lambda: NgramSimple(asked),
            "original": lambda: TextDrafter(stem, runs, prompt=asked),
            "merge": lambda: TextDrafter(expected, runs, prompt=asked, trust=trust),
        }
        with open_verifier(self.model, len(asked) + len(gold) + 64) as verifier:
            prefill = self.prefill(verifier, asked)
            for name, drafter in engines.items():
                self.note(case, name, self.loop(verifier, asked, gold, drafter(), prefill))
            bound = self.read_in(verifier, len(asked) - 1, gold)
            for name in engines:
                self.runs[name][-1].bound = bound
        if exact:
            self.note(case, "region", self.regions(case))

    def regions(self, case: Case) -> Run:
        """Rewrite region after region."""
        assert case.merged is not None
        found = find_regions(
            case.path, case.original.lines, case.edit, plan=case.merged.plan, touched=()
        )
        total = Run(0.0, 0.0, 0, Tally(), 0.0)
        for region in found:
            asked, gold, task = self.prepared(case, region, region.expected)
            runs = [self.model.encode(run) for run in task.runs if run]
            with open_verifier(self.model, len(asked) + len(gold) + 64) as verifier:
                prefill = self.prefill(verifier, asked)
                drafter = TextDrafter(gold, runs, prompt=asked, trust=TRUST_IN_MERGE)
                run = self.loop(verifier, asked, gold, drafter, prefill)
                total.bound += self.read_in(verifier, len(asked) - 1, gold)
            total.seconds += run.seconds
            total.prefill += run.prefill
            total.tokens += run.tokens
            total.outside += run.outside
            total.tally.join(run.tally)
        return total

    def prepared(
        self, case: Case, region: Region, new: Sequence[str]
    ) -> tuple[list[Token], list[Token], Task]:
        """The prompt with the answer hidden in it, the answer, the task; the dial is set."""
        code = _text(case.original.lines[region.span.start : region.span.stop])
        task = Task(code, region.update)
        gold = self.model.encode(_text(new) + FASTAPPLY.closing)
        asked = hide(prompt(self.model, FASTAPPLY, task), gold, self.vocabulary)
        self.dial.set(len(asked) - 1)
        return asked, [*gold, self.vocabulary.eos], task

    def prefill(self, verifier: LlamaVerifier, asked: list[Token]) -> float:
        start = self.clock()
        verifier.verify({0: Ask(Tokens(asked[:-1]))})
        return self.clock() - start

    def read_in(self, verifier: LlamaVerifier, held: int, gold: list[Token]) -> float:
        """The bound: the answer as a prompt."""
        verifier.keep(0, held)
        start = self.clock()
        verifier.verify({0: Ask(Tokens(gold))})
        return self.clock() - start

    def loop(
        self,
        verifier: LlamaVerifier,
        asked: list[Token],
        gold: list[Token],
        drafter: Drafter,
        prefill: float,
    ) -> Run:
        plain = isinstance(drafter, PlainDrafter)
        limit = min(PLAIN_TOKENS, len(gold)) if plain else len(gold) + 32
        tally = Tally()
        inside, wall = verifier.decode_seconds, time.perf_counter()
        start = self.clock()
        decoding = Decoding(asked, drafter, self.model.stop, limit)
        decoding.held = verifier.keep(0, len(asked) - 1)
        while not decoding.done:
            known = len(decoding.history)
            turn = decoding.tell(verifier.verify({0: decoding.ask()})[0])
            decoding.held = verifier.keep(0, known + turn.kept, turn.branch)
            tally.add(turn)
        seconds = self.clock() - start
        wall = time.perf_counter() - wall
        answer = decoding.answer
        if answer != gold[: len(answer)] or (not plain and len(answer) != len(gold)):
            raise AssertionError("the model did not replay its text")
        outside = seconds * (1 - (verifier.decode_seconds - inside) / wall)
        scale = len(gold) / len(answer)
        return Run(seconds * scale, prefill, len(gold), tally, outside * scale)

    def note(self, case: Case, name: str, run: Run) -> None:
        self.runs.setdefault(name, []).append(run)
        print(
            f"{case.name} {name:9} {run.seconds:6.2f} s + {run.prefill:5.2f} s"
            f"  {run.tokens} tokens  {run.tally.calls} calls"
            f"  accepted {run.tally.acceptance_rate:.2f}",
            flush=True,
        )


def summary(runs: dict[str, list[Run]]) -> list[dict[str, object]]:
    """Medians over the cases, as ratios to plain decoding of the same case."""
    rows: list[dict[str, object]] = []
    plain = runs["plain"]
    for name, own in runs.items():
        pairs = [pair for pair in zip(plain, own, strict=False)]
        speeds = sorted(base.seconds / run.seconds for base, run in pairs)
        totals = [
            (base.seconds + base.prefill) / (run.seconds + run.prefill) for base, run in pairs
        ]
        rows.append(
            {
                "engine": name,
                "tokens/s": round(statistics.median(r.tokens / r.seconds for r in own), 1),
                "x plain": round(statistics.median(speeds), 2),
                "least": round(speeds[0], 2),
                "most": round(speeds[-1], 2),
                "x plain, total": round(statistics.median(totals), 2),
                "x bound": round(statistics.median(r.seconds / r.bound for r in own), 2),
                "accepted": round(statistics.median(r.tally.acceptance_rate for r in own), 3),
                "per turn": round(statistics.median(r.tally.acceptance_length for r in own), 1),
                "calls": round(statistics.median(r.tally.calls for r in own)),
                "outside": f"{statistics.median(r.outside / r.seconds for r in own):.1%}",
            }
        )
    return rows


def read_case(folder: Path) -> Case | None:
    """The case in `folder`, None if it is not one file's edit."""
    (before,), (after,) = folder.glob("original.*"), folder.glob("final.*")
    document = parse((folder / "edit.md").read_text("utf-8"), target=before.name)
    if len(document.files) != 1:
        return None
    original = SourceText.decode(before.read_bytes())
    merged = merge(original, document.files[0], before.name)
    return Case(
        folder.name,
        before.name,
        original,
        SourceText.decode(after.read_bytes()),
        document.files[0],
        merged if isinstance(merged, Merged) else None,
    )


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def main() -> None:
    """Run the benchmark."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--vocabulary", type=Path, required=True)
    options.add_argument("--cases", type=Path, required=True, nargs="+")
    options.add_argument("--model", type=Path, default=Path("/tmp/replay-0.5b.gguf"))
    options.add_argument("--threads", type=int, default=0)
    options.add_argument("--cpu", action="store_true", help="count CPU time, not the clock")
    given = options.parse_args()
    vocabulary = vocabulary_of(given.vocabulary)
    if not given.model.exists():
        make_replay(given.model, HALF_BILLION, vocabulary, GGMLQuantizationType.Q4_0)
    with open_model(given.model, Settings(threads=given.threads)) as model:
        clock = time.process_time if given.cpu else time.perf_counter
        bench = Bench(model, vocabulary, Dial(given.model, HALF_BILLION), clock)
        for case in filter(None, map(read_case, given.cases)):
            bench.case(case)
    rows = summary(bench.runs)
    print("\n| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(map(str, row.values())) + " |")
    print(json.dumps({"cases": len(bench.runs["plain"]), "rows": rows}))


if __name__ == "__main__":
    main()
