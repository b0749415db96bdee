"""A server on a real socket that speaks the published shapes of several APIs.

Its model is a toy: it knows the answer it wants to give (`gold`), goes on with it wherever the text
so far is a beginning of it, and stops elsewhere. `mishaps` are what happens to the next requests
for an answer instead.
"""

from __future__ import annotations

import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PIECES = re.compile(r"<\|\w+\|>|\n|[ ]+|\w+|[^\w\s]")
END = "<|im_end|>"
ASSISTANT = "<|im_start|>assistant\n"
CODE = re.compile(r".*<code>(\n?)(.*?)</code>\n\n", re.DOTALL)

Mishap = Callable[["Handler"], None]


@dataclass
class Stub:
    """What the server is (`kind`: vllm, llama, openai, echo, plain) and how it answers."""

    kind: str
    gold: Callable[[str], str]
    mishaps: list[Mishap] = field(default_factory=list)
    name: str = "toy"
    others: tuple[str, ...] = ()
    key: str | None = None
    refuses: tuple[str, ...] = ()
    speculates: bool = False
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    vocabulary: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tokens(self, text: str) -> list[int]:
        with self.lock:
            for piece in PIECES.findall(text):
                if piece not in self.vocabulary:
                    self.vocabulary.append(piece)
            return [self.vocabulary.index(piece) for piece in PIECES.findall(text)]

    def text(self, tokens: list[int]) -> str:
        return "".join(self.vocabulary[token] for token in tokens)

    def after(self, text: str) -> str:
        """The piece the model would write after `text`."""
        prompt, _, begun = text.rpartition(ASSISTANT)
        gold = self.answer(prompt)
        found = PIECES.match(gold, len(begun)) if gold.startswith(begun) else None
        return found[0] if found else END

    def answer(self, prompt: str) -> str:
        if prompt not in self.answers:
            found = CODE.search(prompt)
            gap, text = (found[1], self.gold(found[2])) if found else ("", "")
            self.answers[prompt] = f"<updated-code>{gap}{text}</updated-code>"
        return self.answers[prompt]

    def written(self, text: str, most: int) -> tuple[list[str], str]:
        """What the model writes after `text`, and why it stops."""
        pieces: list[str] = []
        while len(pieces) < most:
            piece = self.after(text + "".join(pieces))
            if piece == END:
                return pieces, "stop"
            pieces.append(piece)
        return pieces, "length"


def framed(messages: list[dict[str, str]]) -> str:
    """The chat template of the toy."""
    turns = (f"<|im_start|>{one['role']}\n{one['content']}{END}\n" for one in messages)
    return "".join(turns) + ASSISTANT


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    stub: Stub

    @property
    def where(self) -> str:
        """The path; a proxy is asked for whole URLs."""
        return urlsplit(self.path).path

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        found = self.facts().get(self.where)
        if found is None:
            self.send(404, {"detail": "Not Found"})
        elif isinstance(found, str):
            self.send_bytes(200, found.encode(), "text/plain")
        else:
            self.send(200, found)

    def facts(self) -> dict[str, Any]:
        stub = self.stub
        listed: dict[str, Any] = {"id": stub.name, "object": "model", "owned_by": stub.kind}
        if stub.kind == "vllm":
            listed["max_model_len"] = 32768
        others = [{**listed, "id": name} for name in stub.others]
        facts: dict[str, Any] = {"/v1/models": {"object": "list", "data": [listed, *others]}}
        if stub.kind == "vllm":
            metrics = "vllm:num_requests_running 0\n"
            facts["/version"] = {"version": "0.11.0"}
            facts["/metrics"] = metrics + "vllm:spec_decode_num_drafts 3\n" * stub.speculates
        return facts

    def do_POST(self) -> None:
        stub = self.stub
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        key = self.headers.get("authorization", "")
        with stub.lock:
            stub.asked.append((self.where, body))
            stub.keys.append(key)
            stub.hosts.add(str(self.headers["host"]))
            answers = self.where in ("/v1/chat/completions", "/v1/completions")
            mishap = stub.mishaps.pop(0) if answers and stub.mishaps else None
        if stub.key is not None and key != f"Bearer {stub.key}":
            self.send(401, error(f"Incorrect API key provided: {key}", "invalid_api_key"))
        elif mishap is not None:
            mishap(self)
        elif any(name in body for name in stub.refuses) and answers:
            name = next(name for name in stub.refuses if name in body)
            self.send(400, error(f"Unsupported parameter: '{name}'", "unsupported", name))
        elif self.where == "/v1/chat/completions":
            self.chat(body)
        elif self.where == "/v1/completions" and stub.kind in ("vllm", "echo"):
            self.send(200, self.logprobs(body) if stub.kind == "vllm" else self.echo(body))
        elif self.where == "/tokenize" and stub.kind == "vllm":
            text = framed(body["messages"]) if "messages" in body else body["prompt"]
            tokens = stub.tokens(text)
            self.send(200, {"tokens": tokens, "count": len(tokens), "max_model_len": 32768})
        elif self.where == "/detokenize" and stub.kind == "vllm":
            self.send(200, {"prompt": stub.text(body["tokens"])})
        else:
            self.send(404, {"detail": "Not Found"})

    def chat(self, body: dict[str, Any]) -> None:
        pieces, reason = self.stub.written(framed(body["messages"]), 10_000)
        with self.streaming() as say:
            for piece in pieces:
                say({"choices": [{"index": 0, "delta": {"content": piece}}]})
            say({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
            usage: dict[str, Any] = {"prompt_tokens": 9, "completion_tokens": len(pieces)}
            if "prediction" in body:
                details = {"accepted_prediction_tokens": 5, "rejected_prediction_tokens": 2}
                usage["completion_tokens_details"] = details
                usage["completion_tokens"] += 2  # as OpenAI bills them
            if "stream_options" in body:
                say({"choices": [], "usage": usage})
            say("[DONE]")

    @contextmanager
    def streaming(self) -> Iterator[Callable[[object], None]]:
        """Say events one by one, in chunks, with a comment before them."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

        def say(event: object) -> None:
            data = event if isinstance(event, str) else json.dumps(event)
            self.chunk(f"data: {data}\n\n".encode())

        self.chunk(b": ping\n\n")
        yield say
        self.chunk(b"")

    def chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def logprobs(self, body: dict[str, Any]) -> dict[str, Any]:
        stub, tokens = self.stub, body["prompt"]
        told: list[Any] = [None]
        for at in range(1, len(tokens)):
            own = stub.after(stub.text(tokens[:at]))
            best = stub.tokens(own)[0]
            entry = {str(best): {"logprob": -0.1, "rank": 1, "decoded_token": own}}
            if tokens[at] != best:
                entry[str(tokens[at])] = {"logprob": -5.0, "rank": 7, "decoded_token": "?"}
            told.append(entry)
        pieces, reason = stub.written(stub.text(tokens), body["max_tokens"])
        names = [f"token_id:{stub.tokens(piece)[0]}" for piece in pieces]
        if reason == "stop":
            names.append(f"token_id:{stub.tokens(END)[0]}")
        choice = {
            "text": "".join(pieces),
            "finish_reason": reason,
            "logprobs": {"tokens": names},
            "prompt_logprobs": told,
        }
        return {"choices": [choice], "usage": {"prompt_tokens": len(tokens)}}

    def echo(self, body: dict[str, Any]) -> dict[str, Any]:
        stub, text = self.stub, body["prompt"]
        pieces = PIECES.findall(text)
        best, so_far = [], ""
        for piece in pieces:
            best.append(stub.after(so_far))
            so_far += piece
        written, reason = stub.written(text, body["max_tokens"])
        top: list[Any] = [{own: -0.1} for own in (*best, *written)]
        scores = [
            -0.1 if piece == own else -5.0
            for piece, own in zip((*pieces, *written), (*best, *written), strict=True)
        ]
        # As some servers do, control tokens are spelled by nothing.
        spelled = ["" if piece.startswith("<|") else piece for piece in pieces]
        told = {
            "tokens": [*spelled, *written],
            "token_logprobs": [None, *scores[1:]],
            "top_logprobs": [None, *top[1:]],
        }
        choice = {"text": text + "".join(written), "finish_reason": reason, "logprobs": told}
        return {"choices": [choice], "usage": {"prompt_tokens": len(pieces)}}

    def send(self, status: int, said: object, **headers: str) -> None:
        self.send_bytes(status, json.dumps(said).encode(), "application/json", **headers)

    def send_bytes(self, status: int, data: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)


def error(message: str, code: str, param: str | None = None) -> dict[str, Any]:
    """OpenAI's error body."""
    return {"error": {"message": message, "type": "x", "param": param, "code": code}}


@contextmanager
def serving(stub: Stub, certificate: Path | None = None) -> Iterator[str]:
    """Serve on a free port of this machine until the end; the URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"stub": stub}))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    stub.url = f"{scheme}://127.0.0.1:{server.server_port}"
    try:
        yield stub.url
    finally:
        server.shutdown()
        server.server_close()
