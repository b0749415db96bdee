"""llama-server as a contestant: one process a kind of speculation, started when first needed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from fastapply.cli.bench.runs import Effort
from fastapply.cli.bench.whole import WholeFile
from fastapply.core.errors import ModelError
from fastapply.models.llama.model import LlamaModel, can_repack

_PATIENCE = 120.0  # seconds for a model to load
_LONGEST = 1800.0  # seconds for one answer
_CONTEXT = 16_384  # tokens


@dataclass(slots=True)
class Servers:
    """The servers of one race: `binary` runs the model at `path` as `model` is run here.

    Use as a context manager: all processes end with it.
    """

    binary: Path
    path: Path
    model: LlamaModel
    _stack: ExitStack = field(default_factory=ExitStack)
    _urls: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Servers:
        """Nothing runs yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        self._urls.clear()
        self._stack.close()

    def write(self, speculation: str, whole: WholeFile) -> Effort:
        """Let the server with this kind of speculation write the answer; else `ModelError`."""
        whole.stage.begin(whole.page)
        if speculation not in self._urls:
            started = _running(self._command(speculation))
            self._urls[speculation] = self._stack.enter_context(started)
        said = _post(f"{self._urls[speculation]}/completion", _request(whole))
        try:
            return _effort(said, whole)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"llama-server answered what we do not know: {error}") from error

    def _command(self, speculation: str) -> list[str]:
        settings = self.model.settings
        offload = [] if settings.gpu_layers is None else ["-ngl", str(settings.gpu_layers)]
        threads = str(self.model.threads)
        layout = [] if can_repack() else ["--no-repack"]
        attention = "auto" if self.model.offloads and not settings.exact else "off"
        context = self.model.settings.context or min(_CONTEXT, self.model.context_limit)
        return [
            *(str(self.binary), "-m", str(self.path), "-c", str(context), "-np", "1"),
            *("-t", threads, "-tb", threads, "-b", "512", "-ub", "512", "-fa", attention),
            *("--no-webui", "--spec-type", speculation, *offload, *layout),
        ]


def _request(whole: WholeFile) -> Mapping[str, object]:
    """Plain greedy decoding of the same tokens, with nothing remembered."""
    return {
        "prompt": whole.page.asked,
        "n_predict": whole.page.limit,
        "temperature": 0.0,
        "samplers": ["top_k"],
        "top_k": 1,
        "cache_prompt": False,
        "return_tokens": True,
    }


def _effort(said: Mapping[str, object], whole: WholeFile) -> Effort:
    """What the server says it took."""
    times, tokens = said["timings"], said["tokens"]
    if not isinstance(times, dict) or not isinstance(tokens, list):
        raise TypeError("timings and tokens")
    return Effort(
        seconds=float(times["predicted_ms"]) / 1000,
        prompt_seconds=float(times["prompt_ms"]) / 1000,
        tokens=int(times["predicted_n"]),
        timed=int(times["predicted_n"]),
        drafted=int(times.get("draft_n", 0)),
        kept=int(times.get("draft_n_accepted", 0)),
        same=tuple(tokens) == whole.answer,
        ended=said.get("stop_type") == "eos",
        bound=whole.bound or None,
    )


@contextmanager
def _running(command: list[str]) -> Iterator[str]:
    """Run `command` on a free port until the end; where it listens, once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    places = [str(Path(command[0]).resolve().parent), os.environ.get("LD_LIBRARY_PATH", "")]
    environment = os.environ | {"LD_LIBRARY_PATH": os.pathsep.join(filter(None, places))}
    with tempfile.TemporaryFile() as log:
        try:
            process = subprocess.Popen(
                [*command, "--host", "127.0.0.1", "--port", str(port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
            )
        except OSError as error:
            raise ModelError(f"cannot start {command[0]}: {error.strerror}") from error
        try:
            url = f"http://127.0.0.1:{port}"
            _await(process, url, log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(process: subprocess.Popen[bytes], url: str, log: IO[bytes]) -> None:
    """Wait until the model is loaded; raise `ModelError` where that fails."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise ModelError(f"llama-server ended at once ({process.returncode}){_complaint(log)}")
        if _healthy(url):
            return
        time.sleep(0.1)
    raise ModelError(f"llama-server was not ready within {_PATIENCE:.0f} s")


def _complaint(log: IO[bytes]) -> str:
    log.seek(0)
    lines = [line for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
    blames = [line for line in lines if "error" in line.lower() or "fail" in line.lower()]
    return f": {blames[0].strip()}" if blames else ""


def _post(url: str, body: Mapping[str, object]) -> Mapping[str, object]:
    """What the server answers; raise `ModelError` where that is an error."""
    asked = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=_LONGEST) as answer:
            said = json.load(answer)
    except (OSError, ValueError) as error:
        raise ModelError(f"llama-server failed: {error}") from error
    if not isinstance(said, dict):
        raise ModelError("llama-server answered what we do not know")
    return said


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
