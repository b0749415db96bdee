"""Where a server is, and the key it may see.

``http://gpu-box:8000#qwen`` (the API is below ``/v1`` where the URL says nothing else),
``https://api.openai.com/v1#gpt-4.1``, ``http://localhost:8080`` (the only model it has).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapply.core.errors import OptionsError

KEY = "FASTAPPLY_API_KEY"
OPENAI_KEY = "OPENAI_API_KEY"
OPENAI = "https://api.openai.com"


@dataclass(frozen=True, slots=True)
class Address:
    """A model on a server: `api` is where the API is, `root` where the server's own paths begin."""

    api: str
    root: str
    name: str

    @property
    def host(self) -> str:
        """The server, as people call it."""
        return urlsplit(self.api).netloc

    @property
    def openai(self) -> bool:
        """Whether this is OpenAI itself."""
        parts = urlsplit(self.api)
        return f"{parts.scheme}://{parts.netloc.lower().removesuffix(':443')}" == OPENAI


def is_address(model: str | None) -> bool:
    """Whether the name of a model means one on a server."""
    return model is not None and "://" in model


def address(model: str) -> Address:
    """Read ``URL#NAME``; raise `OptionsError` where it is none."""
    form = "a model on a server is named http(s)://HOST[:PORT][/PATH]#NAME"
    try:
        parts = urlsplit(model)
        parts.port  # noqa: B018  read for what it raises
        (parts.hostname or "").encode("idna")
    except ValueError as error:
        raise OptionsError(f"{form}: {error}") from None
    if parts.username is not None or parts.password is not None:
        raise OptionsError(f"a URL must hold no key: set {KEY}")
    plain = parts.netloc.isprintable() and " " not in parts.netloc and not parts.query
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise OptionsError(f"{form}, not {model}")
    base = f"{parts.scheme}://{parts.netloc}"
    path = parts.path.rstrip("/")
    for ending in ("/chat/completions", "/completions"):
        path = path.removesuffix(ending)
    root = base + path.removesuffix("/v1")
    return Address(base + (path or "/v1"), root, parts.fragment)


def key_for(place: Address, environment: Mapping[str, str], variable: str = KEY) -> str | None:
    """The key to show to a server, of `variable`: OpenAI's own goes to OpenAI alone.

    Raise `OptionsError` where it cannot be one.
    """
    for name in (variable, *([OPENAI_KEY] if place.openai else [])):
        key = environment.get(name, "").strip()  # as files end with
        if not key:
            continue
        if not (key.isascii() and key.isprintable()):
            raise OptionsError(f"{name} holds characters that no key has")
        return key
    return None
