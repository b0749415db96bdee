"""Models on servers from the command line: what is written, and what goes wrong in plain words."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import Ended, GitRepository, Run
from tests.models.remote.stub import Handler, Stub, error, serving

pytest.importorskip("httpx2")

KEY = "sk-very-secret"
NAMES = ("a.py", "b.py", "c.py")
BEFORE = "def area(w, h):\n    return w * h\n\n\ndef edge(w, h):\n    return w + h\n"
AFTER = BEFORE.replace("w + h", "2 * (w + h)")
EDIT = "    return 2 * (w + h)\n"


def better(code: str) -> str:
    return code.replace("w + h", "2 * (w + h)")


@pytest.fixture
def serve() -> Iterator[Callable[..., Stub]]:
    """Starts servers that run until the end of the test."""
    with ExitStack() as stack:

        def start(kind: str = "plain", certificate: Path | None = None, **rest: Any) -> Stub:
            stub = Stub(kind, better, **rest)
            stack.enter_context(serving(stub, certificate))
            return stub

        yield start


@pytest.fixture
def ask(git: GitRepository, run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Has the edit of `NAMES` written by the model at a URL; the files are as before at first."""
    monkeypatch.setenv("FASTAPPLY_API_KEY", KEY)
    monkeypatch.setenv("FASTAPPLY_SERVER_RETRIES", "0")
    monkeypatch.setenv("NO_PROXY", "*")
    git.commit(**{name.replace(".", "__"): BEFORE for name in NAMES})

    def call(url: str, *more: str, files: int = 1) -> Ended:
        document = "".join(f"{name}\n```python\n{EDIT}```\n\n" for name in NAMES[:files])
        return run("--engine", "rewrite", "--model", url, *more, stdin=document)

    return call


def now(git: GitRepository) -> list[str]:
    return [(git.root / name).read_text() for name in NAMES]


def failed(git: GitRepository, ended: Ended, *said: str) -> None:
    """Assert exit 4, that nothing was written, and that the key is nowhere."""
    told = ended.out.decode() + ended.err
    assert ended.code == 4, told
    assert KEY not in told
    for words in said:
        assert words in " ".join(told.split()), told
    assert "Traceback" not in told
    assert now(git) == [BEFORE] * len(NAMES)
    assert git.status() == ""


@pytest.mark.parametrize("kind", ["plain", "vllm"])
def test_files_are_written_by_a_server(
    git: GitRepository, ask: Callable[..., Ended], serve: Callable[..., Stub], kind: str
) -> None:
    stub = serve(kind, key=KEY)
    ended = ask(f"{stub.url}#toy", "--json", files=3)
    told = json.loads(ended.out)
    assert ended.code == 0, told
    assert now(git) == [AFTER] * 3
    assert [one["path"] for one in told["files"]] == list(NAMES)
    assert {one["stats"]["model"] for one in told["files"]} == {"toy"}
    assert stub.url.removeprefix("http://") in told["files"][0]["stats"]["place"]


def test_the_model_may_be_configured(
    git: GitRepository,
    run: Run,
    ask: Callable[..., Ended],
    serve: Callable[..., Stub],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FASTAPPLY_MODEL", serve().url)
    document = f"a.py\n```python\n{EDIT}```\n"
    assert run("--engine", "rewrite", stdin=document).code == 0
    assert now(git)[0] == AFTER


def test_proxies_are_used(
    git: GitRepository,
    ask: Callable[..., Ended],
    serve: Callable[..., Stub],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stub = serve()
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTP_PROXY", stub.url)
    monkeypatch.setenv("http_proxy", stub.url)
    ended = ask("http://far.invalid#toy")
    assert (ended.code, stub.hosts) == (0, {"far.invalid"}), ended.err
    assert now(git)[0] == AFTER


def test_files_are_asked_for_at_once_and_one_failure_stops_all(
    git: GitRepository, ask: Callable[..., Ended], serve: Callable[..., Stub]
) -> None:
    def teapot(handler: Handler) -> None:
        handler.send(418, error("short and stout", "teapot"))

    failed(git, ask(serve(mishaps=[teapot]).url, files=3), "418: short and stout")


def test_options_of_local_models_are_refused(ask: Callable[..., Ended]) -> None:
    ended = ask("http://127.0.0.1:1#a", "--gpu-layers", "3")
    assert (ended.code, "--gpu-layers is for models on this machine" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://user:pw@localhost:1#a", "a URL must hold no key"),
        ("ftp://localhost#a", "named http(s)://HOST"),
        ("http://#a", "named http(s)://HOST"),
        ("http://localhost:99999#a", "named http(s)://HOST"),
        ("http://localhost:1/v1?x=1#a", "named http(s)://HOST"),
        ("http://lo cal:1#a", "named http(s)://HOST"),
        ("http://a\x01b:1#a", "named http(s)://HOST"),
        (f"http://{'x' * 70}:1#a", "named http(s)://HOST"),
    ],
)
def test_wrong_urls_are_refused(ask: Callable[..., Ended], url: str, said: str) -> None:
    ended = ask(url)
    assert (ended.code, said in " ".join(ended.err.split())) == (2, True), ended.err
    assert "pw" not in ended.err


def test_a_server_that_is_down(git: GitRepository, ask: Callable[..., Ended]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    failed(git, ask(f"http://127.0.0.1:{port}#a"), f"cannot reach 127.0.0.1:{port}")
    failed(git, ask("http://nowhere.invalid#a"), "cannot reach nowhere.invalid")


def cut(handler: Handler) -> None:
    with handler.streaming() as say:
        say({"choices": [{"delta": {"content": "<updated-code>\ndef"}}]})
        handler.close_connection = True
        raise ConnectionAbortedError


def ends_early(handler: Handler) -> None:
    with handler.streaming() as say:
        say({"choices": [{"delta": {"content": "<updated-code>\ndef"}}]})


def too_long(handler: Handler) -> None:
    with handler.streaming() as say:
        say({"choices": [{"delta": {"content": "def"}, "finish_reason": "length"}]})


def fails_midway(handler: Handler) -> None:
    with handler.streaming() as say:
        say({"choices": [{"delta": {"content": "def"}}]})
        say({"error": {"message": "out of memory", "code": 500}})


def garbage(handler: Handler) -> None:
    with handler.streaming() as say:
        say("\x00\x01 no json")


def foreign(handler: Handler) -> None:
    with handler.streaming() as say:
        say({"choices": [{"delta": ["x"]}]})


def not_even_a_choice(handler: Handler) -> None:
    with handler.streaming() as say:
        say({"choices": ["x"]})


def html(handler: Handler) -> None:
    handler.send_bytes(200, b"<html>Welcome</html>", "text/html")


def slow(handler: Handler) -> None:
    with handler.streaming() as say:
        say({"choices": [{"delta": {"content": "def"}}]})
        handler.stub.released.wait(10)


def elsewhere(handler: Handler) -> None:
    handler.send_bytes(307, b"", "text/plain", location="http://evil.example/v1")


def endless(handler: Handler) -> None:
    with handler.streaming() as say:
        while True:
            say({"choices": [{"delta": {"content": "x = 1\n" * 1000}}]})


def thinks_for_ever(handler: Handler) -> None:
    with handler.streaming() as say:
        while True:
            say({"choices": [{"delta": {"reasoning_content": "Wait, "}}]})


def one_line(handler: Handler) -> None:
    with handler.streaming():
        handler.chunk(b"data: ")
        while True:
            handler.chunk(b"x" * 10_000)


def status(code: int, message: str, **headers: str) -> Callable[[Handler], None]:
    return lambda handler: handler.send(code, error(message, "x"), **headers)


@pytest.mark.parametrize(
    ("mishap", "said"),
    [
        (cut, "broke off in the middle"),
        (ends_early, "broke off in the middle"),
        (too_long, "did not come to an end"),
        (fails_midway, "answered 500: out of memory"),
        (garbage, "sent what is no answer: no json"),
        (foreign, "sent an event that is part of no answer"),
        (not_even_a_choice, "sent an event that is part of no answer"),
        (endless, "writes without end"),
        (thinks_for_ever, "writes without end"),
        (one_line, "characters and no end"),
        (html, "answered text/html, no event stream"),
        (slow, "said nothing for 0.2 s (server.timeout)"),
        (elsewhere, "points to http://evil.example/v1, which is not followed"),
        (status(429, "slow down", Retry_After="9999"), "answered 429: slow down"),
        (status(500, f"oops {KEY}"), "answered 500: oops ***"),
        (status(403, "not you"), "refuses the key of FASTAPPLY_API_KEY (403): not you"),
        (status(404, "The model `x` is unknown"), "has no such model: The model `x` is unknown"),
        (status(400, "maximum context length is 10 tokens"), "maximum context length is 10"),
    ],
)
def test_what_servers_do_wrong(
    git: GitRepository,
    ask: Callable[..., Ended],
    serve: Callable[..., Stub],
    monkeypatch: pytest.MonkeyPatch,
    mishap: Callable[[Handler], None],
    said: str,
) -> None:
    monkeypatch.setenv("FASTAPPLY_SERVER_TIMEOUT", "0.2" if mishap is slow else "20")
    monkeypatch.setattr("fastapply.models.remote.http._LONGEST", 10_000_000)
    stub = serve(mishaps=[mishap])
    failed(git, ask(stub.url), said)
    stub.released.set()


def test_garbage_that_is_well_formed_is_refused_by_the_check(
    git: GitRepository, ask: Callable[..., Ended], serve: Callable[..., Stub]
) -> None:
    def nonsense(handler: Handler) -> None:
        with handler.streaming() as say:
            say({"choices": [{"delta": {"content": "Colourless green ideas\n"}}]})
            say({"choices": [{"delta": {}, "finish_reason": "stop"}]})
            say("[DONE]")

    ended = ask(serve(mishaps=[nonsense]).url)
    assert ended.code == 1, ended.err
    assert now(git)[0] == BEFORE


def test_a_wrong_key_and_no_key(
    git: GitRepository,
    ask: Callable[..., Ended],
    serve: Callable[..., Stub],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stub = serve(key="another")
    failed(git, ask(stub.url), "refuses the key of FASTAPPLY_API_KEY (401)", "***")
    monkeypatch.delenv("FASTAPPLY_API_KEY")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    failed(git, ask(stub.url), "wants a key: set FASTAPPLY_API_KEY")
    assert f"Bearer {KEY}" in stub.keys[0]
    assert "" in stub.keys
    assert all(KEY not in key for key in stub.keys[1:])


def test_an_unknown_model_and_one_of_several(
    git: GitRepository, ask: Callable[..., Ended], serve: Callable[..., Stub]
) -> None:
    stub = serve()
    failed(git, ask(f"{stub.url}#other"), "has no model 'other'; it has toy")
    stub.others = ("another",)
    failed(git, ask(stub.url), "name a model of", "it has toy, another")
    assert ask(f"{stub.url}#another").code == 0
    assert stub.asked[-1][1]["model"] == "another"


def test_a_certificate_that_nobody_signed(
    git: GitRepository,
    ask: Callable[..., Ended],
    serve: Callable[..., Stub],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certificate = _certificate(tmp_path)
    stub = serve(certificate=certificate)
    failed(git, ask(stub.url), "is not trusted", "SSL_CERT_FILE")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert ask(stub.url).code == 0
    assert now(git)[0] == AFTER


def test_tls_where_there_is_none(
    git: GitRepository, ask: Callable[..., Ended], serve: Callable[..., Stub]
) -> None:
    url = serve().url.replace("http:", "https:")
    failed(git, ask(url), "does not speak TLS: begin its URL with http://")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("HTTP_PROXY", "socks5://127.0.0.1:1", "the proxy to nowhere.invalid is of no use"),
        ("HTTP_PROXY", "ftp://x", "name no proxy"),
        ("SSL_CERT_FILE", "gone.pem", "no certificates of authorities in SSL_CERT_FILE"),
        ("SSL_CERT_FILE", "a.py", "no certificates of authorities in SSL_CERT_FILE"),
    ],
)
def test_an_environment_that_leads_nowhere(
    git: GitRepository,
    ask: Callable[..., Ended],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv(variable, value)
    scheme = "https" if variable.startswith("SSL") else "http"
    failed(git, ask(f"{scheme}://nowhere.invalid#m"), said)


def _certificate(folder: Path) -> Path:
    """A certificate for this machine signed by itself, with its key."""
    place = folder / "own.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=here", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl here")
    parts = [(folder / name).read_text() for name in ("cert.pem", "key.pem")]
    place.write_text("".join(parts))
    return place
