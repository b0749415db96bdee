"""What kind of server it is, found out by asking: each has its own ways to go faster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from posixpath import basename
from typing import Any

from fastapply.core.errors import ModelError, WeightsNotFoundError
from fastapply.models.remote.address import Address
from fastapply.models.remote.http import Http


class Kind(Enum):
    """The servers that are known."""

    LLAMA = "llama-server"
    VLLM = "vLLM"
    OPENAI = "OpenAI"
    OTHER = "OpenAI-compatible"


@dataclass(frozen=True, slots=True)
class Server:
    """A server, and the model that is asked for there.

    `context` is how many tokens it takes, 0 where it does not say. `speculates`: it drafts on its
    own. `told` is what llama-server says of the model.
    """

    kind: Kind
    address: Address
    context: int = 0
    speculates: bool = False
    told: Mapping[str, Any] | None = None

    @property
    def model(self) -> str:
        """What people call the model: a file by its name alone."""
        return _called(self.address.name)

    @property
    def place(self) -> str:
        """Where the model runs, for people."""
        return f"on {self.address.host} ({self.kind.value})"


def look_at(http: Http) -> Server:
    """What is at `http`; raise `ServerError`, or `WeightsNotFoundError` for an unknown model."""
    address = http.address
    if address.openai:
        if not address.name:
            raise WeightsNotFoundError(f"name a model: {address.api}#NAME")
        return Server(Kind.OPENAI, address)
    models = _models(http)
    address = replace(address, name=_name(address, models))
    found = _llama(http, address) or _vllm(http, address) or Server(Kind.OTHER, address)
    known = next((one for one in models if one.get("id") == address.name), {})
    most = known.get("max_model_len")
    return replace(found, context=most) if isinstance(most, int) else found


def _models(http: Http) -> list[Mapping[str, Any]]:
    """What the server lists, nothing where it lists nothing."""
    found = http.get(f"{http.address.api}/models")
    said = found[1] if found is not None else None
    listed = said.get("data") if isinstance(said, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _name(address: Address, models: list[Mapping[str, Any]]) -> str:
    """The model's name as the server writes it."""
    names = [str(one.get("id", "")) for one in models]
    if not address.name:
        if len(names) == 1:
            return names[0]
        known = f": it has {_listed(names)}" if names else ""
        raise WeightsNotFoundError(f"name a model of {address.host}, as in URL#NAME{known}")
    aliases = {
        alias: name
        for one, name in zip(models, names, strict=True)
        for alias in (*_texts(one.get("aliases")), basename(name), basename(name)[:-5], name)
    }
    if models and address.name not in aliases:
        raise WeightsNotFoundError(
            f"{address.host} has no model {address.name!r}; it has {_listed(names)}"
        )
    return aliases.get(address.name, address.name)


def _called(name: str) -> str:
    """llama-server calls its models by the paths of their files."""
    return basename(name) if name.endswith(".gguf") else name


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _listed(names: list[str]) -> str:
    shown = ", ".join(map(_called, names[:8]))
    return f"{shown} and {len(names) - 8} more" if len(names) > 8 else shown


def _llama(http: Http, address: Address) -> Server | None:
    found = http.get(f"{address.root}/props")
    said = found[1] if found is not None else None
    settings = said.get("default_generation_settings") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(settings, dict):
        return None
    context = settings.get("n_ctx")
    if not isinstance(context, int):
        raise ModelError(f"{address.host} runs several models: start one llama-server for each")
    return Server(Kind.LLAMA, address, context, speculates=True, told=said)


def _vllm(http: Http, address: Address) -> Server | None:
    found = http.get(f"{address.root}/version")
    said = found[1] if found is not None else None
    if not isinstance(said, dict) or not isinstance(said.get("version"), str):
        return None
    metrics = http.get(f"{address.root}/metrics")
    speculates = metrics is not None and "vllm:spec_decode" in metrics[0]
    return Server(Kind.VLLM, address, speculates=speculates)
