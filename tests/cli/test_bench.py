"""The benchmark, on a tiny model that replays what it is told to."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fastapply.cli.exit_codes import STOPPED, exit_code
from fastapply.cli.main import app
from fastapply.core.errors import FastApplyError
from fastapply.core.plan import Plan
from tests.cli.support import Ended, Run, block

pytest.importorskip("gguf")
pytest.importorskip("llama_cpp")

from fastapply.cli.bench import regions, session
from fastapply.cli.bench.contestants import OURS
from fastapply.cli.bench.race import Race
from fastapply.cli.bench.runs import Effort, Failure
from fastapply.cli.bench.runs import Run as Measured
from fastapply.cli.bench.stage import Stage
from fastapply.cli.bench.summary import summary
from fastapply.cli.evaluation.jobs import read_jobs
from fastapply.models import region
from fastapply.models.llama.model import LlamaModel, open_model
from fastapply.models.prompt import FASTAPPLY, Task, prompt
from fastapply.models.region import Region
from fastapply.models.settings import Settings
from tests.models.replay import Dial, hide, make_replay, tiny_vocabulary

ORIGINAL = "".join(f"def f{i}(x):\n    return x + {i}\n\n\n" for i in range(4))
FINAL = ORIGINAL.replace("return x + 3\n", "return 3 * x\n")
MORE = "".join(f"def g{i}(x):\n    return x - {i}\n\n\n" for i in range(60))
SNIPPET = "```python\n# ... existing code ...\ndef f3(x):\n    return 3 * x\n# ...\n```\n"
NOWHERE = block("def g(x):\n", "def h(x):\n")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "tiny.gguf"
    make_replay(path)
    Dial(path).set(40)
    return path


def case(place: Path, document: str = SNIPPET, more: str = "") -> Path:
    place.mkdir(parents=True)
    (place / "original.py").write_text(ORIGINAL + more)
    (place / "final.py").write_text(FINAL + more)
    (place / "edit.md").write_text(document)
    return place


def bench(run: Run, tiny: Path, *options: str) -> Ended:
    """One round on one thread, whatever the model was last told to replay."""
    Dial(tiny).set(40)
    return run("bench", "--model", str(tiny), "--rounds", "1", "--threads", "1", *options)


class Replaying:
    """Prompts with their answers hidden in them."""

    def __init__(self, model: LlamaModel, path: Path) -> None:
        self.model, self.dial = model, Dial(path)

    def ask(self, task: Task, answer: str) -> list[int]:
        gold = self.model.encode(answer + FASTAPPLY.closing)
        return hide(prompt(self.model, FASTAPPLY, task), gold, tiny_vocabulary())

    def begin(self, asked: Sequence[int]) -> None:
        self.dial.set(len(asked) - 1)


def test_all_contestants_write_what_the_model_says(tiny: Path, tmp_path: Path) -> None:
    jobs, faults = read_jobs([case(tmp_path / "one")])
    assert not faults
    with open_model(tiny, Settings(threads=1)) as model:
        stage = Stage(model, FASTAPPLY, time.perf_counter, Replaying(model, tiny))
        results = list(Race(stage, tuple(OURS), rounds=2, plain_tokens=30).run(jobs[0]))
    runs = [result for result in results if isinstance(result, Measured)]
    assert len(runs) == len(results) == 2 * len(OURS)
    assert all(run.effort.same and run.effort.ended for run in runs)
    by_name = {run.contestant: run.effort for run in runs}
    size = by_name["merge"].tokens
    assert size == len(FINAL) + len(FASTAPPLY.closing) + 1
    assert (by_name["plain"].tokens, by_name["plain"].timed) == (size, 30)
    assert by_name["plain"].calls == size
    assert by_name["merge"].calls <= by_name["original"].calls < size / 4  # type: ignore[operator]
    assert by_name["region"].tokens < size / 2
    assert sum(by_name["merge"].lengths.values()) <= by_name["merge"].calls  # type: ignore[operator]
    orders = [[run.contestant for run in runs if run.round == number] for number in range(2)]
    assert orders[0] == list(OURS)
    assert orders[1] == [*list(OURS)[1:], "plain"]
    rows = {row.contestant: row for row in summary(runs)}
    assert rows["merge"].accepted is not None
    assert rows["merge"].accepted > 0.8
    assert rows["plain"].faster is not None
    assert rows["plain"].faster.median == 1.0
    assert rows["plain"].extrapolated


def test_there_are_edits_of_our_own() -> None:
    jobs, faults = read_jobs([session.OWN_EDITS])
    assert {job.name for job in jobs} == {"files", "inventory", "plan"}
    assert not faults
    assert all(job.plan and job.plan.apply(job.original) == job.final for job in jobs)


def test_regions_at_once_are_those_one_by_one(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snippet = "```python\ndef f0(x):\n    return 0\n# ...\ndef g50(x):\n    return 50\n```\n"
    ((job,), _) = read_jobs([case(tmp_path / "two", snippet, more=MORE)])
    assert job.plan is not None
    written = []

    def splice(lines: Sequence[str], answers: Sequence[tuple[Region, Sequence[str]]]) -> Plan:
        written.append([*answers])
        return region.splice(lines, answers)

    monkeypatch.setattr(regions, "splice", splice)
    with open_model(tiny, Settings(threads=1)) as model:
        stage = Stage(model, FASTAPPLY, time.perf_counter)
        at_once = regions.write_regions(stage, job, None)
        monkeypatch.setattr(regions, "_MOST_AT_ONCE", 1)
        one_by_one = regions.write_regions(stage, job, None)
    together, apart = written
    assert together == apart
    assert at_once.tokens == one_by_one.tokens
    assert at_once.calls is not None
    assert one_by_one.calls is not None
    assert at_once.calls < one_by_one.calls


def test_the_command_races_and_keeps_the_runs(run: Run, tiny: Path, folder: Path) -> None:
    case(folder / "one")
    who = ("--who", "merge", "--plain-tokens", "5", "--out", "o.json")
    ended = bench(run, tiny, "one", *who)
    assert ended.code == 0
    assert b"| merge " in ended.out
    kept = json.loads((folder / "o.json").read_text())
    assert kept["complete"] is True
    assert [row["contestant"] for row in kept["rows"]] == ["plain", "merge"]
    assert kept["rows"][1]["faster"].keys() == {"median", "low", "high"}
    assert {one["job"] for one in kept["runs"]} == {"one"}
    assert kept["about"]["family"] == "chat"
    assert "the rest is reckoned" in ended.err


def test_contestants_fail_one_by_one(run: Run, tiny: Path, folder: Path) -> None:
    case(folder / "cases" / "fits")
    case(folder / "cases" / "nowhere", NOWHERE)
    (folder / "cases" / "broken").mkdir()
    who = ("--who", "merge", "--who", "region")
    ended = bench(run, tiny, "cases", *who, "--out", "o.json")
    assert ended.code == 0
    kept = json.loads((folder / "o.json").read_text())
    failed = {(one["job"], one["contestant"]) for one in kept["failures"]}
    assert ("nowhere", "merge") in failed
    assert not any(job == "fits" for job, _ in failed)
    assert [Path(one["folder"]).name for one in kept["left_out"]] == ["broken"]
    assert "nowhere: merge: the merge cannot decide this edit" in ended.err
    assert "left out: cases/broken: an empty folder" in ended.err


def test_what_does_not_fit_is_rewritten_by_region_alone(run: Run, tiny: Path, folder: Path):
    case(folder / "cases" / "one", more=MORE)
    ended = bench(run, tiny, "cases", "--ctx", "2048")
    assert ended.code == 0
    assert "one: plain: prompt and answer take some" in ended.err
    assert b"| region" in ended.out
    assert b"| plain" not in ended.out
    ended = bench(run, tiny, "cases", "--ctx", "64")
    assert ended.code == 4
    assert "one: region: prompt and answer take some" in ended.err


def test_an_interruption_keeps_what_is_done(
    run: Run, tiny: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case(folder / "cases" / "one")
    whole = Race.run

    def interrupted(self: Race, job: Any) -> Any:
        for number, result in enumerate(whole(self, job)):
            if number == 2:
                raise KeyboardInterrupt
            yield result

    monkeypatch.setattr(Race, "run", interrupted)
    ended = bench(run, tiny, "cases", "--rounds", "2", "--out", "o.json")
    assert ended.code == STOPPED
    kept = json.loads((folder / "o.json").read_text())
    assert kept["complete"] is False
    assert len(kept["runs"]) == 2
    assert "stopped: 2 runs are kept" in ended.err


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--who", "nobody"], 2, "no such contestant: nobody"),
        (["--who", "server:none"], 2, "needs --llama-server"),
        (["--llama-server", "nowhere"], 2, "no llama-server at nowhere"),
        (["--model", "none.gguf"], 4, "none.gguf"),
        (["--model", "http://host#name"], 2, "not a server"),
        (["nothing"], 5, "no edits of single files in nothing"),
        (["--out", "/dev/null/o.json"], 5, "cannot write /dev/null/o.json"),
    ],
)
def test_bad_input_is_said(folder: Path, options: list[str], code: int, words: str):
    case(folder / "cases" / "one")
    (folder / "nothing").mkdir()
    result = CliRunner().invoke(app, ["bench", *options])
    assert isinstance(result.exception, FastApplyError)
    assert exit_code(result.exception) == code
    assert words in str(result.exception)


STUB = """#!{python}
import http.server, json, sys

arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
if "broken" in sys.argv:
    sys.exit("error: no such speculation")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send(b"{{}}")

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        tokens = asked["prompt"][:5]
        times = dict(predicted_n=5, predicted_ms=50.0, prompt_ms=20.0)
        times.update(draft_n=4, draft_n_accepted=3)
        self.send(json.dumps(dict(tokens=tokens, timings=times, stop_type="eos")).encode())

    def send(self, data):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words):
        pass


port = int(sys.argv[sys.argv.index("--port") + 1])
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


def test_a_llama_server_races_too(run: Run, tiny: Path, folder: Path) -> None:
    case(folder / "cases" / "one")
    stub = folder / "llama-server"
    stub.write_text(STUB.format(python=sys.executable))
    stub.chmod(0o755)
    servers = ("--who", "server:none", "--who", "server:broken")
    options = ("--llama-server", str(stub), *servers)
    ended = bench(run, tiny, "cases", *options, "--out", "o.json")
    assert ended.code == 0
    kept = json.loads((folder / "o.json").read_text())
    (measured,) = [one for one in kept["runs"] if one["contestant"] == "server:none"]
    assert (measured["seconds"], measured["drafted"], measured["same"]) == (0.05, 4, False)
    assert "server:broken: llama-server ended at once (1): error: no such speculation" in ended.err


def test_a_contestant_without_plain_has_no_ratio() -> None:
    effort = Effort(1.0, 1.0, 10, 10, 8, 6, same=None, ended=True)
    (row,) = summary([Measured("a", "merge", 0, 100, effort)])
    assert row.faster is None
    assert row.characters == 50
    assert row.compared == 0
    assert Failure("a", "merge", "why").why == "why"
