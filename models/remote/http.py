"""Requests to a server: made again where that helps, errors in plain words.

The key is in no message, whatever a server repeats. Redirects are not followed: they would carry
files and key to a place nobody named.
"""

from __future__ import annotations

import json
import os
import random
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.request import getproxies

import httpx2

from fastapply.core.errors import (
    ContextTooSmallError,
    ModelError,
    ServerError,
    WeightsNotFoundError,
)
from fastapply.models.remote.address import KEY, OPENAI_KEY, Address
from fastapply.models.remote.settings import DEFAULTS, ServerSettings
from fastapply.models.remote.sse import events, lines

_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_LONGEST_PAUSE = 60.0  # seconds
_LONGEST = 100_000_000  # characters of a streamed answer, which come in events of some 200 a token
_SHOWN = 300  # characters of what a server says
_CONTEXT = ("context length", "context size", "context window", "context_length", "maximum context")


class Refused(ServerError):
    """The server understood, and refused: its `status`, and what it `said`.

    `parameter` is the one at fault, "" where it names none; `after` the seconds to wait.
    """

    def __init__(self, message: str, status: int, said: str, parameter: str = "") -> None:
        """Keep what may tell how to ask instead."""
        super().__init__(message)
        self.status = status
        self.said = said
        self.parameter = parameter
        self.after: float | None = None


class Reader(Protocol):
    """Puts the events of a stream together."""

    ended: str

    def begin(self) -> None:
        """Forget what came."""

    def take(self, event: Mapping[str, Any]) -> None:
        """One event; after the last that matters, `ended` says how the answer did."""


@dataclass
class Http:
    """A server; may be used from several threads. `close` ends what is under way, soon.

    `pause` is the wait before a request is made again, in seconds; it doubles.
    """

    address: Address
    key: str | None = None
    settings: ServerSettings = DEFAULTS
    pause: float = 0.5
    _closed: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Connect to nothing yet."""
        headers = {"User-Agent": "fastapply"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        wait = self.settings.timeout
        try:
            self._client = httpx2.Client(
                headers=headers,
                verify=_context(self.address),
                timeout=httpx2.Timeout(wait, connect=self.settings.connect, pool=None),
            )
        except ImportError as error:  # httpx itself says what to install
            raise ServerError(f"the proxy to {self.address.host} is of no use: {error}") from error
        except ValueError as error:
            raise ServerError(f"HTTP_PROXY and its like name no proxy: {error}") from error

    def close(self) -> None:
        """Let go of all connections."""
        self._closed.set()
        self._client.close()

    def get(self, url: str) -> tuple[str, object] | None:
        """What is at `url`: its text, and what it says as JSON; None where there is nothing.

        Raise `ServerError` where the server cannot be reached, or wants a key.
        """
        found: tuple[str, object] | None = self._again(lambda: self._get(url))
        return found

    def _get(self, url: str) -> tuple[str, object] | None:
        with self._told(url):
            response = self._client.get(url)
        if response.status_code in (401, 403, *_AGAIN):
            raise self._refused(response)
        if response.status_code != 200:
            return None
        try:
            return response.text, response.json()
        except ValueError:
            return response.text, None

    def post(self, url: str, body: Mapping[str, object]) -> dict[str, Any]:
        """What the server answers to `body`; raise `ModelError`."""
        answer: dict[str, Any] = self._again(lambda: self._post(url, body))
        return answer

    def stream(self, url: str, body: Mapping[str, object], reader: Reader) -> None:
        """Give each event that the server streams to `reader`; raise `ModelError`.

        Where the stream breaks off, it is asked for again, and `reader` begins anew.
        """

        def once() -> None:
            reader.begin()
            for event in self._events(url, body):
                reader.take(event)
            if not reader.ended:
                raise _BrokenOffError(f"{self.address.host} broke off in the middle of an answer")

        self._again(once)

    def _post(self, url: str, body: Mapping[str, object]) -> dict[str, Any]:
        with self._told(url):
            response = self._client.post(url, json=dict(body))
        if response.status_code != 200:
            raise self._refused(response)
        return self._object(response, response.text)

    def _events(self, url: str, body: Mapping[str, object]) -> Iterator[Mapping[str, Any]]:
        with self._told(url), self._client.stream("POST", url, json=dict(body)) as response:
            if response.status_code != 200:
                response.read()
                raise self._refused(response)
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            texts = self._bounded(response.iter_text())
            if kind == "application/json":
                yield self._object(response, "".join(texts))
                return
            if kind != "text/event-stream":
                raise ServerError(
                    f"{self.address.host} answered {kind or 'something'}, no event stream: is"
                    f" {self.address.api} an OpenAI-compatible API?"
                )
            for data in events(lines(texts)):
                if data.strip() == "[DONE]":
                    return
                yield self._object(response, data)

    def _bounded(self, texts: Iterable[str]) -> Iterator[str]:
        """`texts` as far as an answer can be long: some servers never stop."""
        left = _LONGEST
        for text in texts:
            left -= len(text)
            if left < 0:
                raise ServerError(f"{self.address.host} sent {_LONGEST:,} characters and no end")
            yield text

    def _object(self, response: httpx2.Response, text: str) -> dict[str, Any]:
        try:
            said = json.loads(text)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise ServerError(f"{self.address.host} sent what is no answer: {self._clean(text)}")
        if said.get("error"):
            raise self._refusal(response, said)
        return said

    def _again(self, act: Callable[[], Any]) -> Any:
        """Do `act`, again after a pause where the server may do better then."""
        for attempt in range(self.settings.retries + 1):
            try:
                return act()
            except (Refused, _BrokenOffError) as error:
                left = self.settings.retries - attempt
                pause = _pause(error, self.pause * 2**attempt)
                if not left or pause is None or self._closed.wait(pause):
                    raise
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _told(self, url: str) -> Iterator[None]:
        """Errors of the connection in plain words."""
        host, settings = self.address.host, self.settings
        try:
            yield
        except httpx2.ConnectTimeout as error:
            message = f"{host} did not answer within {settings.connect:g} s (server.connect)"
            raise ServerError(message) from error
        except httpx2.TimeoutException as error:
            message = f"{host} said nothing for {settings.timeout:g} s (server.timeout)"
            raise ServerError(message) from error
        except httpx2.ProxyError as error:
            raise ServerError(f"the proxy to {host} fails: {self._clean(str(error))}") from error
        except httpx2.ConnectError as error:
            raise ServerError(self._unreachable(str(error))) from error
        except (httpx2.RemoteProtocolError, httpx2.NetworkError, httpx2.DecodingError) as error:
            message = f"{host} broke off in the middle of an answer"
            raise _BrokenOffError(message) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, RuntimeError) as error:
            if self._closed.is_set():
                raise ServerError("stopped") from error
            raise ServerError(f"cannot ask {url}: {self._clean(str(error))}") from error

    def _unreachable(self, why: str) -> str:
        host = self.address.host
        if "CERTIFICATE" in why.upper():
            return (
                f"the certificate of {host} is not trusted: {self._clean(why)}."
                " SSL_CERT_FILE may name the authority that signed it"
            )
        if "WRONG_VERSION_NUMBER" in why:
            return f"{host} does not speak TLS: begin its URL with http://, not https://"
        return f"cannot reach {host}: {self._clean(why)}"

    def _refused(self, response: httpx2.Response) -> ModelError:
        try:
            said = response.json()
        except ValueError:
            said = None
        return self._refusal(response, said if isinstance(said, dict) else {})

    def _refusal(self, response: httpx2.Response, said: Mapping[str, Any]) -> ModelError:
        """The error for an answer that is one, whichever shape it has."""
        status, host = response.status_code, self.address.host
        inner = said.get("error")
        detail = inner if isinstance(inner, dict) else said
        text = detail.get("message") or (inner if isinstance(inner, str) else None)
        text = self._clean(str(text or detail.get("detail") or response.text or ""))
        code = detail.get("code")
        status = code if status == 200 and isinstance(code, int) else status
        if status in (401, 403):
            names = f"{KEY} or {OPENAI_KEY}" if self.address.openai else KEY
            which = f"refuses the key of {names}" if self.key else f"wants a key: set {KEY}"
            return ServerError(f"{host} {which} ({status}): {text}")
        if response.has_redirect_location:
            place = self._clean(response.headers["location"])
            return ServerError(f"{host} points to {place}, which is not followed: name that URL")
        if any(sign in text.lower() for sign in _CONTEXT):
            return ContextTooSmallError(f"{host}: {text}")
        if status == 404 and "model" in text.lower():
            return WeightsNotFoundError(f"{host} has no such model: {text}")
        said_so = f": {text}" if text else ""
        parameter = str(detail.get("param") or "")
        refused = Refused(f"{host} answered {status}{said_so}", status, text, parameter)
        refused.after = _seconds(response.headers.get("retry-after"))
        return refused

    def _clean(self, text: str) -> str:
        """What a server says, as a part of a message: without the key, in one line."""
        if self.key:
            text = text.replace(self.key, "***")
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."


def _context(address: Address) -> ssl.SSLContext:
    """What verifies certificates; where nothing can need it, none of the system's is read for it.

    That takes longer than all else there is to do before a request.
    """
    urls = (address.api, *getproxies().values())
    if any(url.startswith("https:") for url in urls):
        try:
            return httpx2.create_ssl_context()
        except OSError as error:
            named = " and ".join(filter(os.environ.get, ("SSL_CERT_FILE", "SSL_CERT_DIR")))
            why = error.strerror or str(error)
            raise ServerError(f"no certificates of authorities in {named}: {why}") from error
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _BrokenOffError(ServerError):
    """The connection ended before the answer did."""


def _pause(error: ServerError, pause: float) -> float | None:
    """How long to wait before asking again, about `pause`; None where that is useless."""
    pause *= random.uniform(0.75, 1.25)
    if isinstance(error, Refused):
        if error.status not in _AGAIN:
            return None
        pause = max(pause, error.after or 0.0)
    return pause if pause <= _LONGEST_PAUSE else None


def _seconds(text: str | None) -> float | None:
    """The seconds of a Retry-After header, which is a number or a date."""
    if not text:
        return None
    try:
        return max(float(text), 0.0)
    except ValueError:
        pass
    from datetime import datetime, timezone
    from email.utils import parsedate_to_datetime

    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max((until - datetime.now(timezone.utc)).total_seconds(), 0.0)
