"""Weights: names, places, and downloads from a hub that runs here."""

import hashlib
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fastapply.core.errors import ModelError, WeightsNotFoundError
from fastapply.models.weights import CATALOGUE, Local, Published, Store

HEADER = struct.pack("<4sIQQ", b"GGUF", 3, 0, 0)  # of a GGUF without anything in it
CONTENT = HEADER + bytes(range(256)) * 400
DIGEST = hashlib.sha256(CONTENT).hexdigest()
COMMIT = "c" * 40


class Server(ThreadingHTTPServer):
    """Remembers what it was asked; breaks off in the middle of its next `cuts` answers."""

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.seen: list[tuple[str, str, str | None]] = []
        self.cuts = 0
        self.content = CONTENT
        self.refuses: tuple[int, str] | None = None


class Hub(BaseHTTPRequestHandler):
    """What huggingface_hub needs: HEAD and GET of resolve/, with ranges."""

    def do_HEAD(self) -> None:
        self.answer(b"")

    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.answer(self.server.content)

    def answer(self, body: bytes) -> None:
        assert isinstance(self.server, Server)
        self.server.seen.append((self.command, self.path, self.headers.get("Range")))
        start = 0
        refuses = self.server.refuses
        if refuses or "/good/" not in self.path:
            status, code = refuses or (404, "EntryNotFound")
            self.send_response(status)
            self.send_header("X-Error-Code", code)
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
        if body and self.server.cuts:
            self.server.cuts -= 1
            self.wfile.write(body[start : (start + len(CONTENT)) // 2])
            self.close_connection = True
            return
        self.wfile.write(body[start:])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    pytest.importorskip("huggingface_hub")
    server = Server(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1024)
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)
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


def test_a_broken_download_goes_on_where_it_broke(hub, tmp_path: Path):
    hub.cuts = 1
    store = Store(tmp_path)
    assert store.pull(GOOD).read_bytes() == CONTENT
    whole, rest = [wanted for method, _, wanted in hub.seen if method == "GET"]
    assert whole is None
    assert int(rest.removeprefix("bytes=").removesuffix("-")) > len(CONTENT) // 3


def test_a_download_that_failed_goes_on_the_next_time(hub, tmp_path: Path):
    hub.cuts = 100
    store = Store(tmp_path)
    with pytest.raises(ModelError, match="pull again to go on"):
        store.pull(GOOD)
    assert not store.holds(GOOD)
    hub.cuts = 0
    asked = len(hub.seen)
    assert store.pull(GOOD).read_bytes() == CONTENT
    assert all(wanted for method, _, wanted in hub.seen[asked:] if method == "GET")
    assert [path.name for path in store.path(GOOD).parent.iterdir()] == [GOOD.file]


def test_what_came_of_a_broken_download_is_removed(hub, tmp_path: Path):
    hub.cuts = 100
    store = Store(tmp_path)
    with pytest.raises(ModelError):
        store.pull(GOOD)
    store.remove(GOOD)
    assert not list(tmp_path.rglob("*.gguf*"))


def test_any_file_of_the_hub_has_a_name(hub, tmp_path: Path):
    store = Store(tmp_path)
    name = "hf:owner/good/sub/model.gguf"
    assert store.pull(store.find(name)).read_bytes() == CONTENT
    assert store.others() == (store.find(name),)
    store.use(name)
    assert store.chosen() == name
    assert store.find() == store.find(name)
    store.remove(store.find(name))
    assert store.chosen() is None
    assert store.others() == ()


def test_a_file_that_is_not_what_it_should_be_is_thrown_away(hub, tmp_path: Path):
    store = Store(tmp_path)
    wrong = Published("wrong", "owner/good", "model.gguf", None, "", "0" * 64)
    with pytest.raises(ModelError, match="not the file"):
        store.pull(wrong)
    assert not store.holds(wrong)


def test_where_no_digest_is_pinned_the_hubs_own_is_checked(hub, tmp_path: Path):
    hub.content = CONTENT[:-1] + b"?"
    store = Store(tmp_path)
    model = store.find("hf:owner/good/model.gguf")
    with pytest.raises(ModelError, match="not the file"):
        store.pull(model)
    assert not store.holds(model)


def test_what_the_hub_does_not_have_is_said(hub, tmp_path: Path):
    with pytest.raises(WeightsNotFoundError, match="the hub has no"):
        Store(tmp_path).pull(Published("x", "owner/none", "model.gguf", None, ""))


def test_offline_is_said(hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(ModelError, match=r"no connection.*name its path"):
        Store(tmp_path).pull(GOOD)
    assert not list(tmp_path.rglob("*.gguf*"))


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(403, "GatedRepo", "gated"), (401, "RepoNotFound", "the hub has no"), (500, "", "500")],
)
def test_what_the_hub_refuses_is_said(hub, tmp_path: Path, status: int, code: str, said: str):
    hub.refuses = status, code
    with pytest.raises(ModelError, match=said):
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
