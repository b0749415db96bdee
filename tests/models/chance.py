"""Tiny models of other architectures with random weights: what they write is noise, but theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import gguf
import numpy as np
from replay import tiny_vocabulary

Shapes: TypeAlias = Mapping[str, tuple[int, ...]]

WIDTH, LAYERS, INNER, STATES, RANK, KERNEL, WINDOW = 64, 2, 128, 16, 4, 4, 16
LAST_NORM: Shapes = {"output_norm.weight": (WIDTH,)}


def make_mamba(path: Path) -> None:
    """A recurrent model: its memory is one state, which cannot forget its last tokens."""
    writer = _writer(path, "mamba")
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    _describe_mamba(writer)
    _finish(writer, [{"attn_norm.weight": (WIDTH,), **_mamba()}] * LAYERS)


def make_jamba(path: Path) -> None:
    """A hybrid: a recurrent layer, then one that attends."""
    both = _feed_forward()
    recurrent = {
        **_mamba(),
        "ssm_dt_norm.weight": (RANK,),
        "ssm_b_norm.weight": (STATES,),
        "ssm_c_norm.weight": (STATES,),
    }
    attending = {f"attn_{name}.weight": (WIDTH, WIDTH) for name in ("q", "k", "v", "output")}
    writer = _writer(path, "jamba")
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(2)
    writer.add_head_count_kv([0, 2])
    _describe_mamba(writer)
    _finish(writer, [{**recurrent, **both}, {**attending, **both}])


def make_lfm2(path: Path) -> None:
    """A hybrid: a layer of short convolutions, then one that attends to the last tokens only."""
    both = _feed_forward()
    convolving = {
        "shortconv.conv.weight": (WIDTH, KERNEL),
        "shortconv.in_proj.weight": (3 * WIDTH, WIDTH),
        "shortconv.out_proj.weight": (WIDTH, WIDTH),
    }
    attending = {
        **{f"attn_{name}.weight": (WIDTH, WIDTH) for name in ("q", "k", "v", "output")},
        **{f"attn_{name}_norm.weight": (WIDTH // 2,) for name in ("q", "k")},
    }
    writer = _writer(path, "lfm2")
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(2)
    writer.add_head_count_kv([0, 2])
    writer.add_shortconv_l_cache(KERNEL)
    writer.add_sliding_window(WINDOW)
    last = {"token_embd_norm.weight": (WIDTH,)}
    _finish(writer, [{**convolving, **both}, {**attending, **both}], last)


def make_sliding(path: Path) -> None:
    """A model that attends, in most layers, to the last `WINDOW` tokens only."""
    half = WIDTH // 2
    shapes = {
        **{f"{name}.weight": (WIDTH,) for name in ("attn_norm", "ffn_norm")},
        **{f"{name}.weight": (WIDTH,) for name in ("post_attention_norm", "post_ffw_norm")},
        **{f"attn_{name}_norm.weight": (half,) for name in ("q", "k")},
        **{f"attn_{name}.weight": (WIDTH, WIDTH) for name in ("q", "k", "v", "output")},
        **{f"ffn_{name}.weight": (INNER, WIDTH) for name in ("gate", "up")},
        "ffn_down.weight": (WIDTH, INNER),
    }
    writer = _writer(path, "gemma3")
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_key_length(half)
    writer.add_value_length(half)
    writer.add_sliding_window(WINDOW)
    _finish(writer, [shapes] * LAYERS)


def _feed_forward() -> Shapes:
    """What every layer has that ends in a feed-forward network."""
    return {
        **{f"{name}.weight": (WIDTH,) for name in ("attn_norm", "ffn_norm")},
        **{f"ffn_{name}.weight": (INNER, WIDTH) for name in ("gate", "up")},
        "ffn_down.weight": (WIDTH, INNER),
    }


def _mamba() -> Shapes:
    """A recurrent layer."""
    return {
        "ssm_in.weight": (2 * INNER, WIDTH),
        "ssm_conv1d.weight": (INNER, KERNEL),
        "ssm_conv1d.bias": (INNER,),
        "ssm_x.weight": (RANK + 2 * STATES, INNER),
        "ssm_dt.weight": (INNER, RANK),
        "ssm_dt.bias": (INNER,),
        "ssm_a": (INNER, STATES),
        "ssm_d": (INNER,),
        "ssm_out.weight": (WIDTH, INNER),
    }


def _describe_mamba(writer: gguf.GGUFWriter) -> None:
    writer.add_ssm_conv_kernel(KERNEL)
    writer.add_ssm_inner_size(INNER)
    writer.add_ssm_state_size(STATES)
    writer.add_ssm_time_step_rank(RANK)


def _writer(path: Path, architecture: str) -> gguf.GGUFWriter:
    vocabulary = tiny_vocabulary()
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(4096)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(len(vocabulary.tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types(vocabulary.types)
    writer.add_token_merges(vocabulary.merges)
    writer.add_eos_token_id(vocabulary.eos)
    return writer


def _finish(writer: gguf.GGUFWriter, layers: Sequence[Shapes], last: Shapes = LAST_NORM) -> None:
    random = np.random.default_rng(1)
    words = len(tiny_vocabulary().tokens)
    everything = {
        "token_embd.weight": (words, WIDTH),
        **last,
        "output.weight": (words, WIDTH),
        **{f"blk.{n}.{name}": shape for n, own in enumerate(layers) for name, shape in own.items()},
    }
    for name, shape in everything.items():
        values = random.standard_normal(shape) / np.sqrt(shape[-1])
        if name.endswith("norm.weight"):
            values = np.ones(shape)
        if name.endswith("ssm_a"):
            values = -np.exp(random.standard_normal(shape))
        writer.add_tensor(name, np.ascontiguousarray(values, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
