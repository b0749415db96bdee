"""`fastapply bench` on a model of real shape without weights, where none can be had.

    python tests/bench/speculation.py --vocabulary ggml-vocab-qwen2.gguf [FOLDER...]

The model has the exact shape of Qwen2.5-Coder-0.5B in Q4_0 and no trained weights: it replays the
expected file, hidden in the prompt (tests/models/replay.py). So every contestant writes the same
text, every number is the real cost of that shape, and none says how well a trained model would
agree with a draft. The prompt is longer by the hidden text than a real one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "models"))

from gguf import GGMLQuantizationType
from replay import HALF_BILLION, Dial, Vocabulary, hide, make_replay, vocabulary_of

from fastapply.cli.bench.contestants import contestants
from fastapply.cli.bench.pictures import draw
from fastapply.cli.bench.race import Race
from fastapply.cli.bench.report import Results, machine, show
from fastapply.cli.bench.server import Servers
from fastapply.cli.bench.session import OWN_EDITS, run_all
from fastapply.cli.bench.stage import Stage
from fastapply.cli.bench.summary import summary
from fastapply.cli.evaluation.jobs import read_jobs
from fastapply.models import llama
from fastapply.models.llama import LlamaModel, open_model
from fastapply.models.prompt import FASTAPPLY, Task, prompt
from fastapply.models.settings import Settings
from fastapply.models.tokens import Token


@dataclass
class Replaying:
    """Prompts with their answers hidden in them (`stage.Prompter`)."""

    model: LlamaModel
    vocabulary: Vocabulary
    dial: Dial

    def ask(self, task: Task, answer: str) -> list[Token]:
        gold = self.model.encode(answer + FASTAPPLY.closing)
        hidden: list[Token] = hide(prompt(self.model, FASTAPPLY, task), gold, self.vocabulary)
        return hidden

    def begin(self, asked: Sequence[Token]) -> None:
        self.dial.set(len(asked) - 1)


def mapped_always(path: Path) -> bool:
    """Nothing is read instead of being mapped: the dial turns weights in the mapped file."""
    return False


def main() -> None:
    """Run the benchmark."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folders", type=Path, nargs="*")
    options.add_argument("--vocabulary", type=Path, required=True)
    options.add_argument("--model", type=Path, default=Path("/tmp/replay-0.5b.gguf"))
    options.add_argument("--threads", type=int, default=0)
    options.add_argument("--context", type=int, default=0, help="tokens; 0: the model's own")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--plain-tokens", type=int, default=60)
    options.add_argument("--who", action="append", default=[])
    options.add_argument("--llama-server", type=Path)
    options.add_argument("--cpu", action="store_true", help="count CPU time, not the clock")
    options.add_argument("--out", type=Path)
    options.add_argument("--plot", type=Path)
    given = options.parse_args()
    setattr(llama, "is_much_repacked", mapped_always)  # noqa: B010
    vocabulary = vocabulary_of(given.vocabulary)
    if not given.model.exists():
        make_replay(given.model, HALF_BILLION, vocabulary, GGMLQuantizationType.Q4_0)
    jobs, faults = read_jobs(given.folders or [OWN_EDITS])
    results = Results(machine() | {"model": "replay, 0.5B Q4_0"}, faults, given.out)
    settings = Settings(threads=given.threads, context=given.context)
    with ExitStack() as stack:
        model = stack.enter_context(open_model(given.model, settings))
        servers = None
        if given.llama_server is not None:
            servers = stack.enter_context(Servers(given.llama_server, given.model, model))
        prompter = Replaying(model, vocabulary, Dial(given.model, HALF_BILLION))
        clock = time.process_time if given.cpu else time.perf_counter
        names = contestants(given.who, server=servers is not None)
        stage = Stage(model, FASTAPPLY, clock, prompter)
        run_all(Race(stage, names, given.rounds, given.plain_tokens, servers), jobs, results)
    results.complete = True
    results.keep()
    show(results)
    if given.plot is not None:
        draw(summary(results.runs), f"Replayed 0.5B Q4_0, edits: {len(jobs)}", given.plot)


if __name__ == "__main__":
    main()
