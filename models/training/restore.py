"""Make a run folder of an exported model, so that training goes on from what is shipped.

    python -m fastapply.models.training.restore MODEL.gguf RUN_FOLDER

Undoes `export`: tokeniser and weights are those of the GGUF, as its type kept them; steps and
tokens count from nothing again.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gguf
import torch
from gguf import GGUFReader
from tokenizers import Tokenizer
from torch import Tensor

from fastapply.models.training.export import NAMES
from fastapply.models.training.model import HEAD, ApplyModel, Shape
from fastapply.models.training.tokenizer import assemble


def halves_apart(weight: Tensor) -> Tensor:
    """Query or key rows with the two units of each rotary pair half a head apart."""
    rows, width = weight.shape
    return weight.view(rows // HEAD, HEAD // 2, 2, width).transpose(1, 2).reshape(rows, width)


def read_model(reader: GGUFReader) -> ApplyModel:
    """The model of a GGUF that `export` wrote."""
    shape = Shape(
        vocabulary=_said(reader, "llama.vocab_size"),
        width=_said(reader, "llama.embedding_length"),
        layers=_said(reader, "llama.block_count"),
        heads=_said(reader, "llama.attention.head_count"),
        hidden=_said(reader, "llama.feed_forward_length"),
    )
    model = ApplyModel(shape)
    model.load_state_dict(dict(_weights(reader, shape.layers)))
    return model


def read_tokenizer(reader: GGUFReader) -> Tokenizer:
    """The tokeniser of a GGUF that `export` wrote."""
    tokens: list[str] = _said(reader, "tokenizer.ggml.tokens")
    kinds: list[int] = _said(reader, "tokenizer.ggml.token_type")
    merges: list[str] = _said(reader, "tokenizer.ggml.merges")
    known = {
        token: number
        for number, (token, kind) in enumerate(zip(tokens, kinds, strict=True))
        if kind != gguf.TokenType.UNUSED
    }
    pairs = (merge.split(" ", 1) for merge in merges)
    return assemble(known, [(left, right) for left, right in pairs])


def _said(reader: GGUFReader, key: str) -> Any:
    field = reader.get_field(key)
    if field is None:
        raise SystemExit(f"the GGUF does not say {key}: it is no embedded model of ours")
    return field.contents()


def _weights(reader: GGUFReader, layers: int) -> Mapping[str, Tensor]:
    named = {tensor.name: tensor for tensor in reader.tensors}

    def weight(name: str) -> Tensor:
        tensor = named[f"{name}.weight"]
        return torch.tensor(gguf.quants.dequantize(tensor.data, tensor.tensor_type))

    found = {
        "embedding.weight": weight("token_embd"),
        "head.weight": weight("output"),
        "norm.weight": weight("output_norm"),
    }
    for number in range(layers):
        for ours, theirs in NAMES.items():
            own = weight(f"blk.{number}.{theirs}")
            turned = halves_apart(own) if ours in ("query", "key") else own
            found[f"layers.{number}.{ours}.weight"] = turned
    return found


def restore(model: Path, folder: Path) -> None:
    """Write `weights.pt` and `tokenizer.json` of the GGUF `model` into `folder`."""
    reader = GGUFReader(model)
    folder.mkdir(parents=True, exist_ok=True)
    restored = read_model(reader)
    read_tokenizer(reader).save(str(folder / "tokenizer.json"))
    state = {
        "model": restored.state_dict(),
        "shape": asdict(restored.shape),
        "step": 0,
        "tokens": 0,
        "elapsed": 0.0,
    }
    torch.save(state, folder / "weights.pt")


def main() -> None:
    """Read the options and restore."""
    parser = argparse.ArgumentParser(description="Make a run folder of an exported model.")
    parser.add_argument("model", type=Path, help="the GGUF")
    parser.add_argument("folder", type=Path, help="the run's folder")
    options = parser.parse_args()
    restore(options.model, options.folder)


if __name__ == "__main__":
    main()
