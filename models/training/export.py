"""Write a trained model as a GGUF that llama.cpp runs.

    python -m fastapply.models.training.export RUN_FOLDER FILE.gguf --type Q8_0

Two things differ between the two worlds: llama.cpp turns neighbouring units of a head where we
turn units half a head apart, so the rows of query and key are reordered; and our rotary
frequencies are given as factors of the usual ones.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFWriter
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from fastapply.models.training.model import EPSILON, HEAD, ApplyModel, Shape, frequencies
from fastapply.models.training.tokenizer import (
    END,
    PAD,
    PRE_TOKENIZER,
    SPECIAL,
    load_tokenizer,
    vocabulary_and_merges,
)

BASE = 10_000.0
CONTEXT = 8192  # more than a task of training has: no head depends on distances that long
TYPES = ("F32", "F16", "BF16", "Q8_0", "Q4_0")
NAME = "fastapply embedded"
NAMES = {
    "attention_norm": "attn_norm",
    "query": "attn_q",
    "key": "attn_k",
    "value": "attn_v",
    "output": "attn_output",
    "network_norm": "ffn_norm",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
}


def neighbouring(weight: Tensor) -> Tensor:
    """Query or key rows with the two units of each rotary pair side by side."""
    rows, width = weight.shape
    return weight.view(rows // HEAD, 2, HEAD // 2, width).transpose(1, 2).reshape(rows, width)


def rotary_factors() -> NDArray[np.float32]:
    """What llama.cpp must divide its usual frequencies by to get ours."""
    pairs = torch.arange(HEAD // 2, dtype=torch.float64)
    usual = BASE ** (-2 * pairs / HEAD)
    return (usual / frequencies()).float().numpy()


def _write_shape(writer: GGUFWriter, shape: Shape) -> None:
    writer.add_name(NAME)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(BASE)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_vocab_size(shape.vocabulary)


def _write_tokenizer(writer: GGUFWriter, tokenizer: Tokenizer, size: int) -> None:
    vocabulary, merges = vocabulary_and_merges(tokenizer)
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    tokens += [f"<|unused{number}|>" for number in range(len(tokens), size)]
    control, normal, unused = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL, gguf.TokenType.UNUSED
    kinds = [normal if number < len(vocabulary) else unused for number in range(size)]
    kinds[: len(SPECIAL)] = [control] * len(SPECIAL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRE_TOKENIZER)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([f"{left} {right}" for left, right in merges])
    writer.add_bos_token_id(PAD)
    writer.add_eos_token_id(END)
    writer.add_pad_token_id(PAD)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)


def _write_tensor(writer: GGUFWriter, name: str, weight: Tensor, kind: str) -> None:
    values = weight.detach().float().cpu().contiguous().numpy()
    if values.ndim == 1 or kind == "F32":
        writer.add_tensor(name, values)
        return
    quantization = GGMLQuantizationType[kind]
    packed = gguf.quants.quantize(values, quantization)
    writer.add_tensor(name, packed, raw_dtype=quantization)


def export(model: ApplyModel, tokenizer: Tokenizer, path: Path, kind: str = "Q8_0") -> None:
    """Write model and tokeniser to `path`, the matrices in the format `kind` (of `TYPES`)."""
    writer = GGUFWriter(path, "llama")
    _write_shape(writer, model.shape)
    _write_tokenizer(writer, tokenizer, model.shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType[f"{'ALL' if kind == 'F32' else 'MOSTLY'}_{kind}"])
    _write_tensor(writer, "token_embd.weight", model.embedding.weight, kind)
    _write_tensor(writer, "output.weight", model.head.weight, kind)
    _write_tensor(writer, "output_norm.weight", model.norm.weight, kind)
    writer.add_tensor("rope_freqs.weight", rotary_factors())
    for number, layer in enumerate(model.layers):
        for ours, theirs in NAMES.items():
            weight = layer.get_submodule(ours).get_parameter("weight")
            turned = neighbouring(weight) if ours in ("query", "key") else weight
            _write_tensor(writer, f"blk.{number}.{theirs}.weight", turned, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def load_model(folder: Path) -> ApplyModel:
    """The model of a run, as last saved."""
    saved = torch.load(folder / "weights.pt", map_location="cpu", weights_only=True)
    model = ApplyModel(Shape(**saved["shape"]))
    model.load_state_dict(saved["model"])
    return model


def main() -> None:
    """Read the options and export."""
    parser = argparse.ArgumentParser(description="Export the embedded apply model.")
    parser.add_argument("folder", type=Path, help="the run's folder")
    parser.add_argument("file", type=Path, help="the GGUF to write")
    parser.add_argument("--type", choices=TYPES, default="Q8_0")
    options = parser.parse_args()
    tokenizer = load_tokenizer(options.folder / "tokenizer.json")
    export(load_model(options.folder), tokenizer, options.file, options.type)


if __name__ == "__main__":
    main()
