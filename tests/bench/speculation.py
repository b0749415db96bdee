"""`fastapply bench` on a model of real shape without weights, where none can be had.

    python tests/bench/speculation.py --vocabulary ggml-vocab-qwen2.gguf [FOLDER...]

The model has the exact shape of a Qwen2.5-Coder (0.5B in Q4_0 where nothing else is said) and no
trained weights: it replays the expected file, hidden in the prompt (tests/models/replay.py). So
every contestant writes the same text, every number is the real cost of that shape, and none says
how well a trained model would agree with a draft. The prompt is longer by the hidden text than a
real one. A llama-server starts anew for every edit, as only its start says what it replays.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "models"))

import llama_cpp
from gguf import GGMLQuantizationType
from replay import SHAPES, Shadows, far_shadows, hide, make_replay, stretch, vocabulary_of

from fastapply.cli.bench.contestants import contestants
from fastapply.cli.bench.pictures import draw
from fastapply.cli.bench.race import Race
from fastapply.cli.bench.report import Results, machine, show
from fastapply.cli.bench.server import Servers
from fastapply.cli.bench.session import OWN_EDITS, run_all
from fastapply.cli.bench.stage import Stage
from fastapply.cli.bench.summary import summary
from fastapply.cli.evaluation.jobs import read_jobs
from fastapply.models.decoding.tokens import Token
from fastapply.models.llama.model import LlamaModel, open_model
from fastapply.models.prompt import FASTAPPLY, Task, prompt
from fastapply.models.settings import Settings


@dataclass
class Replaying:
    """Prompts with their answers hidden in them (`stage.Prompter`)."""

    model: LlamaModel
    shadows: Shadows

    def ask(self, task: Task, answer: str) -> list[Token]:
        gold = self.model.encode(answer + FASTAPPLY.closing)
        hidden: list[Token] = hide(prompt(self.model, FASTAPPLY, task), gold, self.shadows)
        return hidden

    def begin(self, asked: Sequence[Token]) -> None:
        os.environ[SERVERS_STRETCH] = str(stretch(len(asked) - 1))


# llama-server's name for it; contexts here take it from there, too (`stretched`).
SERVERS_STRETCH = "LLAMA_ARG_ROPE_FREQ_SCALE"
defaults = llama_cpp.llama_context_default_params


def stretched() -> llama_cpp.llama_context_params:
    """What contexts are made of, so that they replay what is asked next."""
    params: llama_cpp.llama_context_params = defaults()
    params.rope_freq_scale = float(os.environ[SERVERS_STRETCH])
    return params


def options() -> argparse.Namespace:
    """What the command line says."""
    known = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    known.add_argument("folders", type=Path, nargs="*")
    known.add_argument("--vocabulary", type=Path, help="that of a Qwen2, for a model to be made")
    known.add_argument("--shape", choices=list(SHAPES), default="0.5b")
    known.add_argument("--quantization", choices=("Q4_0", "Q8_0", "F16"), default="Q4_0")
    known.add_argument("--model", type=Path, help="made where it is not there")
    known.add_argument("--threads", type=int, default=0)
    known.add_argument("--context", type=int, default=0, help="tokens; 0: the model's own")
    known.add_argument("--exact", action="store_true")
    known.add_argument("--rounds", type=int, default=3)
    known.add_argument("--plain-tokens", type=int, default=60)
    known.add_argument("--who", action="append", default=[])
    known.add_argument("--llama-server", type=Path)
    known.add_argument("--cpu", action="store_true", help="count CPU time, not the clock")
    known.add_argument("--out", type=Path)
    known.add_argument("--plot", type=Path)
    return known.parse_args()


def main() -> None:
    """Run the benchmark."""
    given = options()
    name = f"{given.shape} {given.quantization}"
    path = given.model or Path(f"/tmp/replay-{given.shape}-{given.quantization}.gguf".lower())
    if not path.exists():
        if given.vocabulary is None:
            raise SystemExit(f"there is no {path}: --vocabulary PATH makes it")
        kind = GGMLQuantizationType[given.quantization]
        make_replay(path, SHAPES[given.shape], vocabulary_of(given.vocabulary), kind)
    setattr(llama_cpp, "llama_context_default_params", stretched)  # noqa: B010
    jobs, faults = read_jobs(given.folders or [OWN_EDITS])
    settings = Settings(threads=given.threads, context=given.context, exact=given.exact)
    with open_model(path, settings) as model:
        about = machine() | {"model": f"replay, {name}", "place": model.place}
        results = Results(about, faults, given.out)
        clock = time.process_time if given.cpu else time.perf_counter
        shadows = far_shadows(model.size, model.encode("<|im_end|>", control=True)[0])
        stage = Stage(model, FASTAPPLY, clock, Replaying(model, shadows))
        names = contestants(given.who, server=given.llama_server is not None)
        for job in jobs:
            with ExitStack() as stack:
                servers = None
                if given.llama_server is not None:
                    servers = stack.enter_context(Servers(given.llama_server, path, model))
                race = Race(stage, names, given.rounds, given.plain_tokens, servers)
                run_all(race, [job], results)
    results.complete = True
    results.keep()
    show(results)
    if given.plot is not None:
        draw(summary(results.runs), f"Replayed {name}, edits: {len(jobs)}", given.plot)


if __name__ == "__main__":
    main()
