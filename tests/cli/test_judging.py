"""The judge, on a real socket: a server of our own that speaks the chat API, well or badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx2")

from fastapply.cli.evaluation.cases import read_case
from fastapply.cli.evaluation.judging import GIVEN_UP, KEY, NONSENSE, question
from fastapply.cli.evaluation.opinions import read_opinion
from fastapply.cli.evaluation.results import read_results
from tests.cli.support import Ended, Run, block

GOOD = '{"faithful": 5, "untouched": 2, "complete": 4, "why": "a line was lost"}'


@dataclass
class Stub:
    """A server that answers chats with `say`, and keeps what it was asked."""

    say: Callable[[int], tuple[int, str]]
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    url: str = ""

    def reply(self, body: bytes, path: str, key: str | None) -> tuple[int, bytes]:
        if path != "/v1/chat/completions":
            return 404, b'{"error": {"message": "no such path"}}'
        asked = json.loads(body)
        self.asked.append(asked)
        self.keys.append(key)
        status, text = self.say(len(self.asked))
        if status != 200:
            return status, json.dumps({"error": {"message": text, "type": "server"}}).encode()
        message = {"role": "assistant", "content": text}
        answer = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "model": asked["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        }
        return 200, json.dumps(answer).encode()


@pytest.fixture
def serve() -> Iterator[Callable[[Stub], Stub]]:
    running: list[ThreadingHTTPServer] = []

    def start(stub: Stub) -> Stub:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, data = stub.reply(body, self.path, self.headers["Authorization"])
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except ConnectionError:
                    return  # who asked did not wait

            def log_message(self, *words: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        running.append(server)
        stub.url = f"http://127.0.0.1:{server.server_port}"
        return stub

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def cases(folder: Path) -> Path:
    """Four wrong results and an exact one."""
    for number in range(5):
        place = folder / "cases" / f"case{number}"
        place.mkdir(parents=True)
        (place / "before.txt").write_text("one\ntwo\n")
        (place / "after.txt").write_text("one\nTWO\n" if number else "one\ntwo!\n")
        (place / "edit.md").write_text(block("two\n", f"{'two!' if number != 4 else 'TWO'}\n"))
    return folder / "cases"


def judged(run: Run, url: str, *options: str) -> Ended:
    what = ("eval", "cases", "--engine", "merge", "--cold", "0", "--out", "o.jsonl")
    return run(*what, "--judge", f"{url}#critic", *options)


def judgements(folder: Path) -> dict[str, Any]:
    found = {record.case: record for record in read_results(folder / "o.jsonl")}
    return {case: record.judgement for case, record in found.items()}


def test_only_what_is_not_exact_is_judged(
    run: Run, cases: Path, serve: Callable[[Stub], Stub], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "secret")
    monkeypatch.setenv("FASTAPPLY_API_KEY", "another's")
    stub = serve(Stub(lambda number: (200, GOOD)))
    ended = judged(run, stub.url)
    assert ended.code == 0
    assert len(stub.asked) == 3
    assert set(stub.keys) == {"Bearer secret"}
    asked = stub.asked[0]
    assert asked["model"] == "critic"
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert "faithful" in asked["messages"][0]["content"]
    for words in ("one\ntwo\n", "<<<<<<< SEARCH", "one\nTWO\n", "one\ntwo!\n"):
        assert words in asked["messages"][1]["content"]
    opinion = judgements(cases.parent)["case1"]
    assert opinion["scores"] == {"faithful": 5, "untouched": 2, "complete": 4}
    assert (opinion["score"], opinion["why"]) == (2, "a line was lost")
    assert not judgements(cases.parent)["case0"]
    assert "is asked about 3 results that are not exact: some " in ended.err
    assert ended.err.index("is asked about") < ended.err.index("| merge")
    assert "|      3 |     5.00 |      2.00 |     4.00 |  2.00 |" in ended.err
    assert "secret" not in ended.err
    judged(run, stub.url, "--resume")
    assert len(stub.asked) == 3


def test_a_judge_is_not_asked_unasked(run: Run, cases: Path) -> None:
    ended = run("eval", "cases", "--engine", "merge", "--cold", "0", "--out", "o.jsonl")
    assert ended.code == 0
    assert not any(judgements(cases.parent).values())


def test_nonsense_is_asked_again_once_and_counted(
    run: Run, cases: Path, serve: Callable[[Stub], Stub]
) -> None:
    answers = ["I like it.", GOOD, "", "42"]
    stub = serve(Stub(lambda number: (200, answers[number - 1] if number < 5 else GOOD)))
    ended = judged(run, stub.url)
    assert ended.code == 0
    said = judgements(cases.parent)
    assert said["case1"]["score"] == 2
    assert said["case2"]["failed"] == NONSENSE
    assert said["case3"]["score"] == 2
    assert len(stub.asked) == 5
    assert [message["role"] for message in stub.asked[1]["messages"]][2:] == ["assistant", "user"]
    assert f"1 not judged: {NONSENSE}" in ended.err


@pytest.mark.parametrize(
    ("status", "text", "words"),
    [
        (401, "bad key", f"wants a key: set {KEY} (401): bad key"),
        (400, "too long for the context length", "too long for the context length"),
        (200, "", NONSENSE),
    ],
)
def test_a_judge_that_refuses_costs_nothing_else(
    run: Run, cases: Path, serve: Callable[[Stub], Stub], status: int, text: str, words: str
) -> None:
    stub = serve(Stub(lambda number: (status, text)))
    ended = judged(run, stub.url)
    assert ended.code == 0
    assert "3 not judged" in ended.err
    assert words in ended.err
    assert b"| merge      |     5 |     2 |" in ended.out


def test_a_judge_that_is_down_is_left_alone_after_three_times(
    run: Run, cases: Path, serve: Callable[[Stub], Stub]
) -> None:
    for number in range(5, 7):
        (cases / f"case{number}").mkdir()
        for file in (cases / "case1").iterdir():
            (cases / f"case{number}" / file.name).write_bytes(file.read_bytes())
    ended = judged(run, "http://127.0.0.1:9")
    assert ended.code == 0
    assert "3 not judged: cannot reach 127.0.0.1:9" in ended.err
    assert f"2 not judged: {GIVEN_UP}" in ended.err
    assert judgements(cases.parent)["case5"]["failed"] == GIVEN_UP


def test_a_slow_judge_is_not_waited_for(
    run: Run, cases: Path, serve: Callable[[Stub], Stub]
) -> None:
    done = threading.Event()

    def slow(number: int) -> tuple[int, str]:
        done.wait(30)
        return 200, GOOD

    stub = serve(Stub(slow))
    try:
        ended = judged(run, stub.url, "--judge-timeout", "0.1")
    finally:
        done.set()
    assert ended.code == 0
    assert "3 not judged: " in ended.err
    assert "said nothing for 0.1 s (--judge-timeout)" in ended.err


def test_stopping_keeps_what_was_judged(
    run: Run, cases: Path, serve: Callable[[Stub], Stub], monkeypatch: pytest.MonkeyPatch
) -> None:
    from fastapply.cli.evaluation import judging

    stub = serve(Stub(lambda number: (200, GOOD)))
    ask = judging.Judge.ask

    def stopped(self: Any, *what: Any) -> Any:
        if len(stub.asked) == 1:
            raise KeyboardInterrupt
        return ask(self, *what)

    monkeypatch.setattr(judging.Judge, "ask", stopped)
    ended = judged(run, stub.url)
    assert ended.code == 130
    assert "--resume" in ended.err
    monkeypatch.setattr(judging.Judge, "ask", ask)
    assert judged(run, stub.url, "--resume").code == 0
    assert len(stub.asked) == 3


@pytest.mark.parametrize("name", ["nowhere", "ftp://a#b", "http://host/v1", "http://u:p@host#b"])
def test_what_is_no_judge_is_refused(run: Run, cases: Path, name: str) -> None:
    assert run("eval", "cases", "--engine", "merge", "--judge", name).code == 2
    assert not (cases.parent / "o.jsonl").exists()


@pytest.mark.parametrize(
    ("text", "score"),
    [
        (GOOD, 2),
        (f"Sure!\n```json\n{GOOD}\n```\nAnything else?", 2),
        ('<think>{"score": 1}</think>{"Faithful": "4/5", "UNTOUCHED": 5.0, "complete": 5,}', 4),
        ('{"scores": {"faithful": {"score": 3}, "untouched": 5, "complete": 5}}', 3),
        ("Faithful: 4\n**Untouched**: 5/5\n- complete (1-5): 3", 3),
        ("Overall score: 4/5", 4),
        ('{"rating": "4.5"}', 4.5),
    ],
)
def test_opinions_are_read_kindly(text: str, score: float) -> None:
    opinion = read_opinion(text)
    assert opinion is not None
    assert opinion.score == score


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "a score of 10",
        '{"faithful": 5, "untouched": 5',
        '{"faithful": true, "untouched": 5, "complete": 5}',
        '{"faithful": 9, "untouched": 5, "complete": 5}',
        "{" * 2000,
    ],
)
def test_what_is_no_opinion_is_none(text: str) -> None:
    assert read_opinion(text) is None


def test_texts_stay_inside_their_fences(cases: Path) -> None:
    case = read_case(cases / "case1", cases)
    asked = question(case, "````\n{result} {final}")
    assert "`````\n````\n{result} {final}\n`````" in asked
