"""HTTP client with retries."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import Any, Callable

import requests

logger = logging.getLogger(__name__)

DEFAULT_TIMEOUT = 10.0
RETRYABLE = {429, 500, 502, 503, 504}


class ClientError(Exception):
    """Something went wrong."""

    def __init__(self, message: str, status: int | None = None):
        super().__init__(message)
        self.status = status


@dataclass
class Options:
    """How to talk to the server."""

    base_url: str
    timeout: float = DEFAULT_TIMEOUT
    retries: int = 3
    headers: dict[str, str] = field(default_factory=dict)


class Client:
    """Talks to one server."""

    def __init__(self, options: Options, sleep: Callable[[float], None] = time.sleep):
        self.options = options
        self.sleep = sleep
        self.session = requests.Session()
        self.session.headers.update(options.headers)

    def get(self, path: str, **params: Any) -> Any:
        """Fetch a resource."""
        return self._request("GET", path, params=params)

    def post(self, path: str, body: Any) -> Any:
        """Create a resource."""
        return self._request("POST", path, json=body)

    def delete(self, path: str) -> None:
        """Delete a resource."""
        self._request("DELETE", path)

    def _request(self, method: str, path: str, **kwargs: Any) -> Any:
        url = f"{self.options.base_url}/{path.lstrip('/')}"
        for attempt in range(self.options.retries + 1):
            try:
                response = self.session.request(
                    method, url, timeout=self.options.timeout, **kwargs
                )
            except requests.ConnectionError as error:
                if attempt == self.options.retries:
                    raise ClientError(str(error)) from error
                self._wait(attempt)
                continue
            if response.status_code in RETRYABLE and attempt < self.options.retries:
                logger.warning("retrying %s %s", method, url)
                self._wait(attempt)
                continue
            if response.status_code >= 400:
                raise ClientError(response.text, response.status_code)
            return response.json() if response.content else None
        return None

    def _wait(self, attempt: int) -> None:
        # Exponential backoff
        self.sleep(2**attempt)


def connect(url: str, token: str | None = None) -> Client:
    """A client for `url`."""
    headers = {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return Client(Options(url, headers=headers))
