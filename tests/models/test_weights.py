"""Weights: names, places, and downloads from a hub that runs here."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fastapply.core.errors import ModelError, WeightsNotFoundError
from fastapply.models.weights import CATALOGUE, Local, Published, Store

CONTENT = b"GGUF" + bytes(range(256)) * 400
DIGEST = hashlib.sha256(CONTENT).hexdigest()
COMMIT = "c" * 40


class Server(ThreadingHTTPServer):
    """Remembers what it was asked."""

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.seen: list[tuple[str, str, str | None]] = []


class Hub(BaseHTTPRequestHandler):
    """What huggingface_hub needs: HEAD and GET of resolve/, with ranges."""

    def do_HEAD(self) -> None:
        self.answer(b"")

    def do_GET(self) -> None:
        self.answer(CONTENT)

    def answer(self, body: bytes) -> None:
        assert isinstance(self.server, Server)
        self.server.seen.append((self.command, self.path, self.headers.get("Range")))
        start = 0
        if "/good/" not in self.path:
            self.send_response(404)
            self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.command == "GET" and (wanted := self.headers.get("Range")):
            start = int(wanted.removeprefix("bytes=").split("-")[0])
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        else:
            self.send_response(200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{DIGEST}"')
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(body[start:])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    pytest.importorskip("huggingface_hub")
    server = Server(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


GOOD = Published("good", "owner/good", "model.gguf", None, "", DIGEST)


def test_a_model_is_pulled_once_and_used(hub, tmp_path: Path):
    store = Store(tmp_path / "models")
    with pytest.raises(WeightsNotFoundError, match="fastapply models pull good"):
        store.ready(GOOD)
    path = store.pull(GOOD)
    assert path == store.path(GOOD) == store.ready(GOOD)
    assert path.read_bytes() == CONTENT
    asked = len(hub.seen)
    store.pull(GOOD)
    assert len(hub.seen) == asked
    store.remove(GOOD)
    assert not store.holds(GOOD)
    with pytest.raises(WeightsNotFoundError):
        store.remove(GOOD)


def test_any_file_of_the_hub_has_a_name(hub, tmp_path: Path):
    store = Store(tmp_path)
    name = "hf:owner/good/sub/model.gguf"
    assert store.pull(store.find(name)).read_bytes() == CONTENT
    store.use(name)
    assert store.chosen() == name
    assert store.find() == store.find(name)
    store.remove(store.find(name))
    assert store.chosen() is None


def test_a_file_that_is_not_what_it_should_be_is_thrown_away(hub, tmp_path: Path):
    store = Store(tmp_path)
    wrong = Published("wrong", "owner/good", "model.gguf", None, "", "0" * 64)
    with pytest.raises(ModelError, match="not the file"):
        store.pull(wrong)
    assert not store.holds(wrong)


def test_what_the_hub_does_not_have_is_said(hub, tmp_path: Path):
    with pytest.raises(WeightsNotFoundError, match="the hub has no"):
        Store(tmp_path).pull(Published("x", "owner/none", "model.gguf", None, ""))


def test_offline_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    hub = pytest.importorskip("huggingface_hub")

    def no_connection(*_: object, **__: object) -> str:
        raise hub.errors.LocalEntryNotFoundError("nothing here, and no way out")

    monkeypatch.setattr(hub, "hf_hub_download", no_connection)
    with pytest.raises(ModelError, match="no connection"):
        Store(tmp_path).pull(GOOD)


def test_names_are_resolved(tmp_path: Path):
    store = Store(tmp_path)
    assert store.find(CATALOGUE[0].name) is CATALOGUE[0]
    assert store.find("some/model.gguf") == Local(Path("some/model.gguf"))
    for bad in ("nonsense", "hf:owner/repo"):
        with pytest.raises(WeightsNotFoundError):
            store.find(bad)
    with pytest.raises(WeightsNotFoundError):
        store.pull(Local(tmp_path / "none.gguf"))


def test_a_path_can_be_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "own.gguf").write_bytes(CONTENT)
    monkeypatch.chdir(tmp_path)
    store = Store(tmp_path / "models")
    store.use("./own.gguf")
    assert store.find() == Local(tmp_path / "own.gguf")


def test_the_folder_is_the_platforms_or_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("FASTAPPLY_MODELS", raising=False)
    assert "fastapply" in Store.of_the_user().folder.parts
    monkeypatch.setenv("FASTAPPLY_MODELS", str(tmp_path))
    assert Store.of_the_user().folder == tmp_path
