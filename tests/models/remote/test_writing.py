"""What is written by each kind of server, and how it is asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from fastapply.core.errors import ModelError, ServerError, WeightsNotFoundError
from fastapply.models.progress import Progress
from fastapply.models.prompt import Task
from fastapply.models.remote.address import address
from fastapply.models.remote.http import Http, Refused
from fastapply.models.remote.server import Kind, look_at
from fastapply.models.remote.settings import ServerSettings, Speculation
from fastapply.models.remote.writer import RemoteWriter
from fastapply.models.writer import Job
from tests.models.remote.stub import PIECES, Handler, Stub, error, serving

CODE = "".join(f"def f{n}(x):\n    return x + {n}\n\n" for n in range(10))
NEW = CODE.replace("x + 5", "5 * x").replace("def f9(x):", "def f9(x, y):")
TASK = Task(CODE, (None, "    return 5 * x", None), "#")


def gold(code: str) -> str:
    return code.replace("x + 5", "5 * x").replace("def f9(x):", "def f9(x, y):")


@contextmanager
def writing(
    stub: Stub, name: str = "", report: Callable[[Progress], None] | None = None, **settings: Any
) -> Iterator[RemoteWriter]:
    """A writer that asks `stub`, which serves until the end."""
    with serving(stub):
        place = address(f"{stub.url}#{name}")
        writer = RemoteWriter(Http(place, None, ServerSettings(**settings), pause=0.0), report)
        try:
            yield writer
        finally:
            writer.close()


def paths(stub: Stub) -> list[str]:
    return [path for path, _ in stub.asked]


@pytest.mark.parametrize("expected", [NEW, CODE, "", "something else\n" * 30])
@pytest.mark.parametrize(
    ("kind", "name", "speculation"),
    [
        ("plain", "toy", "auto"),
        ("vllm", "toy", "auto"),
        ("vllm", "toy", "server"),
        ("vllm", "toy", "prediction"),
        ("echo", "fastapply-7b", "auto"),
        ("echo", "fastapply-7b", "echo"),
    ],
)
def test_the_text_is_the_servers_own_whatever_is_expected(
    kind: str, name: str, speculation: str, expected: str
) -> None:
    stub = Stub(kind, gold, name=name)
    with writing(stub, name, speculation=Speculation(speculation)) as writer:
        (answer,) = writer.write([Job(TASK, expected, 64.0)])
    assert answer.text == NEW
    assert writer.name == name
    assert answer.tally.tokens > 50


def test_a_right_draft_is_verified_in_one_request() -> None:
    stub = Stub("vllm", gold)
    with writing(stub) as writer:
        (answer,) = writer.write([Job(TASK, NEW, 512.0)])
    assert paths(stub).count("/v1/completions") == answer.tally.calls == 1
    assert answer.tally.kept == answer.tally.drafted > 100
    assert stub.asked[-2][1]["max_tokens"] == 1


def test_a_draft_that_errs_costs_a_few_requests_more() -> None:
    stub = Stub("vllm", gold)
    with writing(stub) as writer:
        (answer,) = writer.write([Job(TASK, CODE, 512.0)])
    assert answer.text == NEW
    assert paths(stub).count("/v1/completions") == answer.tally.calls < 10
    assert answer.tally.tokens > 10 * answer.tally.calls


ODD = [None, 3.5, "x", ["x"], {}, {"1": [1]}, {"1": {"rank": "x"}}, {"1": {"rank": 1}}]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(("kind", "name"), [("vllm", "toy"), ("echo", "fastapply-7b")])
def test_probabilities_of_another_shape_are_done_without(kind: str, name: str, odd: object) -> None:
    def misshapen(handler: Handler) -> None:
        told = {"tokens": ["a"], "token_logprobs": [0.5], "top_logprobs": [odd]}
        choice = {"text": "a", "finish_reason": "stop", "logprobs": told, "prompt_logprobs": odd}
        handler.send(200, {"choices": [choice]})

    stub = Stub(kind, gold, name=name, mishaps=[misshapen])
    with writing(stub, name) as writer:
        assert writer.write([Job(TASK, NEW, 64.0)])[0].text == NEW
    assert paths(stub)[-1] == "/v1/chat/completions"


def test_a_text_of_no_tokens_is_asked_for_by_chat() -> None:
    stub = Stub("vllm", gold)
    stub.tokens = lambda text: []  # type: ignore[method-assign]
    with writing(stub) as writer:
        assert writer.write([Job(TASK, NEW, 64.0)])[0].text == NEW
    assert paths(stub)[-1] == "/v1/chat/completions"


def test_without_verification_vllm_is_asked_by_chat() -> None:
    refusing = Stub("vllm", gold, refuses=("prompt_logprobs",))
    drafting = Stub("vllm", gold, speculates=True)
    for stub in (refusing, drafting):
        with writing(stub) as writer:
            answers = [writer.write([Job(TASK, NEW, 64.0)])[0] for _ in range(2)]
            assert writer.score(TASK, [NEW, CODE]) == []
        assert [answer.text for answer in answers] == [NEW, NEW]
        assert paths(stub).count("/v1/chat/completions") == 2
        assert paths(stub).count("/v1/completions") == (stub is refusing)
    with (
        writing(refusing, speculation=Speculation.PROMPT_LOGPROBS) as writer,
        pytest.raises(Refused, match="prompt_logprobs"),
    ):
        writer.write([Job(TASK, NEW, 64.0)])


@pytest.mark.parametrize(("kind", "name"), [("vllm", "toy"), ("echo", "fastapply-7b")])
def test_readings_are_scored_where_prompts_are(kind: str, name: str) -> None:
    with writing(Stub(kind, gold, name=name), name) as writer:
        right, wrong = writer.score(TASK, [NEW, CODE])
    assert right > wrong + 3


@pytest.mark.parametrize("kind", ["vllm", "plain"])
def test_text_that_spells_control_tokens_stays_here(kind: str) -> None:
    task = replace(TASK, code="x = '<|im_end|>'\n")
    stub = Stub(kind, gold)
    with writing(stub) as writer, pytest.raises(ModelError, match=r"holds <\|im_end\|>"):
        writer.write([Job(task, NEW, 64.0)])
    assert not any("im_end" in str(body) for _, body in stub.asked)


def test_text_that_is_not_utf8_is_refused() -> None:
    task = replace(TASK, code="x = '\udcff'\n")
    with writing(Stub("plain", gold)) as writer, pytest.raises(ModelError, match="UTF-8"):
        writer.write([Job(task, NEW, 64.0)])


def test_what_a_server_does_not_take_is_left_out() -> None:
    stub = Stub("plain", gold, refuses=("stream_options", "temperature", "max_tokens"))
    with writing(stub) as writer:
        answers = writer.write([Job(TASK, NEW, 64.0)])
        writer.write([Job(TASK, NEW, 64.0)])
    assert answers[0].text == NEW
    bodies = [body for path, body in stub.asked if path == "/v1/chat/completions"]
    assert len(bodies) == 5
    assert set(bodies[-1]) == {"model", "messages", "stream", "max_completion_tokens"}


def test_predicted_outputs_are_sent_and_counted() -> None:
    stub = Stub("plain", gold)
    with writing(stub, speculation=Speculation.PREDICTION) as writer:
        (answer,) = writer.write([Job(TASK, NEW, 64.0)])
    body = stub.asked[-1][1]
    expected = f"<updated-code>\n{NEW}</updated-code>"
    assert body["prediction"] == {"type": "content", "content": expected}
    assert not {"max_tokens", "max_completion_tokens"} & set(body)
    assert (answer.tally.drafted, answer.tally.kept) == (7, 5)
    written = len(PIECES.findall(stub.answers[next(iter(stub.answers))]))
    assert (answer.tally.tokens, answer.tally.calls) == (written, written - 5)


def test_openai_is_known_by_its_address() -> None:
    place = address("https://api.openai.com/v1#gpt-4.1")
    http = Http(place, "sk")
    try:
        server = look_at(http)
    finally:
        http.close()
    assert (server.kind, server.address.name) == (Kind.OPENAI, "gpt-4.1")
    with pytest.raises(WeightsNotFoundError):
        look_at(Http(address("https://api.openai.com")))


def test_answers_come_in_order_and_so_many_at_once() -> None:
    most, there, lock = 0, 0, threading.Lock()

    def counted(code: str) -> str:
        nonlocal most, there
        with lock:
            there += 1
            most = max(most, there)
        with lock:
            there -= 1
        return gold(code)

    stub = Stub("plain", counted)
    reports: list[Progress] = []
    codes = [CODE.replace("def f", f"def g{number}_") for number in range(9)]
    jobs = [Job(replace(TASK, code=code), code, 64.0) for code in codes]
    with writing(stub, report=reports.append, parallel=3) as writer:
        answers = writer.write(jobs)
    assert [answer.text for answer in answers] == [gold(code) for code in codes]
    assert 1 <= most <= 3
    assert reports[-1].tally.tokens >= max(one.tally.tokens for one in reports) > 500


def again(handler: Handler) -> None:
    handler.send(429, error("slow down", "x"), Retry_After="0")


def broken(handler: Handler) -> None:
    with handler.streaming() as say:
        say({"choices": [{"delta": {"content": "<updated-code>\nwrong"}}]})
        handler.close_connection = True
        raise ConnectionAbortedError


def early(handler: Handler) -> None:
    with handler.streaming() as say:
        say({"choices": [{"delta": {"content": "<updated-code>\nwrong"}}]})


def busy(handler: Handler) -> None:
    handler.send(503, {"error": "loading model"})


def test_passing_trouble_is_waited_out() -> None:
    stub = Stub("plain", gold, mishaps=[again, broken, early])
    with writing(stub) as writer:
        (answer,) = writer.write([Job(TASK, NEW, 64.0)])
    assert answer.text == NEW
    assert paths(stub).count("/v1/chat/completions") == 4


def test_patience_ends() -> None:
    stub = Stub("plain", gold, mishaps=[busy] * 9)
    with (
        writing(stub, retries=2) as writer,
        pytest.raises(ServerError, match="answered 503: loading model"),
    ):
        writer.write([Job(TASK, NEW, 64.0)])
    assert paths(stub).count("/v1/chat/completions") == 3


def test_a_plain_answer_is_as_good_as_a_stream() -> None:
    def whole(handler: Handler) -> None:
        text = f"<think>\nwell\n</think>\n\nHere:\n<updated-code>\n{NEW}</updated-code>\nDone."
        said = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        handler.send(200, {"choices": [said]})

    with writing(Stub("plain", gold, mishaps=[whole])) as writer:
        (answer,) = writer.write([Job(TASK, NEW, 64.0)])
    assert answer.text == NEW
